"""Notices to those who wait are courtesies: no answer depends on them, in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.errors import ReplyDelayed, ReplyGone
from bot.core.room import IN_CONVERSATION
from tests.core.fake_model import words
from tests.core.waiting import LONG, before, until
from tests.core.world import ANSWER, SHOWN, World
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_notices_take_no_frames_from_the_answer_that_is_growing() -> None:
    def frames(world: World) -> int:
        return len(world.asked[0].surface.sent)

    alone, crowded = World(words(800)), World(words(800), ANSWER)
    alone.ask()
    await alone.everybody()
    crowded.ask()
    await asyncio.sleep(0.1)
    for _ in range(IN_CONVERSATION):
        crowded.ask()
    await crowded.asked[0].task
    noticed = [asked for asked in crowded.asked[1:] if asked.surface.text]
    assert len(noticed) > IN_CONVERSATION / 2
    assert frames(crowded) >= 0.75 * frames(alone)
    assert crowded.discord.refused == 0
    await crowded.everybody()
    assert crowded.discord.refused == 0


@in_virtual_time
async def test_a_notice_that_discord_does_not_take_is_tried_again() -> None:
    world = World(LONG)
    world.ask("a")
    waiting = world.ask("b")
    waiting.surface.troubles = [ReplyDelayed("502"), None]
    await until(5)
    assert waiting.surface.text == before(1)
    await world.everybody()


@pytest.mark.parametrize("trouble", [ReplyGone("gone"), ZeroDivisionError(), ReplyDelayed("502")])
@in_virtual_time
async def test_a_notice_that_cannot_be_shown_does_not_keep_the_question_from_its_answer(
    trouble: Exception,
) -> None:
    world = World(LONG)
    world.ask("a")
    waiting = world.ask("b")
    waiting.surface.troubles = [trouble] * (8 if isinstance(trouble, ReplyDelayed) else 1)
    assert await waiting.answered() == SHOWN


@in_virtual_time
async def test_a_database_that_fails_meanwhile_does_not_keep_the_notice_from_being_shown() -> None:
    world = World(LONG)
    world.ask("a")
    waiting = world.ask("b")
    world.memory.failing = {"checkpoint"}
    await until(3)
    assert waiting.surface.text == before(1)
    world.memory.failing = set()
    assert await waiting.answered() == SHOWN
