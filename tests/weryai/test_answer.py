from __future__ import annotations

import json
from typing import Any

import pytest

from bot.core.errors import ModelError, ModelUnavailable, OutOfCredits
from bot.core.ports.weryai import ChatEvent, Delta, Finish
from bot.core.replies import Usage
from bot.weryai.answer import StreamReader


def chunk(text: str | None = None, reason: str | None = None, index: int = 0) -> bytes:
    delta = {} if text is None else {"content": text}
    choice = {"index": index, "delta": delta, "finish_reason": reason}
    return json.dumps({"id": "c", "choices": [choice]}).encode()


def told(*events: bytes | dict[str, Any], choices: int = 1) -> list[ChatEvent]:
    reader = StreamReader({}, choices)
    data = [event if isinstance(event, bytes) else json.dumps(event).encode() for event in events]
    return reader.read(data) + reader.end()


def test_deltas_and_the_finish_are_told_in_order() -> None:
    assert told(chunk("a"), chunk("b"), chunk(None, "stop"), b"[DONE]") == [
        Delta("a"),
        Delta("b"),
        Finish("stop"),
    ]


def test_text_and_finish_may_share_an_event() -> None:
    assert told(chunk("a", "length")) == [Delta("a"), Finish("length")]


def test_empty_and_missing_text_says_nothing() -> None:
    start = {"choices": [{"index": 0, "delta": {"role": "assistant", "content": None}}]}
    assert told(start, chunk(""), {"choices": [{"index": 0}]}, {}, chunk(None, "stop")) == [
        Finish("stop")
    ]


def test_choices_are_told_apart_by_their_index() -> None:
    both = {
        "choices": [
            {"index": 1, "delta": {"content": "b"}, "finish_reason": "stop"},
            {"index": 0, "delta": {"content": "a"}, "finish_reason": "content_filter"},
        ]
    }
    assert told(both, choices=2) == [
        Delta("b", 1),
        Finish("stop", 1),
        Delta("a"),
        Finish("content_filter"),
    ]


def test_only_the_last_count_of_tokens_is_told_and_it_comes_last() -> None:
    first = {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 1}}
    last = {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 9}}
    assert told(chunk("a"), first, last, chunk(None, "stop")) == [
        Delta("a"),
        Finish("stop"),
        Usage(3, 9),
    ]


def test_a_finish_is_told_once() -> None:
    assert told(chunk("a", "stop"), chunk("", "stop")) == [Delta("a"), Finish("stop")]


def test_a_missing_done_is_forgiven_when_every_choice_has_finished() -> None:
    assert told(chunk("a"), chunk(None, "stop"))[-1] == Finish("stop")


def test_a_missing_finish_is_forgiven_after_done() -> None:
    assert told(chunk("a"), chunk("b", index=1), b"[DONE]") == [
        Delta("a"),
        Delta("b", 1),
        Finish("stop"),
        Finish("stop", 1),
    ]


def test_done_alone_is_an_empty_answer() -> None:
    assert told(b"[DONE]") == [Finish("stop")]


@pytest.mark.parametrize(
    "events",
    [
        (),
        (chunk("a"),),
        (chunk("a", "stop"), chunk("b", index=1)),
        ({"choices": [], "usage": {}},),
    ],
)
def test_a_stream_that_ends_before_its_answer_does_is_broken_off(events: tuple[bytes, ...]) -> None:
    with pytest.raises(ModelUnavailable, match="broke off"):
        told(*events)


def test_nothing_counts_after_done() -> None:
    assert told(chunk("a", "stop"), b"[DONE]", chunk("b"), b"nonsense") == [
        Delta("a"),
        Finish("stop"),
    ]
    reader = StreamReader({})
    assert reader.read([b"[DONE]"]) == []
    assert reader.read([chunk("b")]) == []


def test_all_is_told_when_as_many_choices_as_were_asked_for_have_finished() -> None:
    reader = StreamReader({}, 2)
    told_so_far = []
    for event in (chunk("a"), chunk("a", "stop"), chunk("b", index=1), chunk("b", "stop", 1)):
        reader.read([event])
        told_so_far.append(reader.told)
    assert told_so_far == [False, False, False, True]


