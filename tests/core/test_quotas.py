"""Windows, and when a ceiling is reached."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.conversation import UserId
from bot.core.errors import LimitReached
from bot.core.quotas import COUNTED, Ceiling, Counter, Quota, What, begins, ends
from tests.core.samples import ADA, SERVER

NOW = datetime(2026, 2, 28, 23, 59, 30, tzinfo=UTC).timestamp()
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
DAY = 86_400


def ceiling(what: What, most: int, whose: UserId | None = ADA.id) -> Ceiling:
    return Ceiling(what, most, whose)


def counter(what: What, used: int, *, started: float, whose: UserId | None = ADA.id) -> Counter:
    return Counter(what, whose, started, used)


def refusal(ceilings: list[Ceiling], counters: list[Counter], moment: float = NOW) -> LimitReached:
    with pytest.raises(LimitReached) as caught:
        Quota(SERVER, ADA.id, tuple(ceilings)).check(counters, moment)
    return caught.value


def passes(ceilings: list[Ceiling], counters: list[Counter], moment: float = NOW) -> bool:
    Quota(SERVER, ADA.id, tuple(ceilings)).check(counters, moment)
    return True


@pytest.mark.parametrize(
    ("what", "began", "over"),
    [
        (What.QUESTIONS, NOW, NOW + 60),
        (What.TOKENS_A_DAY, MIDNIGHT - DAY, MIDNIGHT),
        (What.TOKENS_A_MONTH, MIDNIGHT - 28 * DAY, MIDNIGHT),
    ],
)
def test_a_minute_begins_with_its_question_and_days_and_months_with_utcs(
    what: What, began: float, over: float
) -> None:
    assert begins(what, NOW) == began
    assert ends(what, began) == over
    assert counter(what, 7, started=began).now(over - 0.001) == 7
    assert counter(what, 7, started=began).now(over) == 0


def test_december_ends_with_the_year() -> None:
    december = datetime(2026, 12, 1, tzinfo=UTC).timestamp()
    assert ends(What.TOKENS_A_MONTH, december) == datetime(2027, 1, 1, tzinfo=UTC).timestamp()


@given(what=st.sampled_from(sorted(COUNTED)), moment=st.floats(0, 4e9))
def test_a_moment_is_in_the_window_that_it_opens(what: What, moment: float) -> None:
    began = begins(what, moment)
    assert began <= moment < ends(what, began)
    if what is not What.QUESTIONS:
        assert begins(what, began) == began
        assert begins(what, ends(what, began)) == ends(what, began)


def test_the_last_one_that_may_passes_and_the_next_does_not() -> None:
    limit = [ceiling(What.QUESTIONS, 3)]
    assert passes(limit, [counter(What.QUESTIONS, 2, started=NOW)])
    assert refusal(limit, [counter(What.QUESTIONS, 3, started=NOW)]).until == NOW + 60


def test_nothing_used_and_what_was_used_in_an_earlier_window_hold_nobody_back() -> None:
    limit = [ceiling(What.QUESTIONS, 1)]
    assert passes(limit, [])
    assert passes(limit, [counter(What.QUESTIONS, 9, started=NOW - 60)])


def test_the_servers_counter_is_not_the_members() -> None:
    servers = counter(What.QUESTIONS, 5, started=NOW, whose=None)
    assert passes([ceiling(What.QUESTIONS, 5)], [servers])
    assert refusal([ceiling(What.QUESTIONS, 5, None)], [servers]).until == NOW + 60


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (ceiling(What.QUESTIONS, 1), "You may use 1 question per minute here, and you have."),
        (
            ceiling(What.TOKENS_A_DAY, 5000, None),
            "This server may use 5,000 tokens per day, and it has.",
        ),
    ],
)
def test_a_refusal_names_the_limit_and_when_it_ends(limit: Ceiling, said: str) -> None:
    began = begins(limit.what, NOW)
    error = refusal([limit], [counter(limit.what, 5000, started=began, whose=limit.whose)])
    over = int(ends(limit.what, began))
    assert error.text == f"{said} You can ask again <t:{over}:R>."


def test_a_moment_is_told_rounded_up_so_that_nobody_is_told_to_come_too_early() -> None:
    limit = [ceiling(What.QUESTIONS, 1)]
    assert "<t:61:R>" in refusal(limit, [counter(What.QUESTIONS, 1, started=0.2)], 1.0).text


def test_of_several_the_one_that_ends_last_is_named() -> None:
    limits = [
        ceiling(What.QUESTIONS, 1),
        ceiling(What.TOKENS_A_MONTH, 10),
        ceiling(What.TOKENS_A_DAY, 10),
    ]
    noon = NOW - DAY / 2 - 5 * DAY
    used = [counter(what, 99, started=begins(what, noon)) for what in COUNTED]
    error = refusal(limits, used, noon)
    assert error.until == MIDNIGHT
    assert "per month" in error.text
