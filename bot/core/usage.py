"""What answers cost: counted or estimated, and summed up for whoever may see it.

A day is one of UTC, numbered from 1 January 1970: Discord does not tell where people live.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from math import ceil
from typing import Generic, TypeVar

from bot.core.conversation import ChannelId, GuildId, UserId
from bot.core.replies import ReplyState, Usage

# OpenAI's rule of thumb for English text; other languages take more tokens for as many characters.
CHARACTERS_PER_TOKEN = 4
SECONDS_A_DAY = 86_400
EPOCH = date(1970, 1, 1)
MOST_DAYS = 62  # that are told one by one; a longer time is told by months

Key = int | str
"""What usage is summed up by: a day's number, a model's key, a member's or a channel's id."""

K = TypeVar("K")


def estimated(prompt_characters: int, answer_characters: int) -> Usage:
    """What a request is thought to have cost, each side rounded up; marked as an estimate."""
    return Usage(
        ceil(prompt_characters / CHARACTERS_PER_TOKEN),
        ceil(answer_characters / CHARACTERS_PER_TOKEN),
        estimated=True,
    )


@dataclass(frozen=True, slots=True)
class Account:
    """Whose usage: a server's, a member's in a server, or (without a server) in direct messages."""

    guild: GuildId | None
    member: UserId | None = None

    def __post_init__(self) -> None:
        if self.guild is None and self.member is None:
            raise ValueError("nobody may see everybody's direct messages")


class By(StrEnum):
    """What usage may be summed up by."""

    DAY = "day"
    MODEL = "model"
    MEMBER = "member"
    CHANNEL = "channel"


class Period(StrEnum):
    """The time that is summed up; it ends now, and begins with a day or a month."""

    TODAY = "today"
    WEEK = "7 days"
    MONTH = "30 days"
    YEAR = "12 months"
    ALL = "all"

    def since(self, now: float) -> float:
        """Its first moment in Unix seconds, given the present one."""
        today = datetime.fromtimestamp(now, UTC).date()
        begins = {
            Period.TODAY: today,
            Period.WEEK: today - timedelta(days=6),
            Period.MONTH: today - timedelta(days=29),
            Period.YEAR: date(today.year - (today.month < 12), today.month % 12 + 1, 1),  # noqa: PLR2004 - months
            Period.ALL: EPOCH,
        }
        return float((begins[self] - EPOCH).days * SECONDS_A_DAY)


@dataclass(frozen=True, slots=True)
class Sums:
    """What several answers have cost. `estimated_tokens` are those of all that are estimates."""

    answers: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    estimated_tokens: int = 0
    seconds: float = 0.0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.answers + other.answers,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.estimated_tokens + other.estimated_tokens,
            self.seconds + other.seconds,
        )

    @property
    def tokens(self) -> int:
        """Both kinds together."""
        return self.prompt_tokens + self.completion_tokens

    @property
    def estimated_share(self) -> float:
        """Which part of the tokens is estimated, from 0 to 1."""
        return self.estimated_tokens / self.tokens if self.tokens else 0.0


def total(groups: Mapping[K, Sums]) -> Sums:
    """All groups together."""
    return sum(groups.values(), Sums())


@dataclass(frozen=True, slots=True)
class Ranking(Generic[K]):
    """The groups with the most tokens; `others` sums up those that are `left_out`."""

    first: Sequence[tuple[K, Sums]]
    others: Sums
    left_out: int


def ranked(groups: Mapping[K, Sums], places: int) -> Ranking[K]:
    """Who has used the most. Where one only would be left out, it gets a place of its own."""
    order = sorted(groups.items(), key=lambda group: (-group[1].tokens, str(group[0])))
    first = order[: places if len(order) > places + 1 else places + 1]
    rest = dict(order[len(first) :])
    return Ranking(first, total(rest), len(rest))


@dataclass(frozen=True, slots=True)
class Timeline:
    """Usage day by day or month by month, oldest first, without gaps."""

    steps: Sequence[tuple[date, Sums]]
    monthly: bool


def timeline(days: Mapping[int, Sums], since: float, now: float) -> Timeline:
    """Usage as it went: the days of a period, or the months of a long one.

    Args:
        days: sums by the day's number, none of them before the period.
        since: the period's first moment. A long period begins with the first day that saw use.
        now: the present moment.
    """
    last = max([int(now // SECONDS_A_DAY), *days])  # midnight may have passed since
    first = int(since // SECONDS_A_DAY)
    if last - first >= MOST_DAYS:
        first = min(days, default=last)
    each = [(EPOCH + timedelta(days=day), days.get(day, Sums())) for day in range(first, last + 1)]
    if len(each) <= MOST_DAYS:
        return Timeline(each, monthly=False)
    months = groupby(each, key=lambda step: step[0].replace(day=1))
    return Timeline(
        [(month, sum((sums for _, sums in steps), Sums())) for month, steps in months],
        monthly=True,
    )


@dataclass(frozen=True, slots=True)
class Spent:
    """One answer's row, as it is exported. `at` is in Unix seconds; `id` grows with time."""

    id: int
    at: float
    member: UserId
    channel: ChannelId
    model: str
    usage: Usage
    seconds: float
    state: ReplyState
