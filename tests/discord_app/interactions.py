"""Interactions without a bot behind them, for tests of what answers them."""

from __future__ import annotations

from bot.discord_app.rest import open_rest
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Interaction, Message
from tests.discord_app.conftest import Home

THINKING, UPDATE = 5, 6  # Discord's types of interaction responses that come later
EPHEMERAL = 1 << 6


async def deferred(sandbox: DiscordSandbox, home: Home, *, private: bool) -> Interaction:
    """Ada uses a command, and it is deferred."""
    async with open_rest(sandbox.api_url, sandbox.token) as rest:
        commands = f"/applications/{sandbox.application_id}/commands"
        await rest.send("POST", commands, {"name": "ask", "description": "Ask"})
        handle = await home.ada.slash(home.channel, "ask")
        data = {"flags": EPHEMERAL} if private else {}
        await _acknowledge(sandbox, handle.interaction, {"type": THINKING, "data": data})
    return handle.interaction


async def pressed(sandbox: DiscordSandbox, home: Home, message: Message) -> Interaction:
    """Ada presses the first button of a message, which is acknowledged."""
    button = message.components[0]["components"][0]["custom_id"]
    handle = await home.ada.click(message, button)
    await _acknowledge(sandbox, handle.interaction, {"type": UPDATE})
    return handle.interaction


async def _acknowledge(
    sandbox: DiscordSandbox, interaction: Interaction, response: dict[str, object]
) -> None:
    async with open_rest(sandbox.api_url, sandbox.token) as rest:
        path = f"/interactions/{interaction.id}/{interaction.token}/callback"
        await rest.send("POST", path, response, as_bot=False)
