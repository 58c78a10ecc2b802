"""Whatever people do, in whatever order, in virtual time."""

from __future__ import annotations

import asyncio
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.conversation import Presser
from bot.core.errors import InvalidInput
from bot.core.ports.weryai import Finish
from tests.core.samples import place, turn
from tests.core.world import World
from tests.virtual_time import run


@settings(max_examples=60, deadline=None)
@given(chance=st.randoms())
def test_whatever_people_do_everybody_is_answered_or_told_and_nothing_is_left(
    chance: random.Random,
) -> None:
    run(turmoil(chance))


async def turmoil(chance: random.Random) -> None:
    """People ask, stop, delete, edit and give up, while answers are given."""
    world = World([0.4, "Because", 1.0, " so.", Finish("stop")], places=2)
    for _ in range(40):
        asked = chance.choice(world.asked) if world.asked else None
        known = asked is not None and asked.surface.bound is not None
        try:
            match chance.randrange(8):
                case 0 if asked and known:
                    asker = Presser(asked.turn.asker.id, moderator=False)
                    await world.service.stop(asked.reply, asker)
                case 1 if asked:
                    await world.service.deleted([asked.turn.said[0].message_id])
                case 2 if asked:
                    await world.service.edited(asked.turn.said[0].message_id, "B")
                case 3 if asked and asked.surface.address.message_ids:
                    [*_, message] = asked.surface.address.message_ids
                    world.discord.messages.pop(message, None)
                    await world.service.deleted([message])
                case 4:
                    world.throttle.refused()
                case _:
                    channel = chance.randint(1, 3)
                    world.send(
                        turn(
                            "a",
                            at=place(channel),
                            shared=chance.random() < 0.7,
                            gathers=channel == 3,
                        )
                    )
        except InvalidInput:
            pass
        await asyncio.sleep(chance.choice([0, 0.001, 0.01, 0.3, 1.1, 2.0]))
    async with asyncio.timeout(1000):
        await asyncio.gather(*(one.task for one in world.asked), return_exceptions=True)
    lines = world.service._answering.lines
    assert {row.state.ended for row in world.memory.rows.values()} <= {True}
    assert not world.memory.not_shown
    assert (lines._lines, world.throttle.running, lines.room.empty) == ({}, 0, True)
    assert world.service._answering.notices._waiting == {}
    waits = [frame for frame in world.discord.messages.values() if "⏳" in frame.content]
    assert waits == []
    assert len(asyncio.all_tasks()) == 1
    assert world.discord.refused == 0
