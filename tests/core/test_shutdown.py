"""The end of a process, in virtual time: what it waits for, and what it leaves to the next one."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.answering import LAST_FRAMES
from bot.core.errors import InvalidInput
from bot.core.ports.weryai import Finish
from bot.core.replies import Controls, ReplyState
from tests.core.samples import FLASH, place
from tests.core.world import ANSWER, ENDLESS, SHOWN, THREAD, World
from tests.virtual_time import in_virtual_time

INTERRUPTED = f"Because\n-# ⚠ Interrupted: press Continue to go on · {FLASH.name}"


def now() -> float:
    return asyncio.get_running_loop().time()


@in_virtual_time
async def test_a_shutdown_waits_for_running_answers_and_no_longer() -> None:
    world = World(ANSWER)
    asked = world.ask()
    await asyncio.sleep(0.2)
    await world.answering.shut_down(grace=20)
    assert now() == pytest.approx(1, abs=0.2)
    assert await asked.answered() == SHOWN


@in_virtual_time
async def test_a_shutdown_waits_for_the_last_of_them() -> None:
    world = World(ANSWER, [*ANSWER[:-1], 9.0, Finish("stop")])
    world.ask(at=place(7))
    await asyncio.sleep(0.2)
    longer = world.ask(at=place(8))
    await asyncio.sleep(0.2)
    await world.answering.shut_down(grace=20)
    assert longer.surface.text == SHOWN


@in_virtual_time
async def test_a_shutdown_waits_for_pressed_buttons_and_for_those_that_go_away() -> None:
    world = World(ANSWER)
    first = world.ask()
    await first.task
    pressed = asyncio.create_task(world.press("Regenerate", first))
    await asyncio.sleep(0.2)
    await world.answering.shut_down(grace=20)
    assert first.surface.text == SHOWN
    await pressed
    await world.restarted()
    world.memory.journal.clear()
    second = world.ask()
    await world.memory.happened("previous")
    await world.answering.shut_down(grace=20)
    assert first.surface.buttons is Controls.NONE
    assert second.surface.text == SHOWN


@in_virtual_time
async def test_a_shutdown_with_nothing_to_wait_for_waits_for_nothing() -> None:
    world = World(ANSWER)
    await world.answering.shut_down(grace=20)
    assert now() == 0


@in_virtual_time
async def test_what_takes_longer_is_interrupted_visibly_and_can_go_on() -> None:
    world = World(ENDLESS, ANSWER)
    asked = world.ask()
    await asyncio.sleep(1)
    await world.answering.shut_down(grace=20)
    assert 21 <= now() < 21 + LAST_FRAMES
    assert world.service.running() == 0, "the last frame is waited for"
    assert await asked.answered() == INTERRUPTED
    assert asked.surface.buttons is Controls.RESUMABLE
    assert world.model.closed_at == [21.0]
    assert world.state(asked) is ReplyState.INTERRUPTED
    await world.restarted()
    await world.recovery.recover()
    assert len(world.model.requests) == 1, "it is a person's to decide"
    assert (await world.press("Continue", asked)).text == f"BecauseBecause so.\n-# {FLASH.name}"


@in_virtual_time
async def test_an_answer_about_to_begin_counts_as_running() -> None:
    world = World(ANSWER)
    asked = world.ask()
    await asyncio.sleep(0.003)
    assert world.memory.journal == [f"accept {asked.turn.event_id}"], "it is about to begin"
    await world.answering.shut_down(grace=20)
    assert asked.surface.text == SHOWN


@in_virtual_time
async def test_what_was_accepted_but_not_begun_is_answered_by_the_next_process() -> None:
    world = World(ENDLESS, ANSWER)
    world.ask("a", at=THREAD, gathers=True)
    await asyncio.sleep(1)
    waiting = [world.ask(text, at=THREAD, gathers=True) for text in "bc"]
    down = asyncio.create_task(world.answering.shut_down(grace=5))
    await asyncio.sleep(1)
    late = world.ask("d", at=THREAD, gathers=True)
    elsewhere = world.ask("e", at=place(7))
    await asyncio.gather(down, world.everybody())
    assert len(world.model.requests) == 1
    for asked in (*waiting, late, elsewhere):
        assert world.state(asked) is ReplyState.ACCEPTED
        assert asked.surface.tries == []
    await world.restarted()
    await world.recovery.recover()
    assert world.memory.said(2)[2:] == ["b", "Because so.", "c", "d", "Because so."]
    assert world.memory.said(7) == ["e", "Because so."]
    assert [world.state(asked) for asked in (*waiting, late)] == [
        "complete",
        "gathered",
        "complete",
    ]
    assert world.found[late.reply].text == SHOWN


@in_virtual_time
async def test_no_button_begins_anything_while_shutting_down() -> None:
    world = World(ANSWER, ENDLESS)
    asked = world.ask()
    await asked.task
    world.ask(at=place(7))
    down = asyncio.create_task(world.answering.shut_down(grace=5))
    await asyncio.sleep(1)
    with pytest.raises(InvalidInput, match="about to restart"):
        await world.press("Regenerate", asked)
    assert asked.surface.text == SHOWN
    await down
