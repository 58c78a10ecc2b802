"""What Discord's app does before a command leaves the device: find it, check every option.

Source: Discord's documentation, "Application Commands".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.discord import message_payloads, payloads
from bot.sandbox.discord.handles import NotPossible
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.rules import length
from bot.sandbox.discord.rules.commands import Option
from bot.sandbox.discord.state import Attachment, Channel, Command, Json, Role, User
from bot.sandbox.discord.world import World

MAX_STRING = 6000
GUILD_CONTEXT, BOT_DM_CONTEXT = 0, 1
_NESTED = (Option.SUBCOMMAND, Option.GROUP)


@dataclass(slots=True)
class Filled:
    """A command with its options filled in."""

    options: list[Json] = field(default_factory=list)
    resolved: dict[str, Json] = field(default_factory=dict)


def usable(world: World, user: User, channel: Channel) -> Iterator[Command]:
    """The commands that somebody is offered in a channel; a guild's own hide global namesakes."""
    granted = channel.permissions_of(user.id)
    if Permission.USE_APPLICATION_COMMANDS not in granted:
        return
    guild_id = None if channel.guild is None else channel.guild.id
    own = {(one.name, one.type) for one in world.commands.values() if one.guild_id == guild_id}
    for command in world.commands.values():
        here = command.guild_id is not None and command.guild_id == guild_id
        hidden = command.guild_id is None and guild_id and (command.name, command.type) in own
        everywhere = command.guild_id is None and not hidden
        if (here or everywhere) and _offered(command.payload, channel, granted):
            yield command


def _offered(payload: Json, channel: Channel, granted: Permission) -> bool:
    contexts = payload.get("contexts")
    context = BOT_DM_CONTEXT if channel.guild is None else GUILD_CONTEXT
    if contexts is not None and context not in contexts:
        return False
    if channel.guild is None:
        return payload.get("dm_permission") is not False
    needed = payload.get("default_member_permissions")
    if needed is None:
        return True
    # "0" hides a command from everybody but administrators.
    wanted = Permission(int(needed)) or Permission.ADMINISTRATOR
    return wanted in granted


def find(world: World, user: User, channel: Channel, name: str, kind: int) -> Command:
    """The command that somebody means; raises `NotPossible` if it is not offered to them."""
    offered = [one for one in usable(world, user, channel) if one.type == kind]
    for command in offered:
        if command.name == name:
            return command
    names = ", ".join(sorted(one.name for one in offered)) or "none"
    raise NotPossible(f"{user.name} is not offered {name!r} here; only: {names}")


