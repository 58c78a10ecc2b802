"""How many questions may wait, and who is told that no more may, in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.conversation import ChannelId, GuildId, Place
from bot.core.errors import LineFull
from bot.core.replies import ReplyState
from bot.core.room import IN_CONVERSATION, IN_SERVER
from tests.core.samples import place
from tests.core.waiting import LONG, until
from tests.core.world import ANSWER, SHOWN, THREAD, World
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_a_conversation_takes_no_more_questions_than_can_be_waited_for() -> None:
    world = World(LONG, ANSWER)
    for _ in range(1 + IN_CONVERSATION):
        world.ask()
        await asyncio.sleep(0.01)
    stored = len(world.memory.rows)
    with pytest.raises(LineFull, match="20 wait here") as refused:
        await world.ask().task
    assert (
        refused.value.text == "20 questions are waiting here already. Please ask again in a minute."
    )
    assert len(world.memory.rows) == stored
    assert world.asked[-1].surface.tries == []
    elsewhere = world.ask(at=place(2))
    await elsewhere.task
    await world.asked[0].task
    assert await world.ask().answered() == SHOWN, "there is room again"
    world.asked.remove(next(one for one in world.asked if one.task.done() and one.task.exception()))
    await world.everybody()


@in_virtual_time
async def test_however_many_come_in_one_moment_no_more_are_taken() -> None:
    world = World(ANSWER)
    for _ in range(50):
        world.ask()
    results = await asyncio.gather(*(asked.task for asked in world.asked), return_exceptions=True)
    assert sum(isinstance(result, LineFull) for result in results) == 50 - 1 - IN_CONVERSATION


@in_virtual_time
async def test_a_server_takes_no_more_questions_than_can_be_waited_for() -> None:
    world = World(LONG, places=1)
    for channel in range(IN_SERVER + 1):
        world.ask(at=place(channel + 1), shared=channel > IN_CONVERSATION)
        await asyncio.sleep(0.01)
    with pytest.raises(LineFull, match="100 wait in this server"):
        await world.ask(at=place(999)).task
    other = world.ask(at=Place(GuildId(2), ChannelId(5)))
    await until(3)
    assert other.surface.text.startswith("-# ⏳")
    for asked in world.asked:
        asked.task.cancel()
    await asyncio.gather(*(asked.task for asked in world.asked), return_exceptions=True)
    assert world.service._answering.lines.room.empty


@in_virtual_time
async def test_while_there_are_places_a_server_may_ask_as_much_at_once_as_it_likes() -> None:
    world = World(ANSWER)
    for channel in range(3 * IN_SERVER):
        world.ask(at=place(channel + 1))
    await world.everybody()
    assert len(world.model.requests) == 3 * IN_SERVER


@in_virtual_time
async def test_of_what_comes_at_once_no_more_are_taken_than_find_a_place_or_may_wait() -> None:
    world = World(ANSWER, places=30)
    for channel in range(3 * IN_SERVER):
        world.ask(at=place(channel + 1))
    results = await asyncio.gather(*(asked.task for asked in world.asked), return_exceptions=True)
    assert sum(isinstance(result, LineFull) for result in results) == 3 * IN_SERVER - 30 - IN_SERVER


@in_virtual_time
async def test_while_there_are_places_a_server_still_has_only_so_many_who_wait_in_line() -> None:
    world = World(ANSWER)
    for number in range(2 * IN_SERVER):
        world.ask(at=place(number % 10 + 1))
        await asyncio.sleep(0.001)
    results = await asyncio.gather(*(asked.task for asked in world.asked), return_exceptions=True)
    assert sum(isinstance(result, LineFull) for result in results) == 2 * IN_SERVER - 10 - IN_SERVER


@in_virtual_time
async def test_a_thread_in_which_much_is_said_counts_as_one_question() -> None:
    world = World(LONG, ANSWER)
    world.ask("a", at=THREAD, gathers=True)
    await asyncio.sleep(0.1)
    for _ in range(2 * IN_CONVERSATION):
        world.ask("b", at=THREAD, gathers=True)
    await world.everybody()
    assert len(world.model.requests) == 2


@in_virtual_time
async def test_what_joins_the_next_answer_is_taken_even_where_the_line_is_full() -> None:
    world = World(LONG, ANSWER)
    world.ask("a", at=THREAD, gathers=True)
    await asyncio.sleep(0.1)
    for _ in range(IN_CONVERSATION - 1):
        world.ask("/ask", at=THREAD)
    world.ask("b", at=THREAD, gathers=True)
    await asyncio.sleep(0.1)
    joins = world.ask("c", at=THREAD, gathers=True)
    with pytest.raises(LineFull):
        await world.ask("/ask", at=THREAD).task
    await joins.task
    assert world.state(joins) is ReplyState.COMPLETE
    for asked in world.asked:
        asked.task.cancel()
    await asyncio.gather(*(asked.task for asked in world.asked), return_exceptions=True)


@in_virtual_time
async def test_an_event_that_comes_again_is_not_refused_where_the_line_is_full() -> None:
    world = World(LONG)
    for _ in range(1 + IN_CONVERSATION):
        world.ask()
        await asyncio.sleep(0.01)
    again = world.send(world.asked[3].turn)
    await again.task
    assert again.surface.tries == []
    for asked in world.asked:
        asked.task.cancel()
    await asyncio.gather(*(asked.task for asked in world.asked), return_exceptions=True)
