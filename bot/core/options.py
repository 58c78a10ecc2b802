"""What can be chosen: the request's fields with their ranges, and how choices are inherited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.core.conversation import HISTORY_LIMIT, ChannelId, ChatMessage, GuildId, Place
from bot.core.errors import InvalidOption


class Scope(StrEnum):
    """Where a choice was made, from the most particular to the most general."""

    ASK = "ask"
    THREAD = "thread"
    CHANNEL = "channel"
    SERVER = "server"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Range:
    """The closed interval a number must lie in; `high` None means no upper limit."""

    low: float
    high: float | None

    def __contains__(self, value: float) -> bool:
        return value >= self.low and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        return f"{self.low:g} or more" if self.high is None else f"{self.low:g} to {self.high:g}"


# WeryAI's documented ranges: POST /v1/chat/completions.
RANGES: Mapping[str, Range] = {
    "max_tokens": Range(1, None),
    "temperature": Range(0, 2),
    "top_p": Range(0, 1),
    "presence_penalty": Range(-2, 2),
    "frequency_penalty": Range(-2, 2),
    "n": Range(1, None),
    "messages": Range(1, HISTORY_LIMIT),
}


def check_range(name: str, value: float | None) -> None:
    """Refuse a number outside its documented range.

    Raises:
        InvalidOption: names the field, its range and the value.
    """
    if value is not None and value not in RANGES[name]:
        raise InvalidOption(name, str(RANGES[name]), value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """One request to WeryAI. None leaves a field out, so that the API's default applies.

    Raises:
        InvalidOption: a number is outside its range, there are no messages or more than 50, or
            a Gemini model is asked for both web search and a JSON schema.
    """

    model: str
    messages: tuple[ChatMessage, ...]
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None
    n: int | None = None
    web: bool = False
    response_format: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if not self.model.strip():
            raise InvalidOption("model", "a model's key", self.model)
        check_range("messages", len(self.messages))
        for name in RANGES.keys() - {"messages"}:
            check_range(name, getattr(self, name))
        schema = (self.response_format or {}).get("type") == "json_schema"
        if self.web and schema and self.model.upper().startswith("GEMINI"):
            raise InvalidOption("web", "off while a Gemini model follows a JSON schema", value=True)


@dataclass(frozen=True, slots=True)
class Resolved:
    """The options that apply somewhere, each with the scope it comes from."""

    values: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, Scope] = field(default_factory=dict)

    @property
    def model(self) -> str:
        """The key of the model that answers."""
        return str(self.values["model"])


Layers = Sequence[tuple[Scope, Mapping[str, Any]]]


def resolve(layers: Layers) -> Resolved:
    """Inherit each option from the first layer that sets it; layers come most particular first."""
    values: dict[str, Any] = {}
    sources: dict[str, Scope] = {}
    for scope, chosen in layers:
        for name, value in chosen.items():
            if name not in values and value is not None:
                values[name] = value
                sources[name] = scope
    return Resolved(values, sources)


ScopeId = GuildId | ChannelId


def scopes_of(place: Place) -> dict[Scope, ScopeId]:
    """The scopes whose stored options apply in a place, most particular first.

    A DM has its channel alone.
    """
    scopes: dict[Scope, ScopeId] = {}
    if place.thread_id is not None:
        scopes[Scope.THREAD] = place.thread_id
    scopes[Scope.CHANNEL] = place.channel_id
    if place.guild_id is not None:
        scopes[Scope.SERVER] = place.guild_id
    return scopes
