"""The gateway, payload by payload."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from bot.sandbox.discord.dispatch import Intent
from bot.sandbox.discord.server import DiscordSandbox
from tests.sandbox.discord.clients import TIMEOUT, USUAL, Gateway
from tests.sandbox.discord.conftest import Home


@pytest.mark.parametrize("compress", ["", "zlib-stream", "zstd-stream"])
async def test_a_bot_identifies_and_is_told_its_guilds(
    sandbox: DiscordSandbox, http: aiohttp.ClientSession, home: Home, compress: str
) -> None:
    async with Gateway.open(http, sandbox, compress) as gateway:
        await gateway.identify(sandbox.token, USUAL)
        ready = await gateway.event("READY")
        guild = await gateway.event("GUILD_CREATE")
    assert ready["user"]["id"] == ready["application"]["id"] == str(sandbox.application_id)
    assert ready["guilds"] == [{"id": str(home.guild.id), "unavailable": True}]
    assert ready["resume_gateway_url"] == sandbox.gateway.url
    assert [one["name"] for one in guild["channels"]] == ["general"]
    assert [one["user"]["id"] for one in guild["members"]] == [str(sandbox.application_id)]


async def test_a_heartbeat_is_acknowledged_unless_told_otherwise(
    sandbox: DiscordSandbox, gateway: Gateway
) -> None:
    await gateway.send(1, None)
    assert (await gateway.next())["op"] == 11
    sandbox.gateway.acknowledges = False
    await gateway.send(1, None)
    await gateway.identify(sandbox.token, USUAL)
    assert (await gateway.next())["t"] == "READY"


@pytest.mark.parametrize(
    ("token", "intents", "shard", "code"),
    [
        ("wrong", USUAL, (0, 1), 4004),
        (None, USUAL | Intent.GUILD_MEMBERS, (0, 1), 4014),
        (None, 1 << 30, (0, 1), 4013),
        (None, USUAL, (1, 1), 4010),
    ],
)
async def test_a_wrong_identify_is_closed_with_its_code(
    sandbox: DiscordSandbox,
    gateway: Gateway,
    token: str | None,
    intents: int,
    shard: tuple[int, int],
    code: int,
) -> None:
    await gateway.identify(token or sandbox.token, intents, shard)
    assert await gateway.closed() == code
    assert sandbox.gateway.sessions == {}


async def test_what_is_no_payload_closes_the_connection(gateway: Gateway) -> None:
    await gateway.send_text("{")
    assert await gateway.closed() == 4002


async def test_a_payload_that_is_too_large_closes_the_connection(gateway: Gateway) -> None:
    await gateway.send_text(f'{{"op": 1, "d": null, "x": "{"x" * 4096}"}}')
    assert await gateway.closed() == 4002


@pytest.mark.parametrize(("op", "code"), [(99, 4001), (3, 4003)])
async def test_opcodes_have_their_time(gateway: Gateway, op: int, code: int) -> None:
    await gateway.send(op, {})
    assert await gateway.closed() == code


async def test_identifying_twice_closes_the_connection(
    sandbox: DiscordSandbox, ready: Gateway
) -> None:
    await ready.identify(sandbox.token, USUAL)
    assert await ready.closed() == 4005


async def test_more_than_120_payloads_a_minute_close_the_connection(gateway: Gateway) -> None:
    for _ in range(121):
        await gateway.send(1, None)
    assert await gateway.closed() == 4008


async def test_another_version_is_closed(
    sandbox: DiscordSandbox, http: aiohttp.ClientSession
) -> None:
    async with http.ws_connect(sandbox.gateway.url + "?v=9&encoding=json") as socket:
        await socket.receive()
        assert socket.close_code == 4012


async def resume(
    gateway: Gateway, sandbox: DiscordSandbox, session_id: str, sequence: int | None
) -> None:
    body = {"token": sandbox.token, "session_id": session_id, "seq": sequence}
    await gateway.send(6, body)


async def test_a_resumed_session_replays_what_was_missed(
    sandbox: DiscordSandbox, http: aiohttp.ClientSession, home: Home, ready: Gateway
) -> None:
    (session,) = sandbox.gateway.sessions
    sandbox.gateway.drop()
    await ready.closed()
    await sandbox.until(lambda: not sandbox.gateway.connected)
    await home.ada.send(home.channel, "missed")
    async with Gateway.open(http, sandbox, "zlib-stream") as again:
        await resume(again, sandbox, session, ready.sequence)
        assert (await again.event("MESSAGE_CREATE"))["content"] == "missed"
        await again.event("RESUMED")
        await home.ada.send(home.channel, "next")
        assert (await again.event("MESSAGE_CREATE"))["content"] == "next"


async def test_a_session_that_said_goodbye_cannot_be_resumed(
    sandbox: DiscordSandbox, http: aiohttp.ClientSession, ready: Gateway
) -> None:
    (session,) = sandbox.gateway.sessions
    await ready.close(1000)
    await sandbox.until(lambda: not sandbox.gateway.sessions)
    async with Gateway.open(http, sandbox) as again:
        await resume(again, sandbox, session, ready.sequence)
        assert await again.op(9) is False


async def test_events_the_client_has_confirmed_are_not_kept(
    sandbox: DiscordSandbox, http: aiohttp.ClientSession, ready: Gateway
) -> None:
    (session,) = sandbox.gateway.sessions.values()
    await ready.send(1, ready.sequence)
    await ready.op(11)
    assert not session.sent
    await ready.close(4000)
    await sandbox.until(lambda: not sandbox.gateway.connected)
    async with Gateway.open(http, sandbox) as again:
        await resume(again, sandbox, session.id, 1)
        assert await again.op(9) is False


@pytest.mark.usefixtures("ready")
async def test_a_sequence_from_the_future_is_closed(
    sandbox: DiscordSandbox, http: aiohttp.ClientSession
) -> None:
    (session,) = sandbox.gateway.sessions
    async with Gateway.open(http, sandbox) as again:
        await resume(again, sandbox, session, 99)
        assert await again.closed() == 4007


async def test_the_server_may_ask_to_reconnect_or_to_identify_anew(
    sandbox: DiscordSandbox, ready: Gateway
) -> None:
    sandbox.gateway.ask_to_reconnect()
    assert (await ready.next())["op"] == 7
    sandbox.gateway.invalidate(resumable=True)
    assert await ready.op(9) is True
    assert sandbox.gateway.sessions
    sandbox.gateway.invalidate(resumable=False)
    assert await ready.op(9) is False
    assert not sandbox.gateway.sessions


async def test_events_can_be_swallowed(sandbox: DiscordSandbox, home: Home, ready: Gateway) -> None:
    sandbox.gateway.swallows = lambda _, body: body.get("content") == "lost"
    await home.ada.send(home.channel, "lost")
    await home.ada.send(home.channel, "found")
    assert (await ready.event("MESSAGE_CREATE"))["content"] == "found"


async def test_the_next_connection_takes_the_place_of_a_stale_one(
    sandbox: DiscordSandbox, http: aiohttp.ClientSession, home: Home, ready: Gateway
) -> None:
    (session,) = sandbox.gateway.sessions
    async with Gateway.open(http, sandbox) as again:
        await resume(again, sandbox, session, ready.sequence)
        await again.event("RESUMED")
        await ready.closed()
        await home.ada.send(home.channel, "still here")
        assert (await again.event("MESSAGE_CREATE"))["content"] == "still here"


async def test_nothing_is_left_of_a_connection_that_ended(
    sandbox: DiscordSandbox, ready: Gateway
) -> None:
    await ready.close(1000)
    await sandbox.until(lambda: not sandbox.gateway.sessions)
    writers = [one for one in asyncio.all_tasks() if one.get_name() == "gateway writer"]
    async with asyncio.timeout(TIMEOUT):
        await asyncio.gather(*writers, return_exceptions=True)
    sandbox.gateway.ask_to_reconnect()
    assert sandbox.gateway.connected == []


async def test_a_gateway_out_of_reach_answers_503(
    sandbox: DiscordSandbox, http: aiohttp.ClientSession
) -> None:
    sandbox.gateway.reachable = False
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with Gateway.open(http, sandbox):
            pass
    assert refused.value.status == 503
