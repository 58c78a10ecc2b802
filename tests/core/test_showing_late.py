"""Endings that Discord does not take for too long, in virtual time."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from bot.core.backoff import GIVE_UP_AFTER
from bot.core.errors import ReplyDelayed
from bot.core.ports.weryai import Finish
from bot.core.recovery import LATER, LATEST
from bot.core.replies import Controls, ReplyRecord
from tests.core.fake_discord import FakeSurface
from tests.core.fake_model import Step, words
from tests.core.samples import FLASH
from tests.core.world import ANSWER, SHOWN, World
from tests.virtual_time import in_virtual_time


def now() -> float:
    return asyncio.get_running_loop().time()


@in_virtual_time
async def test_an_ending_that_discord_did_not_take_for_minutes_is_shown_when_it_does() -> None:
    world = World(ANSWER, ANSWER)
    asked = world.ask()
    asked.surface.troubles = [None, *[ReplyDelayed("503")] * 100]
    await asked.task
    assert asked.surface.buttons is Controls.STREAMING
    showing = asyncio.create_task(world.recovery.show_late())
    await asyncio.sleep(LATER + 1)
    late = world.found[asked.reply]
    assert (late.text, late.buttons) == (SHOWN, Controls.ENDED)
    assert late.address.message_ids == asked.surface.address.message_ids
    assert not world.memory.not_shown
    assert len(world.model.requests) == 1
    await asyncio.sleep(LATEST)
    assert world.found[asked.reply] is late
    showing.cancel()


class Unwilling(World):
    """A world whose Discord takes nothing.

    Attributes:
        tried: when it was tried anew.
    """

    def __init__(self, *scripts: list[Step]) -> None:
        super().__init__(*scripts)
        self.tried: list[float] = []

    def of(self, record: ReplyRecord) -> FakeSurface | None:
        surface = super().of(record)
        assert surface is not None
        surface.troubles = [ReplyDelayed("503")] * GIVE_UP_AFTER
        self.tried.append(now())
        return surface


@in_virtual_time
async def test_what_is_still_not_taken_is_tried_less_and_less_often() -> None:
    world = Unwilling(ANSWER)
    asked = world.ask()
    asked.surface.troubles = [ReplyDelayed("503")] * GIVE_UP_AFTER
    await asked.task
    showing = asyncio.create_task(world.recovery.show_late())
    await asyncio.sleep(24 * LATEST)
    waits = [later - earlier for earlier, later in pairwise(world.tried)]
    assert waits[:4] == sorted(waits[:4])
    assert 20 < len(waits) < 32
    showing.cancel()


@in_virtual_time
async def test_an_ending_that_discord_did_not_take_is_left_to_the_next_process() -> None:
    world = World([0.5, *words(1200, pause=0.0)])
    asked = world.ask()
    asked.surface.troubles = [None, None, None, *[ReplyDelayed("503")] * 100]
    await asked.task
    await world.restarted()
    await world.recovery.recover()
    surface = world.found[asked.reply]
    assert list(world.discord.messages) == list(surface.address.message_ids)
    assert (len(surface.messages), surface.buttons) == (3, Controls.ENDED)


@in_virtual_time
async def test_what_is_answered_anew_meanwhile_is_not_shown_late() -> None:
    world = World(ANSWER, [LATER, "Otherwise", Finish("stop")])
    asked = world.ask()
    asked.surface.troubles = [None, *[ReplyDelayed("503")] * 100]
    await asked.task
    pressed = asyncio.create_task(world.press("Regenerate", asked))
    showing = asyncio.create_task(world.recovery.show_late())
    await asyncio.sleep(LATER - 1)
    assert not world.found
    surface = await pressed
    await asyncio.sleep(LATEST)
    assert surface.text == f"Otherwise\n-# {FLASH.name}"
    assert not world.found
    showing.cancel()


@in_virtual_time
async def test_nothing_is_shown_late_by_a_process_that_is_about_to_end() -> None:
    world = World(ANSWER)
    asked = world.ask()
    asked.surface.troubles = [None, *[ReplyDelayed("503")] * 100]
    await asked.task
    showing = asyncio.create_task(world.recovery.show_late())
    await asyncio.sleep(LATER - 1)
    await world.answering.shut_down(grace=0)
    await asyncio.sleep(2)
    showing.cancel()
    assert world.found[asked.reply].sent == []
    assert asked.reply in world.memory.not_shown, "the next process shows it"
