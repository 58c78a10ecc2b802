from __future__ import annotations

import asyncio
import gzip
from contextlib import aclosing
from typing import Any

import pytest
from pydantic import SecretStr

from bot.core.conversation import ChatMessage, Role
from bot.core.errors import ModelUnavailable, Unauthorized
from bot.core.ports.weryai import ChatModel, Delta, Finish, ModelInfo
from bot.core.replies import Usage
from bot.core.requests import ChatRequest
from bot.sandbox.weryai import API_KEY, Fault, Model, WeryAISandbox
from bot.weryai.client import WeryAIClient
from bot.weryai.patience import Retries
from tests.weryai.asking import asking, question, response, said, served, speaking, text_of

LONG = "Größe 🎉 a\u2028b\u0085c “quoted”\n" * 10


def test_the_client_is_a_chat_model(client: WeryAIClient) -> None:
    model: ChatModel = client
    assert callable(model.stream)


async def test_an_answer_comes_delta_by_delta(weryai: WeryAISandbox, client: WeryAIClient) -> None:
    weryai.answer_next(["Hel", "lo ", "you"])
    assert await said(client) == [
        Delta("Hel"),
        Delta("lo "),
        Delta("you"),
        Finish("stop"),
        Usage(2, 3),
    ]


async def test_a_delta_is_told_before_the_next_one_exists(
    weryai: WeryAISandbox, client: WeryAIClient
) -> None:
    weryai.answer_next(["one", "two", "three"])
    gate = weryai.hold_next(after=1)
    async with aclosing(client.stream(question())) as events:
        assert await anext(events) == Delta("one")
        gate.allow(1)
        assert await anext(events) == Delta("two")
        gate.release()
        assert await anext(events) == Delta("three")


async def test_every_field_is_sent_as_it_was_chosen(
    weryai: WeryAISandbox, client: WeryAIClient
) -> None:
    request = ChatRequest(
        model="GPT_5_1",
        messages=(
            ChatMessage(Role.SYSTEM, "Be brief."),
            ChatMessage(Role.USER, "Hi"),
            ChatMessage(Role.ASSISTANT, "Hello"),
            ChatMessage(Role.USER, "Bye\u2028🎉"),
        ),
        max_tokens=7,
        temperature=0.5,
        top_p=0.25,
        presence_penalty=-2,
        frequency_penalty=2,
        seed=-(2**80),
        n=2,
        web=True,
        response_format={"type": "json_object"},
    )
    await said(client, request)
    assert weryai.requests[0].json == {
        "model": "GPT_5_1",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello"},
            {"role": "user", "content": "Bye\u2028🎉"},
        ],
        "stream": True,
        "max_tokens": 7,
        "temperature": 0.5,
        "top_p": 0.25,
        "presence_penalty": -2,
        "frequency_penalty": 2,
        "seed": -(2**80),
        "n": 2,
        "plugins": [{"id": "web"}],
        "response_format": {"type": "json_object"},
    }


async def test_what_was_not_chosen_is_left_out(weryai: WeryAISandbox, client: WeryAIClient) -> None:
    await said(client)
    assert weryai.requests[0].json.keys() == {"model", "messages", "stream"}


@pytest.mark.parametrize(
    "options",
    [
        {"temperature": 0, "top_p": 0, "presence_penalty": 0, "frequency_penalty": 0, "seed": 0},
        {"max_tokens": 1},
        {"model": "GPT_5", "web": True, "response_format": {"type": "text"}},
    ],
)
async def test_zero_is_a_choice_too(
    weryai: WeryAISandbox, client: WeryAIClient, options: dict[str, Any]
) -> None:
    await said(client, question(**options))
    sent = weryai.requests[0].json
    assert all(sent[name] == value for name, value in options.items() if name != "web")


