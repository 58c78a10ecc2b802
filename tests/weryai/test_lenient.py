"""However strange a server's words are, what comes of them is an answer or a named failure."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import ModelError, ModelUnavailable, OutOfCredits
from bot.weryai.answer import StreamReader
from bot.weryai.failures import failure, retry_after
from bot.weryai.lenient import MOST, json_of, whole_number
from bot.weryai.listing import read_balance, read_models

DEEP = b"[" * 100_000
ENDLESS = b"9" * 5_000  # digits: more than Python makes a number of
NAMES = [
    "status",
    "code",
    "data",
    "error",
    "message",
    "desc",
    "msg",
    "choices",
    "index",
    "delta",
    "content",
    "finish_reason",
    "usage",
    "prompt_tokens",
    "completion_tokens",
    "id",
    "key",
    "name",
    "model",
    "max_tokens",
    "context_length",
]

numbers = st.integers() | st.floats() | st.sampled_from([2**31, 10**400, -1])
texts = st.text(max_size=8) | st.sampled_from(["1001", ENDLESS.decode(), "\ud83d", "²"])
anything = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=12,
)
bodies = anything.map(lambda content: json.dumps(content).encode()) | st.binary(max_size=30)


@given(bodies)
def test_a_failure_has_a_name_whatever_the_body_is(body: bytes) -> None:
    assert isinstance(failure(200, {}, body), ModelError)


@given(bodies)
def test_an_answer_is_read_or_fails_by_name_whatever_it_is(body: bytes) -> None:
    for read in (_streamed, StreamReader({}).read_whole):
        with suppress(ModelError):
            read(body)


@given(bodies)
def test_models_and_balance_are_read_or_fail_by_name_whatever_they_are(body: bytes) -> None:
    for read in (read_models, read_balance):
        with suppress(ModelError):
            read(body, {})


def _streamed(body: bytes) -> None:
    reader = StreamReader({})
    reader.read([body])
    reader.end()


@pytest.mark.parametrize("body", [DEEP, b'{"error":' * 100_000, b'{"x":"\\ud83d","y":' + DEEP])
def test_what_is_nested_too_deeply_is_a_failure(body: bytes) -> None:
    assert isinstance(failure(500, {}, body), ModelUnavailable)
    for read in (_streamed, StreamReader({}).read_whole):
        with pytest.raises(ModelUnavailable):
            read(body)


def test_a_balance_nested_too_deeply_is_a_failure() -> None:
    with pytest.raises(ModelUnavailable):
        read_balance(b'{"status": 0, "data": "' + DEEP + b'"}', {})


def test_a_code_without_end_says_nothing() -> None:
    body = b'{"status": "' + ENDLESS + b'", "message": "insufficient credits"}'
    assert type(failure(200, {}, body)) is OutOfCredits


def test_a_limit_without_end_is_unknown() -> None:
    for limit in (b'"' + ENDLESS + b'"', b"9" * 4_000):
        [model] = read_models(b'[{"id": "A_1", "max_tokens": ' + limit + b"}]", {})
        assert model.max_output_tokens is None


@pytest.mark.parametrize("key", ["\ud83d", "A\n1", "A\x00"])
def test_a_key_that_nobody_can_write_down_is_none(key: str) -> None:
    [model] = read_models(json.dumps([{"id": key, "model": "A_1"}]).encode(), {})
    assert model.key == "A_1"


@pytest.mark.parametrize(
    "date",
    [
        "Sat, 31 Jan 99999999999999999999 12:00:30 GMT",
        "Sat, 31 Jan 2026 99999999999999999999:00:30 GMT",
        "Sat, 31 Jan 2026 12:00:30 +999999999999999",
    ],
)
def test_a_date_that_no_calendar_has_is_none(date: str) -> None:
    assert retry_after({"retry-after": date}) is None


@pytest.mark.parametrize(
    ("value", "number"),
    [(0, 0), ("7", 7), (MOST, MOST), (str(MOST), MOST), (MOST + 1, None), ("²", None)],
)
def test_a_number_is_one_that_makes_sense(value: object, number: int | None) -> None:
    assert whole_number(value) == number


@pytest.mark.parametrize("value", [True, -1, 1.0, "1.0", "", None, [1]])
def test_what_is_no_number_is_none(value: object) -> None:
    assert whole_number(value) is None


def test_json_is_read_or_refused_in_one_way() -> None:
    assert json_of(b'{"a": [1]}') == {"a": [1]}
    for text in (DEEP, b"", b"{"):
        with pytest.raises(ValueError, match=r"."):
            json_of(text)