def test_what_came_with_a_failure_is_told_before_it() -> None:
    reader = StreamReader({"x-request-id": "req-1"})
    error = json.dumps({"error": {"message": "Your credits are used up", "code": "1011"}}).encode()
    assert reader.read([chunk("a"), error, chunk("b")]) == [Delta("a")]
    assert reader.done
    with pytest.raises(OutOfCredits) as failed:
        reader.end()
    assert failed.value.request_id == "req-1"


@pytest.mark.parametrize(
    "event",
    [
        b"{",
        b"17",
        b'"text"',
        b"\xff\xfe",
        b'{"choices": 1}',
        b'{"choices": [{"index": "one"}]}',
        b'{"choices": [{"index": 0, "delta": {"content": {"a": 1}}}]}',
    ],
)
def test_an_event_that_cannot_be_read_is_a_failure(event: bytes) -> None:
    with pytest.raises(ModelUnavailable, match=r"cannot be read|no text"):
        told(event)


def test_an_unreadable_event_is_described_without_its_content() -> None:
    with pytest.raises(ModelUnavailable) as failed:
        told(b'{"choices": [{"index": "a secret", "delta": {"content": "a secret"}}]}')
    assert "secret" not in str(failed.value)
    assert "choices.0.index" in str(failed.value)


@pytest.mark.parametrize("status", [1011, "1011", "failed", [], {}])
def test_the_vendors_envelope_is_a_failure_in_an_event_too(status: object) -> None:
    with pytest.raises(ModelError):
        told({"status": status, "desc": "insufficient credits", "data": None})


@pytest.mark.parametrize("status", [0, 200, None])
def test_an_envelope_of_success_is_taken_off(status: int | None) -> None:
    inside = json.loads(chunk("a", "stop"))
    assert told({"status": status, "desc": "success", "data": inside}) == [
        Delta("a"),
        Finish("stop"),
    ]


def test_a_character_cut_into_its_halves_is_joined() -> None:
    first, second = json.dumps("x🎉y")[1:-1].split("\\u")[1:]  # "\ud83c" and "\udf89y"
    events = [
        chunk().replace(b"{}", b'{"content": "x\\u%s"}' % first.encode()),
        chunk("other", index=1),
        chunk().replace(b"{}", b'{"content": "\\u%s"}' % second.encode()),
        b"[DONE]",
    ]
    reader = StreamReader({}, 2)
    assert reader.read(events) == [Delta("x"), Delta("other", 1), Delta("🎉y")]


def test_half_a_character_without_the_other_is_replaced() -> None:
    broken = chunk().replace(b"{}", b'{"content": "a\\udf89b"}')
    assert told(broken, b"[DONE]")[0] == Delta("a\ufffdb")


def test_a_plain_body_is_a_whole_answer() -> None:
    body = {
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": "a"}, "finish_reason": "stop"},
            {"index": 1, "message": {"role": "assistant", "content": "b"}},
        ],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
    }
    assert StreamReader({}, 2).read_whole(json.dumps(body).encode()) == [
        Delta("a"),
        Finish("stop"),
        Delta("b", 1),
        Finish("stop", 1),
        Usage(1, 2),
    ]


@pytest.mark.parametrize("body", [b"{}", b"[]", b"<html></html>", b'{"choices": []}'])
def test_a_plain_body_without_an_answer_is_a_failure(body: bytes) -> None:
    with pytest.raises(ModelUnavailable):
        StreamReader({}).read_whole(body)


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": None, "completion_tokens": 2},
        {"prompt_tokens": -1, "completion_tokens": 2},
        {"prompt_tokens": 2**31, "completion_tokens": 2},
        {"prompt_tokens": "many"},
        [],
        "none",
    ],
)
def test_a_count_that_is_none_costs_nobody_the_answer(usage: object) -> None:
    assert told({"choices": [], "usage": usage}, chunk("a", "stop")) == [Delta("a"), Finish("stop")]
