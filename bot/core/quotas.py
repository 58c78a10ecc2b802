"""What a question is held to: ceilings, and the counters that are compared with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import ceil

from bot.core.conversation import GuildId, UserId
from bot.core.errors import LimitReached
from bot.core.phrases import counted

MINUTE = 60.0  # seconds


class What(StrEnum):
    """What a limit is about."""

    QUESTIONS = "questions_per_minute"
    TOKENS_A_DAY = "tokens_per_day"
    TOKENS_A_MONTH = "tokens_per_month"
    CHARACTERS = "prompt_characters"
    AT_ONCE = "answers_at_once"

    def amount(self, most: int) -> str:
        """So much of it, in words."""
        singular, rest = _WORDS[self]
        return f"{counted(most, singular)} {rest}"

    def used(self, count: int) -> str:
        """What has been used of it in the present window, in words."""
        return self.amount(count).replace("per ", "this ").replace("this day", "today")


_WORDS: Mapping[What, tuple[str, str]] = {
    What.QUESTIONS: ("question", "per minute"),
    What.TOKENS_A_DAY: ("token", "per day"),
    What.TOKENS_A_MONTH: ("token", "per month"),
    What.CHARACTERS: ("character", "per question"),
    What.AT_ONCE: ("answer", "at once"),
}

COUNTED = frozenset({What.QUESTIONS, What.TOKENS_A_DAY, What.TOKENS_A_MONTH})
"""Those that are counted over time; the others are compared as they are."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """So many and no more, for a member or (`whose` None) for a server as a whole."""

    what: What
    most: int
    whose: UserId | None


@dataclass(frozen=True, slots=True)
class Counter:
    """What has been used since a window began (Unix seconds); `whose` as in `Ceiling`."""

    what: What
    whose: UserId | None
    started: float
    used: int

    def now(self, moment: float) -> int:
        """What has been used in the window that this moment is in."""
        return 0 if moment >= ends(self.what, self.started) else self.used


@dataclass(frozen=True, slots=True)
class Quota:
    """What one question of a member is held to."""

    guild: GuildId
    member: UserId
    ceilings: tuple[Ceiling, ...]

    def check(self, counters: Iterable[Counter], moment: float) -> None:
        """Refuse one more question where a ceiling is reached.

        Args:
            counters: what was used before this question; none: nothing.
            moment: Unix seconds.

        Raises:
            LimitReached: names the one that ends last, since it is what keeps the member waiting.
        """
        counted = {(one.what, one.whose): one for one in counters}
        reached = [
            (ends(ceiling.what, counter.started), ceiling)
            for ceiling in self.ceilings
            if (counter := counted.get((ceiling.what, ceiling.whose))) is not None
            and counter.now(moment) >= ceiling.most
        ]
        if reached:
            until, ceiling = max(reached, key=lambda one: one[0])
            raise LimitReached(_sentence(ceiling, until), until=until)


def begins(what: What, moment: float) -> float:
    """When a window begins that is opened at this moment.

    A minute begins with its first question, a day and a month with UTC's.
    """
    if what is What.QUESTIONS:
        return moment
    midnight = datetime.fromtimestamp(moment, UTC).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return (midnight if what is What.TOKENS_A_DAY else midnight.replace(day=1)).timestamp()


def ends(what: What, started: float) -> float:
    """When a window that began then is over."""
    if what is What.QUESTIONS:
        return started + MINUTE
    first = datetime.fromtimestamp(started, UTC)
    if what is What.TOKENS_A_DAY:
        return (first + timedelta(days=1)).timestamp()
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1).timestamp()


def told_end(until: float) -> str:
    """A moment as Discord shows it to each person: "in 12 seconds"."""
    return f"<t:{ceil(until)}:R>"


def _sentence(ceiling: Ceiling, until: float) -> str:
    again = f"You can ask again {told_end(until)}."
    amount = ceiling.what.amount(ceiling.most)
    if ceiling.whose is not None:
        return f"You may use {amount} here, and you have. {again}"
    return f"This server may use {amount}, and it has. {again}"
