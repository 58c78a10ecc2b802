"""Stop, and deletions and edits in Discord, in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.conversation import MessageId, Presser, UserId
from bot.core.errors import InvalidInput, NotAllowed, ReplyGone
from bot.core.ports.weryai import Finish
from bot.core.replies import Controls, ReplyState
from tests.core.samples import ADA, FLASH, turn
from tests.core.world import ANSWER, ENDLESS, MODERATOR, SHOWN, World
from tests.virtual_time import in_virtual_time

STRANGER = Presser(UserId(99), moderator=False)


@pytest.mark.parametrize("by", [Presser(ADA.id, moderator=False), MODERATOR])
@in_virtual_time
async def test_asker_and_moderators_stop_an_answer_at_once(by: Presser) -> None:
    world = World(ENDLESS)
    asked = world.ask()
    await asyncio.sleep(3)
    await world.service.stop(asked.reply, by)
    assert await asked.answered() == f"Because\n-# ⏹ Stopped · {FLASH.name}"
    assert world.model.closed_at == [3.0]
    assert world.memory.said(1) == ["Why?", "Because"]
    assert asked.surface.buttons is Controls.RESUMABLE


@in_virtual_time
async def test_nobody_else_stops_an_answer() -> None:
    world = World(ANSWER)
    asked = world.ask()
    await asyncio.sleep(0.7)
    with pytest.raises(NotAllowed):
        await world.service.stop(asked.reply, STRANGER)
    assert await asked.answered() == SHOWN


@in_virtual_time
async def test_to_stop_what_cannot_be_shown_any_more_ends_it_and_is_answered() -> None:
    world = World(ENDLESS)
    asked = world.ask()
    asked.surface.troubles = [ReplyGone("the token has expired")]
    await asyncio.sleep(3)
    with pytest.raises(InvalidInput, match="already ended"):
        await world.service.stop(asked.reply, MODERATOR)
    with pytest.raises(ReplyGone):
        await asked.task
    assert world.model.streaming == 0


@in_virtual_time
async def test_what_has_ended_cannot_be_stopped() -> None:
    world = World(ANSWER)
    asked = world.ask()
    await asked.task
    with pytest.raises(InvalidInput, match="already ended"):
        await world.service.stop(asked.reply, MODERATOR)


@in_virtual_time
async def test_a_stop_while_the_question_is_being_stored_is_a_stop() -> None:
    world = World(ANSWER)
    asked = world.ask()
    await asyncio.sleep(0.003)
    assert world.memory.journal == [f"accept {asked.turn.event_id}"], "it is about to begin"
    await world.service.stop(asked.reply, MODERATOR)
    assert await asked.answered() == "-# ⏹ Stopped"
    assert world.model.requests == []


@in_virtual_time
async def test_deleting_the_question_stops_its_answer() -> None:
    world = World(ENDLESS)
    asked = world.ask("Why?")
    await asyncio.sleep(3)
    await world.service.deleted([asked.turn.said[0].message_id])
    assert (await asked.answered()).endswith(f"⏹ Stopped · {FLASH.name}")
    assert world.model.streaming == 0
    assert "Why?" not in world.memory.said(1)


@in_virtual_time
async def test_deleting_the_growing_answer_stops_and_forgets_it() -> None:
    world = World(ENDLESS, ANSWER)
    asked = world.ask("Why?")
    await asyncio.sleep(3)
    [message] = asked.surface.address.message_ids
    world.discord.messages.clear()
    await world.service.deleted([message])
    await asked.task
    assert world.model.streaming == 0
    assert world.memory.said(1) == ["Why?"]
    assert world.state(asked) is ReplyState.STOPPED


@in_virtual_time
async def test_an_answer_deleted_in_the_moment_of_its_ending_is_forgotten() -> None:
    world = World(["Because so.", Finish("stop")])
    asked = world.ask("Why?")
    await world.memory.happened("finish")
    await asyncio.sleep(world.discord.latency / 2)  # people see it before the bot knows its id
    await world.service.deleted([MessageId(9001)])
    await asked.task
    assert asked.surface.address.message_ids == (9001,)
    assert world.memory.said(1) == ["Why?"]


@in_virtual_time
async def test_deleting_something_else_stops_nothing() -> None:
    world = World(ANSWER)
    asked = world.ask()
    await asyncio.sleep(0.7)
    await world.service.deleted([turn().said[0].message_id])
    assert await asked.answered() == SHOWN


@in_virtual_time
async def test_a_deleted_question_that_waits_is_never_answered() -> None:
    world = World(ANSWER)
    world.ask("a")
    waiting = world.ask("b")
    await asyncio.sleep(0.2)
    await world.service.deleted([waiting.turn.said[0].message_id])
    await world.everybody()
    assert world.memory.said(1) == ["a", "Because so."]
    assert world.state(waiting) is ReplyState.WITHDRAWN
    assert not world.memory.not_shown
    assert waiting.surface.tries == []


@in_virtual_time
async def test_a_question_deleted_while_it_is_being_stored_is_never_answered() -> None:
    world = World(ANSWER)
    asked = world.ask("a")
    await asyncio.sleep(0)
    assert world.memory.journal == [], "it is being stored"
    await world.service.deleted([asked.turn.said[0].message_id])
    await world.everybody()
    assert world.memory.said(1) == []
    assert world.state(asked) is ReplyState.WITHDRAWN
    assert not world.memory.not_shown
    assert world.model.requests == []


@in_virtual_time
async def test_a_question_edited_while_it_waits_is_answered_as_it_reads_now() -> None:
    world = World(ANSWER)
    world.ask("a")
    waiting = world.ask("b")
    await asyncio.sleep(0.2)
    await world.service.edited(waiting.turn.said[0].message_id, "c")
    await world.everybody()
    assert world.memory.said(1) == ["a", "Because so.", "c", "Because so."]


@in_virtual_time
async def test_a_forgotten_conversation_begins_anew() -> None:
    world = World(ANSWER)
    await world.ask("a").task
    assert await world.service.forget(turn().place.conversation_id) == 2
    await world.ask("b").task
    assert world.prompts[-1] == ["b"]
