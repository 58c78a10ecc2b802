"""Questions that wait and are stopped, deleted or edited, in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.conversation import Presser
from bot.core.errors import InvalidInput, NotAllowed
from bot.core.notices import WITHDRAWN
from bot.core.replies import Controls, ReplyState
from tests.core.samples import ADA, BOB, place
from tests.core.waiting import LONG, NEXT, before, until
from tests.core.world import ANSWER, ENDLESS, MODERATOR, SHOWN, World
from tests.virtual_time import in_virtual_time


@pytest.mark.parametrize("by", [Presser(ADA.id, moderator=False), MODERATOR])
@in_virtual_time
async def test_who_asked_and_moderators_stop_a_question_that_waits(by: Presser) -> None:
    world = World(LONG, ANSWER)
    first = world.ask("a")
    stopped, last = world.ask("b"), world.ask("c", by=BOB)
    await until(2)
    await world.service.stop(stopped.reply, by)
    assert (stopped.surface.text, stopped.surface.buttons) == (WITHDRAWN.content, Controls.NONE)
    assert world.state(stopped) is ReplyState.WITHDRAWN
    await until(8)
    assert last.surface.text == before(1)
    await world.everybody()
    assert world.prompts[-1] == ["Ada: a", "Because so.", "Bob: c"] or len(world.prompts) == 2
    assert "b" not in world.memory.said(1)
    assert first.surface.buttons is Controls.NONE, "the newer answer is c's"
    assert last.surface.buttons is Controls.ENDED
    assert not world.memory.not_shown
    with pytest.raises(InvalidInput):
        await world.service.stop(stopped.reply, by)


@in_virtual_time
async def test_nobody_else_stops_a_question_that_waits() -> None:
    world = World(LONG)
    world.ask("a")
    waiting = world.ask("b")
    await until(2)
    with pytest.raises(NotAllowed):
        await world.service.stop(waiting.reply, Presser(BOB.id, moderator=False))
    assert await waiting.answered() == SHOWN


@in_virtual_time
async def test_a_stopped_question_leaves_the_answer_before_it_its_buttons() -> None:
    world = World(ANSWER, LONG, ANSWER)
    first = world.ask("a")
    await first.task
    pressed = asyncio.create_task(world.press("Regenerate", first))
    await asyncio.sleep(0.1)
    waiting = world.ask("b")
    await asyncio.sleep(2)
    await world.service.stop(waiting.reply, MODERATOR)
    await pressed
    await world.press("Regenerate", first)
    assert first.surface.buttons is Controls.ENDED


@in_virtual_time
async def test_a_question_that_waits_for_a_place_is_stopped_without_one() -> None:
    world = World(ENDLESS, ANSWER, places=1)
    world.ask(at=place(1))
    waiting, behind = world.ask(at=place(2)), world.ask(at=place(2))
    await until(2)
    await world.service.stop(waiting.reply, MODERATOR)
    await waiting.task
    await until(4)
    assert behind.surface.text == NEXT
    await world.service.stop(world.asked[0].reply, MODERATOR)
    assert await behind.answered() == SHOWN


@pytest.mark.parametrize("places", [1, 5])
@in_virtual_time
async def test_a_deleted_question_takes_its_notice_along(places: int) -> None:
    world = World(LONG, places=places)
    world.ask(at=place(1 if places > 1 else 2))
    waiting = world.ask()
    await until(3)
    [notice] = waiting.surface.address.message_ids
    await world.service.deleted([waiting.turn.said[0].message_id])
    assert notice not in world.discord.messages
    await world.everybody()
    assert world.state(waiting) is ReplyState.WITHDRAWN
    assert len(world.model.requests) == 1


@pytest.mark.parametrize("button", ["Regenerate", "Continue"])
@in_virtual_time
async def test_no_press_holds_on_to_a_question_that_waits(button: str) -> None:
    """As where an answer's old buttons are still there while it is taken up after a crash."""
    world = World(LONG)
    world.ask()
    waiting = world.ask("b")
    await until(3)
    with pytest.raises(InvalidInput, match="already on it"):
        await world.press(button, waiting)
    await world.service.deleted([waiting.turn.said[0].message_id])
    await world.everybody()
    assert world.state(waiting) is ReplyState.WITHDRAWN
    assert len(world.model.requests) == 1


@in_virtual_time
async def test_a_deleted_notice_takes_its_question_along() -> None:
    world = World(LONG)
    world.ask()
    waiting = world.ask("b")
    await until(3)
    [notice] = waiting.surface.address.message_ids
    del world.discord.messages[notice]
    await world.service.deleted([notice])
    await world.everybody()
    assert world.state(waiting) is ReplyState.WITHDRAWN
    assert len(world.model.requests) == 1
    assert len(world.discord.messages) == 1


@in_virtual_time
async def test_an_edited_question_keeps_its_notice_and_is_answered_as_it_reads_now() -> None:
    world = World(LONG)
    world.ask("a")
    waiting = world.ask("b")
    await until(3)
    await world.service.edited(waiting.turn.said[0].message_id, "B")
    assert await waiting.answered() == SHOWN
    assert world.prompts[-1][-1] == "B"