@pytest.mark.parametrize(
    "manner",
    [
        None,
        Fault.SPLIT_BYTES,
        Fault.ONE_CHUNK,
        Fault.CRLF,
        Fault.CR,
        Fault.COMMENTS,
        Fault.BOM,
        Fault.NO_DONE,
        Fault.NO_FINISH,
        Fault.NO_BLANK_LINE,
        Fault.PLAIN_JSON,
    ],
)
@pytest.mark.parametrize("n", [1, 3])
async def test_an_answer_is_whole_in_whatever_manner_it_comes(
    weryai: WeryAISandbox, client: WeryAIClient, manner: Fault | None, n: int
) -> None:
    texts = [f"{index}: {LONG}" for index in range(n)]
    weryai.answer_next(*texts)
    if manner is not None:
        weryai.fail_next(manner)
    events = await said(client, question(n=n))
    assert [text_of(events, index) for index in range(n)] == texts
    finishes = [event for event in events if isinstance(event, Finish)]
    assert finishes == [Finish("stop", index) for index in range(n)]
    assert isinstance(events[-1], Usage)
    assert len(weryai.requests) == 1


async def test_choices_come_interleaved(weryai: WeryAISandbox, client: WeryAIClient) -> None:
    weryai.answer_next(["a1", "a2"], ["b1", "b2", "b3"])
    events = await said(client, question(n=2))
    deltas = [event for event in events if isinstance(event, Delta)]
    assert [(delta.text, delta.index) for delta in deltas] == [
        ("a1", 0),
        ("b1", 1),
        ("a2", 0),
        ("b2", 1),
        ("b3", 1),
    ]


async def test_an_empty_answer_is_passed_on_as_it_is(
    weryai: WeryAISandbox, client: WeryAIClient
) -> None:
    weryai.fail_next(Fault.EMPTY)
    events = await said(client)
    assert events[0] == Finish("stop")
    assert text_of(events) == ""


@pytest.mark.parametrize(
    ("fault", "reason"), [(Fault.FILTERED, "content_filter"), (Fault.LENGTH, "length")]
)
async def test_an_early_finish_keeps_what_was_said(
    weryai: WeryAISandbox, client: WeryAIClient, fault: Fault, reason: str
) -> None:
    weryai.answer_next(["a", "b", "c", "d"])
    weryai.fail_next(fault)
    events = await said(client)
    assert text_of(events) == "ab"
    assert Finish(reason) in events


async def test_fifty_messages_may_be_sent(weryai: WeryAISandbox, client: WeryAIClient) -> None:
    messages = tuple(ChatMessage(Role.USER, f"{number}" * 4000) for number in range(50))
    await said(client, ChatRequest(model="GPT_5", messages=messages))
    assert len(weryai.requests[0].json["messages"]) == 50


async def test_a_slow_reader_misses_nothing(weryai: WeryAISandbox, client: WeryAIClient) -> None:
    text = "x" * 3_000_000  # more than a connection holds back for us
    weryai.answer_next([text[at : at + 10_000] for at in range(0, len(text), 10_000)])
    heard = []
    async with aclosing(client.stream(question())) as events:
        async for event in events:
            heard.append(event)
            await asyncio.sleep(0)
    assert text_of(heard) == text


async def test_blank_lines_before_a_plain_body_are_patience() -> None:
    body = b'\n\n \r\n{"choices": [{"index": 0, "message": {"content": "late"}}]}'
    async with served(speaking(response(body))) as url, asking(url) as client:
        assert await said(client) == [Delta("late"), Finish("stop")]


async def test_the_content_type_is_not_believed() -> None:
    stream = b'data: {"choices": [{"index": 0, "delta": {"content": "x"}}]}\n\ndata: [DONE]\n\n'
    headers = "Content-Type: application/json"
    async with served(speaking(response(stream, headers))) as url, asking(url) as client:
        assert await said(client) == [Delta("x"), Finish("stop")]


async def test_a_body_that_is_encoded_unasked_is_decoded() -> None:
    stream = b'data: {"choices": [{"index": 0, "delta": {"content": "x"}}]}\n\ndata: [DONE]\n\n'
    answer = response(gzip.compress(stream), "Content-Encoding: gzip")
    async with served(speaking(answer)) as url, asking(url) as client:
        assert await said(client) == [Delta("x"), Finish("stop")]


