"""Who is before whom on the way to a place, and that none is leaked."""

from __future__ import annotations

import asyncio
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.conversation import ChannelId, GuildId, Person, Place, Turn, UserId
from bot.core.places import Spot
from bot.core.rotation import served_before
from bot.core.throttle import ONE_OVERLOAD
from tests.core.house import directly, hold, house, spot
from tests.core.samples import ADA, BOB, turn
from tests.virtual_time import in_virtual_time, run


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
