"""What a test can make slow, late or broken, and what is written down of it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import aiohttp
import pytest

from bot.sandbox.discord.clock import Clock
from bot.sandbox.discord.events import MessageCreated, RequestServed
from bot.sandbox.discord.faults import Latency
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.snowflakes import Snowflakes, made_at
from tests.sandbox.discord.clients import TIMEOUT, Rest
from tests.sandbox.discord.conftest import Home


@pytest.fixture
def path(home: Home) -> str:
    return f"/channels/{home.channel.id}/messages"


async def test_the_next_matching_requests_fail_and_do_nothing(
    sandbox: DiscordSandbox, rest: Rest, home: Home, path: str
) -> None:
    fault = sandbox.faults.answer("POST", r"/messages$", 502, "<html>Bad gateway</html>", times=2)
    assert (await rest.get(path)).status == 200
    failed = [await rest.post(path, {"content": "x"}) for _ in range(2)]
    assert [one.status for one in failed] == [502, 502]
    assert failed[0].headers["Content-Type"].startswith("text/html")
    assert (await rest.post(path, {"content": "y"})).status == 200
    assert [one.content for one in home.ada.sees(home.channel)] == ["y"]
    assert fault.seen == 2


async def test_a_request_may_be_done_and_its_answer_lost(
    sandbox: DiscordSandbox, rest: Rest, home: Home, path: str
) -> None:
    sandbox.faults.drop("POST", "/messages", after=True)
    with pytest.raises(aiohttp.ClientError):
        await rest.post(path, {"content": "heard"})
    sandbox.faults.drop("POST", "/messages")
    with pytest.raises(aiohttp.ClientError):
        await rest.post(path, {"content": "lost"})
    sandbox.faults.answer("*", "/messages", 500, {"message": "oops", "code": 0}, after=True)
    assert (await rest.post(path, {"content": "done"})).code == 0
    assert [one.content for one in home.ada.sees(home.channel)] == ["heard", "done"]


async def test_a_rate_limit_can_be_made_up(sandbox: DiscordSandbox, rest: Rest, path: str) -> None:
    sandbox.faults.limit("POST", "/messages", retry_after=1.5, scope="shared")
    limited = await rest.post(path, {"content": "x"})
    assert (limited.status, limited.body["retry_after"]) == (429, 1.5)
    assert limited.headers["X-RateLimit-Scope"] == "shared"
    assert limited.headers["Retry-After"] == "2"
    assert sandbox.rate_limited == 1
    assert limited.body["global"] is False
    sandbox.faults.limit("POST", "/messages", retry_after=1, scope="global")
    assert (await rest.post(path, {"content": "x"})).body["global"] is True


async def test_a_request_can_be_held(
    sandbox: DiscordSandbox, rest: Rest, home: Home, path: str
) -> None:
    held = sandbox.faults.hold("POST", "/messages")
    sending = asyncio.create_task(rest.post(path, {"content": "x"}))
    async with asyncio.timeout(TIMEOUT):
        await held.arrived.wait()
    assert home.ada.sees(home.channel) == []
    held.release()
    assert (await sending).status == 200
    assert len(home.ada.sees(home.channel)) == 1


async def test_clearing_the_faults_lets_everything_go(
    sandbox: DiscordSandbox, rest: Rest, path: str
) -> None:
    held = sandbox.faults.hold("POST", "/messages")
    sandbox.faults.answer("POST", "/messages", 500)
    sending = asyncio.create_task(rest.post(path, {"content": "x"}))
    await held.arrived.wait()
    sandbox.faults.clear()
    assert (await sending).status == 200
    assert (await rest.post(path, {"content": "x"})).status == 200


async def test_latency_is_drawn_within_its_bounds_and_the_same_each_time() -> None:
    one, other = Latency(0.04, 0.01, seed=7), Latency(0.04, 0.01, seed=7)
    drawn = [one.draw() for _ in range(100)]
    assert drawn == [other.draw() for _ in range(100)]
    assert 0.03 <= min(drawn) < max(drawn) <= 0.05
    assert Latency().draw() == 0


async def test_a_slow_api_still_answers(sandbox: DiscordSandbox, rest: Rest, path: str) -> None:
    sandbox.set_latency(0.002, 0.001)
    assert (await rest.get(path)).status == 200


async def test_requests_are_written_down_with_their_route_and_bucket(
    sandbox: DiscordSandbox, rest: Rest, path: str
) -> None:
    await rest.post(path, {"content": "x"})
    await rest.get("/channels/1")
    sent, missing = sandbox.requests
    assert (sent.method, sent.route) == ("POST", "/channels/{channel_id}/messages")
    assert (sent.path, sent.status, sent.remaining) == (path, 200, 4)
    assert sent.bucket
    assert (missing.route, missing.status) == ("/channels/{channel_id}", 404)


async def test_the_sixth_message_within_five_seconds_is_limited(
    sandbox: DiscordSandbox, rest: Rest, path: str
) -> None:
    statuses = [(await rest.post(path, {"content": "x"})).status for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    sandbox.clock.advance(5)
    assert (await rest.post(path, {"content": "x"})).status == 200
    sandbox.limits.enabled = False
    free = [await rest.post(path, {"content": "x"}) for _ in range(6)]
    assert {one.status for one in free} == {200}
    assert "X-RateLimit-Limit" not in free[0].headers


async def test_everything_that_happens_can_be_watched(
    sandbox: DiscordSandbox, rest: Rest, path: str
) -> None:
    async with aclosing(sandbox.watch()) as events:
        await rest.post(path, {"content": "x"})
        first, second = await anext(events), await anext(events)
    assert isinstance(first, MessageCreated)
    assert isinstance(second, RequestServed)
    with pytest.raises(TimeoutError):
        async with aclosing(sandbox.watch()) as events, asyncio.timeout(0):
            await anext(events)


async def test_files_of_messages_are_served_and_unknown_ones_are_not(
    sandbox: DiscordSandbox, rest: Rest, http: aiohttp.ClientSession, path: str
) -> None:
    sent = await rest.upload("POST", path, {}, a_txt=b"abc")
    url = sent.body["attachments"][0]["url"]
    async with http.get(url) as response:
        assert (response.status, await response.read()) == (200, b"abc")
    async with http.get(f"{sandbox.url}/attachments/1/2/none.txt") as response:
        assert response.status == 404


async def test_timers_follow_the_clocks_jumps_in_order() -> None:
    clock, done = Clock(), list[str]()
    clock.call_later(20, lambda: done.append("second"))
    clock.call_later(10, lambda: done.append("first"))
    clock.advance(9)
    assert done == []
    clock.advance(12)
    assert done == ["first", "second"]
    clock.close()


async def test_a_fast_clock_runs_its_timers_soon() -> None:
    clock, done = Clock(speed=1e6), asyncio.Event()
    clock.call_later(3600, done.set)
    async with asyncio.timeout(TIMEOUT):
        await done.wait()
    clock.close()


def test_snowflakes_grow_and_tell_their_time() -> None:
    times = iter([1_700_000_000.123, 1_700_000_000.123, 1_600_000_000.0])
    ids = Snowflakes(lambda: next(times))
    first, second, third = ids.make(), ids.make(), ids.make()
    assert first < second < third
    assert made_at(first) == pytest.approx(1_700_000_000.123, abs=0.001)
