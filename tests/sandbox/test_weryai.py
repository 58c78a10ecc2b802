from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.sandbox.weryai import API_KEY, INSTANT, Fault, Pace, WeryAISandbox

HELLO = {"model": "GEMINI_25_FLASH", "messages": [{"role": "user", "content": "Hello"}]}


class Person:
    """Somebody who speaks WeryAI's protocol by hand."""

    def __init__(self, weryai: WeryAISandbox, session: aiohttp.ClientSession) -> None:
        self._url = weryai.base_url
        self._session = session

    async def post(self, body: object, *, key: str | None = API_KEY) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        url = f"{self._url}/v1/chat/completions"
        async with self._session.post(url, data=data, headers=headers) as response:
            return response.status, await response.json(content_type=None)

    async def stream(self, **fields: Any) -> bytes:
        url = f"{self._url}/v1/chat/completions"
        headers = {"Authorization": f"Bearer {API_KEY}"}
        body = {**HELLO, "stream": True, **fields}
        async with self._session.post(url, json=body, headers=headers) as response:
            assert response.content_type == "text/event-stream"
            return await response.read()


@pytest.fixture
async def weryai() -> AsyncIterator[WeryAISandbox]:
    async with WeryAISandbox(pace=INSTANT) as sandbox:
        yield sandbox


@pytest.fixture
async def person(weryai: WeryAISandbox) -> AsyncIterator[Person]:
    async with aiohttp.ClientSession() as session:
        yield Person(weryai, session)


def chunks(stream: bytes) -> list[Any]:
    events = stream.decode().removesuffix("\n\n").split("\n\n")
    assert events.pop() == "data: [DONE]"
    return [json.loads(event.removeprefix("data: ")) for event in events]


# --- rules ----------------------------------------------------------------------------------


async def test_a_plain_answer_has_every_documented_field(
    weryai: WeryAISandbox, person: Person
) -> None:
    weryai.answer_next(["Hel", "lo"])
    status, body = await person.post(HELLO)
    assert status == 200
    assert body["id"].startswith("chatcmpl-")
    assert body["object"] == "chat.completion"
    assert isinstance(body["created"], int)
    assert body["model"] == "GEMINI_25_FLASH"
    assert body["choices"] == [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hello"},
            "finish_reason": "stop",
        }
    ]
    assert body["usage"] == {"prompt_tokens": 2, "completion_tokens": 2, "total_tokens": 4}


async def test_a_stream_is_made_of_chunks_and_ends_in_done(
    weryai: WeryAISandbox, person: Person
) -> None:
    weryai.answer_next(["Hel", "lo"])
    told = chunks(await person.stream())
    assert {chunk["object"] for chunk in told} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in told}) == 1
    deltas = [choice["delta"] for chunk in told for choice in chunk["choices"]]
    assert deltas == [
        {"role": "assistant", "content": ""},
        {"content": "Hel"},
        {"content": "lo"},
        {},
    ]
    assert told[-2]["choices"][0]["finish_reason"] == "stop"
    assert told[-1]["choices"] == []
    assert told[-1]["usage"]["completion_tokens"] == 2


@pytest.mark.parametrize("key", [None, "", "sk-other"])
async def test_without_the_right_key_nothing_is_told(person: Person, key: str | None) -> None:
    status, body = await person.post(HELLO, key=key)
    assert status == 401
    assert body["error"]["code"] == "invalid_api_key"


GOOD = [
    {"max_tokens": 8192, "temperature": 2, "top_p": 1.0},
    {"presence_penalty": -2, "frequency_penalty": 2.0, "seed": -(10**30), "n": 2},
    {"plugins": [{"id": "web"}], "response_format": {"type": "json_object"}},
    {
        "model": "GPT_5",
        "plugins": [{"id": "web"}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}},
    },
    {"messages": [{"role": role, "content": "x"} for role in ("system", "user", "assistant")]},
    {"messages": [{"role": "user", "content": "x"}] * 50},
]

