"""The local Discord on a terminal: lines are typed as a member would, replies are seen growing.

    async with DiscordSandbox() as sandbox:
        …  # a guild, a channel, people; the bot connects
        await converse(sandbox, ada, channel, read_line=read_line, write=write)

It knows the bot's commands from what the bot registered, and its replies from what they show: a
reply with a Stop button is still growing.
"""

from __future__ import annotations

from bot.sandbox.terminal.keyboard import typed_lines
from bot.sandbox.terminal.once import ask_once
from bot.sandbox.terminal.prompt import converse

__all__ = ["ask_once", "converse", "typed_lines"]