class Filler:
    """Fills the options of a command as its person chose them."""

    def __init__(self, world: World, channel: Channel, *, focused: str | None = None) -> None:
        self._world = world
        self._channel = channel
        self._focused = focused
        self._resolved: dict[str, Json] = {}

    def fill(self, command: Command, path: list[str], values: Mapping[str, Any]) -> Filled:
        """The options of a command, down a path of group and subcommand names.

        Raises:
            NotPossible: an option is unknown, missing, or outside its bounds.
        """
        declared: list[Json] = command.payload.get("options") or []
        wrappers: list[Json] = []
        while declared and Option(declared[0]["type"]) in _NESTED:
            name = path.pop(0) if path else ""
            node = next((one for one in declared if one["name"] == name), None)
            if node is None:
                known = ", ".join(one["name"] for one in declared)
                raise NotPossible(f"/{command.name} has no subcommand {name!r}; it has: {known}")
            wrappers.append({"type": node["type"], "name": name})
            declared = node.get("options") or []
        if path:
            raise NotPossible(f"/{command.name} has no subcommand {path[0]!r}")
        options = self._values(declared, values)
        for wrapper in reversed(wrappers):
            options = [{**wrapper, "options": options}]
        return Filled(options, self._resolved)

    def _values(self, declared: list[Json], values: Mapping[str, Any]) -> list[Json]:
        by_name = {str(one["name"]): one for one in declared}
        given = {_as_declared(name, by_name): value for name, value in values.items()}
        if unknown := sorted(set(given) - set(by_name)):
            raise NotPossible(f"no such option: {', '.join(unknown)}; only: {', '.join(by_name)}")
        filled = []
        for name, option in by_name.items():
            value = given.get(name)
            if value is None:
                if option.get("required") and self._focused is None:
                    raise NotPossible(f"the option {name!r} is required")
                continue
            filled.append(self._value(option, value))
        return filled

    def _value(self, option: Json, value: Any) -> Json:
        name, kind = option["name"], Option(option["type"])
        result: Json = {"name": name, "type": int(kind)}
        if name == self._focused:
            return {**result, "value": str(value), "focused": True}
        choices = option.get("choices") or []
        if choices:
            matching = [one["value"] for one in choices if value in (one["name"], one["value"])]
            if not matching:
                names = ", ".join(one["name"] for one in choices)
                raise NotPossible(f"{value!r} is no choice of {name!r}; choices: {names}")
            return {**result, "value": matching[0]}
        check_bounds(option, kind, value)
        if kind in (Option.STRING, Option.INTEGER, Option.BOOLEAN, Option.NUMBER):
            return {**result, "value": value}
        return {**result, "value": self.resolve(value)}

    def resolve(self, value: User | Role | Channel | Attachment) -> str:
        """Put what an option or menu names into `resolved`; its id."""
        guild, key = self._channel.guild, str(value.id)
        if isinstance(value, User):
            self._resolved.setdefault("users", {})[key] = payloads.user(value)
            member = None if guild is None else guild.members.get(value.id)
            if member is not None:
                shown = payloads.member(member, with_user=False)
                shown["permissions"] = str(int(self._channel.permissions_of(value.id)))
                self._resolved.setdefault("members", {})[key] = shown
        elif isinstance(value, Role):
            self._resolved.setdefault("roles", {})[key] = payloads.role(value)
        elif isinstance(value, Channel):
            self._resolved.setdefault("channels", {})[key] = payloads.channel(value) | {
                "permissions": str(int(value.permissions_of(self._world.application.bot.id)))
            }
        else:
            self._world.files[value.id] = value
            shown = message_payloads.attachment(self._world, self._channel, value)
            self._resolved.setdefault("attachments", {})[key] = shown
        return key

    @property
    def resolved(self) -> dict[str, Json]:
        """What has been resolved so far."""
        return self._resolved


def _as_declared(name: str, declared: Mapping[str, Json]) -> str:
    """Python's names have no hyphens, and may end in one underscore."""
    for candidate in (name, name.replace("_", "-"), name.rstrip("_")):
        if candidate in declared:
            return candidate
    return name


_TYPES: dict[Option, tuple[type, ...]] = {
    Option.STRING: (str,),
    Option.INTEGER: (int,),
    Option.BOOLEAN: (bool,),
    Option.USER: (User,),
    Option.CHANNEL: (Channel,),
    Option.ROLE: (Role,),
    Option.MENTIONABLE: (User, Role),
    Option.NUMBER: (int, float),
    Option.ATTACHMENT: (Attachment,),
}


def check_bounds(option: Json, kind: Option, value: Any) -> None:
    """Raise `NotPossible` for a value that the app would not let through."""
    name = option["name"]
    number = kind in (Option.INTEGER, Option.NUMBER)
    if not isinstance(value, _TYPES[kind]) or (number and isinstance(value, bool)):
        raise NotPossible(f"{value!r} does not fit {name!r}, which is a {kind.name.lower()}")
    if kind is Option.STRING:
        low, high = option.get("min_length") or 0, option.get("max_length") or MAX_STRING
        size = length(str(value))
        if not low <= size <= high:
            raise NotPossible(f"{name!r} takes {low} to {high} characters, not {size}")
    elif number:
        low, high = option.get("min_value", value), option.get("max_value", value)
        if not low <= value <= high:
            raise NotPossible(f"{name!r} takes {low} to {high}, not {value}")
