"""What a person does with the bot's commands, components and forms; see `protocol`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.sandbox.discord import payloads, slash
from bot.sandbox.discord.components import find_component
from bot.sandbox.discord.errors import Refusal
from bot.sandbox.discord.handles import InteractionHandle, NotPossible
from bot.sandbox.discord.people import SLASH
from bot.sandbox.discord.rules.commands import Option
from bot.sandbox.discord.rules.components import Kind
from bot.sandbox.discord.state import (
    Attachment,
    Channel,
    InteractionState,
    Json,
    Role,
    User,
)
from bot.sandbox.page.actions import Action
from bot.sandbox.page.asking import Asked, as_id

SUGGESTIONS_TAKE = 4.0
"""Real seconds to wait for suggestions: a little longer than Discord gives the bot."""

Named = User | Role | Channel | Attachment


async def commands(asked: Asked) -> Json:
    """The commands that are offered in a channel."""
    offered = slash.usable(asked.world, asked.person.user, asked.channel())
    application = asked.world.application
    return {"commands": [payloads.command(application, one) for one in offered]}


async def use_slash(asked: Asked) -> Json:
    """Use a slash command."""
    channel, line = asked.channel(), asked.text("command")
    options = _options(asked, channel, line, asked.mapping("options"))
    return _begun(await asked.person.slash(channel, line, **options))


async def autocomplete(asked: Asked) -> Json:
    """Type into an option that suggests values."""
    channel, line = asked.channel(), asked.text("command")
    focused, others = asked.text("option"), asked.mapping("options")
    handle = asked.person.begin_autocomplete(
        channel, line, focused, asked.text("value"), **_options(asked, channel, line, others)
    )
    state = await handle.settled(timeout=SUGGESTIONS_TAKE)
    if state is InteractionState.FAILED:
        raise NotPossible("Loading options failed")
    return {"choices": handle.interaction.choices or []}


async def use_menu(asked: Asked) -> Json:
    """Use an entry of the "Apps" menu of a message or a user."""
    name = asked.text("name")
    if "message" in asked:
        return _begun(await asked.person.context_menu(asked.message(), name))
    return _begun(await asked.person.context_menu(asked.user(), name, asked.channel()))


async def click(asked: Asked) -> Json:
    """Press a button."""
    return _begun(await asked.person.click(asked.message(), asked.text("custom_id")))


async def select(asked: Asked) -> Json:
    """Choose from a menu."""
    message, custom_id = asked.message(), asked.text("custom_id")
    chosen = asked.texts("values")
    menu = find_component(message, custom_id)
    if menu["type"] == Kind.STRING_SELECT:
        return _begun(await asked.person.select(message, custom_id, chosen))
    named = [_named(asked, message.channel, one) for one in chosen]
    return _begun(await asked.person.select(message, custom_id, named))


async def submit(asked: Asked) -> Json:
    """Send a form that one of their interactions opened."""
    opened = asked.world.interactions.get(asked.id("interaction"))
    if opened is None or opened.user is not asked.person.user:
        raise Refusal.UNKNOWN_INTERACTION.error()
    handle = InteractionHandle(asked.world, opened)
    return _begun(await asked.person.submit(handle, **asked.texts_by_name("values")))


def _begun(handle: InteractionHandle) -> Json:
    return {"interaction": str(handle.interaction.id)}


def _options(asked: Asked, channel: Channel, line: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of options as people name them: users for their ids, files for their uploads."""
    name, *path = line.removeprefix("/").split() or [""]
    command = slash.find(asked.world, asked.person.user, channel, name, SLASH)
    declared: list[Json] = command.payload.get("options") or []
    for step in path:
        found = next((one for one in declared if one["name"] == step), {})
        declared = found.get("options") or []
    kinds = {str(one["name"]): Option(one["type"]) for one in declared}
    return {
        option: _value(asked, channel, kinds.get(option), value) for option, value in given.items()
    }


def _value(asked: Asked, channel: Channel, kind: Option | None, value: Any) -> Any:
    if kind is Option.ATTACHMENT:
        return asked.upload(value)
    if kind in (Option.USER, Option.CHANNEL, Option.ROLE, Option.MENTIONABLE):
        return _named(asked, channel, value)
    return value


def _named(asked: Asked, place: Channel, value: object) -> Named:
    """Whom or what an id names: a user, a role of the server, or a channel that is shown."""
    found = as_id(value)
    if found in asked.world.users:
        return asked.world.users[found]
    if place.guild is not None and found in place.guild.roles:
        return place.guild.roles[found]
    return asked.channel_by_id(found)


ACTIONS: Mapping[str, Action] = {
    "commands": commands,
    "slash": use_slash,
    "autocomplete": autocomplete,
    "menu": use_menu,
    "click": click,
    "select": select,
    "submit": submit,
}
