"""What moderators can choose, how a choice is written, and how choices are inherited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.core.conversation import ChannelId, GuildId, Place, UserId


class Scope(StrEnum):
    """Where a choice was made, from the most particular to the most general."""

    ASK = "ask"
    MEMBER = "member"
    THREAD = "thread"
    CHANNEL = "channel"
    SERVER = "server"
    DEFAULT = "default"


Layers = Sequence[tuple[Scope, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Resolved:
    """The options that apply somewhere, each with the scope it comes from.

    `layers` are what they were inherited through, the most particular first.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, Scope] = field(default_factory=dict)
    layers: Layers = ()

    @property
    def model(self) -> str:
        """The key of the model that answers."""
        return str(self.values["model"])

    def every(self, name: str) -> list[tuple[Scope, Any]]:
        """Each scope that sets an option, with its value; the one that applies comes first."""
        return [
            (scope, chosen[name]) for scope, chosen in self.layers if chosen.get(name) is not None
        ]


def resolve(layers: Layers) -> Resolved:
    """Inherit each option from the first layer that sets it; layers come most particular first."""
    values: dict[str, Any] = {}
    sources: dict[str, Scope] = {}
    for scope, chosen in layers:
        for name, value in chosen.items():
            if name not in values and value is not None:
                values[name] = value
                sources[name] = scope
    return Resolved(values, sources, layers)


ScopeId = GuildId | ChannelId | UserId


def scopes_of(place: Place, member: UserId | None = None) -> dict[Scope, ScopeId]:
    """The scopes whose stored options apply in a place, most particular first.

    A DM has its channel alone. `member` is whoever asks in private, where their own choice counts.
    """
    scopes: dict[Scope, ScopeId] = {}
    if member is not None:
        scopes[Scope.MEMBER] = member
    if place.thread_id is not None:
        scopes[Scope.THREAD] = place.thread_id
    scopes[Scope.CHANNEL] = place.channel_id
    if place.guild_id is not None:
        scopes[Scope.SERVER] = place.guild_id
    return scopes


@dataclass(frozen=True, slots=True)
class Change:
    """One option of one scope is set; `value` None goes back to what is inherited."""

    scope: Scope
    scope_id: ScopeId
    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Changed:
    """An entry of a server's log of changes. `at` is in Unix seconds, None: was inherited."""

    at: float
    by: UserId
    scope: Scope
    scope_id: ScopeId
    name: str
    before: Any
    after: Any
