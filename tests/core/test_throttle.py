"""How many answers WeryAI bears at once."""

from __future__ import annotations

import asyncio

from bot.core.throttle import CALM_AFTER, ONE_OVERLOAD, Throttle
from tests.virtual_time import in_virtual_time


def busy(most: int, running: int) -> Throttle:
    throttle = Throttle(most)
    throttle.running = running
    return throttle


def test_at_first_as_many_as_the_operator_allows_may_run() -> None:
    throttle = busy(3, running=2)
    assert (throttle.allowed, throttle.free) == (3, True)
    throttle.running = 3
    assert not throttle.free


def test_at_least_one_may_always_run() -> None:
    assert Throttle(0).allowed == 1


@in_virtual_time
async def test_a_refusal_leaves_seven_of_the_ten_that_were_running() -> None:
    throttle = busy(500, running=10)
    throttle.refused()
    assert (throttle.allowed, throttle.free) == (7, False)


@in_virtual_time
async def test_with_more_running_than_are_allowed_a_refusal_counts_from_what_is_allowed() -> None:
    throttle = busy(500, running=100)
    throttle.refused()
    await asyncio.sleep(ONE_OVERLOAD)
    throttle.refused()
    assert throttle.allowed == 49


@in_virtual_time
async def test_all_refusals_of_one_overload_count_once() -> None:
    throttle = busy(100, running=100)
    for _ in range(50):
        throttle.refused()
        await asyncio.sleep(0.9 * ONE_OVERLOAD / 50)
    assert throttle.allowed == 70


@in_virtual_time
async def test_refusals_without_end_still_let_one_run() -> None:
    throttle = busy(10, running=10)
    for _ in range(20):
        throttle.refused()
        await asyncio.sleep(ONE_OVERLOAD)
    assert throttle.allowed == 1


@in_virtual_time
async def test_so_many_answers_as_are_allowed_make_room_for_one_more() -> None:
    throttle = busy(100, running=10)
    grown: list[int] = []
    throttle.watch(lambda: grown.append(throttle.allowed))
    throttle.refused()
    for _ in range(7):
        assert throttle.allowed == 7
        throttle.eased()
    for _ in range(8):
        assert throttle.allowed == 8
        throttle.eased()
    assert grown == [8, 9]


@in_virtual_time
async def test_what_was_answered_before_a_refusal_makes_no_room_after_it() -> None:
    throttle = busy(100, running=10)
    throttle.refused()
    for _ in range(6):
        throttle.eased()
    await asyncio.sleep(ONE_OVERLOAD)
    throttle.refused()
    for _ in range(3):
        throttle.eased()
    assert throttle.allowed == 4


@in_virtual_time
async def test_a_minute_after_the_last_refusal_each_answer_makes_room_for_one_more() -> None:
    throttle = busy(100, running=10)
    throttle.refused()
    await asyncio.sleep(CALM_AFTER)
    for _ in range(5):
        throttle.eased()
    assert throttle.allowed == 12


@in_virtual_time
async def test_it_never_grows_beyond_what_the_operator_allows() -> None:
    throttle = busy(3, running=2)
    grown: list[int] = []
    throttle.watch(lambda: grown.append(throttle.allowed))
    throttle.refused()
    for _ in range(100):
        throttle.eased()
    assert throttle.allowed == 3
    assert grown == [2, 3]
