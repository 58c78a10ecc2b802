"""`/config set`, and `/config reset` of one option."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation import GuildId
from bot.core.option_kinds import OPTIONS, Kind
from bot.core.options import Scope
from bot.discord_app.config.wording import MEANINGS
from bot.sandbox.discord.handles import NotPossible
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import DiscordSandbox
from tests.core.samples import FLASH, MINI
from tests.discord_app.config.using import set_there, told
from tests.discord_app.conftest import Home, Inside

pytestmark = pytest.mark.usefixtures("bot")


@pytest.mark.parametrize(
    ("option", "typed", "stored", "said"),
    [
        ("model", "gpt-5 MINI", MINI.key, "not set → **GPT-5 mini** (`GPT_5_MINI`)."),
        ("Model", MINI.key, MINI.key, "not set → **GPT-5 mini** (`GPT_5_MINI`)."),
        ("fallback_models", "GPT_5_MINI", [MINI.key], "not set → `GPT_5_MINI`."),
        ("member_models", "none", "none", "not set → `none`."),
        ("system_prompt", " Be brief. ", "Be brief.", "not set → `Be brief.`."),
        ("temperature", "0", 0.0, "not set → `0`."),
        ("temperature", "2", 2.0, "not set → `2`."),
        ("history", "50", 50, "not set → `50`."),
        ("web_search", "Off", "off", "not set → `off` (never)."),
        ("buttons", "no", False, "not set → `off`."),
    ],
)
async def test_an_option_is_set_and_told_from_what_to_what(
    home: Home, inside: Inside, option: str, typed: str, stored: Any, said: str
) -> None:
    text = await told(home.mo, home.channel, "config set", option=option, value=typed)

    assert said in text
    name = option.lower()
    assert await set_there(inside.options, Scope.SERVER, home.guild.id) == {name: stored}


@pytest.mark.parametrize(
    ("option", "typed", "takes"),
    [
        ("temperature", "2.01", "a number, 0 to 2"),
        ("temperature", "-0.01", "a number, 0 to 2"),
        ("temperature", "warm", "a number, 0 to 2"),
        ("history", "0", "a whole number, 1 to 50"),
        ("history", "51", "a whole number, 1 to 50"),
        ("history", "1.5", "a whole number, 1 to 50"),
        ("web_search", "sometimes", "off, on or members"),
        ("buttons", "maybe", "on or off"),
        ("fallback_models", ",", "models' keys, in order, 1 to 5 models"),
        ("model", "GPT_99", "I do not know a model `GPT_99`"),
        ("member_models", "GPT_99", "I do not know a model `GPT_99`"),
        ("log_channel", "general", "a channel's id"),
        ("warmth", "1", "`option` must be one of model, "),
    ],
)
async def test_a_value_that_does_not_fit_is_refused_with_what_would_and_nothing_is_changed(
    home: Home, inside: Inside, option: str, typed: str, takes: str
) -> None:
    text = await told(home.mo, home.channel, "config set", option=option, value=typed)

    assert takes in text
    assert await inside.options.chosen_in(GuildId(home.guild.id)) == []


async def test_each_scope_has_its_own(home: Home, inside: Inside) -> None:
    thread = await home.ada.start_thread(home.channel, "Talk")
    for scope, value in (("server", "0.1"), ("channel", "0.2"), ("thread", "0.3")):
        said = await told(
            home.mo, thread, "config set", option="temperature", value=value, scope=scope
        )
        assert said.startswith(f"**Temperature** of this {scope}: not set → `{value}`.")

    ids = {Scope.SERVER: home.guild.id, Scope.CHANNEL: home.channel.id, Scope.THREAD: thread.id}
    stored = [await set_there(inside.options, scope, one) for scope, one in ids.items()]
    assert [one["temperature"] for one in stored] == [0.1, 0.2, 0.3]


async def test_a_choice_that_a_more_particular_one_overrides_says_so(home: Home) -> None:
    await told(
        home.mo, home.channel, "config set", option="temperature", value="1", scope="channel"
    )

    text = await told(home.mo, home.channel, "config set", option="temperature", value="0.5")

    assert text.split("\n") == [
        "**Temperature** of this server: not set → `0.5`.",
        "Here, a more particular choice goes before it: `1`, chosen for this channel.",
    ]


async def test_what_is_set_so_already_is_said_so_and_no_change(home: Home, inside: Inside) -> None:
    await told(home.mo, home.channel, "config set", option="model", value=MINI.key)
    text = await told(home.mo, home.channel, "config set", option="model", value="GPT-5 mini")

    assert text == "**Model** of this server is **GPT-5 mini** (`GPT_5_MINI`) already."
    assert len(await inside.options.changes(GuildId(home.guild.id), limit=9)) == 1


async def test_there_is_no_thread_to_choose_for_in_a_channel(home: Home, inside: Inside) -> None:
    for command, options in (
        ("config set", {"option": "seed", "value": "1"}),
        ("config reset", {"option": "seed"}),
        ("config reset", {}),
        ("config show", {}),
    ):
        text = await told(home.mo, home.channel, command, scope="thread", **options)
        assert text.startswith("There is no thread here")
    assert await inside.options.changes(GuildId(home.guild.id), limit=1) == []


async def test_an_option_of_the_server_is_not_set_for_a_channel(home: Home) -> None:
    value = str(home.channel.id)
    text = await told(
        home.mo, home.channel, "config set", option="log_channel", value=value, scope="channel"
    )

    assert text == "`log_channel` is chosen for a whole server only."


@pytest.mark.parametrize("option", [one for one in OPTIONS.values() if one.kind is Kind.RULES])
async def test_rules_are_changed_by_commands_of_their_own(home: Home, option: Any) -> None:
    text = await told(home.mo, home.channel, "config set", option=option.name, value="{}")

    assert f"`/config {option.name}`" in text


async def test_the_log_channel_is_one_of_this_server_in_which_people_write(
    home: Home, sandbox: DiscordSandbox, inside: Inside
) -> None:
    elsewhere = sandbox.add_channel(sandbox.add_guild("Elsewhere"), "secret")
    for wrong in (elsewhere.id, home.guild.id, 5):
        text = await told(
            home.mo, home.channel, "config set", option="log_channel", value=str(wrong)
        )
        assert "must be a channel of this server in which people write" in text

    assert await inside.options.chosen_in(GuildId(home.guild.id)) == []


# --- reset ----------------------------------------------------------------------------------------


async def test_a_reset_option_is_inherited_again(home: Home) -> None:
    await told(home.mo, home.channel, "config set", option="model", value=MINI.key)

    text = await told(home.mo, home.channel, "config reset", option="model")

    assert text.split("\n") == [
        "**Model** of this server: **GPT-5 mini** (`GPT_5_MINI`) → not set.",
        "Now **Gemini 2.5 Flash** (`GEMINI_25_FLASH`) applies: the bot's default.",
    ]


async def test_what_was_not_set_is_said_so(home: Home) -> None:
    text = await told(home.mo, home.channel, "config reset", option="seed", scope="channel")

    assert text.split("\n") == [
        "**Seed** was not set for this channel.",
        "Now WeryAI's default applies.",
    ]


# --- suggestions and who may ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "partial", "values"),
    [
        ("model", "mini", [FLASH.key, MINI.key]),
        ("fallback_models", "GPT_5_MINI, flash", ["GPT_5_MINI, GEMINI_25_FLASH"]),
        ("member_models", "", ["all", "none", FLASH.key, MINI.key]),
        ("member_models", "no", ["none"]),
        ("web_search", "", ["off", "on", "members"]),
        ("web_search", "of", ["off"]),
        ("buttons", "", ["on", "off"]),
        ("temperature", "0.7", ["0.7"]),
        ("temperature", "", []),
        ("warmth", "x", []),
    ],
)
async def test_values_are_suggested_by_the_option(
    home: Home, option: str, partial: str, values: list[str]
) -> None:
    found = await home.mo.autocomplete(home.channel, "config set", "value", partial, option=option)

    assert [one["value"] for one in found] == values


async def test_channels_are_suggested_by_their_names(home: Home, sandbox: DiscordSandbox) -> None:
    log = sandbox.add_channel(home.guild, "log")
    for typed in ("lo", "#log", str(log.id)):
        found = await home.mo.autocomplete(
            home.channel, "config set", "value", typed, option="log_channel"
        )
        assert found == [{"name": "#log", "value": str(log.id)}]


async def test_channels_that_a_moderator_does_not_see_are_not_suggested(
    home: Home, sandbox: DiscordSandbox
) -> None:
    secret = sandbox.add_channel(home.guild, "secret")
    sandbox.set_overwrite(secret, home.mo, deny=Permission.VIEW_CHANNEL)

    found = await home.mo.autocomplete(
        home.channel, "config set", "value", "secret", option="log_channel"
    )

    assert found == []


async def test_what_a_number_may_be_is_seen_while_it_is_typed(home: Home) -> None:
    (found,) = await home.mo.autocomplete(
        home.channel, "config set", "value", "3", option="temperature"
    )

    assert found == {"name": "3 (a number, 0 to 2)", "value": "3"}


async def test_options_are_suggested_by_name_and_title(home: Home) -> None:
    for typed in ("prompt", "System", "system_p"):
        found = await home.mo.autocomplete(home.channel, "config set", "option", typed)
        assert [one["value"] for one in found] == ["system_prompt"]


async def test_rules_are_suggested_where_they_can_be_reset_but_not_where_they_cannot_be_set(
    home: Home,
) -> None:
    for command, suggested in (("config set", []), ("config reset", ["limits"])):
        found = await home.mo.autocomplete(home.channel, command, "option", "limits")
        assert [one["value"] for one in found] == suggested


def test_every_word_has_its_meaning() -> None:
    words = {one.name: set(one.words) for one in OPTIONS.values() if one.kind is Kind.CHOICE}

    assert {name: set(meanings) for name, meanings in MEANINGS.items()} == words


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("config show", {}),
        ("config set", {"option": "seed", "value": "1"}),
        ("config reset", {}),
        ("config export", {}),
        ("config log", {}),
    ],
)
async def test_members_are_kept_out_by_discord_itself(
    home: Home, sandbox: DiscordSandbox, command: str, options: dict[str, str]
) -> None:
    keeper = sandbox.add_member(home.guild, "Kit", Permission.MANAGE_MESSAGES)
    for person in (home.ada, keeper):
        with pytest.raises(NotPossible):
            await person.slash(home.channel, command, **options)
