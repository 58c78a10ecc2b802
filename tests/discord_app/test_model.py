"""`/model`: what answers, and a member's own choice for private questions and DMs."""

from __future__ import annotations

import pytest

from bot.core.conversation import GuildId
from bot.core.options import Scope
from bot.core.ports.weryai import ModelInfo
from bot.sandbox.discord.components import words
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Message
from tests.core.samples import FLASH, MINI
from tests.discord_app.config.using import (
    part,
    parts,
    pick,
    press,
    private_word,
    set_there,
    shown,
    told,
)
from tests.discord_app.conftest import Home, Inside

pytestmark = pytest.mark.usefixtures("bot")


async def model(home: Home) -> Message:
    return await shown(home.ada, home.channel, "model")


async def test_it_tells_what_answers_why_and_its_limits(home: Home) -> None:
    text = words(await model(home))
    assert "**Gemini 2.5 Flash** (`GEMINI_25_FLASH`) answers here: the bot's default." in text

    await told(home.mo, home.channel, "config set", option="model", value=MINI.key)

    lines = words(await model(home)).split("\n")
    assert lines[:2] == [
        "**GPT-5 mini** (`GPT_5_MINI`) answers here: chosen for this server.",
        "-# It reads 4,000 tokens and writes up to 1,000.",
    ]


async def test_a_model_that_has_vanished_is_said_so(home: Home, inside: Inside) -> None:
    await told(home.mo, home.channel, "config set", option="model", value=MINI.key)
    inside.catalogue.offered.remove(MINI)

    text = words(await model(home))

    assert text.startswith(
        "`GPT_5_MINI`, chosen for this server, is gone: WeryAI does not offer it any more. "
        "**Gemini 2.5 Flash** (`GEMINI_25_FLASH`) answers instead, until a moderator chooses "
        "another one."
    )


async def test_where_no_model_is_left_a_moderator_is_called_for(home: Home, inside: Inside) -> None:
    inside.catalogue.offered.clear()

    assert "A moderator should choose another one." in words(await model(home))


async def test_a_member_chooses_their_own_and_goes_back(home: Home, inside: Inside) -> None:
    message = await model(home)
    assert "are answered by the same, until you choose another one" in words(message)
    assert parts(message) == ["vendor"]

    await pick(home.ada, message, "vendor", "GPT")
    await pick(home.ada, message, "model", "GPT-5 mini")

    assert await set_there(inside.options, Scope.MEMBER, home.ada.id) == {"model": MINI.key}
    assert "are answered by **GPT-5 mini** (`GPT_5_MINI`): you chose it." in words(message)
    assert "**Gemini 2.5 Flash** (`GEMINI_25_FLASH`) answers here" in words(message)
    assert await inside.options.changes(GuildId(home.guild.id), limit=1) == []

    await press(home.ada, message, "back")
    assert await set_there(inside.options, Scope.MEMBER, home.ada.id) == {}
    assert parts(message) == ["vendor", "model"]


async def test_it_works_in_direct_messages(home: Home, inside: Inside) -> None:
    private = await home.ada.open_dm()
    message = await shown(home.ada, private, "model")

    await pick(home.ada, message, "vendor", "GPT")
    await pick(home.ada, message, "model", MINI.key)

    assert await set_there(inside.options, Scope.MEMBER, home.ada.id) == {"model": MINI.key}


async def test_only_allowed_models_are_offered(home: Home, inside: Inside) -> None:
    await told(home.mo, home.channel, "config set", option="member_models", value=FLASH.key)
    message = await model(home)
    assert parts(message) == ["model"]
    assert [one["value"] for one in part(message, "model")["options"]] == [FLASH.key]

    await told(home.mo, home.channel, "config set", option="member_models", value="none")
    message = await model(home)
    assert parts(message) == []
    assert "members may not pick another model here" in words(message)
    assert await set_there(inside.options, Scope.MEMBER, home.ada.id) == {}


async def test_what_is_not_allowed_any_more_is_refused_and_an_old_choice_said_so(
    home: Home, inside: Inside
) -> None:
    message = await model(home)
    await pick(home.ada, message, "vendor", "GPT")
    await told(home.mo, home.channel, "config set", option="member_models", value=FLASH.key)
    refused = await pick(home.ada, message, "model", MINI.key)
    assert "may not pick that model here any more" in await private_word(refused)
    assert await set_there(inside.options, Scope.MEMBER, home.ada.id) == {}

    await told(home.mo, home.channel, "config reset", option="member_models")
    await pick(home.ada, message, "model", MINI.key)
    await told(home.mo, home.channel, "config set", option="member_models", value=FLASH.key)

    assert "as you chose, but you may not pick that here" in words(await model(home))


async def test_it_is_for_whoever_asked_alone(
    home: Home, inside: Inside, sandbox: DiscordSandbox
) -> None:
    eve = sandbox.add_member(home.guild, "Eve")
    message = await model(home)
    custom_id = part(message, "vendor")["custom_id"].replace("vendor", "back")
    await pick(home.ada, message, "vendor", "GPT")
    await pick(home.ada, message, "model", MINI.key)

    handle = await eve.forge_click(message, custom_id)
    await handle.settled()

    assert "Only whoever used the command" in await private_word(handle)
    assert await set_there(inside.options, Scope.MEMBER, home.ada.id) == {"model": MINI.key}


async def test_more_models_than_a_menu_holds_stand_on_several_shelves(
    home: Home, inside: Inside
) -> None:
    inside.catalogue.offered = [ModelInfo(f"GPT_{n}", f"GPT-{n}") for n in range(60)]

    message = await model(home)

    shelves = part(message, "vendor")["options"]
    assert [(one["label"], one["description"]) for one in shelves] == [
        ("GPT (1)", "25 models"),
        ("GPT (2)", "25 models"),
        ("GPT (3)", "10 models"),
    ]
