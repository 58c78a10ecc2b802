"""What went wrong, as one of the core's named errors.

The vendor's documents disagree about its codes (1001 is "rate limit exceeded" in one, "parameter
error" in another), so a failure is named by its HTTP status first, then by the words of its
message, and only then by its code. An envelope's `status` may itself be an HTTP status.

A server's message may quote the question or the key, so it never enters an error or a log: an
error's detail is made of the status, the code and the type alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from bot.core.errors import (
    BadRequest,
    ContentFiltered,
    ModelError,
    ModelNotSupported,
    ModelTimeout,
    ModelUnavailable,
    OutOfCredits,
    QueueFull,
    RateLimited,
    Unauthorized,
)
from bot.weryai.lenient import json_of, whole_number

Kind = type[ModelError]

# Searched in this order: "rate limit reached for this API key" is about the rate.
_PHRASES: Mapping[Kind, tuple[str, ...]] = {
    ContentFiltered: (
        "sensitive|moderation|flagged|prohibited|nsfw|inappropriate|violat|complian",
        "content[ _-]?(check|filter|polic|safety|management)|(usage|safety) polic|safety system",
    ),
    OutOfCredits: (r"\bcredits?\b|balance|subscri|insufficient[ _]quota|billing|payment",),
    QueueFull: ("queue",),
    RateLimited: (
        r"\brate\b|rate[ _]?limit|frequent|too fast|slow down|throttl",
        "too many (requests|concurrent|connections|calls)",
    ),
    Unauthorized: (
        r"(api|secret|access)[ _-]?key|\bkey (is )?(invalid|wrong|missing|expired|disabled)",
        r"(invalid|wrong|incorrect|missing|unknown) key\b|(invalid|expired) (access )?token",
        "unauthori[sz]ed|authenticat|authoriz|permission|forbidden|access denied",
    ),
    ModelNotSupported: (
        r"model[ _'\"`\w.-]{0,80}?(not[ _](found|support|exist|avail|offer)|n't exist)",
        r"model[ _'\"`\w.-]{0,80}?(unsupported|unknown|invalid|deprecated|offline)",
        "(unsupported|unknown|invalid|no such|not supported)[ _]((this|the)[ _])?model",
    ),
    BadRequest: ("param|argument|invalid|illegal|malformed|required|must|too long|maximum",),
    ModelUnavailable: ("overload|unavailable|try again|internal|server[ _]error|upstream|busy",),
    ModelTimeout: ("time[d -]*out",),
}
WORDS: Mapping[Kind, re.Pattern[str]] = {
    kind: re.compile("|".join(phrases), re.IGNORECASE) for kind, phrases in _PHRASES.items()
}

# WeryAI's codes, used where neither the HTTP status nor the words decide.
CODES: Mapping[int, Kind] = {
    1001: RateLimited,
    1002: BadRequest,
    1003: ModelNotSupported,  # "resource does not exist": a chat request names no other resource
    1006: ModelNotSupported,
    1007: QueueFull,
    1009: Unauthorized,
    1011: OutOfCredits,
    1017: OutOfCredits,  # needs a subscription
    2003: ContentFiltered,
}

# What a status means, and what its body's words may make of it. None: words, then code, decide.
_REFUSED = frozenset({OutOfCredits, ContentFiltered})
STATUSES: Mapping[int, tuple[Kind, frozenset[Kind]]] = {
    401: (Unauthorized, frozenset()),
    402: (OutOfCredits, frozenset()),
    403: (Unauthorized, _REFUSED),
    408: (ModelTimeout, frozenset()),
    429: (RateLimited, frozenset({OutOfCredits, QueueFull})),
}
_REDIRECT, _REFUSAL, _BEYOND_HTTP = 300, 400, 600  # where classes of HTTP statuses begin
_SERVER_ERROR: tuple[Kind, frozenset[Kind]] = (ModelUnavailable, frozenset({QueueFull}))

_REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-trace-id", "x-amzn-requestid")
_REQUEST_ID_FIELDS = ("request_id", "requestId", "trace_id", "traceId", "id")
_TAG = re.compile(r"[\w.:-]{1,80}", re.ASCII)  # an id or a code, and nothing a person wrote


def request_id(headers: Mapping[str, str], body: object = None) -> str | None:
    """WeryAI's id of a request, from its headers or from the body, whichever has one."""
    fields: Mapping[str, object] = body if isinstance(body, dict) else {}
    found: list[object] = [headers.get(name) for name in _REQUEST_ID_HEADERS]
    found += [fields.get(name) for name in _REQUEST_ID_FIELDS]
    return next(_tags(found), None)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """The seconds that a `Retry-After` header asks for, given as seconds or as an HTTP date."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if re.fullmatch(r"\d{1,9}(\.\d+)?", value, re.ASCII):
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if when.tzinfo is None:  # "-0000" means UTC without a place
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())


def failure(status: int, headers: Mapping[str, str], body: bytes | object) -> ModelError:
    """The error for an answer that is none.

    Args:
        status: the HTTP status; 200 where only the body tells of the failure.
        headers: the response's, by case-insensitive names.
        body: its bytes, or the JSON they hold.
    """
    content = _parsed(body) if isinstance(body, bytes) else body
    fields = _fields(content)
    code = _code(fields)
    if status < _REFUSAL and code is not None and _REFUSAL <= code < _BEYOND_HTTP:
        status = code
    kind = _kind(status, _words(fields), code)
    named = [fields.get(name) for name in ("status", "code", "type", "param")]
    detail = ", ".join([f"HTTP {status}", *_tags(named)])
    return kind(detail, request_id=request_id(headers, content), retry_after=retry_after(headers))


def _kind(status: int, words: str, code: int | None) -> Kind:
    said = [kind for kind, pattern in WORDS.items() if pattern.search(words)]
    if status in STATUSES or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        meant, refined = STATUSES.get(status, _SERVER_ERROR)
        return next((kind for kind in said if kind in refined), meant)
    if _REDIRECT <= status < _REFUSAL:  # not WeryAI, but something in between
        return ModelUnavailable
    if said:
        return said[0]
    if code is not None and code in CODES:
        return CODES[code]
    return BadRequest if status >= _REFUSAL else ModelError


def _parsed(body: bytes) -> object:
    try:
        return json_of(body)
    except ValueError:  # HTML from a proxy, or nothing
        return None


def _fields(content: object) -> dict[str, object]:
    if not isinstance(content, dict):
        return {}
    error = content.get("error")
    if isinstance(error, str):
        return {**content, "message": error}
    return {**content, **error} if isinstance(error, dict) else content


def _words(fields: Mapping[str, object]) -> str:
    named = (fields.get(name) for name in ("message", "desc", "msg", "detail", "type", "code"))
    return " ".join(text for text in named if isinstance(text, str))


def _code(fields: Mapping[str, object]) -> int | None:
    for name in ("code", "status"):
        if (code := whole_number(fields.get(name))) is not None:
            return code
    return None


def _tags(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, int | str) and _TAG.fullmatch(text := str(value)):
            yield text
