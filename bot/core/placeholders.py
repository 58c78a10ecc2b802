"""What a system prompt leaves open: the server, the channel, the day, and who asks."""

from __future__ import annotations

import re
from datetime import date

from bot.core.conversation import Turn

LONGEST_NAME = 100  # characters; Discord's limit for the names of servers and channels
_PLACEHOLDER = re.compile(r"\{(server|channel|date|user)\}")


def filled_in(prompt: str, turn: Turn, today: date) -> str:
    """A system prompt with its placeholders filled in.

    Those are `{server}`, `{channel}`, `{date}` and `{user}`, written just so; nothing else is
    interpreted, not even in what is filled in: a name is what somebody has chosen for themselves.

    Args:
        prompt: as a moderator has written it.
        turn: what is asked, where, and by whom.
        today: the date in UTC.
    """
    direct = turn.place.guild_id is None
    values = {
        "server": _plain(turn.names.server) or ("a direct message" if direct else "this server"),
        "channel": _plain(turn.names.channel) or ("a direct message" if direct else "this channel"),
        "date": f"{today:%Y-%m-%d (%A)}",
        "user": _plain(turn.asker.name) or "someone",
    }
    return _PLACEHOLDER.sub(lambda found: values[found[1]], prompt)


def _plain(name: str) -> str:
    """A name in one line, without control characters: it is data, and gives no instructions."""
    line = "".join(letter for letter in " ".join(name.split()) if letter.isprintable())
    return line[:LONGEST_NAME].strip()