async def test_html_with_status_200_is_no_answer() -> None:
    answer = response(b"<html>Please log in</html>", "Content-Type: text/html")
    async with served(speaking(answer)) as url, asking(url) as client:
        with pytest.raises(ModelUnavailable):
            await said(client)


async def test_a_body_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.weryai.exchange.MAX_BODY", 1000)
    answer = response(b"{" + b" " * 2000)
    async with served(speaking(answer)) as url, asking(url) as client:
        with pytest.raises(ModelUnavailable, match="too long"):
            await said(client)


async def test_a_balance_is_told(weryai: WeryAISandbox, client: WeryAIClient) -> None:
    weryai.balance = 12.5
    assert await client.balance() == 12.5


async def test_the_models_are_listed(weryai: WeryAISandbox, client: WeryAIClient) -> None:
    weryai.models = [Model("A_1", "A-1", max_tokens=5, context=50), Model("B_2", "B-2")]
    assert await client.models() == [
        ModelInfo("A_1", "A-1", 5, 50),
        ModelInfo("B_2", "B-2", 8192, 128_000),
    ]


@pytest.mark.parametrize(
    ("suffix", "path"),
    [
        ("", ""),
        ("/", ""),
        ("/v1", ""),
        ("/v1/", ""),
        ("/proxy/weryai", "/proxy/weryai"),
        ("/proxy/weryai/v1/", "/proxy/weryai"),
    ],
)
async def test_the_address_may_be_written_in_several_ways(suffix: str, path: str) -> None:
    asked: list[bytes] = []

    async def handler(head: bytes, writer: asyncio.StreamWriter) -> None:
        asked.append(head.split()[1])
        writer.write(response(b'{"status": 0, "data": 3}'))

    async with served(handler) as url, asking(f"  {url}{suffix} ") as client:
        assert await client.balance() == 3
    assert asked == [f"{path}/v1/generation/balance".encode()]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "api.weryai.com",
        "ftp://api.weryai.com",
        "https://",
        "https://api.weryai.com:port",
        "https://[::1",
        "https://user:password@api.weryai.com",
        "https://api.weryai.com?key=1",
        "https://api.weryai.com#top",
        "https://a\nb",
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        WeryAIClient(SecretStr("sk-1"), address)


@pytest.mark.parametrize("key", ["", "  ", "sk 1", "sk-\x00", "sk-\n1", "schlüssel"])
def test_a_key_that_is_none_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(ValueError, match="key") as refused:
        WeryAIClient(SecretStr(key))
    assert not key.strip() or key not in str(refused.value)


async def test_the_key_shows_nowhere(
    weryai: WeryAISandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    once = Retries(attempts=1)
    async with WeryAIClient(SecretStr("sk-hidden"), weryai.base_url, retries=once) as client:
        with pytest.raises(Unauthorized) as refused:
            await said(client, question("a private question"))
        assert "sk-hidden" not in repr(client) + repr(refused.value) + repr(vars(client))
    assert "sk-hidden" not in caplog.text
    assert "private question" not in caplog.text
    assert API_KEY not in caplog.text


async def test_twenty_answers_at_once_do_not_mix(
    weryai: WeryAISandbox, client: WeryAIClient
) -> None:
    weryai.answers = lambda request: request["messages"][-1]["content"] * 50
    questions = [f"question {number};" for number in range(20)]
    answers = await asyncio.gather(*(said(client, question(text)) for text in questions))
    assert [text_of(events) for events in answers] == [text * 50 for text in questions]


async def test_no_compression_is_asked_for_which_would_hold_deltas_back() -> None:
    heads: list[bytes] = []

    async def note(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head.lower())
        await speaking(response(b'{"choices": [{"message": {"content": "x"}}]}'))(head, writer)

    async with served(note) as url, asking(url) as client:
        await said(client)
    assert b"accept-encoding: identity\r\n" in heads[0]
