"""What a thread may be called and how long it stays open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.sandbox.discord.rules.form import Form

MAX_NAME = 100
MAX_SLOWMODE = 21600  # seconds, six hours
ARCHIVE_AFTER = (60, 1440, 4320, 10080)  # minutes
THREAD_TYPES = (10, 11, 12)  # of an announcement, public, private


def check_thread(payload: Mapping[str, Any], *, editing: bool = False) -> None:
    """A request that starts a thread, or one that changes it (or a channel's name)."""
    form = Form(payload)
    if not editing or form.has("name"):
        form.text("name", MAX_NAME, low=1)
    form.choice("auto_archive_duration", ARCHIVE_AFTER)
    form.choice("type", THREAD_TYPES)
    form.number("rate_limit_per_user", 0, MAX_SLOWMODE)
    form.boolean("invitable", "archived", "locked")
    form.finish()
