"""What Discord refuses of a payload, before it looks at who sends it and where.

Every check takes the JSON as it was sent and raises `ApiError`: 50035 with each mistake at its
path, or 50006 for a message with nothing in it. The limits are those of Discord's documentation
("Message", "Embed Limits", "Component Reference", "Application Commands").
"""

from __future__ import annotations

from bot.sandbox.discord.rules.commands import check_command, check_commands
from bot.sandbox.discord.rules.form import length
from bot.sandbox.discord.rules.interactions import check_autocomplete, check_callback
from bot.sandbox.discord.rules.messages import check_message, check_not_empty
from bot.sandbox.discord.rules.modals import check_modal
from bot.sandbox.discord.rules.threads import check_thread

__all__ = [
    "check_autocomplete",
    "check_callback",
    "check_command",
    "check_commands",
    "check_message",
    "check_modal",
    "check_not_empty",
    "check_thread",
    "length",
]
