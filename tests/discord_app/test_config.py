"""`/model` and `/config model`."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation import GuildId
from bot.sandbox.discord.handles import NotPossible
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.state import Channel
from tests.core.samples import FLASH, MINI
from tests.discord_app.conftest import Home, Inside

pytestmark = pytest.mark.usefixtures("bot")


async def told(person: Person, channel: Channel, command: str, **options: Any) -> str:
    handle = await person.slash(channel, command, **options)
    answer = await handle.answered()
    assert handle.ephemeral
    return answer.content


async def test_the_model_is_the_operators_until_somebody_chooses(home: Home) -> None:
    text = await told(home.ada, home.channel, "model")

    assert "**Gemini 2.5 Flash** (`GEMINI_25_FLASH`) answers here: the bot's default." in text


@pytest.mark.parametrize(
    ("options", "origin"),
    [
        ({}, "chosen for this server"),
        ({"scope": "server"}, "chosen for this server"),
        ({"scope": "channel"}, "chosen for this channel"),
    ],
)
async def test_a_choice_is_in_force_at_once_and_says_where_it_comes_from(
    home: Home, options: dict[str, str], origin: str
) -> None:
    said = await told(home.mo, home.channel, "config model", model="GPT_5_MINI", **options)
    text = await told(home.ada, home.channel, "model")

    assert said.startswith("**GPT-5 mini** (`GPT_5_MINI`) answers in this")
    assert f"(`GPT_5_MINI`) answers here: {origin}." in text


async def test_a_model_may_be_named(home: Home) -> None:
    await told(home.mo, home.channel, "config model", model="gpt-5 MINI")

    assert "GPT_5_MINI" in await told(home.ada, home.channel, "model")


async def test_a_thread_has_its_own_and_the_channel_keeps_its(home: Home) -> None:
    thread = await home.ada.start_thread(home.channel, "Talk")
    await told(home.mo, thread, "config model", model="GPT_5_MINI", scope="thread")

    assert "chosen for this thread" in await told(home.ada, thread, "model")
    assert "the bot's default" in await told(home.ada, home.channel, "model")


async def test_without_a_model_the_inherited_one_applies_again(home: Home) -> None:
    await told(home.mo, home.channel, "config model", model="GPT_5_MINI", scope="channel")

    text = await told(home.mo, home.channel, "config model", scope="channel")

    assert text.startswith("This channel has no model of its own any more.")
    assert "the bot's default" in text


async def test_a_choice_that_a_more_particular_one_overrides_says_so(home: Home) -> None:
    await told(home.mo, home.channel, "config model", model="GPT_5_MINI", scope="channel")

    text = await told(home.mo, home.channel, "config model", model="GEMINI_25_FLASH")

    assert "A more particular choice goes before it" in text
    assert "chosen for this channel" in text


async def test_there_is_no_thread_to_choose_for_in_a_channel(home: Home, inside: Inside) -> None:
    text = await told(home.mo, home.channel, "config model", model="GPT_5_MINI", scope="thread")

    assert "no thread here" in text
    assert await inside.options.changes(GuildId(home.guild.id), limit=1) == []


async def test_an_unknown_model_is_refused(home: Home) -> None:
    text = await told(home.mo, home.channel, "config model", model="NOPE")

    assert "`NOPE`" in text


async def test_members_may_not_configure(home: Home) -> None:
    with pytest.raises(NotPossible):
        await home.ada.slash(home.channel, "config model", model="GPT_5_MINI")


async def test_models_are_suggested_as_one_types(home: Home) -> None:
    suggestions = await home.mo.autocomplete(home.channel, "config model", "model", "mini")

    assert [suggestion["value"] for suggestion in suggestions] == [FLASH.key, MINI.key]


async def test_a_model_that_has_vanished_is_said_so(home: Home, inside: Inside) -> None:
    await told(home.mo, home.channel, "config model", model="GPT_5_MINI")
    inside.catalogue.offered.remove(MINI)

    text = await told(home.ada, home.channel, "model")

    assert "`GPT_5_MINI`" in text
    assert "does not offer it any more" in text


async def test_tokens_and_seconds_are_shown_where_a_moderator_wants_them(home: Home) -> None:
    said = await told(home.mo, home.channel, "config footer", details=True, scope="channel")
    assert said == "Answers here end with their tokens and seconds from now on."

    said = await told(home.mo, home.channel, "config footer", scope="channel")
    assert said == "Answers here end without their tokens and seconds from now on."


async def test_a_member_cannot_change_the_footer(home: Home) -> None:
    with pytest.raises(NotPossible):
        await home.ada.slash(home.channel, "config footer", details=True)
