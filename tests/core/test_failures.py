"""What becomes of an answer when something fails, in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.errors import (
    BotError,
    InvalidInput,
    ModelUnavailable,
    ReplyDelayed,
    ReplyGone,
    StorageError,
)
from bot.core.replies import Controls, ReplyState
from tests.core.samples import FLASH, place
from tests.core.world import ANSWER, ENDLESS, MODERATOR, SHOWN, THREAD, World
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_a_bug_in_the_model_adapter_is_a_failure_one_can_see() -> None:
    world = World([ZeroDivisionError()], ANSWER)
    asked = world.ask()
    assert await asked.answered() == f"⚠ {BotError.text}\n-# {FLASH.name}"
    assert asked.surface.buttons is Controls.ENDED
    assert world.state(asked) is ReplyState.FAILED
    assert world.memory.said(1) == ["Why?"], "the question is kept"
    assert await world.ask().answered() == SHOWN


@in_virtual_time
async def test_a_broken_stream_keeps_its_text_and_can_go_on() -> None:
    world = World(["Because", ModelUnavailable()])
    asked = world.ask()
    assert (await asked.answered()).startswith(f"Because\n-# ⚠ {ModelUnavailable.text}\n-# Press")
    assert asked.surface.buttons is Controls.RESUMABLE
    assert world.memory.said(1) == ["Why?", "Because"]


@pytest.mark.parametrize("method", ["checkpoint", "finish", "shown", "previous"])
@in_virtual_time
async def test_a_database_that_fails_meanwhile_does_not_keep_the_answer_from_being_shown(
    method: str,
) -> None:
    world = World(ANSWER)
    world.memory.failing = {method}
    assert await world.ask().answered() == SHOWN


@in_virtual_time
async def test_everybody_gathered_into_a_turn_that_cannot_begin_is_told() -> None:
    world = World(ANSWER)
    first = world.ask("a", at=THREAD, gathers=True)
    await asyncio.sleep(0.2)
    waiting = [world.ask(text, at=THREAD, gathers=True) for text in "bc"]
    world.memory.failing = {"begin"}
    await first.answered()
    for asked in waiting:
        with pytest.raises(StorageError):
            await asked.task


@in_virtual_time
async def test_a_database_that_fails_before_the_answer_is_said_so() -> None:
    world = World(ANSWER)
    world.memory.failing = {"recent"}
    assert (await world.ask().answered()).startswith(f"⚠ {StorageError.text}")


@pytest.mark.parametrize("method", ["accept", "begin"])
@in_virtual_time
async def test_a_question_that_cannot_be_stored_is_the_callers_to_tell(method: str) -> None:
    world = World(ANSWER, places=1)
    world.memory.failing = {method}
    asked = world.ask()
    with pytest.raises(StorageError):
        await asked.task
    assert (asked.surface.tries, world.model.requests) == ([], [])
    assert world.service.running() == world.service.waiting() == 0
    world.memory.failing.clear()
    assert await world.ask().answered() == SHOWN


@in_virtual_time
async def test_an_answer_whose_place_is_gone_is_remembered_all_the_same() -> None:
    world = World(ANSWER)
    asked = world.ask()
    asked.surface.troubles = [ReplyGone("no permission")]
    with pytest.raises(ReplyGone):
        await asked.task
    assert world.memory.said(1) == ["Why?", "Because so."]
    assert not world.memory.not_shown


@in_virtual_time
async def test_no_ending_of_a_reply_takes_its_place_along() -> None:
    world = World(
        [ZeroDivisionError()],
        ["a", ModelUnavailable()],
        ["b"],
        ["c"],
        ENDLESS,
        ENDLESS,
        ANSWER,
        places=1,
    )
    for _ in range(2):
        await world.ask().task
    gone = world.ask()
    gone.surface.troubles = [ReplyGone("archived")]
    with pytest.raises(ReplyGone):
        await gone.task
    given_up = world.ask()
    given_up.surface.troubles = [ReplyDelayed("502")] * 8
    await given_up.task
    stopped = world.ask()
    await asyncio.sleep(1)
    await world.service.stop(stopped.reply, MODERATOR)
    await stopped.task
    cancelled = world.ask(shared=False)
    await asyncio.sleep(1)
    cancelled.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled.task
    with pytest.raises(InvalidInput):
        await world.press("Regenerate", gone)
    assert await world.ask().answered() == SHOWN
    assert await world.ask(at=place(2)).answered() == SHOWN


@in_virtual_time
async def test_the_seconds_it_took_are_told_once_however_slow_discord_is() -> None:
    world = World(ANSWER, defaults={"footer": "details"})
    world.discord.latency = 2.0
    asked = world.ask()
    shown = await asked.answered()
    assert shown.startswith(f"Because so.\n-# {FLASH.name} · ≈ ")
    ended = [sent for sent in asked.surface.sent if " s" in sent.frame.content.split("·")[-1]]
    assert len(ended) == 1
