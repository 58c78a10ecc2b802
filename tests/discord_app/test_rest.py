"""One request each: its failure is known at once, and its rate-limit headers are passed on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.core.errors import ReplyDelayed
from bot.core.ports.discord_app import Lane
from bot.discord_app.rest import DiscordRest, Refused, open_rest
from bot.discord_app.tracing import trace_config
from bot.sandbox.discord.server import DiscordSandbox
from tests.discord_app.conftest import Home, Observer

CREATE = "POST /channels/{channel_id}/messages"


async def test_an_answer_comes_decoded(rest: DiscordRest, home: Home) -> None:
    message = await rest.send("POST", f"/channels/{home.channel.id}/messages", {"content": "Hi"})

    assert message["content"] == "Hi"
    assert home.ada.sees(home.channel)[-1].content == "Hi"


async def test_the_observer_learns_the_limits_from_the_headers(
    rest: DiscordRest, home: Home, observer: Observer
) -> None:
    await rest.send("POST", f"/channels/{home.channel.id}/messages", {"content": "Hi"})

    lane = Lane(CREATE, str(home.channel.id))
    assert observer.started_lanes == [lane]
    [(ended, told)] = observer.endings
    assert ended == lane
    assert (told["status"], told["limit"], told["remaining"]) == (200, 5, 4)
    assert told["bucket"]
    assert isinstance(told["reset_after"], float)
    assert told["is_global"] is False


async def test_the_observer_takes_the_lane_it_is_told(
    rest: DiscordRest, home: Home, observer: Observer
) -> None:
    lane = Lane("mine", "1", metered=False)

    await rest.send("POST", f"/channels/{home.channel.id}/typing", lane=lane)

    assert observer.started_lanes == [lane]


async def test_a_429_is_said_at_once_with_its_wait(
    rest: DiscordRest, home: Home, observer: Observer
) -> None:
    path = f"/channels/{home.channel.id}/messages"
    for _ in range(5):
        await rest.send("POST", path, {"content": "Hi"})

    with pytest.raises(ReplyDelayed) as delayed:
        await rest.send("POST", path, {"content": "Hi"})

    assert delayed.value.retry_after
    assert delayed.value.retry_after > 0
    assert observer.endings[-1][1]["retry_after"] is not None


@pytest.mark.parametrize("body", [{"retry_after": "soon"}, {"retry_after": None}, ["?"], "<p>"])
async def test_a_429_of_a_proxy_is_temporary_whatever_it_says(
    sandbox: DiscordSandbox, rest: DiscordRest, home: Home, body: object
) -> None:
    sandbox.faults.answer("POST", "/typing", 429, body)

    with pytest.raises(ReplyDelayed) as delayed:
        await rest.send("POST", f"/channels/{home.channel.id}/typing")

    assert delayed.value.retry_after is None


async def test_a_global_429_is_reported_as_such(
    sandbox: DiscordSandbox, rest: DiscordRest, home: Home, observer: Observer
) -> None:
    body = {"message": "You are being rate limited.", "retry_after": 0.5, "global": True}
    headers = {"X-RateLimit-Scope": "global", "Retry-After": "1"}
    sandbox.faults.answer("POST", "/typing", 429, body, headers=headers)

    with pytest.raises(ReplyDelayed) as delayed:
        await rest.send("POST", f"/channels/{home.channel.id}/typing")

    assert delayed.value.retry_after == 0.5
    assert observer.endings[-1][1]["is_global"] is True


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_server_error_is_temporary_and_not_repeated(
    sandbox: DiscordSandbox, rest: DiscordRest, home: Home, status: int
) -> None:
    fault = sandbox.faults.answer("POST", "/typing", status, "<html>oops</html>", times=9)

    with pytest.raises(ReplyDelayed):
        await rest.send("POST", f"/channels/{home.channel.id}/typing")

    assert fault.seen == 1


async def test_a_dropped_connection_is_temporary_and_reported_without_a_status(
    sandbox: DiscordSandbox, rest: DiscordRest, home: Home, observer: Observer
) -> None:
    sandbox.faults.drop("POST", "/typing")

    with pytest.raises(ReplyDelayed):
        await rest.send("POST", f"/channels/{home.channel.id}/typing")

    assert observer.endings[-1][1] == {"status": 0}


async def test_nobody_listening_is_temporary() -> None:
    async with open_rest("http://127.0.0.1:9/api/v10", "token") as rest:
        with pytest.raises(ReplyDelayed):
            await rest.send("GET", "/users/@me")


async def test_a_refusal_carries_discords_code(rest: DiscordRest, home: Home) -> None:
    with pytest.raises(Refused) as refused:
        await rest.send("PATCH", f"/channels/{home.channel.id}/messages/1", {"content": "Hi"})

    assert (refused.value.status, refused.value.code) == (404, 10008)


async def test_the_gateways_websocket_is_no_rest_request(
    sandbox: DiscordSandbox, observer: Observer
) -> None:
    trace = trace_config(observer)
    url = f"{sandbox.gateway.url}?v=10&encoding=json"
    async with aiohttp.ClientSession(trace_configs=[trace]) as session, session.ws_connect(url):
        pass

    assert observer.started_lanes == []
    assert observer.endings == []


async def test_a_request_starts_when_its_turn_has_come(
    sandbox: DiscordSandbox, observer: Observer
) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def turn(lane: Lane) -> AsyncIterator[None]:
        assert lane.route.startswith("GET /users/")
        asked.set()
        await go_on.wait()
        yield
        assert observer.started_lanes == [lane]

    trace = trace_config(observer, turn=turn)
    async with open_rest(sandbox.api_url, sandbox.token, trace) as rest:
        given_up = asyncio.create_task(rest.send("GET", "/users/@me"))
        await asked.wait()
        given_up.cancel()
        await asyncio.wait({given_up})
        assert (observer.started_lanes, observer.endings) == ([], []), "it has not even started"

        go_on.set()
        await rest.send("GET", "/users/@me")
    assert len(observer.endings) == 1


async def test_a_request_whose_turn_does_not_come_fails_like_one_that_is_not_answered(
    sandbox: DiscordSandbox, observer: Observer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.discord_app.tracing.LONGEST_TURN", 0)

    @asynccontextmanager
    async def turn(_: Lane) -> AsyncIterator[None]:
        await asyncio.Event().wait()
        yield

    trace = trace_config(observer, turn=turn)
    async with open_rest(sandbox.api_url, sandbox.token, trace) as rest:
        with pytest.raises(ReplyDelayed):
            await rest.send("GET", "/users/@me")
    assert (observer.started_lanes, observer.endings) == ([], [])


async def test_a_file_that_somebody_attached_is_no_rest_request(
    sandbox: DiscordSandbox, observer: Observer
) -> None:
    trace = trace_config(observer)
    url = f"{sandbox.api_url.partition('/api')[0]}/attachments/1/2/a.txt"
    async with aiohttp.ClientSession(trace_configs=[trace]) as session, session.get(url):
        pass

    assert observer.started_lanes == []


@pytest.mark.parametrize("code", ["null", '"1015"', "{}"])
async def test_a_proxys_refusal_has_no_code_of_discords(code: str) -> None:
    async def refuse(_: web.Request) -> web.Response:
        body = f'{{"code": {code}, "message": "no"}}'
        return web.Response(status=403, text=body, content_type="application/json")

    proxy = web.Application()
    proxy.router.add_get("/gateway", refuse)
    async with TestServer(proxy) as server, open_rest(str(server.make_url("/")), "t") as rest:
        with pytest.raises(Refused) as refused:
            await rest.send("GET", "/gateway")
    assert (refused.value.status, refused.value.code) == (403, 0)
