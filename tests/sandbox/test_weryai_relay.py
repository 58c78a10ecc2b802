"""The relay before the real WeryAI, whose part a local one plays here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.sandbox.weryai import API_KEY, INSTANT, Fault, WeryAIRelay, WeryAISandbox

HEADERS = {"Authorization": f"Bearer {API_KEY}"}
TIMEOUT = 10.0


@pytest.fixture
async def real() -> AsyncIterator[WeryAISandbox]:
    async with WeryAISandbox(pace=INSTANT) as real:
        yield real


@pytest.fixture(params=["", "/", "/v1"])
async def relay(real: WeryAISandbox, request: pytest.FixtureRequest) -> AsyncIterator[WeryAIRelay]:
    async with WeryAIRelay(real.base_url + request.param) as relay:
        yield relay


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers=HEADERS) as http:
        yield http


def question(**more: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": "hi"}]
    return {"model": "GPT_5", "messages": messages, "stream": True, **more}


async def test_a_stream_passes_unchanged_and_is_noted_down(
    real: WeryAISandbox, relay: WeryAIRelay, http: aiohttp.ClientSession
) -> None:
    real.answer_next(["Hel", "lo"])
    url = relay.base_url + "/v1/chat/completions"
    async with http.post(url, json=question(temperature=0.5)) as response:
        assert (response.status, response.content_type) == (200, "text/event-stream")
        assert response.headers["X-Request-Id"].startswith("chatcmpl-")
        text = await response.text()
    assert '"content":"Hel"' in text
    assert text.endswith("data: [DONE]\n\n")
    noted = await relay.came()
    async with asyncio.timeout(TIMEOUT):
        await noted.ended.wait()
    assert noted.json == real.requests[0].json == question(temperature=0.5)
    assert (noted.status, noted.finished, noted.closed_by_client) == (200, True, False)
    assert noted.sent >= 2
    assert noted.at <= noted.written[0] <= relay.now()


async def test_pieces_pass_as_they_come(
    real: WeryAISandbox, relay: WeryAIRelay, http: aiohttp.ClientSession
) -> None:
    gate = real.hold_next(after=1)
    real.answer_next(["Hel", "lo"])
    url = relay.base_url + "/v1/chat/completions"
    async with http.post(url, json=question()) as response:
        async with asyncio.timeout(TIMEOUT):
            while b'"Hel"' not in await response.content.readany():
                pass
        gate.release()
        assert b'"lo"' in await response.read()


async def test_the_list_of_models_and_the_balance_pass(
    relay: WeryAIRelay, http: aiohttp.ClientSession
) -> None:
    async with http.get(relay.base_url + "/v1/chat/models") as response:
        assert (await response.json())["data"][0]["id"] == "GPT_5_5"
    async with http.get(relay.base_url + "/v1/generation/balance") as response:
        assert (await response.json())["data"] == 1000
    assert relay.requests == []


async def test_refusals_pass_with_what_they_say(
    real: WeryAISandbox, relay: WeryAIRelay, http: aiohttp.ClientSession
) -> None:
    real.fail_next(Fault.RATE_LIMIT)
    async with http.post(relay.base_url + "/v1/chat/completions", json=question()) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "1")
    wrong = {"Authorization": "Bearer wrong"}
    async with http.get(relay.base_url + "/v1/chat/models", headers=wrong) as response:
        assert response.status == 401
    url = relay.base_url + "/v1/chat/completions"
    async with http.post(url, data=b"{", headers={"Content-Type": "application/json"}) as response:
        assert response.status == 400
    assert [(one.status, one.json is None) for one in relay.requests] == [(429, False), (400, True)]


@pytest.mark.parametrize("fault", [Fault.DROP, Fault.DROP_AT_ONCE])
async def test_a_connection_that_is_cut_there_is_cut_here(
    real: WeryAISandbox, relay: WeryAIRelay, http: aiohttp.ClientSession, fault: Fault
) -> None:
    real.fail_next(fault)
    with pytest.raises(aiohttp.ClientError):
        async with http.post(relay.base_url + "/v1/chat/completions", json=question()) as response:
            await response.read()
    noted = await relay.came()
    async with asyncio.timeout(TIMEOUT):
        await noted.ended.wait()
    assert not noted.finished


async def test_a_bot_that_goes_away_lets_the_real_one_know(
    real: WeryAISandbox, relay: WeryAIRelay, http: aiohttp.ClientSession
) -> None:
    gate = real.hold_next(after=1)
    async with http.post(relay.base_url + "/v1/chat/completions", json=question()) as response:
        await gate.reached()
        response.close()
    noted, there = await relay.came(), await real.came()
    async with asyncio.timeout(TIMEOUT):
        await noted.ended.wait()
        await there.ended.wait()
    assert noted.closed_by_client
    assert there.closed_by_client


async def test_a_real_one_that_cannot_be_reached_is_a_cut_connection(
    http: aiohttp.ClientSession, unused_tcp_port: int
) -> None:
    async with WeryAIRelay(f"http://127.0.0.1:{unused_tcp_port}") as relay:
        with pytest.raises(aiohttp.ClientConnectionError):
            await http.get(relay.base_url + "/v1/chat/models")
