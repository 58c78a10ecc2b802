"""Many questions at once, in virtual time: in line, side by side, gathered."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.core.conversation import Presser
from bot.core.ports.weryai import Finish
from bot.core.replies import Controls, ReplyState
from tests.core.fake_model import Step
from tests.core.samples import ADA, BOB, place, turn
from tests.core.world import ANSWER, SHOWN, THREAD, World
from tests.virtual_time import in_virtual_time

LONG: list[Step] = [0.5, "Because", 10.0, " so.", Finish("stop")]


@in_virtual_time
async def test_a_conversation_is_answered_one_question_at_a_time_in_their_order() -> None:
    world = World(ANSWER)
    for text in "abc":
        world.ask(text)
    await world.everybody()
    assert world.model.most == 1
    assert world.prompts[-1] == ["a", "Because so.", "b", "Because so.", "c"]


@in_virtual_time
async def test_twenty_conversations_are_answered_at_once() -> None:
    world = World(ANSWER)
    for channel in range(20):
        world.ask(str(channel), at=place(channel + 1))
    await world.everybody()
    assert world.model.most == 20
    assert {asked.surface.text for asked in world.asked} == {SHOWN}
    assert world.discord.refused == 0


@in_virtual_time
async def test_no_more_are_answered_at_once_than_the_operator_allows() -> None:
    world = World(ANSWER, places=3)
    for channel in range(10):
        world.ask(at=place(channel + 1), shared=channel % 2 == 0)
    await asyncio.sleep(0.3)
    assert (world.service.running(), world.model.streaming) == (3, 3)
    await world.everybody()
    assert world.model.most == 3
    assert {world.state(asked) for asked in world.asked} == {ReplyState.COMPLETE}
    assert world.service.running() == world.service.waiting() == 0


@in_virtual_time
async def test_what_is_said_in_a_thread_meanwhile_is_answered_once_and_together() -> None:
    world = World(ANSWER)
    world.ask("a", at=THREAD, gathers=True)
    await asyncio.sleep(0.2)
    more = []
    for text, by in [("b", ADA), ("c", BOB)]:
        more.append(world.ask(text, at=THREAD, by=by, gathers=True))
        await asyncio.sleep(0.3)
    assert world.service.waiting() == 2
    await world.everybody()
    assert len(world.model.requests) == 2
    assert world.memory.said(2) == ["a", "Because so.", "b", "c", "Because so."]
    assert [row.state for row in world.memory.rows.values()] == ["complete", "gathered", "complete"]
    assert (more[0].surface.tries, more[1].surface.text) == ([], SHOWN)
    assert world.meter.first_texts[1] == pytest.approx(1.4, abs=0.1), "as the first waited"


@in_virtual_time
async def test_everybody_whose_words_were_gathered_may_press_the_buttons() -> None:
    world = World(ANSWER)
    world.ask("a", at=THREAD, gathers=True)
    world.ask("b", at=THREAD, by=BOB, gathers=True)
    last = world.ask("c", at=THREAD, gathers=True)
    await world.everybody()
    await world.press("Regenerate", last, by=Presser(BOB.id, moderator=False))
    assert len(world.model.requests) == 3


@in_virtual_time
async def test_a_command_in_a_thread_is_answered_by_itself() -> None:
    world = World(ANSWER)
    world.ask("a", at=THREAD, gathers=True)
    await asyncio.sleep(0.2)
    for text, gathers in [("b", True), ("/ask", False), ("c", True)]:
        world.ask(text, at=THREAD, gathers=gathers)
    await world.everybody()
    assert [prompt[-1] for prompt in world.prompts] == ["a", "c", "/ask"]
    assert world.memory.said(2)[2:] == ["b", "c", "Because so.", "/ask", "Because so."]


@in_virtual_time
async def test_waiting_for_a_place_messages_of_a_thread_are_still_gathered() -> None:
    world = World(LONG, ANSWER, places=1)
    world.ask(at=place(7))
    await asyncio.sleep(0.1)
    for text in "ab":
        world.ask(text, at=THREAD, gathers=True)
        await asyncio.sleep(1)
    await world.everybody()
    assert world.prompts[1:] == [["a", "b"]]


@in_virtual_time
async def test_the_answer_before_loses_its_buttons() -> None:
    world = World(ANSWER)
    first, second, third = (world.ask(text) for text in "abc")
    await world.everybody()
    assert first.surface.buttons is second.surface.buttons is Controls.NONE
    assert third.surface.buttons is Controls.ENDED
    assert first.surface.text == SHOWN
    journal = world.memory.journal
    assert journal.index(f"begin {third.turn.event_id}") < journal.index("retire"), "nobody waits"


@in_virtual_time
async def test_a_question_of_several_people_keeps_who_said_what() -> None:
    world = World(ANSWER)
    question = turn("a")
    both = replace(question, said=(*question.said, *turn("b", by=BOB).said))
    await world.send(both).task
    assert world.prompts[0][-2:] == ["Ada: a", "Bob: b"]
