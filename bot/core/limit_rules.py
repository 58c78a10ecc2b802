"""The rules of a server's limits: how they are stored, which apply to whom, when one is reached.

A server's option `limits` is JSON, each part of which may be missing:

    {"members": {"questions_per_minute": 5, "tokens_per_day": 50000},
     "roles": {"<role id>": {"tokens_per_day": 10000}},
     "server": {"tokens_per_month": 5000000, "answers_at_once": 3},
     "moderators_exempt": true}

Those of members and roles are each member's own; those of the server are for all together. Whoever
asks is held to every one that applies, so that the strictest wins. Moderators (Manage Server) are
exempt unless the rules say otherwise: nothing but their tokens is counted then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from bot.core.conversation import GuildId, Presser, RoleId
from bot.core.errors import InvalidInput, InvalidOption
from bot.core.json_objects import id_of, object_of
from bot.core.quotas import COUNTED, Ceiling, Quota, What
from bot.core.requests import Range

BOUNDS: Mapping[What, Range] = {
    What.QUESTIONS: Range(1, 1_000),
    What.TOKENS_A_DAY: Range(1, 1_000_000_000),
    What.TOKENS_A_MONTH: Range(1, 10_000_000_000),
    What.CHARACTERS: Range(1, 6_000),  # a slash command's text option takes no more
    What.AT_ONCE: Range(1, 100),
}
MOST_ROLES = 50  # with limits of their own
FOR_SERVERS = (
    "How many answers come at once can be limited for the whole server only: choose `who: server`."
)


class Who(StrEnum):
    """Whose limit it is, where it is not a role's."""

    MEMBERS = "members"
    SERVER = "server"


Whose = Who | RoleId
Table = Mapping[What, int]


