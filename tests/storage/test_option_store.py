"""Chosen options, on both databases."""

from __future__ import annotations

import pytest

from bot.core.conversation import ChannelId, GuildId, Place, UserId
from bot.core.options import Scope, resolve, scopes_of
from bot.storage import SqlOptionStore

ANN = UserId(31)
THREAD = Place(GuildId(9), ChannelId(50), ChannelId(70))


async def test_nothing_chosen_leaves_empty_layers_in_the_order_asked(
    options: SqlOptionStore,
) -> None:
    layers = await options.layers(scopes_of(THREAD))
    assert layers == [(Scope.THREAD, {}), (Scope.CHANNEL, {}), (Scope.SERVER, {})]
    assert await options.layers({}) == []


async def test_the_most_particular_choice_wins(options: SqlOptionStore) -> None:
    await options.choose(Scope.SERVER, GuildId(9), "model", "A", by=ANN)
    await options.choose(Scope.SERVER, GuildId(9), "temperature", 0.5, by=ANN)
    await options.choose(Scope.THREAD, ChannelId(70), "model", "B", by=ANN)
    await options.choose(Scope.CHANNEL, ChannelId(51), "model", "C", by=ANN)
    resolved = resolve(await options.layers(scopes_of(THREAD)))
    assert resolved.values == {"model": "B", "temperature": 0.5}
    assert resolved.sources == {"model": Scope.THREAD, "temperature": Scope.SERVER}


async def test_the_same_id_in_two_scopes_is_two_choices(options: SqlOptionStore) -> None:
    await options.choose(Scope.CHANNEL, ChannelId(9), "model", "A", by=ANN)
    await options.choose(Scope.SERVER, GuildId(9), "model", "B", by=ANN)
    layers = await options.layers({Scope.SERVER: GuildId(9)})
    assert layers == [(Scope.SERVER, {"model": "B"})]


@pytest.mark.parametrize("value", ["text \0 😀", 7, 0.25, True, False, {"type": ["json"]}, []])
async def test_every_kind_of_value_comes_back_as_it_was(
    options: SqlOptionStore, value: object
) -> None:
    await options.choose(Scope.SERVER, GuildId(9), "name", value, by=ANN)
    layers = await options.layers({Scope.SERVER: GuildId(9)})
    assert layers == [(Scope.SERVER, {"name": value})]
    assert type(layers[0][1]["name"]) is type(value)


async def test_a_second_choice_replaces_the_first_and_none_takes_it_back(
    options: SqlOptionStore,
) -> None:
    for value in ("A", "B"):
        await options.choose(Scope.SERVER, GuildId(9), "model", value, by=ANN)
    await options.choose(Scope.SERVER, GuildId(9), "web", value=True, by=ANN)
    assert await options.layers({Scope.SERVER: GuildId(9)}) == [
        (Scope.SERVER, {"model": "B", "web": True})
    ]
    await options.choose(Scope.SERVER, GuildId(9), "model", None, by=ANN)
    await options.choose(Scope.SERVER, GuildId(9), "unset", None, by=ANN)
    assert await options.layers({Scope.SERVER: GuildId(9)}) == [(Scope.SERVER, {"web": True})]
