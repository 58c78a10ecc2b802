"""Questions that wait, as those who ask them see it, in virtual time."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from bot.core.errors import ReplyDelayed
from bot.core.layout import THINKING
from bot.core.notices import GLANCE, UNNOTICED
from bot.core.ports.weryai import Finish
from bot.core.replies import Controls
from bot.core.streaming import PATIENCE
from tests.core.fake_discord import FakeSurface
from tests.core.fake_model import Step
from tests.core.samples import place
from tests.core.waiting import LONG, NEXT, before, read, until
from tests.core.world import SHOWN, THREAD, World
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_who_waits_reads_how_many_are_before_them_as_the_line_goes_on() -> None:
    world = World(LONG)
    _, second, third = (world.ask(text) for text in "abc")
    await until(UNNOTICED + 0.5)
    assert (second.surface.text, third.surface.text) == (before(1), before(2))
    assert second.surface.buttons is third.surface.buttons is Controls.STREAMING
    await until(18)
    assert third.surface.text == before(1)
    await world.everybody()
    assert read(second)[-1] == read(third)[-1] == SHOWN
    assert read(third)[:2] == [before(2), before(1)]
    assert world.discord.refused == 0


@in_virtual_time
async def test_the_answer_grows_in_the_message_of_the_notice() -> None:
    world = World(LONG, ["Because", 3.0, " so.", Finish("stop")])
    _, second = world.ask("a"), world.ask("b")
    await world.everybody()
    assert read(second) == [before(1), "Because", SHOWN]
    assert len(second.surface.address.message_ids) == 1
    assert len(world.discord.messages) == 2


@in_virtual_time
async def test_a_short_wait_shows_nothing() -> None:
    world = World([0.2, "Because so.", Finish("stop")])
    for text in "abc":
        world.ask(text)
    await world.everybody()
    assert [read(asked) for asked in world.asked] == [[SHOWN]] * 3


@in_virtual_time
async def test_who_waits_for_a_place_alone_is_next() -> None:
    world = World(LONG, places=1)
    world.ask(at=place(1))
    waiting = world.ask(at=place(2))
    await until(2)
    assert waiting.surface.text == NEXT
    late = world.ask(at=place(3))
    behind = world.ask(at=place(3))
    await until(4)
    assert (late.surface.text, behind.surface.text) == (before(1), before(2))
    await world.everybody()


@in_virtual_time
async def test_a_private_question_that_waits_for_a_place_reads_so_too() -> None:
    world = World(LONG, places=1)
    world.ask()
    secret, another = (world.ask("Secret", shared=False) for _ in range(2))
    await until(2)
    assert (secret.surface.text, another.surface.text) == (NEXT, before(1))
    await world.everybody()
    assert secret.surface.text == another.surface.text == SHOWN


@in_virtual_time
async def test_what_will_be_gathered_shows_nothing_and_counts_once() -> None:
    world = World(LONG)
    world.ask("a", at=THREAD, gathers=True)
    await asyncio.sleep(0.1)
    gathered = [world.ask(text, at=THREAD, gathers=True) for text in "bcd"]
    last = world.ask("/ask", at=THREAD)
    await until(5)
    assert [read(asked) for asked in gathered] == [[], [], []]
    assert last.surface.text == before(2)
    await world.everybody()


@in_virtual_time
async def test_a_model_that_takes_its_time_is_no_longer_waited_for_in_line() -> None:
    world = World(LONG, [5.0, "Because so.", Finish("stop")])
    world.ask("a")
    waiting = world.ask("b")
    await world.everybody()
    assert read(waiting) == [before(1), THINKING.content, SHOWN]


@in_virtual_time
async def test_an_answer_that_did_not_wait_shows_nothing_before_its_text() -> None:
    world = World([PATIENCE + 5, "Because so.", Finish("stop")])
    assert await world.ask().answered() == SHOWN
    assert read(world.asked[0]) == [SHOWN]


@in_virtual_time
async def test_a_notice_on_its_way_arrives_before_the_text_while_the_model_is_asked() -> None:
    world = World([0.6, "Because so.", Finish("stop")], ["Because", 2.0, " so.", Finish("stop")])
    world.discord.latency = 0.4
    world.ask("a")
    second = world.ask("b")
    await world.everybody()
    assert read(second) == [before(1), "Because", SHOWN]
    begun_at = world.model.closed_at[1] - 2.0
    assert begun_at < second.surface.sent[0].asked_at + world.discord.latency
    assert second.surface.sent[1].asked_at == pytest.approx(
        second.surface.sent[0].asked_at + world.discord.latency, abs=0.02
    )


@in_virtual_time
async def test_a_notice_that_fails_as_the_turn_comes_is_not_tried_again() -> None:
    world = World([0.6, "Because so.", Finish("stop")], ["Because", 2.0, " so.", Finish("stop")])
    world.discord.latency = 0.4
    world.ask("a")
    second = world.ask("b")
    second.surface.troubles = [ReplyDelayed("502", retry_after=60.0)]
    await world.everybody()
    assert read(second) == ["Because", SHOWN]
    assert second.surface.tries[1] == pytest.approx(UNNOTICED + world.discord.latency, abs=0.02)


@in_virtual_time
async def test_who_waits_moves_up_as_soon_as_more_may_be_answered() -> None:
    longest: list[Step] = [30.0, "Because so.", Finish("stop")]
    world = World([5.0, *longest[1:]], longest, places=4)
    for channel in range(7):
        world.ask(at=place(channel + 1))
        await asyncio.sleep(0.01)
    await until(1.0)
    world.throttle.refused()
    await until(7)
    assert world.asked[-1].surface.text == before(2)
    for _ in range(2 + 3):
        world.throttle.eased()
    await until(14)
    assert world.asked[-1].surface.text == before(1)
    await world.everybody()


@in_virtual_time
async def test_a_notice_follows_a_quick_line_no_closer_than_a_second() -> None:
    world = World([0.3, "Because so.", Finish("stop")])
    for _ in range(15):
        world.ask(surface=FakeSurface(world.discord, str(len(world.asked)), metered=False))
        await asyncio.sleep(0.01)
    last = world.ask(surface=FakeSurface(world.discord, "last", metered=False))
    await world.everybody()
    times = [sent.asked_at for sent in last.surface.sent[:-1]]
    assert len(times) > 3
    assert min(later - earlier for earlier, later in pairwise(times)) >= GLANCE
