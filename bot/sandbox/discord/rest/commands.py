"""Application commands: those of everywhere, and those of one guild."""

from __future__ import annotations

from bot.sandbox.discord import payloads, rules
from bot.sandbox.discord.errors import Refusal
from bot.sandbox.discord.rest.routing import Answer, Call, Result, Routes
from bot.sandbox.discord.state import Command, Json


def list_(call: Call) -> Result:
    """GET …/commands."""
    _require_own(call)
    return [_shown(call, one) for one in _scope(call)]


def create(call: Call) -> Result:
    """POST …/commands: 201 for a new one, 200 when it took the place of its namesake."""
    _require_own(call)
    rules.check_command(call.body)
    before = set(call.world.commands)
    command = call.world.put_command(_guild_id(call), call.body)
    return Answer(200 if command.id in before else 201, _shown(call, command))


def overwrite(call: Call) -> Result:
    """PUT …/commands: these and no others."""
    _require_own(call)
    rules.check_commands(call.body)
    kept = [call.world.put_command(_guild_id(call), one) for one in call.body]
    for old in _scope(call):
        if old not in kept:
            call.world.remove_command(old)
    return [_shown(call, one) for one in kept]


def show(call: Call) -> Result:
    """GET …/commands/{command_id}."""
    return _shown(call, _one(call))


def edit(call: Call) -> Result:
    """PATCH …/commands/{command_id}."""
    command = _one(call)
    payload = {**command.payload, **call.body}
    rules.check_command(payload)
    command.payload = payload
    command.version = call.world.ids.make()
    return _shown(call, command)


def delete(call: Call) -> Result:
    """DELETE …/commands/{command_id}."""
    call.world.remove_command(_one(call))
    return None


def _require_own(call: Call) -> None:
    if call.id("application_id") != call.world.application.id:
        raise Refusal.MISSING_ACCESS.error()
    if "guild_id" in call.ids:
        call.world.guild(call.id("guild_id"))


def _guild_id(call: Call) -> int | None:
    return call.id("guild_id") if "guild_id" in call.ids else None


def _scope(call: Call) -> list[Command]:
    return [one for one in call.world.commands.values() if one.guild_id == _guild_id(call)]


def _one(call: Call) -> Command:
    _require_own(call)
    command = call.world.commands.get(call.id("command_id"))
    if command is None or command.guild_id != _guild_id(call):
        raise Refusal.UNKNOWN_COMMAND.error()
    return command


def _shown(call: Call, command: Command) -> Json:
    return payloads.command(call.world.application, command)


_EVERYWHERE = "/applications/{application_id}/commands"
_IN_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"

ROUTES: Routes = {
    (method, template + suffix): handler
    for template in (_EVERYWHERE, _IN_GUILD)
    for method, suffix, handler in (
        ("GET", "", list_),
        ("POST", "", create),
        ("PUT", "", overwrite),
        ("GET", "/{command_id}", show),
        ("PATCH", "/{command_id}", edit),
        ("DELETE", "/{command_id}", delete),
    )
}
