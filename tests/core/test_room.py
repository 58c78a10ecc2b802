"""How many may wait."""

from __future__ import annotations

from contextlib import AsyncExitStack, ExitStack

import pytest

from bot.core.conversation import Place, Turn
from bot.core.errors import LineFull
from bot.core.places import Places, Spot
from bot.core.room import IN_CONVERSATION, IN_SERVER, Room
from bot.core.throttle import Throttle
from tests.core.samples import place, turn
from tests.virtual_time import in_virtual_time


def room_with(places: int) -> Room:
    return Room(Places(Throttle(places)))


def taken(room: Room, *turns: Turn) -> None:
    """Let these wait for good, each of them having found room."""
    for one in turns:
        with room.kept(one):
            pass
        room.enter(Spot.of(one), one)


def test_private_questions_wait_for_nothing_while_there_are_places() -> None:
    room = room_with(2 * IN_CONVERSATION)
    taken(room, *(turn(shared=False) for _ in range(3 * IN_CONVERSATION)))
    with pytest.raises(LineFull):
        taken(room, turn(shared=False))


def test_what_is_gathered_takes_the_room_of_one() -> None:
    room = room_with(1)
    with room.answering(Spot.of(turn()), turn()):
        taken(room, *(turn(gathers=True) for _ in range(10)))
        taken(room, *(turn() for _ in range(IN_CONVERSATION - 1)))
        taken(room, turn(gathers=True))
        with pytest.raises(LineFull):
            taken(room, turn())


@in_virtual_time
async def test_places_that_a_server_does_not_allow_itself_are_none() -> None:
    async def one(_: Place) -> int:
        return 1

    places = Places(Throttle(500), one)
    room = Room(places)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(places.held(Spot.of(turn())))
        stack.enter_context(room.answering(Spot.of(turn()), turn()))
        taken(room, *(turn(at=place(channel + 2)) for channel in range(IN_SERVER)))
        with pytest.raises(LineFull):
            taken(room, turn(at=place(999)))


def test_room_that_was_kept_is_there_again_for_others() -> None:
    room = room_with(1)
    with ExitStack() as stack:
        for _ in range(1 + IN_CONVERSATION):
            stack.enter_context(room.kept(turn()))
        with pytest.raises(LineFull):
            taken(room, turn())
    assert room.empty
    taken(room, turn())
