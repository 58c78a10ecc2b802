"""Who gets the next free place, and how many there are."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.conversation import Person, Place, UserId
from bot.core.errors import DatabaseUnavailable
from bot.core.places import Places
from bot.core.throttle import Throttle
from tests.core.house import directly, hold, house, spot
from tests.core.samples import ADA, BOB
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_free_places_are_taken_at_once() -> None:
    here = house(3)
    await asyncio.gather(*(here.stay(spot(channel=n)) for n in range(3)))
    assert asyncio.get_running_loop().time() == 1
    assert here.is_empty()


@in_virtual_time
async def test_fifty_questions_of_a_person_do_not_delay_a_channel_by_more_than_one_answer() -> None:
    here = house(1)
    async with asyncio.TaskGroup() as people:
        for _ in range(50):
            people.create_task(here.stay(spot(shared=False)))
        await asyncio.sleep(0.5)
        people.create_task(here.stay(spot(channel=2)))
    assert here.order.index(spot(channel=2).key) == 1
    assert here.is_empty()


@pytest.mark.parametrize("places", [1, 3])
@in_virtual_time
async def test_two_hundred_questions_of_a_server_do_not_delay_another_server(places: int) -> None:
    here = house(places)
    async with asyncio.TaskGroup() as people:
        for channel in range(200):
            people.create_task(here.stay(spot(1, channel)))
        await asyncio.sleep(0.5)
        people.create_task(here.stay(spot(2)))
    assert here.order.index(spot(2).key) == places, "the very next one"
    assert here.is_empty()


@in_virtual_time
async def test_servers_take_turns_and_so_do_the_conversations_of_each() -> None:
    here = house(1)
    first, other = Person(UserId(21), "Cy"), Person(UserId(22), "Di")
    async with asyncio.TaskGroup() as people:
        people.create_task(here.stay(directly(7)))
        await asyncio.sleep(0.5)
        for by in (first, first, first, other, other):
            people.create_task(here.stay(spot(1, by=by, shared=False)))
        for by in (ADA, BOB):
            people.create_task(here.stay(spot(2, by=by, shared=False)))
        people.create_task(here.stay(directly(8)))
    assert here.order == [
        (7, 7),
        *[(1, 21), (2, ADA.id), (8, 8)],
        *[(1, 22), (2, BOB.id)],
        *[(1, 21), (1, 22), (1, 21)],
    ]


@in_virtual_time
async def test_who_asks_more_does_not_lose_their_turn_by_it() -> None:
    here = house(1)
    async with asyncio.TaskGroup() as people:
        people.create_task(here.stay(directly(7)))
        await asyncio.sleep(0.1)
        for server in (1, 2, 1):
            people.create_task(here.stay(spot(server, shared=False)))
            await asyncio.sleep(0.1)
    assert here.order[1:] == [(1, ADA.id), (2, ADA.id), (1, ADA.id)]


@in_virtual_time
async def test_a_server_has_no_more_places_than_it_allows_itself() -> None:
    here = house(10, s1=2)
    async with asyncio.TaskGroup() as people:
        for channel in range(9):
            people.create_task(here.stay(spot(1, channel)))
            people.create_task(here.stay(spot(2, channel)))
    assert here.most_running == {1: 2, 2: 8}
    assert here.is_empty()


@in_virtual_time
async def test_who_waits_for_their_own_servers_answers_keeps_nobody_else_waiting() -> None:
    here = house(2, s1=1)
    async with asyncio.TaskGroup() as people:
        for channel in range(5):
            people.create_task(here.stay(spot(1, channel)))
        await asyncio.sleep(0.5)
        people.create_task(here.stay(spot(2)))
        await asyncio.sleep(0.1)
        assert here.running == {1: 1, 2: 1}


@in_virtual_time
async def test_a_server_that_allows_itself_more_has_them_with_its_next_question() -> None:
    here = house(10, s1=1)
    async with asyncio.TaskGroup() as people:
        for channel in range(5):
            people.create_task(here.stay(spot(1, channel), 10))
        await asyncio.sleep(0.5)
        here.most[1] = 4
        people.create_task(here.stay(spot(1, 6), 10))
        await asyncio.sleep(0.5)
        assert here.running == {1: 4}


@in_virtual_time
async def test_without_a_database_a_servers_last_known_number_holds() -> None:
    failing = False

    async def at_once(_: Place) -> int | None:
        if failing:
            raise DatabaseUnavailable
        return 1

    places = Places(Throttle(10), at_once)
    async with places.held(spot(1)):
        failing = True
        waiting = asyncio.create_task(hold(places, spot(1, 2)))
        elsewhere = asyncio.create_task(hold(places, spot(2)))
        await elsewhere
        assert not waiting.done()
    assert await waiting


@in_virtual_time
async def test_after_a_refusal_places_are_given_when_enough_have_ended() -> None:
    here = house(10)
    async with asyncio.TaskGroup() as people:
        for channel in range(20):
            people.create_task(here.stay(spot(1, channel), 1.0 + channel / 100))
        await asyncio.sleep(0.5)
        assert here.throttle.running == 10
        here.throttle.refused()
        await asyncio.sleep(0.525)
        assert (here.throttle.running, here.throttle.allowed) == (7, 7)
        await asyncio.sleep(0.01)
        assert here.throttle.running == 7
    assert here.is_empty()


@in_virtual_time
async def test_who_waits_gets_a_place_as_soon_as_there_may_be_more() -> None:
    here = house(10)
    async with asyncio.TaskGroup() as people:
        for channel in range(2):
            people.create_task(here.stay(spot(1, channel), 10))
        await asyncio.sleep(0.5)
        here.throttle.refused()
        people.create_task(here.stay(spot(1, 3), 10))
        people.create_task(here.stay(spot(1, 4), 10))
        await asyncio.sleep(0.5)
        assert here.throttle.running == 2
        for _ in range(1 + 2):
            here.throttle.eased()
        await asyncio.sleep(0)
        assert (here.throttle.running, here.throttle.allowed) == (3, 3)
