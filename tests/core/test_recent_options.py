"""What was chosen is remembered for a moment, and never longer than it is true for this process."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from bot.core.conversation import GuildId
from bot.core.options import Change, Layers, Scope, ScopeId, scopes_of
from bot.core.recent_options import FRESH, RecentOptions
from tests.core.fake_stores import FakeOptions
from tests.core.samples import ADA, SERVER, place
from tests.virtual_time import in_virtual_time

THREAD = scopes_of(place(1, thread=2))
OTHER_THREAD = scopes_of(place(1, thread=3))


class Counting(FakeOptions):
    """Counts what is read, and reads slowly when asked to."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[list[Scope]] = []
        self.gate: asyncio.Event | None = None

    async def layers(self, scopes: Mapping[Scope, ScopeId]) -> Layers:
        self.read.append(list(scopes))
        layers = [(scope, dict(values)) for scope, values in await super().layers(scopes)]
        if self.gate is not None:
            await self.gate.wait()
        return layers


def chosen(seed: int, scope: Scope = Scope.SERVER) -> list[Change]:
    return [Change(scope, THREAD[scope], "seed", seed)]


@in_virtual_time
async def test_a_question_reads_once_however_often_it_asks() -> None:
    store = Counting()
    await store.change(SERVER, chosen(7), by=ADA.id)
    options = RecentOptions(store)
    first = await options.layers(THREAD)
    assert first == [(Scope.THREAD, {}), (Scope.CHANNEL, {}), (Scope.SERVER, {"seed": 7})]
    assert await options.layers(THREAD) == first
    assert len(store.read) == 1


@in_virtual_time
async def test_only_what_is_not_known_is_read() -> None:
    store = Counting()
    options = RecentOptions(store)
    await options.layers(THREAD)
    assert [scope for scope, _ in await options.layers(OTHER_THREAD)] == list(OTHER_THREAD)
    assert store.read[1:] == [[Scope.THREAD]]


@in_virtual_time
async def test_another_processs_change_is_seen_when_the_moment_is_over() -> None:
    store = Counting()
    options = RecentOptions(store)
    await options.layers(THREAD)
    await store.change(SERVER, chosen(7), by=ADA.id)
    await asyncio.sleep(FRESH * 0.9)
    assert dict(await options.layers(THREAD))[Scope.SERVER] == {}
    await asyncio.sleep(FRESH * 0.2)
    assert dict(await options.layers(THREAD))[Scope.SERVER] == {"seed": 7}


@pytest.mark.parametrize("scope", [Scope.SERVER, Scope.THREAD])
@in_virtual_time
async def test_this_processs_change_is_seen_at_once(scope: Scope) -> None:
    options = RecentOptions(Counting())
    await options.layers(THREAD)
    changed = await options.change(SERVER, chosen(7, scope), by=ADA.id)
    assert [one.after for one in changed] == [7]
    assert dict(await options.layers(THREAD))[scope] == {"seed": 7}


@in_virtual_time
async def test_what_was_read_while_it_changed_is_not_remembered() -> None:
    store = Counting()
    options = RecentOptions(store)
    store.gate = asyncio.Event()
    reading = asyncio.create_task(options.layers(THREAD))
    await asyncio.sleep(0.01)
    await options.change(SERVER, chosen(7), by=ADA.id)
    store.gate.set()
    assert dict(await reading)[Scope.SERVER] == {}
    assert dict(await options.layers(THREAD))[Scope.SERVER] == {"seed": 7}


@in_virtual_time
async def test_the_rest_goes_straight_to_the_store() -> None:
    store = Counting()
    options = RecentOptions(store)
    await options.change(SERVER, chosen(7), by=ADA.id)
    assert await options.chosen_in(GuildId(SERVER)) == chosen(7)
    assert [one.after for one in await options.changes(SERVER, limit=5)] == [7]
    assert await options.changes(SERVER, limit=5, skip=1) == []


@in_virtual_time
async def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.core.recent_options.REMEMBERED", 10)
    options = RecentOptions(Counting())
    for channel in range(50):
        await options.layers(scopes_of(place(channel + 1)))
    assert len(options._known) <= 10
