"""What applies in a place, and who changes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bot.core.choices import Choices
from bot.core.conversation import ChannelId, GuildId, Place
from bot.core.errors import InvalidInput, UnknownModel
from bot.core.option_kinds import BUILT_IN
from bot.core.options import Changed, Scope
from tests.core.fake_model import FakeCatalogue
from tests.core.fake_stores import FakeOptions
from tests.core.samples import ADA, FLASH, MINI, SERVER, place

THREAD = place(1, thread=2)


def choices(**defaults: Any) -> Choices:
    catalogue = FakeCatalogue(FLASH, MINI)
    return Choices(FakeOptions(), catalogue, {"model": FLASH.key, **defaults})


async def test_without_any_choice_the_operators_defaults_apply() -> None:
    resolved = await choices(temperature=0.5).of(THREAD)
    assert resolved.values == {**BUILT_IN, "model": FLASH.key, "temperature": 0.5}
    assert resolved.sources["model"] is Scope.DEFAULT


async def test_the_most_particular_choice_applies() -> None:
    made = choices()
    expected = [(Scope.SERVER, SERVER), (Scope.CHANNEL, 1), (Scope.THREAD, 2)]
    for scope, _ in expected:
        changed = await made.choose(THREAD, scope, "model", MINI.key, by=ADA.id)
        assert [(one.by, one.before, one.after) for one in changed] == [(ADA.id, None, MINI.key)]
        resolved = await made.of(THREAD)
        assert (resolved.model, resolved.sources["model"]) == (MINI.key, scope)
    asked = await made.of(THREAD, {"model": "mine"})
    assert (asked.model, asked.sources["model"]) == ("mine", Scope.ASK)


async def test_a_choice_for_one_channel_leaves_the_others_alone() -> None:
    made = choices()
    await made.choose(place(1), Scope.CHANNEL, "model", MINI.key, by=ADA.id)
    assert (await made.of(THREAD)).model == MINI.key
    assert (await made.of(place(3))).model == FLASH.key


async def test_choosing_nothing_goes_back_to_what_is_inherited() -> None:
    made = choices()
    await made.choose(THREAD, Scope.SERVER, "model", MINI.key, by=ADA.id)
    await made.choose(THREAD, Scope.THREAD, "model", FLASH.key, by=ADA.id)
    await made.choose(THREAD, Scope.THREAD, "model", None, by=ADA.id)
    resolved = await made.of(THREAD)
    assert (resolved.model, resolved.sources["model"]) == (MINI.key, Scope.SERVER)


async def test_a_model_is_found_by_its_name_in_any_case_and_stored_by_its_key() -> None:
    (changed,) = await choices().choose(THREAD, Scope.SERVER, "model", "gpt-5 MINI", by=ADA.id)
    assert changed.after == MINI.key


async def test_an_unknown_model_is_not_chosen() -> None:
    made = choices()
    with pytest.raises(UnknownModel, match="GPT_99"):
        await made.choose(THREAD, Scope.SERVER, "model", "GPT_99", by=ADA.id)
    assert (await made.of(THREAD)).model == FLASH.key


def test_what_was_typed_for_a_model_is_told_back_in_one_short_line() -> None:
    with pytest.raises(UnknownModel) as refused:
        choices().model("`GPT`\n" + "9" * 6000)
    assert refused.value.text.startswith("I do not know a model `'GPT' 999")
    assert len(refused.value.text) < 200


@pytest.mark.parametrize(
    ("where", "scope"),
    [
        (place(1), Scope.THREAD),
        (Place(None, ChannelId(5)), Scope.SERVER),
    ],
)
async def test_there_is_nothing_to_choose_for_a_scope_the_place_has_not(
    where: Place, scope: Scope
) -> None:
    with pytest.raises(InvalidInput, match=f"no {scope.value} here"):
        await choices().choose(where, scope, "model", MINI.key, by=ADA.id)


@pytest.mark.parametrize("scope", [Scope.ASK, Scope.DEFAULT])
async def test_nobody_chooses_for_a_question_or_for_all_servers(scope: Scope) -> None:
    with pytest.raises(InvalidInput):
        await choices().choose(place(1), scope, "model", MINI.key, by=ADA.id)


def test_a_vanished_model_is_told_apart_from_an_unknown_one() -> None:
    assert choices().find("GPT_1") is None
    with pytest.raises(UnknownModel):
        choices().model("GPT_1")
    assert choices().find(FLASH.key) is FLASH


async def test_what_has_changed_in_a_server_is_announced_and_a_members_own_choice_is_not() -> None:
    told: list[tuple[int, str]] = []

    async def announce(guild: GuildId, changed: Sequence[Changed]) -> None:
        told.extend((guild, one.name) for one in changed)

    catalogue = FakeCatalogue(FLASH, MINI)
    made = Choices(FakeOptions(), catalogue, {"model": FLASH.key}, announce=announce)
    for scope in (Scope.SERVER, Scope.MEMBER):
        await made.choose(THREAD, scope, "model", MINI.key, by=ADA.id)
    await made.choose(THREAD, Scope.SERVER, "model", MINI.key, by=ADA.id)  # nothing new

    assert told == [(SERVER, "model")]


async def test_the_layers_of_a_place_are_told_from_the_most_particular_to_the_defaults() -> None:
    made = choices()
    await made.choose(THREAD, Scope.CHANNEL, "seed", 7, by=ADA.id)
    layers = await made.layers(THREAD, member=ADA.id)

    assert [scope for scope, _ in layers] == [
        Scope.MEMBER,
        Scope.THREAD,
        Scope.CHANNEL,
        Scope.SERVER,
        Scope.DEFAULT,
    ]
    assert dict(layers)[Scope.CHANNEL] == {"seed": 7}
