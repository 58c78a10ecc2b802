"""Several answers to one question while they come, in virtual time: heard, shown, stored."""

from __future__ import annotations

import asyncio

from bot.core.errors import ModelUnavailable
from bot.core.layout import FILLING_IN
from bot.core.ports.weryai import Delta, Finish
from bot.core.replies import Controls, Paging, ReplyState, Usage, Variant
from tests.core.fake_model import FOREVER
from tests.core.samples import FLASH
from tests.core.two_variants import (
    COMPLETE,
    LENGTH,
    ONE_OF_TWO,
    TWO,
    answered,
    variants,
)
from tests.core.world import ANSWER, MODERATOR, World
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_the_first_is_shown_at_once_and_the_others_are_waited_for() -> None:
    world = World(TWO)
    asked = world.ask(n=2)
    await asyncio.sleep(2)
    assert asked.surface.text == f"One and only.{FILLING_IN}"
    assert asked.surface.buttons is Controls.STREAMING
    assert await asked.answered() == ONE_OF_TWO
    assert asked.surface.messages[-1].paging == Paging(0, 2)
    assert world.model.requests[0].n == 2


@in_virtual_time
async def test_each_variant_is_stored_with_its_own_ending() -> None:
    world = World(TWO)
    asked = await answered(world)
    assert variants(world, asked) == (
        Variant("One and only.", COMPLETE),
        Variant("Zwei und Schluss.", LENGTH),
    )
    assert world.memory.said(1) == ["Why?", "One and only."]
    [ending] = world.memory.endings[asked.reply]
    assert ending.usage == Usage(10, 40), "which counts all of them"


@in_virtual_time
async def test_an_answer_nobody_asked_for_leaves_no_trace() -> None:
    world = World([*TWO, Delta("Three", 2), Finish("stop", 2), Delta("Minus", -1)])
    asked = await answered(world)
    assert len(variants(world, asked)) == 2
    alone = await answered(world, n=1)
    assert variants(world, alone) == ()
    assert alone.surface.messages[-1].paging is None


@in_virtual_time
async def test_one_answer_instead_of_three_is_no_variant_but_told_of() -> None:
    world = World(ANSWER)
    asked = await answered(world, n=3)
    assert asked.surface.text == f"Because so.\n-# only 1 of 3 variants came · {FLASH.name}"
    assert asked.surface.messages[-1].paging is None
    assert variants(world, asked) == ()


@in_virtual_time
async def test_a_variant_without_a_word_is_dropped_and_the_next_takes_its_place() -> None:
    world = World(
        [Finish("content_filter"), Delta("Two", 1), Finish("length", 1), Delta(" ", 2), 0.1]
    )
    asked = await answered(world, n=3)
    assert asked.surface.text.startswith("Two\n")
    assert "only 1 of 3 variants came" in asked.surface.text
    assert world.state(asked) is LENGTH
    assert variants(world, asked) == ()


@in_virtual_time
async def test_stop_keeps_what_is_there_of_each() -> None:
    world = World(["One", Delta("Two", 1), Finish("stop", 1), Delta("Three", 2), FOREVER])
    asked = world.ask(n=3)
    await asyncio.sleep(2)
    await world.service.stop(asked.reply, MODERATOR)
    assert (await asked.answered()).startswith("One\n-# ⏹ Stopped · 1/3")
    assert variants(world, asked) == (
        Variant("One", ReplyState.STOPPED),
        Variant("Two", COMPLETE),
        Variant("Three", ReplyState.STOPPED),
    )


@in_virtual_time
async def test_to_stop_the_others_leaves_the_first_complete() -> None:
    world = World(["One", Finish("stop"), Delta("Two", 1), FOREVER])
    asked = world.ask(n=2)
    await asyncio.sleep(2)
    await world.service.stop(asked.reply, MODERATOR)
    await asked.task
    assert [one.state for one in variants(world, asked)] == [COMPLETE, ReplyState.STOPPED]
    assert world.state(asked) is COMPLETE


@in_virtual_time
async def test_a_broken_stream_interrupts_only_those_that_had_not_ended() -> None:
    world = World(["One", Finish("stop"), Delta("Two", 1), 0.5, ModelUnavailable("broke off")])
    asked = await answered(world)
    assert [one.state for one in variants(world, asked)] == [COMPLETE, ReplyState.INTERRUPTED]


@in_virtual_time
async def test_a_crash_keeps_the_first_and_says_that_others_are_missing() -> None:
    world = World(["One", Delta("Two", 1), FOREVER])
    asked = world.ask(n=2)
    await asyncio.sleep(2)
    await world.killed()
    await world.recovery.recover()
    [surface] = world.found.values()
    assert surface.text.startswith("One\n-# ⚠ Interrupted")
    assert "only 1 of 2 variants came" in surface.text
    assert world.state(asked) is ReplyState.INTERRUPTED
