"""What can go wrong at WeryAI, each by a name that a test or a person can ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from typing import Any

import orjson


class Fault(StrEnum):
    """A failure of one request.

    Tests give it to `WeryAISandbox.fail_next`; people write `!fault rate_limit` in their question.
    """

    # refusals before any answer; see REFUSALS
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NO_CREDITS = "no_credits"
    RATE_LIMIT = "rate_limit"
    RATE_LIMIT_UNTIL = "rate_limit_until"
    RATE_LIMIT_BARE = "rate_limit_bare"
    BAD_REQUEST = "bad_request"
    UNKNOWN_MODEL = "unknown_model"
    SERVER_ERROR = "server_error"
    BAD_GATEWAY = "bad_gateway"
    OVERLOADED = "overloaded"
    REFUSED_CONTENT = "refused_content"
    CODE_1001 = "code_1001"
    CODE_1002 = "code_1002"
    CODE_1003 = "code_1003"
    CODE_1006 = "code_1006"
    CODE_1007 = "code_1007"
    CODE_1009 = "code_1009"
    CODE_1011 = "code_1011"
    CODE_1017 = "code_1017"
    CODE_2003 = "code_2003"
    # the connection
    DROP_AT_ONCE = "drop_at_once"
    STALL_AT_ONCE = "stall_at_once"
    # the stream, before its first text
    STALL_FIRST = "stall_first"
    ERROR_FIRST = "error_first"
    # the stream, in the middle
    STALL = "stall"
    DROP = "drop"
    BREAK_OFF = "break_off"
    ERROR = "error"
    ERROR_ENVELOPE = "error_envelope"
    NONSENSE = "nonsense"
    # unwelcome endings
    FILTERED = "filtered"
    LENGTH = "length"
    EMPTY = "empty"
    NO_DONE = "no_done"
    NO_FINISH = "no_finish"
    NO_BLANK_LINE = "no_blank_line"
    # unusual, but correct
    ONE_CHOICE = "one_choice"  # of however many were asked for
    PLAIN_JSON = "plain_json"
    SPLIT_BYTES = "split_bytes"
    ONE_CHUNK = "one_chunk"
    CRLF = "crlf"
    CR = "cr"
    COMMENTS = "comments"
    BOM = "bom"


_ASKED_FOR = re.compile(r"!fault[ :]+([a-z0-9_]+)", re.IGNORECASE)


def asked_for(text: str) -> Fault | None:
    """The fault that a question asks for by `!fault name`, if there is one of that name."""
    found = _ASKED_FOR.search(text)
    return Fault(found[1].lower()) if found and found[1].lower() in set(Fault) else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A whole response that is no answer."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


def openai_error(
    status: int,
    message: str,
    *,
    kind: str = "invalid_request_error",
    code: str | None = None,
    param: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Refusal:
    """An error in OpenAI's style."""
    error = {"message": message, "type": kind, "code": code, "param": param}
    return Refusal(status, orjson.dumps({"error": error}), headers or {})


def envelope(code: int, message: str) -> dict[str, Any]:
    """The vendor's envelope around no data."""
    return {"status": code, "desc": message, "message": message, "data": None}


# The vendor's codes, with the words of its documentation.
CODES: Mapping[int, str] = {
    1001: "request rate limit exceeded",
    1002: "parameter error",
    1003: "resource does not exist",
    1006: "model not supported",
    1007: "queue full",
    1009: "permission denied",
    1011: "insufficient credits",
    1017: "a subscription is needed",
    2003: "text flagged by the content check",
}

_HTML = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    b"<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n"
)
RETRY_AFTER = 1  # seconds


def refusal(fault: Fault) -> Refusal | None:
    """The response of a fault that refuses the whole request; None for the others."""
    if fault.startswith("code_"):
        code = int(fault.removeprefix("code_"))
        return Refusal(200, orjson.dumps(envelope(code, CODES[code])))
    if fault is Fault.RATE_LIMIT_UNTIL:
        until = format_datetime(datetime.now(UTC) + timedelta(seconds=RETRY_AFTER), usegmt=True)
        return openai_error(429, _SLOW, kind="rate_limit_error", headers={"Retry-After": until})
    return _REFUSALS.get(fault)


_SLOW = "You are sending requests too fast."
_REFUSALS: Mapping[Fault, Refusal] = {
    Fault.UNAUTHORIZED: openai_error(
        401, "Incorrect API key provided.", kind="authentication_error", code="invalid_api_key"
    ),
    Fault.FORBIDDEN: openai_error(403, "Access denied.", kind="permission_error"),
    Fault.NO_CREDITS: openai_error(402, "Your credits are used up.", kind="billing_error"),
    Fault.RATE_LIMIT: openai_error(
        429, _SLOW, kind="rate_limit_error", headers={"Retry-After": str(RETRY_AFTER)}
    ),
    Fault.RATE_LIMIT_BARE: openai_error(429, _SLOW, kind="rate_limit_error"),
    Fault.BAD_REQUEST: openai_error(400, "Invalid value.", param="messages"),
    Fault.UNKNOWN_MODEL: openai_error(
        404, "The model does not exist.", code="model_not_found", param="model"
    ),
    Fault.SERVER_ERROR: openai_error(500, "Something broke.", kind="server_error"),
    Fault.BAD_GATEWAY: Refusal(502, _HTML, content_type="text/html"),
    Fault.OVERLOADED: openai_error(503, "The server is overloaded.", kind="server_error"),
    Fault.REFUSED_CONTENT: openai_error(
        400, "The prompt was flagged by our content policy.", code="content_policy_violation"
    ),
}
