"""Models that keep failing are left alone for a while."""

from __future__ import annotations

import asyncio

from bot.core.breakers import FAILURES, REST, WINDOW, Breaker, Breakers, BreakerState
from tests.virtual_time import in_virtual_time

CLOSED, HALF_OPEN, OPEN = BreakerState


class Watched:
    """A breaker, and every state it went through."""

    def __init__(self) -> None:
        self.states: list[BreakerState] = []
        self.breaker = Breaker(self.states.append)

    def ask(self, *, answered: bool | None) -> None:
        """A question asks the model; None: it ends without anybody knowing."""
        with self.breaker.attempt() as attempt:
            if answered is not None:
                (attempt.answered if answered else attempt.failed)()

    def admits(self) -> bool:
        return self.breaker.admits

    def wear_out(self) -> None:
        for _ in range(FAILURES):
            self.ask(answered=False)


@in_virtual_time
async def test_after_five_failures_within_a_minute_the_model_is_skipped() -> None:
    watched = Watched()
    for _ in range(FAILURES - 1):
        watched.ask(answered=False)
    assert watched.admits()
    await asyncio.sleep(WINDOW - 0.1)
    watched.ask(answered=False)
    assert not watched.admits()
    assert watched.states == [OPEN]


@in_virtual_time
async def test_failures_of_more_than_a_minute_ago_do_not_count() -> None:
    watched = Watched()
    for _ in range(FAILURES - 1):
        watched.ask(answered=False)
    await asyncio.sleep(WINDOW)
    watched.ask(answered=False)
    assert watched.admits()
    assert watched.states == []


@in_virtual_time
async def test_a_few_failures_among_many_answers_are_no_reason() -> None:
    watched = Watched()
    for _ in range(FAILURES + 1):
        watched.ask(answered=True)
    watched.wear_out()
    assert watched.admits()
    watched.ask(answered=False)  # now it fails as often as it answers
    assert not watched.admits()


@in_virtual_time
async def test_after_its_rest_one_question_tries_it_and_no_other_meanwhile() -> None:
    watched = Watched()
    watched.wear_out()
    await asyncio.sleep(REST - 0.1)
    assert not watched.admits()
    await asyncio.sleep(0.1)
    assert watched.admits()
    with watched.breaker.attempt() as trial:
        assert not watched.admits()
        trial.answered()
    assert watched.admits()
    assert watched.states == [OPEN, HALF_OPEN, CLOSED]


@in_virtual_time
async def test_what_was_before_a_trial_went_well_is_forgiven() -> None:
    watched = Watched()
    watched.wear_out()
    await asyncio.sleep(REST)
    watched.ask(answered=True)
    for _ in range(FAILURES - 1):
        watched.ask(answered=False)
    assert watched.admits()


@in_virtual_time
async def test_a_trial_that_fails_lets_it_rest_again() -> None:
    watched = Watched()
    watched.wear_out()
    await asyncio.sleep(REST)
    watched.ask(answered=False)
    assert watched.states == [OPEN, HALF_OPEN, OPEN]
    await asyncio.sleep(REST - 0.1)
    assert not watched.admits()
    await asyncio.sleep(0.1)
    assert watched.admits()


@in_virtual_time
async def test_a_trial_that_was_stopped_leaves_the_next_question_to_try_it() -> None:
    watched = Watched()
    watched.wear_out()
    await asyncio.sleep(REST)
    watched.ask(answered=None)
    assert watched.admits()
    assert watched.states == [OPEN, HALF_OPEN, OPEN]


@in_virtual_time
async def test_each_model_has_a_breaker_of_its_own() -> None:
    told: list[tuple[str, BreakerState]] = []
    breakers = Breakers(lambda model, state: told.append((model, state)))
    for _ in range(FAILURES):
        breakers.of("A").failed()
    assert not breakers.of("A").admits
    assert breakers.of("B").admits
    assert told == [("A", OPEN)]