@dataclass(frozen=True, slots=True)
class LimitRules:
    """A server's limits."""

    tables: Mapping[Whose, Table] = field(default_factory=dict)
    moderators_exempt: bool = True

    @classmethod
    def of(cls, stored: Any) -> LimitRules:
        """The rules as they are stored; None: there are none.

        Raises:
            InvalidOption: something in it cannot be; it says what and what could.
        """
        if stored is None:
            return cls()
        parts = object_of("limits", stored, {*Who, "roles", "moderators_exempt"})
        exempt = parts.get("moderators_exempt", True)
        if not isinstance(exempt, bool):
            raise InvalidOption("limits.moderators_exempt", "true or false", exempt)
        roles = object_of("limits.roles", parts.get("roles", {}))
        if len(roles) > MOST_ROLES:
            raise InvalidOption("limits.roles", f"{MOST_ROLES} roles at most", len(roles))
        tables: dict[Whose, Table] = {
            RoleId(id_of("limits.roles", key)): _table(f"limits.roles.{key}", table)
            for key, table in roles.items()
        }
        for who in Who:
            tables[who] = _table(f"limits.{who}", parts.get(who, {}), whole=who is Who.SERVER)
        return cls({whose: table for whose, table in tables.items() if table}, exempt)

    def stored(self) -> dict[str, Any] | None:
        """The rules as JSON; None where there are none."""
        if not self.tables:
            return None
        parts: dict[str, Any] = {"moderators_exempt": self.moderators_exempt}
        for whose, table in self._sorted():
            written = {what.value: most for what, most in table.items()}
            if isinstance(whose, Who):
                parts[whose.value] = written
            else:
                parts.setdefault("roles", {})[str(whose)] = written
        return parts

    def with_limit(self, whose: Whose, what: What, most: int | None) -> LimitRules:
        """The rules with one limit set, or (None) taken away.

        Raises:
            InvalidInput: the number is out of its bounds, or the limit is not for these.
        """
        if what is What.AT_ONCE and whose is not Who.SERVER:
            raise InvalidInput(text=FOR_SERVERS)
        table: Table = {key: n for key, n in self.tables.get(whose, {}).items() if key != what}
        if most is not None:
            table = _table("limits", {**table, what: most}, whole=whose is Who.SERVER)
        changed = replace(self, tables={**self.tables, whose: table})
        return LimitRules.of(changed.stored())  # which has no empty tables

    def quota(self, guild: GuildId, by: Presser) -> Quota | None:
        """What a question of theirs is held to; None: nothing."""
        if self.exempts(by):
            return None
        own = [(what, most, by.user) for what, most in self._own(by).items()]
        whole = [(what, most, None) for what, most in self.tables.get(Who.SERVER, {}).items()]
        counted = tuple(Ceiling(*one) for one in (*own, *whole) if one[0] in COUNTED)
        return Quota(guild, by.user, counted) if counted else None

    def longest_prompt(self, by: Presser) -> int | None:
        """How many characters a question of theirs may have; None: no rule says."""
        if self.exempts(by):
            return None
        tables = (self._own(by), self.tables.get(Who.SERVER, {}))
        return min((t[What.CHARACTERS] for t in tables if What.CHARACTERS in t), default=None)

    def exempts(self, by: Presser) -> bool:
        """Whether no limit holds them."""
        return self.moderators_exempt and by.manager

    @property
    def at_once(self) -> int | None:
        """How many answers the server gets at once, moderators' among them; None: no rule says."""
        return self.tables.get(Who.SERVER, {}).get(What.AT_ONCE)

    def sentences(self) -> list[str]:
        """The rules in words, a line for each of those they are for; none: there are no rules."""
        lines = [
            f"{_name(whose)}: {', '.join(what.amount(most) for what, most in table.items())}"
            for whose, table in self._sorted()
        ]
        exempt = "exempt" if self.moderators_exempt else "not exempt"
        return [*lines, f"Moderators (Manage Server) are {exempt}"] if lines else []

    def _own(self, by: Presser) -> Table:
        """A member's own limits: the strictest of everybody's and of their roles'."""
        strictest: dict[What, int] = {}
        everybodys: list[Whose] = [Who.MEMBERS, *by.roles]
        for whose in everybodys:
            for what, most in self.tables.get(whose, {}).items():
                strictest[what] = min(most, strictest.get(what, most))
        return strictest

    def _sorted(self) -> list[tuple[Whose, Table]]:
        """Members, roles by their ids, the server; each table in the order of `What`."""
        roles = sorted(whose for whose in self.tables if not isinstance(whose, Who))
        order: list[Whose] = [Who.MEMBERS, *roles, Who.SERVER]
        return [
            (whose, {what: self.tables[whose][what] for what in What if what in self.tables[whose]})
            for whose in order
            if whose in self.tables
        ]


def verified_limits(value: Any) -> Any:
    """The value of the option `limits`, checked.

    Raises:
        InvalidOption: as in `LimitRules.of`, or there is no limit in it.
    """
    stored = LimitRules.of(value).stored()
    if stored is None:
        raise InvalidOption("limits", "at least one limit, or not set at all", "none")
    return stored


def tell_limits(value: Any) -> str:
    """The value of the option `limits` in one line."""
    return "; ".join(LimitRules.of(value).sentences())


def _name(whose: Whose) -> str:
    if isinstance(whose, Who):
        return "Each member" if whose is Who.MEMBERS else "The whole server"
    return f"Each member with <@&{whose}>"


def _table(where: str, value: Any, *, whole: bool = False) -> Table:
    names = [what for what in What if whole or what is not What.AT_ONCE]
    table = object_of(where, value, names)
    return {What(name): _most(f"{where}.{name}", What(name), most) for name, most in table.items()}


def _most(where: str, what: What, most: Any) -> int:
    bounds = BOUNDS[what]
    if isinstance(most, bool) or not isinstance(most, int) or most not in bounds:
        expected = f"a whole number, {bounds.low:,} to {bounds.high:,}"
        raise InvalidOption(where, expected, most)
    return most
