"""The commands' registration with Discord, done only when they have changed.

Discord allows few registrations a day, and a client reloads its list after each.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import discord
from discord import app_commands

from bot.core.errors import ReplyDelayed
from bot.discord_app.rest import DiscordRest, Refused

log = logging.getLogger(__name__)

# What may be left out, with what Discord then assumes ("Application Command Structure").
_COMMAND: Mapping[str, Any] = {
    "type": 1,
    "description": "",
    "default_member_permissions": None,
    "nsfw": False,
    "contexts": None,
    "integration_types": None,
}
_OPTION: Mapping[str, Any] = {
    "description": "",
    "required": False,
    "autocomplete": False,
    "choices": (),
    "channel_types": (),
    "min_value": None,
    "max_value": None,
    "min_length": None,
    "max_length": None,
}


async def sync(tree: app_commands.CommandTree[Any], rest: DiscordRest, application_id: int) -> bool:
    """Register the commands if Discord knows others.

    A failure is logged and does not keep the bot from starting: the old commands still work.

    Returns:
        Whether they were registered anew.
    """
    wanted = [command.to_dict(tree) for command in tree.get_commands()] + [
        menu.to_dict(tree)
        for kind in (discord.AppCommandType.message, discord.AppCommandType.user)
        for menu in tree.get_commands(type=kind)
    ]
    try:
        known = await rest.send("GET", f"/applications/{application_id}/commands")
        if same(wanted, known):
            log.info("commands: unchanged")
            return False
        await tree.sync()
    except (ReplyDelayed, Refused, discord.HTTPException, app_commands.AppCommandError) as error:
        log.error("commands: could not be registered: %s", error)  # noqa: TRY400 - known, no trace needed
        return False
    log.info("commands: registered anew")
    return True


def same(wanted: Sequence[Mapping[str, Any]], known: Sequence[Mapping[str, Any]]) -> bool:
    """Whether two lists of commands mean the same, in whatever order and form."""
    return _all(wanted) == _all(known)


def _all(commands: Sequence[Mapping[str, Any]]) -> dict[tuple[int, str], dict[str, Any]]:
    return {(command.get("type", 1), command["name"]): _command(command) for command in commands}


def _command(command: Mapping[str, Any]) -> dict[str, Any]:
    told = _told(command, _COMMAND)
    permissions = told["default_member_permissions"]
    told["default_member_permissions"] = None if permissions is None else str(permissions)
    for name in ("contexts", "integration_types"):
        told[name] = None if told[name] is None else sorted(told[name])
    told["options"] = [_option(option) for option in command.get("options") or ()]
    return told


def _option(option: Mapping[str, Any]) -> dict[str, Any]:
    told = _told(option, _OPTION)
    told["type"] = option["type"]
    told["choices"] = [(choice["name"], choice["value"]) for choice in told["choices"]]
    told["channel_types"] = sorted(told["channel_types"])
    told["options"] = [_option(inner) for inner in option.get("options") or ()]
    return told


def _told(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    told = {
        name: default if given.get(name) is None else given[name]
        for name, default in defaults.items()
    }
    return {"name": given["name"], **told}
