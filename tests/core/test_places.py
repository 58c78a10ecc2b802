"""Who gets the next free place."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.conversation import ChannelId, GuildId, Person, Place, Turn, UserId
from bot.core.errors import DatabaseUnavailable
from bot.core.places import Places, Spot
from bot.core.rotation import served_before
from bot.core.throttle import ONE_OVERLOAD, Throttle
from tests.core.samples import ADA, BOB, turn
from tests.virtual_time import in_virtual_time, run


def spot(server: int = 1, channel: int = 1, *, by: Person = ADA, shared: bool = True) -> Spot:
    place = Place(GuildId(server), ChannelId(100 * server + channel))
    return Spot.of(turn(at=place, by=by, shared=shared))


def directly(channel: int) -> Spot:
    return Spot.of(turn(at=Place(None, ChannelId(channel))))


@dataclass
class House:
    """Places, and people who take them for a while.

    Attributes:
        most: what each server allows itself.
        order: whose turns came, by server and conversation.
    """

    throttle: Throttle
    most: dict[int, int] = field(default_factory=dict)
    order: list[tuple[int, int]] = field(default_factory=list)
    running: Counter[int] = field(default_factory=Counter)
    most_running: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.places = Places(self.throttle, self.at_once)

    async def at_once(self, place: Place) -> int | None:
        await asyncio.sleep(0)
        return self.most.get(place.guild_id or 0)

    async def stay(self, mine: Spot, seconds: float = 1.0) -> None:
        async with self.places.held(mine) as given:
            if not given:
                return
            assert self.throttle.running <= self.throttle.allowed or not self.waits(mine)
            self.order.append(mine.key)
            self.running[mine.server] += 1
            self.most_running[mine.server] = max(
                self.most_running[mine.server], self.running[mine.server]
            )
            try:
                await asyncio.sleep(seconds)
            finally:
                self.running[mine.server] -= 1

    def waits(self, mine: Spot) -> bool:
        return mine.given is None or not mine.given.done()

    def is_empty(self) -> bool:
        left = [*self.places._servers, *self.places._rotation]
        return not left and self.throttle.running == 0


def house(places: int, **most: int) -> House:
    return House(Throttle(places), {int(server[1:]): number for server, number in most.items()})


# --- fairness -------------------------------------------------------------------------------------


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


# --- what a server allows itself ------------------------------------------------------------------


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


async def hold(places: Places, mine: Spot) -> bool:
    async with places.held(mine) as given:
        return given


# --- capacity -------------------------------------------------------------------------------------


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


# --- who is before whom ---------------------------------------------------------------------------


@given(
    sizes=st.lists(st.integers(1, 5), min_size=1, max_size=5),
    data=st.data(),
)
def test_who_is_before_one_is_foretold_as_it_comes(sizes: list[int], data: st.DataObject) -> None:
    mine = data.draw(st.integers(0, len(sizes) - 1))
    ahead = data.draw(st.integers(0, sizes[mine] - 1))
    queues = {key: list(range(size)) for key, size in enumerate(sizes)}
    served: list[tuple[int, int]] = []
    while queues:
        key = next(iter(queues))
        queue = queues.pop(key)
        served.append((key, queue.pop(0)))
        if queue:
            queues[key] = queue
    assert served_before(enumerate(sizes), mine, ahead) == served.index((mine, ahead))


@settings(deadline=None)
@given(chance=st.randoms())
def test_as_many_are_served_before_a_question_as_it_is_told(chance: random.Random) -> None:
    async def scenario() -> None:
        here = house(1)
        people = [Person(UserId(30 + n), "Eve") for n in range(3)]
        waiting = [
            spot(chance.randint(1, 3), by=chance.choice(people), shared=False)
            for _ in range(chance.randint(1, 12))
        ]
        tasks = [asyncio.create_task(here.stay(directly(7)))]
        await asyncio.sleep(0.5)
        tasks += [asyncio.create_task(here.stay(one)) for one in waiting]
        await asyncio.sleep(0.1)
        told = {id(one): here.places.before(one) for one in waiting}
        assert sorted(told.values()) == list(range(len(waiting)))
        late = spot(4)
        assert here.places.before(late) == len({one.server for one in waiting})
        for _ in waiting:
            await asyncio.sleep(1)
            for one in waiting:
                told[id(one)] -= 1
                if not one.has_place:
                    assert here.places.before(one) == told[id(one)]
        await asyncio.gather(*tasks)

    run(scenario())


@in_virtual_time
async def test_with_places_left_nobody_is_before_one() -> None:
    here = house(2)
    async with here.places.held(spot(1)):
        assert here.places.before(spot(1, 2)) == 0


@in_virtual_time
async def test_where_a_server_allows_itself_no_more_only_its_own_are_before_one() -> None:
    here = house(3, s1=1)
    async with asyncio.TaskGroup() as people:
        for server in (1, 1, 1, 2, 2, 2):
            people.create_task(here.stay(spot(server, by=BOB, shared=False)))
        await asyncio.sleep(0.5)
        assert here.places.before(spot(1)) == 1
        assert here.places.before(spot(1, by=BOB, shared=False)) == 2


# --- nothing is leaked ----------------------------------------------------------------------------


@in_virtual_time
async def test_one_that_was_left_waits_no_more_and_keeps_nobody_waiting() -> None:
    here = house(1)
    async with here.places.held(spot(1)):
        leaving, staying = spot(1, 2), spot(1, 3)
        left = asyncio.create_task(hold(here.places, leaving))
        stays = asyncio.create_task(hold(here.places, staying))
        await asyncio.sleep(0.1)
        assert here.places.before(staying) == 1
        here.places.leave(leaving)
        assert await left is False
        assert here.places.before(staying) == 0
    assert await stays is True
    assert here.is_empty()


@in_virtual_time
async def test_a_place_that_becomes_free_as_one_leaves_is_the_next_ones() -> None:
    here = house(1)
    holding = asyncio.create_task(here.stay(spot(1)))
    await asyncio.sleep(0.1)
    leaving = spot(1, 2)
    left = asyncio.create_task(hold(here.places, leaving))
    next_one = asyncio.create_task(hold(here.places, spot(1, 3)))
    await asyncio.sleep(0.1)
    holding.cancel()  # its place is given back before the one that leaves knows of it
    here.places.leave(leaving)
    assert await left is False
    assert await next_one is True
    await asyncio.wait({holding})
    assert holding.cancelled()
    assert here.is_empty()


@in_virtual_time
async def test_one_that_is_left_before_it_stands_there_never_does() -> None:
    here = house(1)
    leaving = spot(1)
    here.places.leave(leaving)
    assert await hold(here.places, leaving) is False
    assert here.is_empty()


@in_virtual_time
async def test_a_place_given_in_the_very_step_of_a_cancellation_is_given_back() -> None:
    here = house(1)
    holding = asyncio.create_task(here.stay(spot(1)))
    await asyncio.sleep(0.5)
    waiting = [asyncio.create_task(here.stay(spot(1, n))) for n in (2, 3)]
    await asyncio.sleep(0.1)
    holding.cancel()
    while here.throttle.running == 1 and waiting[0].cancelling() == 0:
        await asyncio.sleep(0)
        if here.places._servers[1].waiting == 1:
            waiting[0].cancel()
    await asyncio.wait(waiting)
    assert waiting[0].cancelled()
    assert here.order[1:] == [spot(1, 3).key]
    assert here.is_empty()


@settings(deadline=None)
@given(chance=st.randoms())
def test_whatever_happens_no_place_is_leaked_and_none_too_many_are_given(
    chance: random.Random,
) -> None:
    run(turmoil(chance))


async def turmoil(chance: random.Random) -> None:
    """People come, leave, give up and are answered while the capacity changes."""
    here = house(chance.randint(1, 4), s1=chance.randint(1, 3))
    people: list[tuple[Spot, asyncio.Task[None]]] = []
    for _ in range(60):
        match chance.randrange(6):
            case 0:
                here.throttle.refused()
            case 1:
                here.throttle.eased()
            case 2 if people:
                chance.choice(people)[1].cancel()
            case 3 if people:
                here.places.leave(chance.choice(people)[0])
            case _:
                private = chance.random() < 0.3
                mine = spot(chance.randint(1, 3), chance.randint(1, 3), shared=not private)
                task = asyncio.create_task(here.stay(mine, chance.choice([0, 0.1, 1, 3])))
                people.append((mine, task))
        await asyncio.sleep(chance.choice([0, 0, 0, 0.05, ONE_OVERLOAD]))
        given = sum(one.has_place and not task.done() for one, task in people)
        assert here.throttle.running <= given
        assert here.most_running[1] <= here.most[1]
    async with asyncio.timeout(1000):
        await asyncio.gather(*(task for _, task in people), return_exceptions=True)
    assert here.is_empty()


def test_the_same_person_elsewhere_and_the_same_channel_in_private_are_others() -> None:
    here: Turn = turn(at=Place(GuildId(1), ChannelId(5)))
    assert Spot.of(here).key == (1, 5)
    assert spot(1, shared=False).key == (1, ADA.id)
    assert spot(2, shared=False).key == (2, ADA.id)
    assert directly(5).key == (5, 5)
