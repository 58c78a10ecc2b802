"""The panel of `/config show`: what it shows, and what its buttons, menus and forms change."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.errors import DatabaseUnavailable
from bot.core.option_kinds import OPTIONS, Kind
from bot.core.options import Scope
from bot.core.ports.weryai import ModelInfo
from bot.discord_app.config.groups import GROUPS
from bot.sandbox.discord.components import walk, words
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Message
from tests.core.samples import FLASH, MINI
from tests.discord_app.config.using import (
    done,
    part,
    parts,
    pick,
    press,
    private_word,
    set_there,
    shown,
    told,
    write,
)
from tests.discord_app.conftest import Home, Inside

pytestmark = pytest.mark.usefixtures("bot")

MANY = [ModelInfo(f"GPT_{number}", f"GPT-{number}", 1000, 4000) for number in range(30)]
LONGEST: dict[Kind, str] = {
    Kind.TEXT: "`x*" * 1333,
    Kind.NUMBER: "0.123456789012345",
    Kind.MODELS: "GPT_0, GPT_1, GPT_2, GPT_3, GPT_4",
    Kind.ALLOWANCE: ", ".join(model.key for model in MANY[:25]),
}


async def panel(home: Home, **options: Any) -> Message:
    return await shown(home.mo, home.channel, "config show", **options)


async def server(home: Home, inside: Inside) -> dict[str, Any]:
    return await set_there(inside.options, Scope.SERVER, home.guild.id)


def line_of(message: Message, title: str) -> str:
    """What the panel says of an option, in one line."""
    texts = [one["content"] for one in walk(message.components) if one["type"] == 10]
    return next(str(one) for one in texts if one.startswith(f"**{title}**")).replace("\n", " ")


# --- what it shows --------------------------------------------------------------------------------


async def test_it_tells_each_value_with_where_it_comes_from(home: Home) -> None:
    await told(home.mo, home.channel, "config set", option="model", value=MINI.key)
    await told(home.mo, home.channel, "config set", option="seed", value="7", scope="channel")

    of_server = await panel(home)
    assert line_of(of_server, "Model").startswith(
        "**Model** · **GPT-5 mini** (`GPT_5_MINI`) -# *Chosen for this server.* Who answers."
    )
    assert "**Models for members** · `all` -# *The bot's default.*" in line_of(
        of_server, "Models for members"
    )
    await press(home.mo, of_server, "group:Wording")
    assert "**Top p** · WeryAI's default -# Which share" in line_of(of_server, "Top p")
    assert "⚠️ Here `7` goes before it, chosen for this channel." in line_of(of_server, "Seed")

    of_channel = await panel(home, scope="channel")
    assert "Chosen for this server." in line_of(of_channel, "Model")
    await press(home.mo, of_channel, "group:Wording")
    assert "**Seed** · `7` -# *Chosen for this channel.*" in line_of(of_channel, "Seed")


async def test_the_scope_is_switched_where_there_are_others(home: Home) -> None:
    thread = await home.ada.start_thread(home.channel, "Talk")
    message = await shown(home.mo, thread, "config show")
    assert parts(message)[:3] == ["scope:server", "scope:channel", "scope:thread"]

    for scope, title in (
        ("channel", f"How I answer in <#{home.channel.id}>"),
        ("thread", f"How I answer in <#{thread.id}>"),
        ("server", "How I answer in this server"),
    ):
        await press(home.mo, message, f"scope:{scope}")
        assert title in words(message)

    assert "scope:thread" not in parts(await panel(home))


async def test_what_only_a_server_has_is_not_offered_elsewhere(home: Home) -> None:
    message = await panel(home)
    await press(home.mo, message, "group:Rules")
    assert "set:log_channel" in parts(message)

    await press(home.mo, message, "scope:channel")

    assert "set:log_channel" not in parts(message)
    assert "group:Rules" not in parts(message)


async def test_every_page_holds_the_longest_values(
    home: Home, inside: Inside, sandbox: DiscordSandbox
) -> None:
    """Discord refuses more than 40 components or 4,000 characters; the local one does, too."""
    inside.catalogue.offered = MANY
    thread = await home.ada.start_thread(home.channel, "Talk")
    for scope in ("server", "channel", "thread"):
        for option in OPTIONS.values():
            if option.kind in LONGEST and Scope(scope) in option.scopes:
                value = LONGEST[option.kind] if option.range is None else _fitting(option)
                text = await told(
                    home.mo, thread, "config set", option=option.name, value=value, scope=scope
                )
                assert "→" in text

    message = await shown(home.mo, thread, "config show")
    for group in GROUPS:
        await press(home.mo, message, f"group:{group.title}")
        assert len(list(walk(message.components))) <= 40
    assert sandbox.violations == []


def _fitting(option: Any) -> str:
    value = LONGEST[option.kind]
    return value if option.kind is not Kind.NUMBER else str(min(float(value), option.range.high))


def test_every_option_is_on_one_page_of_at_most_five() -> None:
    grouped = [name for group in GROUPS for name in group.names]

    assert sorted(grouped) == sorted(OPTIONS)
    assert max(len(group.names) for group in GROUPS) <= 5


# --- changing -------------------------------------------------------------------------------------


async def test_a_switch_is_turned(home: Home, inside: Inside) -> None:
    message = await panel(home)
    await press(home.mo, message, "group:Answers")

    await press(home.mo, message, "set:buttons")
    assert await server(home, inside) == {"buttons": False}
    assert "**Buttons** · `off`" in line_of(message, "Buttons")
    assert part(message, "set:buttons")["label"] == "Turn on"
    assert "**Buttons** of this server: not set → `off`." in words(message)

    await press(home.mo, message, "set:buttons")
    assert await server(home, inside) == {"buttons": True}


async def test_a_word_is_chosen_from_a_menu(home: Home, inside: Inside) -> None:
    message = await panel(home, scope="channel")
    await press(home.mo, message, "group:Prompt")

    await pick(home.mo, message, "set:web_search", "Never")

    stored = await set_there(inside.options, Scope.CHANNEL, home.channel.id)
    assert stored == {"web_search": "off"}
    chosen = [one["value"] for one in part(message, "set:web_search")["options"] if one["default"]]
    assert chosen == ["off"]


@pytest.mark.parametrize("value", ["0", "2", "0.7"])
async def test_a_number_is_written_in_a_form(home: Home, inside: Inside, value: str) -> None:
    message = await panel(home)
    await press(home.mo, message, "group:Wording")

    form = await press(home.mo, message, "write:temperature")
    assert "A number, 0 to 2" in str(form.modal)
    await write(home.mo, message, "write:temperature", value)

    assert await server(home, inside) == {"temperature": float(value)}
    assert f"**Temperature** · `{value}`" in line_of(message, "Temperature")


@pytest.mark.parametrize("value", ["-0.1", "2.1", "warm", "1e400", "nan"])
async def test_a_wrong_number_is_refused_with_the_range_and_the_panel_stays(
    home: Home, inside: Inside, value: str
) -> None:
    message = await panel(home)
    await press(home.mo, message, "group:Wording")
    before = len(message.versions)

    sent = await write(home.mo, message, "write:temperature", value)

    said = await private_word(sent)
    assert said == f"`temperature` must be a number, 0 to 2; you gave `{value}`."
    assert await server(home, inside) == {}
    assert len(message.versions) == before
    await press(home.mo, message, "group:Answers")  # it still works


async def test_a_form_has_what_was_set_and_emptied_goes_back(home: Home, inside: Inside) -> None:
    text = "You are a librarian.\nBe brief."
    message = await panel(home)
    await press(home.mo, message, "group:Prompt")
    await write(home.mo, message, "write:system_prompt", text)
    assert f"```\n{text}\n```" in words(message)

    form = await press(home.mo, message, "write:system_prompt")
    assert form.modal is not None
    (field,) = [one for one in walk(form.modal["components"]) if one["type"] == 4]
    assert field["value"] == text
    await write(home.mo, message, "write:system_prompt", "")

    assert await server(home, inside) == {}


async def test_what_is_set_is_reset_with_a_button_of_its_own(home: Home, inside: Inside) -> None:
    await told(home.mo, home.channel, "config set", option="seed", value="7")
    await told(home.mo, home.channel, "config set", option="top_p", value="1", scope="channel")
    message = await panel(home)
    await press(home.mo, message, "group:Wording")
    assert [one for one in parts(message) if one.startswith("reset:")] == ["reset:seed"]

    await press(home.mo, message, "reset:seed")

    assert await server(home, inside) == {}
    assert [one for one in parts(message) if one.startswith("reset:")] == []


async def test_the_model_is_chosen_by_its_vendor(home: Home, inside: Inside) -> None:
    message = await panel(home)
    await press(home.mo, message, "models:model")
    vendors = [one["label"] for one in part(message, "vendor")["options"]]
    assert vendors == ["Gemini", "GPT"]
    assert [one["value"] for one in part(message, "set:model")["options"]] == [FLASH.key]

    await pick(home.mo, message, "vendor", "GPT")
    (entry,) = part(message, "set:model")["options"]
    assert entry["description"] == "reads 4,000 tokens and writes up to 1,000"
    await pick(home.mo, message, "set:model", "GPT-5 mini")

    assert await server(home, inside) == {"model": MINI.key}
    await press(home.mo, message, "back")
    assert "**GPT-5 mini**" in line_of(message, "Model")


async def test_models_of_several_vendors_make_a_list_in_the_order_they_are_chosen(
    home: Home, inside: Inside
) -> None:
    message = await panel(home)
    await press(home.mo, message, "models:fallback_models")
    await pick(home.mo, message, "vendor", "GPT")
    await pick(home.mo, message, "set:fallback_models", MINI.key)
    await pick(home.mo, message, "vendor", "Gemini")
    await pick(home.mo, message, "set:fallback_models", FLASH.key)
    assert await server(home, inside) == {"fallback_models": [MINI.key, FLASH.key]}

    await pick(home.mo, message, "vendor", "GPT")
    await pick(home.mo, message, "set:fallback_models")
    assert await server(home, inside) == {"fallback_models": [FLASH.key]}

    await pick(home.mo, message, "vendor", "Gemini")
    await pick(home.mo, message, "set:fallback_models")
    assert await server(home, inside) == {}


async def test_a_model_that_is_gone_leaves_a_list_with_the_next_choice(
    home: Home, inside: Inside
) -> None:
    grok = ModelInfo("GROK_4", "Grok-4")
    inside.catalogue.offered.append(grok)
    for option in ("fallback_models", "member_models"):
        value = f"{grok.key}, {MINI.key}"
        await told(home.mo, home.channel, "config set", option=option, value=value)
    inside.catalogue.offered.remove(grok)
    message = await panel(home)

    await press(home.mo, message, "models:fallback_models")
    await pick(home.mo, message, "vendor", "Gemini")
    await pick(home.mo, message, "set:fallback_models", FLASH.key)
    await press(home.mo, message, "back")
    await press(home.mo, message, "models:member_models")
    await pick(home.mo, message, "vendor", "GPT")
    await pick(home.mo, message, "set:member_models")

    assert await server(home, inside) == {
        "fallback_models": [MINI.key, FLASH.key],
        "member_models": "none",
    }


async def test_members_models_are_all_none_or_some(home: Home, inside: Inside) -> None:
    message = await panel(home)
    await press(home.mo, message, "models:member_models")
    await press(home.mo, message, "none:member_models")
    assert await server(home, inside) == {"member_models": "none"}
    await press(home.mo, message, "all:member_models")
    assert await server(home, inside) == {"member_models": "all"}
    await pick(home.mo, message, "vendor", "GPT")
    await pick(home.mo, message, "set:member_models", MINI.key)
    assert await server(home, inside) == {"member_models": [MINI.key]}
    await pick(home.mo, message, "set:member_models")
    assert await server(home, inside) == {"member_models": "none"}


async def test_a_list_may_be_written_too(home: Home, inside: Inside) -> None:
    message = await panel(home)
    await press(home.mo, message, "models:fallback_models")
    await write(home.mo, message, "write:fallback_models", "gpt-5 mini, GEMINI_25_FLASH")

    assert await server(home, inside) == {"fallback_models": [MINI.key, FLASH.key]}


async def test_the_log_channel_is_chosen_from_the_servers(home: Home, inside: Inside) -> None:
    message = await panel(home)
    await press(home.mo, message, "group:Rules")

    await pick(home.mo, message, "set:log_channel", home.channel)

    assert await server(home, inside) == {"log_channel": home.channel.id}
    menu = part(message, "set:log_channel")
    assert menu["default_values"] == [{"id": str(home.channel.id), "type": "channel"}]


async def test_a_channel_of_another_server_is_refused_even_from_the_menu(
    home: Home, inside: Inside, sandbox: DiscordSandbox
) -> None:
    elsewhere = sandbox.add_channel(sandbox.add_guild("Elsewhere"), "secret")
    message = await panel(home)
    await press(home.mo, message, "group:Rules")

    refused = await pick(home.mo, message, "set:log_channel", elsewhere)

    assert "must be a channel of this server" in await private_word(refused)
    assert await server(home, inside) == {}


async def test_two_presses_at_once_are_both_done(home: Home, inside: Inside) -> None:
    message = await panel(home)
    await press(home.mo, message, "group:Answers")
    switch, menu = part(message, "set:buttons"), part(message, "set:footer")

    before = len(message.versions)
    first = await home.mo.click(message, switch["custom_id"])
    await home.mo.select(message, menu["custom_id"], ["details"])
    await done(first, message, before + 1)

    assert await server(home, inside) == {"buttons": False, "footer": "details"}
    assert "**Buttons** · `off`" in line_of(message, "Buttons")


async def test_without_the_database_nothing_is_changed_and_that_is_said(
    home: Home, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await panel(home)
    await press(home.mo, message, "group:Answers")

    async def fails(*_: object, **__: object) -> None:
        raise DatabaseUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(inside.options, "change", fails)
        patch.setattr(inside.options, "layers", fails)
        refused = await press(home.mo, message, "set:buttons")
        assert "I could not reach my memory" in await private_word(refused)
        again = await told(home.mo, home.channel, "config show")
        assert "I could not reach my memory" in again

    await press(home.mo, message, "set:buttons")
    assert await server(home, inside) == {"buttons": False}
