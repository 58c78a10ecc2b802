"""Commands are registered when they have changed, and left alone otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from discord import app_commands

from bot.discord_app.client import WeryBot
from bot.discord_app.rest import DiscordRest
from bot.discord_app.sync import same, sync
from bot.sandbox.discord.server import DiscordSandbox
from tests.discord_app.conftest import Home


def registrations(sandbox: DiscordSandbox) -> int:
    return sum(one.method == "PUT" and "commands" in one.path for one in sandbox.requests)


async def test_all_commands_are_known_after_the_first_start(
    bot: WeryBot, sandbox: DiscordSandbox
) -> None:
    names = {command.name for command in sandbox.world.commands.values()}

    assert names == {"ask", "chat", "model", "config", "usage", "reset", "help", "Ask about this"}
    assert registrations(sandbox) == 1
    assert bot.tree.get_commands()


async def test_the_same_commands_are_not_registered_again(
    bot: WeryBot, sandbox: DiscordSandbox, rest: DiscordRest
) -> None:
    assert not await sync(bot.tree, rest, sandbox.application_id)
    assert registrations(sandbox) == 1


async def test_a_changed_command_is_registered_anew(
    bot: WeryBot, sandbox: DiscordSandbox, rest: DiscordRest
) -> None:
    command = bot.tree.get_command("help")
    assert isinstance(command, app_commands.Command)
    command.description = "Something else"

    assert await sync(bot.tree, rest, sandbox.application_id)
    assert registrations(sandbox) == 2


@pytest.mark.parametrize("status", [500, 403])
async def test_a_failure_does_not_keep_the_bot_from_starting(
    bot: WeryBot,
    sandbox: DiscordSandbox,
    rest: DiscordRest,
    caplog: pytest.LogCaptureFixture,
    status: int,
) -> None:
    sandbox.faults.answer("GET", "/commands", status, {"code": 0, "message": "no"})

    assert not await sync(bot.tree, rest, sandbox.application_id)
    assert "could not be registered" in caplog.text


ASK: dict[str, Any] = {
    "name": "ask",
    "type": 1,
    "description": "Ask",
    "options": [{"type": 3, "name": "prompt", "description": "What", "required": True}],
    "default_member_permissions": 32,
    "contexts": [0, 1],
    "integration_types": [0],
    "nsfw": False,
    "dm_permission": True,
}
AS_DISCORD_TELLS: dict[str, Any] = {
    "id": "1",
    "application_id": "2",
    "version": "3",
    "name": "ask",
    "description": "Ask",
    "type": 1,
    "contexts": [1, 0],
    "integration_types": [0],
    "default_member_permissions": "32",
    "dm_permission": None,
    "options": [
        {
            "type": 3,
            "name": "prompt",
            "name_localizations": None,
            "description": "What",
            "required": True,
        }
    ],
}


def test_what_only_looks_different_is_the_same() -> None:
    assert same([ASK], [AS_DISCORD_TELLS])


@pytest.mark.parametrize(
    "change",
    [
        {"description": "Ask me"},
        {"default_member_permissions": "8"},
        {"contexts": [0]},
        {"options": []},
        {"options": [{**ASK["options"][0], "required": False}]},
        {"options": [{**ASK["options"][0], "max_length": 5}]},
        {"options": [{**ASK["options"][0], "choices": [{"name": "a", "value": "b"}]}]},
        {"options": [{**ASK["options"][0], "autocomplete": True}]},
    ],
)
def test_what_people_would_notice_is_a_change(change: dict[str, Any]) -> None:
    assert not same([ASK], [{**AS_DISCORD_TELLS, **change}])


def test_a_command_that_is_gone_is_a_change() -> None:
    assert not same([], [AS_DISCORD_TELLS])
    assert not same([ASK], [])


@pytest.mark.usefixtures("bot")
async def test_help_tells_every_way_to_ask_and_only_the_asker_sees_it(home: Home) -> None:
    handle = await home.ada.slash(home.channel, "help")
    answer = await handle.answered()

    assert handle.ephemeral
    for word in ("/ask", "/chat", "/model", "/reset", "/config show", "Mention me", "Regenerate"):
        assert word in answer.content
