from __future__ import annotations

import json
from datetime import UTC, datetime

import httpx
import pytest

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
from bot.weryai.failures import failure, request_id, retry_after

HTML = b"<html><body>Bad Gateway: your key, credits, model and queue</body></html>"


def openai(message: str, kind: str | None = None, code: str | None = None) -> bytes:
    return json.dumps({"error": {"message": message, "type": kind, "code": code}}).encode()


def envelope(code: int, message: str = "") -> bytes:
    return json.dumps({"status": code, "desc": message, "message": message}).encode()


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, Unauthorized),
        (402, OutOfCredits),
        (403, Unauthorized),
        (408, ModelTimeout),
        (429, RateLimited),
        (400, BadRequest),
        (404, BadRequest),
        (413, BadRequest),
        (422, BadRequest),
        (302, ModelUnavailable),
        (500, ModelUnavailable),
        (502, ModelUnavailable),
        (503, ModelUnavailable),
        (504, ModelUnavailable),
        (529, ModelUnavailable),
        (200, ModelError),
    ],
)
@pytest.mark.parametrize("body", [b"", HTML, b"{}", b"[1]", openai("")])
def test_the_http_status_decides_where_the_body_says_nothing(
    status: int, error: type[ModelError], body: bytes
) -> None:
    assert type(failure(status, {}, body)) is error


@pytest.mark.parametrize(
    ("status", "words", "error"),
    [
        (401, "You sent too many requests", Unauthorized),
        (402, "The model does not exist", OutOfCredits),
        (403, "Your credits are used up", OutOfCredits),
        (403, "Blocked by the content policy", ContentFiltered),
        (403, "The model is not available to you", Unauthorized),
        (429, "The queue is full", QueueFull),
        (429, "You exceeded your balance", OutOfCredits),
        (429, "Invalid parameter", RateLimited),
        (500, "insufficient credits", ModelUnavailable),
        (503, "queue full", QueueFull),
    ],
)
def test_words_refine_a_status_but_do_not_contradict_it(
    status: int, words: str, error: type[ModelError]
) -> None:
    assert type(failure(status, {}, openai(words))) is error
    assert type(failure(status, {}, envelope(1002, words))) is error


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("Incorrect API key provided", Unauthorized),
        ("authentication failed", Unauthorized),
        ("permission denied", Unauthorized),
        ("Invalid key", Unauthorized),
        ("request rate limit exceeded", RateLimited),
        ("Requests are too frequent", RateLimited),
        ("Too many requests for this API key", RateLimited),
        ("insufficient credits", OutOfCredits),
        ("Your balance is not enough for this model", OutOfCredits),
        ("a subscription is needed", OutOfCredits),
        ("queue full", QueueFull),
        ("The queue of this model is full, try again later", QueueFull),
        ("model not supported", ModelNotSupported),
        ("The model `GPT_9` does not exist or you do not have access to it", ModelNotSupported),
        ("Unknown model: GPT_9", ModelNotSupported),
        ("text flagged by the content check", ContentFiltered),
        ("The prompt contains sensitive words", ContentFiltered),
        ("This violates our usage policies", ContentFiltered),
        ("parameter error", BadRequest),
        ("Invalid value for temperature: must be at most 2", BadRequest),
        ("Too many messages: at most 50 are allowed, see parameter messages", BadRequest),
        ("frequency_penalty is invalid", BadRequest),
        ("maximum context length exceeded", BadRequest),
        ("The model is overloaded", ModelUnavailable),
        ("Internal server error", ModelUnavailable),
        ("upstream request timeout", ModelUnavailable),
        ("timed out", ModelTimeout),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 404])
def test_words_decide_where_the_status_does_not(
    status: int, words: str, error: type[ModelError]
) -> None:
    assert type(failure(status, {}, openai(words))) is error
    assert type(failure(status, {}, json.dumps({"error": words}).encode())) is error
    for code in (1001, 1002, 2003, 4711):  # whatever the code: the documents disagree about them
        assert type(failure(status, {}, envelope(code, words))) is error
        assert type(failure(status, {}, {"status": code, "msg": words})) is error


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (1001, RateLimited),
        (1002, BadRequest),
        (1003, ModelNotSupported),
        (1006, ModelNotSupported),
        (1007, QueueFull),
        (1009, Unauthorized),
        (1011, OutOfCredits),
        (1017, OutOfCredits),
        (2003, ContentFiltered),
        (4711, ModelError),
    ],
)
def test_the_code_decides_last(code: int, error: type[ModelError]) -> None:
    assert type(failure(200, {}, envelope(code))) is error
    assert type(failure(200, {}, envelope(code, "出错了"))) is error
    assert type(failure(200, {}, openai("?", code=str(code)))) is error


@pytest.mark.parametrize(
    ("code", "error"), [(401, Unauthorized), (429, RateLimited), (503, ModelUnavailable)]
)
def test_an_envelopes_status_may_be_an_http_status(code: int, error: type[ModelError]) -> None:
    assert type(failure(200, {}, envelope(code, "parameter error"))) is error


def test_types_and_codes_in_words_count_as_words() -> None:
    assert type(failure(400, {}, openai("?", code="model_not_found"))) is ModelNotSupported
    assert type(failure(400, {}, openai("?", kind="rate_limit_error"))) is RateLimited
    assert type(failure(400, {}, openai("?", code="content_policy_violation"))) is ContentFiltered


def test_an_error_tells_status_and_codes_and_nothing_that_was_said() -> None:
    message = "Incorrect API key provided: sk-12345. The prompt was: my secret"
    error = failure(400, {}, openai(message, kind="invalid_request_error", code="invalid_api_key"))
    assert str(error) == "HTTP 400, invalid_api_key, invalid_request_error"
    assert "sk-12345" not in repr(error)
    long = failure(400, {}, openai("?", code="my secret is " + "x" * 80))
    assert str(long) == "HTTP 400"


@pytest.mark.parametrize("name", ["X-Request-Id", "request-id", "x-trace-id"])
def test_the_requests_id_comes_from_the_headers(name: str) -> None:
    error = failure(500, httpx.Headers({name: "req-42"}), b'{"id": "body"}')
    assert error.request_id == "req-42"


@pytest.mark.parametrize("name", ["id", "request_id", "requestId", "trace_id"])
def test_or_from_the_body(name: str) -> None:
    assert failure(500, {}, json.dumps({name: "req-42"}).encode()).request_id == "req-42"


@pytest.mark.parametrize("value", ["", "two words", "x" * 81, "line\nbreak", None, {}, "ключ"])
def test_what_does_not_look_like_an_id_is_none(value: object) -> None:
    assert request_id({}, {"id": value}) is None


NOW = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        (" 1.5 ", 1.5),
        ("Sat, 31 Jan 2026 12:00:30 GMT", 30),
        ("Sat, 31 Jan 2026 12:00:30 -0000", 30),
        ("Sat, 31 Jan 2026 11:00:00 GMT", 0),
        ("Sat, 31 Jan 2026 13:00:00 +0100", 0),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("١٢", None),
        ("9" * 12, None),
        ("Sat, 99 Jan 2026 12:00:30 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, NOW) == seconds


def test_without_a_retry_after_there_is_none() -> None:
    assert retry_after({}) is None
    assert failure(429, {"retry-after": "9"}, b"").retry_after == 9