SCHEMA = {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}
BAD = [
    ({"stream_options": {}}, "stream_options"),
    ({"messages": []}, "messages"),
    ({"messages": [{"role": "user", "content": "x"}] * 51}, "messages"),
    ({"messages": "Hello"}, "messages"),
    ({"messages": [{"role": "user"}]}, "messages"),
    ({"messages": [{"role": "user", "content": "x", "name": "y"}]}, "messages"),
    ({"messages": [{"role": "tool", "content": "x"}]}, "messages"),
    ({"messages": [{"role": "user", "content": " "}]}, "messages"),
    ({"messages": [{"role": "user", "content": None}]}, "messages"),
    ({"model": ""}, "model"),
    ({"model": 5}, "model"),
    ({"max_tokens": 0}, "max_tokens"),
    ({"max_tokens": 8193}, "max_tokens"),
    ({"max_tokens": 1.5}, "max_tokens"),
    ({"max_tokens": True}, "max_tokens"),
    ({"max_tokens": None}, "max_tokens"),
    ({"temperature": 2.1}, "temperature"),
    ({"temperature": -0.1}, "temperature"),
    ({"temperature": "1"}, "temperature"),
    ({"top_p": 1.1}, "top_p"),
    ({"presence_penalty": -2.1}, "presence_penalty"),
    ({"frequency_penalty": 2.1}, "frequency_penalty"),
    ({"seed": 1.5}, "seed"),
    ({"n": 0}, "n"),
    ({"stream": "yes"}, "stream"),
    ({"plugins": [{"id": "files"}]}, "plugins"),
    ({"plugins": {"id": "web"}}, "plugins"),
    ({"response_format": "json"}, "response_format"),
    ({"response_format": {"type": "xml"}}, "response_format"),
    ({"response_format": {"type": "text", "schema": {}}}, "response_format"),
    ({"response_format": {"type": "json_schema"}}, "response_format"),
    ({"response_format": {"type": "json_schema", "json_schema": {}}}, "response_format"),
    ({"plugins": [{"id": "web"}], "response_format": SCHEMA}, "plugins"),
]


@pytest.mark.parametrize("fields", GOOD)
async def test_what_the_documentation_allows_is_taken(
    person: Person, fields: dict[str, Any]
) -> None:
    status, _ = await person.post(HELLO | fields)
    assert status == 200


@pytest.mark.parametrize(("fields", "param"), BAD)
async def test_what_it_does_not_allow_is_refused_by_name(
    person: Person, fields: dict[str, Any], param: str
) -> None:
    status, body = await person.post(HELLO | fields)
    assert status == 400
    assert body["error"]["param"] == param
    assert body["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize("field", ["model", "messages"])
async def test_a_required_field_must_be_there(person: Person, field: str) -> None:
    status, body = await person.post({k: v for k, v in HELLO.items() if k != field})
    assert (status, body["error"]["param"]) == (400, field)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b'{"temperature": NaN}', b"\xff"])
async def test_a_body_that_is_no_json_object_is_refused(person: Person, body: bytes) -> None:
    status, _ = await person.post(body)
    assert status == 400


async def test_an_unknown_model_is_not_found(person: Person) -> None:
    status, body = await person.post(HELLO | {"model": "GPT_9"})
    assert (status, body["error"]["code"]) == (404, "model_not_found")


# --- what tests do with it ------------------------------------------------------------------


async def test_faults_come_one_by_one_and_then_no_more(
    weryai: WeryAISandbox, person: Person
) -> None:
    weryai.fail_next(Fault.NO_CREDITS, Fault.OVERLOADED)
    assert [(await person.post(HELLO))[0] for _ in range(3)] == [402, 503, 200]
    assert [asked.fault for asked in weryai.requests] == [Fault.NO_CREDITS, Fault.OVERLOADED, None]


@pytest.mark.parametrize("asked", ["!fault no_credits", "please !FAULT: No_Credits now"])
async def test_people_ask_for_a_fault_by_its_name(person: Person, asked: str) -> None:
    status, _ = await person.post(HELLO | {"messages": [{"role": "user", "content": asked}]})
    assert status == 402


async def test_an_unknown_fault_is_answered_with_the_known_ones(person: Person) -> None:
    body = HELLO | {"messages": [{"role": "user", "content": "!fault what"}]}
    status, answered = await person.post(body)
    assert status == 200
    assert "`rate_limit`" in answered["choices"][0]["message"]["content"]


