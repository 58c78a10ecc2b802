"""From a method and a path to a handler, its route's template and the ids in the path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from bot.sandbox.discord.errors import Refusal, invalid_field
from bot.sandbox.discord.state import Json, User
from bot.sandbox.discord.world import World

MAX_SNOWFLAKE = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in a multipart body."""

    filename: str
    content_type: str
    data: bytes


@dataclass(slots=True)
class Call:
    """One REST request, parsed.

    Attributes:
        ids: the parameters of the path, by the names in the route's template.
        body: the JSON body (a multipart body's `payload_json`); an empty object if there is none.
        files: the multipart body's files, by the n of `files[n]`.
    """

    world: World
    ids: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    files: dict[int, Upload] = field(default_factory=dict)

    @property
    def bot(self) -> User:
        """The bot, on whose behalf every request is made."""
        return self.world.application.bot

    def id(self, name: str) -> int:
        """A snowflake of the path; raises 50035 if it is none."""
        return snowflake(self.ids[name], name)

    def asked(self, name: str) -> bool:
        """Whether a flag of the query is set, as in `?wait=true`."""
        return self.query.get(name, "").lower() in ("1", "true")

    def limit(self, default: int, most: int) -> int:
        """How many are asked for; raises 50035 outside 1 to `most`."""
        value = self.query.get("limit", str(default))
        if not value.isdecimal() or not 1 <= int(value) <= most:
            problem = f"int value should be between 1 and {most}."
            raise invalid_field(("limit",), "NUMBER_TYPE_RANGE", problem)
        return int(value)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler answers when 200 (or 204 without a body) would not do."""

    status: int
    body: Any = None


Result = Answer | Json | list[Json] | None
Handler = Callable[[Call], Result]
Routes = Mapping[tuple[str, str], Handler]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path's template with what serves it."""

    method: str
    template: str
    handler: Handler
    segments: tuple[str, ...]

    @property
    def is_interaction(self) -> bool:
        """Whether it is authorised by an interaction's token, not by the bot's."""
        return "_token}" in self.template

    def major(self, ids: Mapping[str, str]) -> str:
        """The value that has a rate limit of its own: channel, guild, or webhook and token."""
        if "webhook_id" in ids:
            return f"{ids['webhook_id']}/{ids.get('webhook_token', '')}"
        return ids.get("channel_id") or ids.get("guild_id") or ""


class Router:
    """Finds routes; literal segments win over parameters."""

    def __init__(self, tables: Iterable[Routes]) -> None:
        self._routes: dict[tuple[str, int, str], list[Route]] = {}
        for table in tables:
            for (method, template), handler in table.items():
                segments = tuple(template.strip("/").split("/"))
                route = Route(method, template, handler, segments)
                key = (method, len(segments), segments[0])
                self._routes.setdefault(key, []).append(route)
        for routes in self._routes.values():
            routes.sort(key=lambda route: route.template.count("{"))

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a path below /api/v10 and the values of its parameters."""
        segments = path.strip("/").split("/")
        for route in self._routes.get((method, len(segments), segments[0]), ()):
            ids = _match(route.segments, segments)
            if ids is not None:
                return route, ids
        return None


def _match(pattern: tuple[str, ...], segments: list[str]) -> dict[str, str] | None:
    ids = {}
    for expected, given in zip(pattern, segments, strict=True):
        if expected.startswith("{"):
            ids[expected[1:-1]] = unquote(given)
        elif expected != given:
            return None
    return ids


def snowflake(value: object, name: str) -> int:
    """An id as an integer; raises 50035 as Discord does for what is none."""
    text = str(value)
    if not text.isdecimal() or int(text) > MAX_SNOWFLAKE:
        raise invalid_field((name,), "NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.')
    return int(text)


def not_found() -> Answer:
    """404 for a path that Discord does not have."""
    error = Refusal.NOT_FOUND.error()
    return Answer(error.status, error.body())
