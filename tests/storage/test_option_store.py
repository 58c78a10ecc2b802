"""Chosen options, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation import ChannelId, GuildId, Place, UserId
from bot.core.options import Change, Changed, Scope, ScopeId, resolve, scopes_of
from bot.storage.options import SqlOptionStore

ANN = UserId(31)
HOME = GuildId(9)
THREAD = Place(HOME, ChannelId(50), ChannelId(70))


async def choose(
    options: SqlOptionStore, scope: Scope, scope_id: ScopeId, name: str, value: Any
) -> list[Changed]:
    return await options.change(HOME, [Change(scope, scope_id, name, value)], by=ANN)


async def test_nothing_chosen_leaves_empty_layers_in_the_order_asked(
    options: SqlOptionStore,
) -> None:
    layers = await options.layers(scopes_of(THREAD))
    assert layers == [(Scope.THREAD, {}), (Scope.CHANNEL, {}), (Scope.SERVER, {})]
    assert await options.layers({}) == []


async def test_the_most_particular_choice_wins(options: SqlOptionStore) -> None:
    await choose(options, Scope.SERVER, GuildId(9), "model", "A")
    await choose(options, Scope.SERVER, GuildId(9), "temperature", 0.5)
    await choose(options, Scope.THREAD, ChannelId(70), "model", "B")
    await choose(options, Scope.CHANNEL, ChannelId(51), "model", "C")
    resolved = resolve(await options.layers(scopes_of(THREAD)))
    assert resolved.values == {"model": "B", "temperature": 0.5}
    assert resolved.sources == {"model": Scope.THREAD, "temperature": Scope.SERVER}


async def test_the_same_id_in_two_scopes_is_two_choices(options: SqlOptionStore) -> None:
    await choose(options, Scope.CHANNEL, ChannelId(9), "model", "A")
    await choose(options, Scope.SERVER, GuildId(9), "model", "B")
    layers = await options.layers({Scope.SERVER: GuildId(9)})
    assert layers == [(Scope.SERVER, {"model": "B"})]


@pytest.mark.parametrize("value", ["text \0 😀", 7, 0.25, True, False, {"type": ["json"]}, []])
async def test_every_kind_of_value_comes_back_as_it_was(
    options: SqlOptionStore, value: object
) -> None:
    await choose(options, Scope.SERVER, GuildId(9), "name", value)
    layers = await options.layers({Scope.SERVER: GuildId(9)})
    assert layers == [(Scope.SERVER, {"name": value})]
    assert type(layers[0][1]["name"]) is type(value)


async def test_a_second_choice_replaces_the_first_and_none_takes_it_back(
    options: SqlOptionStore,
) -> None:
    for value in ("A", "B"):
        await choose(options, Scope.SERVER, GuildId(9), "model", value)
    await choose(options, Scope.SERVER, GuildId(9), "seed", 7)
    assert await options.layers({Scope.SERVER: GuildId(9)}) == [
        (Scope.SERVER, {"model": "B", "seed": 7})
    ]
    await choose(options, Scope.SERVER, GuildId(9), "model", None)
    await choose(options, Scope.SERVER, GuildId(9), "top_p", None)
    assert await options.layers({Scope.SERVER: GuildId(9)}) == [(Scope.SERVER, {"seed": 7})]


async def test_the_log_tells_every_change_of_its_server_newest_first(
    options: SqlOptionStore,
) -> None:
    await choose(options, Scope.SERVER, HOME, "model", "A")
    await choose(options, Scope.SERVER, HOME, "model", "B")
    await choose(options, Scope.THREAD, ChannelId(70), "model", "C")
    await choose(options, Scope.SERVER, HOME, "model", None)
    elsewhere = Change(Scope.SERVER, GuildId(8), "model", "D")
    await options.change(GuildId(8), [elsewhere], by=ANN)
    told = await options.changes(HOME, limit=10)
    assert [(one.scope, one.before, one.after) for one in told] == [
        (Scope.SERVER, "B", None),
        (Scope.THREAD, None, "C"),
        (Scope.SERVER, "A", "B"),
        (Scope.SERVER, None, "A"),
    ]
    assert {(one.by, one.name) for one in told} == {(ANN, "model")}
    assert await options.changes(HOME, limit=2) == told[:2]
    assert await options.changes(HOME, limit=2, skip=1) == told[1:3]
    assert await options.changes(HOME, limit=10, skip=4) == []


async def test_what_is_the_same_as_before_is_no_change(options: SqlOptionStore) -> None:
    assert len(await choose(options, Scope.SERVER, HOME, "model", "A")) == 1
    assert await choose(options, Scope.SERVER, HOME, "model", "A") == []
    assert await choose(options, Scope.SERVER, HOME, "seed", None) == []
    assert len(await options.changes(HOME, limit=10)) == 1


async def test_a_servers_choices_are_listed_and_nobody_elses(options: SqlOptionStore) -> None:
    await choose(options, Scope.SERVER, HOME, "seed", 7)
    await choose(options, Scope.CHANNEL, ChannelId(50), "model", "A")
    await options.change(GuildId(8), [Change(Scope.SERVER, GuildId(8), "seed", 8)], by=ANN)
    await options.change(None, [Change(Scope.MEMBER, ANN, "model", "B")], by=ANN)
    assert await options.chosen_in(HOME) == [
        Change(Scope.CHANNEL, ChannelId(50), "model", "A"),
        Change(Scope.SERVER, HOME, "seed", 7),
    ]
    assert await options.layers({Scope.MEMBER: ANN}) == [(Scope.MEMBER, {"model": "B"})]


async def test_thousands_of_places_are_changed_at_once(options: SqlOptionStore) -> None:
    """An import may; databases limit how large a statement may be."""
    changes = [Change(Scope.CHANNEL, ChannelId(number), "seed", 7) for number in range(3000)]
    assert len(await options.change(HOME, changes, by=ANN)) == 3000
    assert await options.change(HOME, changes, by=ANN) == []