async def test_answers_can_be_scripted_chosen_and_thought_of(
    weryai: WeryAISandbox, person: Person
) -> None:
    weryai.answers = lambda request: request["messages"][-1]["content"].upper()
    weryai.answer_next("scripted")
    texts = [(await person.post(HELLO))[1]["choices"][0]["message"]["content"] for _ in range(2)]
    weryai.answers = None
    texts.append((await person.post(HELLO))[1]["choices"][0]["message"]["content"])
    assert texts == ["scripted", "HELLO", "Hello! What can I do for you?"]


async def test_an_answer_of_its_own_ends_at_max_tokens(person: Person) -> None:
    story = [{"role": "user", "content": "Tell me a story"}]
    _, whole = await person.post(HELLO | {"messages": story})
    _, cut = await person.post(HELLO | {"messages": story, "max_tokens": 10})
    assert whole["choices"][0]["finish_reason"] == "stop"
    assert cut["choices"][0]["finish_reason"] == "length"
    assert cut["choices"][0]["message"]["content"] == whole["choices"][0]["message"]["content"][:40]
    assert cut["usage"]["completion_tokens"] == 10


async def test_a_gate_lets_through_as_much_as_it_is_told(
    weryai: WeryAISandbox, person: Person
) -> None:
    weryai.answer_next(["a", "b", "c", "d"])
    gate = weryai.hold_next(after=1)
    listening = asyncio.create_task(person.stream())
    asked = await weryai.came()
    await gate.reached()
    assert [asked.sent, asked.finished] == [1, False]
    gate.allow(2)
    await gate.reached()
    assert [asked.sent, asked.finished] == [3, False]
    gate.release()
    assert len(chunks(await listening)) == 7
    await asked.ended.wait()
    assert asked.finished
    assert asked.sent == 4
    assert not asked.closed_by_client


async def test_what_was_prepared_can_be_forgotten(weryai: WeryAISandbox, person: Person) -> None:
    weryai.fail_next(Fault.OVERLOADED)
    weryai.answer_next("never said")
    weryai.hold_next()
    weryai.forget()
    assert b"never said" not in await person.stream()
    assert len(weryai.requests) == 1


async def test_the_pace_is_kept_by_the_clock() -> None:
    now, slept = 100.0, []

    def clock() -> float:
        return now

    async def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(seconds)
        now += seconds + 0.005  # a late machine

    pace = Pace(first_after=0.3, per_second=40, size=2)
    async with (
        WeryAISandbox(pace=pace, clock=clock, sleep=sleep) as weryai,
        aiohttp.ClientSession() as session,
    ):
        weryai.answer_next("12345678")
        told = chunks(await Person(weryai, session).stream())
    assert len(told) == 1 + 4 + 2
    assert slept == pytest.approx([0.3, 0.02, 0.02, 0.02, 0.02])
    assert weryai.requests[0].at == 100


async def test_closing_it_ends_what_stalls() -> None:
    async with aiohttp.ClientSession() as session:
        async with WeryAISandbox(pace=INSTANT) as weryai:
            weryai.fail_next(Fault.STALL_AT_ONCE)
            listening = asyncio.create_task(Person(weryai, session).post(HELLO))
            asked = await weryai.came()
        with pytest.raises(aiohttp.ClientError):
            await listening
    assert not asked.closed_by_client


async def test_a_model_may_fail_time_after_time_while_the_others_answer(
    weryai: WeryAISandbox, person: Person
) -> None:
    weryai.failing["GEMINI_25_FLASH"] = Fault.OVERLOADED
    statuses = [(await person.post(HELLO))[0] for _ in range(2)]
    assert statuses == [503, 503]
    assert (await person.post({**HELLO, "model": "GPT_5"}))[0] == 200
    weryai.forget()
    assert (await person.post(HELLO))[0] == 200


async def test_more_answers_at_once_than_it_bears_are_refused(
    weryai: WeryAISandbox, person: Person
) -> None:
    weryai.at_once = 1
    gate = weryai.hold_next()
    first = asyncio.create_task(person.stream())
    await gate.reached()
    assert (await person.post(HELLO))[0] == 429
    gate.release()
    await first
    assert (await person.post(HELLO))[0] == 200
