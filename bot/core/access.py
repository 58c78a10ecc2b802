"""Who may ask in a server, and where: its lists of channels, roles and members.

A server's option `access` is JSON, each part of which may be missing:

    {"allow": {"channels": [1], "roles": [2], "members": [3]},
     "deny": {"channels": [], "roles": [], "members": []}}

What is denied is denied, whatever is allowed. Where channels are allowed, they are the only ones;
where roles or members are, only whoever has one of these roles, or is one of these members, may
ask. An empty list restricts nothing. A thread counts as its channel. Moderators (Manage Server)
are never locked out, and direct messages are not concerned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from bot.core.conversation import Place, Presser
from bot.core.errors import AccessDenied, InvalidOption
from bot.core.json_objects import id_of, object_of

MOST_ENTRIES = 100  # of one kind in one list
MOST_TOLD = 10  # of them in a sentence

NOT_HERE = "I am not to answer questions in this channel. Ask me in another one."
NOT_YOU = (
    "The moderators of this server have not given you leave to ask me questions. Please turn to "
    "one of them."
)


class Listed(StrEnum):
    """A kind of what the lists hold."""

    CHANNELS = "channels"
    ROLES = "roles"
    MEMBERS = "members"

    def mention(self, id_: int) -> str:
        """One of them, as Discord shows it."""
        return f"<{_MENTIONS[self]}{id_}>"


_MENTIONS: Mapping[Listed, str] = {Listed.CHANNELS: "#", Listed.ROLES: "@&", Listed.MEMBERS: "@"}
Entry = tuple[Listed, int]


@dataclass(frozen=True, slots=True)
class AccessRules:
    """A server's lists."""

    allow: frozenset[Entry] = field(default_factory=frozenset)
    deny: frozenset[Entry] = field(default_factory=frozenset)

    @classmethod
    def of(cls, stored: Any) -> Self:
        """The lists as they are stored; None: there are none.

        Raises:
            InvalidOption: something in it cannot be; it says what and what could.
        """
        parts = object_of("access", {} if stored is None else stored, ("allow", "deny"))
        return cls(*(_entries(f"access.{name}", parts.get(name, {})) for name in ("allow", "deny")))

    def stored(self) -> dict[str, Any] | None:
        """The lists as JSON; None where they are empty."""
        both = {"allow": _lists(self.allow), "deny": _lists(self.deny)}
        return {name: lists for name, lists in both.items() if lists} or None

    def check(self, place: Place, by: Presser) -> None:
        """Let a person ask in a place.

        Raises:
            AccessDenied: they may not, with what they may read of it.
        """
        if place.guild_id is None or by.manager:
            return
        here = {(Listed.CHANNELS, int(place.channel_id))}
        if not self._let(here, (Listed.CHANNELS,)):
            raise AccessDenied(text=NOT_HERE)
        roles = {(Listed.ROLES, int(role)) for role in by.roles}
        if not self._let(roles | {(Listed.MEMBERS, int(by.user))}, (Listed.ROLES, Listed.MEMBERS)):
            raise AccessDenied(text=NOT_YOU)

    def with_entries(
        self, *, allow: frozenset[Entry] = frozenset(), deny: frozenset[Entry] = frozenset()
    ) -> Self:
        """The lists with these among the allowed or denied, and not in the other list.

        Raises:
            InvalidOption: a list would be too long.
        """
        changed = replace(self, allow=self.allow - deny | allow, deny=self.deny - allow | deny)
        return type(self).of(changed.stored())

    def without(self, entries: frozenset[Entry]) -> Self:
        """The lists without these."""
        return replace(self, allow=self.allow - entries, deny=self.deny - entries)

    def sentences(self) -> list[str]:
        """The lists in words, a line for each kind; none: everybody may ask everywhere."""
        lines = []
        for verb, entries in (("allowed", self.allow), ("denied", self.deny)):
            for kind, ids in _lists(entries).items():
                named = ", ".join(Listed(kind).mention(id_) for id_ in ids[:MOST_TOLD])
                if len(ids) > MOST_TOLD:
                    named += f" and {len(ids) - MOST_TOLD} more"
                only = "Only these" if verb == "allowed" else "These"
                lines.append(f"{only} {kind} are {verb}: {named}")
        return lines

    def _let(self, entries: set[Entry], kinds: tuple[Listed, ...]) -> bool:
        """Whether something described by these entries passes both lists."""
        restricted = any(kind in kinds for kind, _ in self.allow)
        return not entries & self.deny and (not restricted or bool(entries & self.allow))


def verified_access(value: Any) -> Any:
    """The value of the option `access`, checked.

    Raises:
        InvalidOption: as in `AccessRules.of`, or the lists are empty.
    """
    stored = AccessRules.of(value).stored()
    if stored is None:
        raise InvalidOption("access", "at least one entry, or not set at all", "none")
    return stored


def tell_access(value: Any) -> str:
    """The value of the option `access` in one line."""
    return "; ".join(AccessRules.of(value).sentences())


def _entries(where: str, value: Any) -> frozenset[Entry]:
    entries: set[Entry] = set()
    for kind, ids in object_of(where, value, list(Listed)).items():
        if not isinstance(ids, list) or len(ids) > MOST_ENTRIES:
            raise InvalidOption(f"{where}.{kind}", f"a list of {MOST_ENTRIES} ids at most", ids)
        entries |= {(Listed(kind), id_of(f"{where}.{kind}", id_)) for id_ in ids}
    return frozenset(entries)


def _lists(entries: frozenset[Entry]) -> dict[str, list[int]]:
    """By kind; a kind without entries is left out."""
    by_kind = {kind.value: sorted(id_ for of, id_ in entries if of is kind) for kind in Listed}
    return {kind: ids for kind, ids in by_kind.items() if ids}
