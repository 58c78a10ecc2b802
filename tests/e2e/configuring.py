"""How a moderator sets options in a scenario, and what they read."""

from __future__ import annotations

from typing import Any

from bot.sandbox.discord.state import Channel
from tests.e2e.stage import Home


async def configure(
    home: Home, option: str, value: Any, *, scope: str = "server", channel: Channel | None = None
) -> str:
    """What the moderator reads after `/config set`."""
    typed = ", ".join(value) if isinstance(value, list) else str(value)
    where = channel or home.channel
    handle = await home.mo.slash(where, "config set", option=option, value=typed, scope=scope)
    await home.until(lambda: any(one.content for one in handle.responses), "What is told of it")
    told = next(one for one in handle.responses if one.content)
    assert not home.ada.can_see(told)
    return told.content
