"""Periods, sums, rankings and time lines of usage."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.conversation import GuildId, UserId
from bot.core.usage import (
    MOST_DAYS,
    SECONDS_A_DAY,
    Account,
    Period,
    Sums,
    ranked,
    timeline,
    total,
)

NOW = datetime(2026, 11, 22, 19, 30, tzinfo=UTC).timestamp()
TODAY = int(NOW // SECONDS_A_DAY)


def of(tokens: int) -> Sums:
    return Sums(1, tokens, 0, 0, 1.0)


def day(moment: float) -> date:
    return datetime.fromtimestamp(moment, UTC).date()


@pytest.mark.parametrize(
    ("period", "first"),
    [
        (Period.TODAY, date(2026, 11, 22)),
        (Period.WEEK, date(2026, 11, 16)),
        (Period.MONTH, date(2026, 10, 24)),
        (Period.YEAR, date(2025, 12, 1)),
        (Period.ALL, date(1970, 1, 1)),
    ],
)
def test_a_period_begins_at_midnight_and_ends_now(period: Period, first: date) -> None:
    since = period.since(NOW)
    assert since % SECONDS_A_DAY == 0
    assert day(since) == first


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2026, 1, 1, tzinfo=UTC), date(2025, 2, 1)),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), date(2023, 3, 1)),
    ],
)
def test_twelve_months_are_the_present_one_and_eleven_before_it(now: datetime, first: date) -> None:
    assert day(Period.YEAR.since(now.timestamp())) == first


def test_nobody_may_sum_up_everybodys_direct_messages() -> None:
    with pytest.raises(ValueError, match="direct messages"):
        Account(None)
    assert Account(None, UserId(1)) != Account(GuildId(1))


def test_sums_add_up() -> None:
    both = Sums(1, 10, 5, 15, 2.0) + Sums(2, 30, 15, 0, 0.5)
    assert both == Sums(3, 40, 20, 15, 2.5)
    assert both.tokens == 60
    assert both.estimated_share == 0.25
    assert Sums().estimated_share == 0
    assert total({"a": of(1), "b": of(2)}) == Sums(2, 3, 0, 0, 2.0)


@given(st.dictionaries(st.integers(0, 50), st.integers(0, 1000).map(of)), st.integers(1, 12))
def test_a_ranking_loses_nothing_and_is_in_order(groups: dict[int, Sums], places: int) -> None:
    ranking = ranked(groups, places)
    assert sum((sums for _, sums in ranking.first), ranking.others) == total(groups)
    assert len(ranking.first) + ranking.left_out == len(groups)
    assert ranking.left_out != 1
    assert len(ranking.first) <= places + 1
    shown = [sums.tokens for _, sums in ranking.first]
    assert shown == sorted(shown, reverse=True)


def test_a_time_line_has_every_day_also_those_without_use() -> None:
    told = timeline({TODAY: of(1), TODAY - 2: of(2)}, Period.WEEK.since(NOW), NOW)
    assert not told.monthly
    assert [sums.tokens for _, sums in told.steps] == [0, 0, 0, 0, 2, 0, 1]
    assert told.steps[-1][0] == date(2026, 11, 22)


def test_today_is_one_day() -> None:
    told = timeline({TODAY: of(1)}, Period.TODAY.since(NOW), NOW)
    assert told.steps == [(date(2026, 11, 22), of(1))]


@pytest.mark.parametrize(("days", "monthly"), [(MOST_DAYS, False), (MOST_DAYS + 1, True)])
def test_many_days_are_told_by_months(days: int, monthly: bool) -> None:  # noqa: FBT001 - a case
    told = timeline({TODAY - days + 1: of(1), TODAY: of(2)}, 0, NOW)
    assert told.monthly is monthly
    assert total(dict(told.steps)) == of(1) + of(2)


def test_a_long_time_begins_with_its_first_use() -> None:
    told = timeline({TODAY - 5: of(1)}, Period.ALL.since(NOW), NOW)
    assert told.steps[0][0] == date(2026, 11, 17)
    assert len(told.steps) == 6


def test_a_year_is_told_month_by_month() -> None:
    since = Period.YEAR.since(NOW)
    first = int(since // SECONDS_A_DAY)
    told = timeline({first: of(1), first + 40: of(2), TODAY: of(3)}, since, NOW)
    assert [step for step, _ in told.steps][:2] == [date(2025, 12, 1), date(2026, 1, 1)]
    assert len(told.steps) == 12
    assert [sums.tokens for _, sums in told.steps if sums.tokens] == [1, 2, 3]


def test_nothing_used_at_all_is_one_empty_day() -> None:
    assert timeline({}, 0, NOW).steps == [(date(2026, 11, 22), Sums())]


def test_what_is_used_after_midnight_has_its_day_though_it_was_yesterday_when_one_asked() -> None:
    told = timeline({TODAY + 1: of(1)}, Period.TODAY.since(NOW), NOW)
    assert [sums for _, sums in told.steps] == [Sums(), of(1)]
