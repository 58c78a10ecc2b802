"""Which rate-limit bucket a request to Discord's REST API belongs to.

Source: Discord's documentation, "Rate Limits": buckets are per route and major parameter
(channel, guild, webhook id with its token), and the endpoints of interactions are not bound to
the bot's global limit.
"""

from __future__ import annotations

import hashlib
import re

from bot.core.ports.discord_app import Lane

# What the segment after each of these names stands for.
_PARAMETERS = {
    "applications": "{application_id}",
    "channels": "{channel_id}",
    "commands": "{command_id}",
    "guilds": "{guild_id}",
    "members": "{user_id}",
    "messages": "{message_id}",
    "thread-members": "{user_id}",
    "users": "{user_id}",
}
_INTERACTION = re.compile(
    r"/(?P<kind>webhooks|interactions)/(?P<id>\d+)/(?P<token>[^/]+)(?P<rest>/.*)?$"
)
_PREFIX = re.compile(r"^.*/api/v\d+(?=/)")
_FILE = re.compile(r"/(?:ephemeral-)?attachments/")  # on another server than the API
_MAJOR = re.compile(r"/(?:channels|guilds)/(\d+)")


def channel_lane(method: str, channel: int, rest: str) -> Lane:
    """The lane of `{method} /channels/{channel}{rest}`, where `rest` is already a template."""
    return Lane(f"{method} /channels/{{channel_id}}{rest}", str(channel))


def token_lane(method: str, token: str, rest: str) -> Lane:
    """The lane of an interaction's webhook, where `rest` is already a template.

    The token is a secret, so that the lane is named by its digest.
    """
    route = f"{method} /webhooks/{{webhook_id}}/{{webhook_token}}{rest}"
    return Lane(route, _digest(token), metered=False)


def is_file(path: str) -> bool:
    """Whether a request is for a file that somebody attached, which no limit counts."""
    return _FILE.match(path) is not None


def lane_of(method: str, path: str) -> Lane:
    """The lane of a request, from its path with or without Discord's `/api/v10`."""
    if (found := _INTERACTION.search(path)) is not None:
        if found["kind"] == "webhooks":
            return token_lane(method, found["token"], _template(found["rest"] or ""))
        route = f"{method} /interactions/{{interaction_id}}/{{interaction_token}}/callback"
        return Lane(route, found["id"], metered=False)
    path = _PREFIX.sub("", path)
    major = _MAJOR.search(path)
    return Lane(f"{method} {_template(path)}", major[1] if major else "")


def _template(path: str) -> str:
    segments = path.split("/")
    for position, segment in enumerate(segments):
        if segment.isdigit() or segment in {"@me", "@original"}:
            before = segments[position - 1] if position else ""
            segments[position] = _PARAMETERS.get(before, "{id}")
    return "/".join(segments)


def _digest(token: str) -> str:
    return hashlib.blake2b(token.encode(), digest_size=8).hexdigest()
