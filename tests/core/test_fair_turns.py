"""Nobody holds up anybody else for long, from question to answer, in virtual time."""

from __future__ import annotations

import asyncio

from bot.core.conversation import ChannelId, GuildId, Place
from bot.core.options import Change, Scope
from bot.core.ports.weryai import Finish
from bot.core.room import IN_CONVERSATION, IN_SERVER
from tests.core.samples import ADA, SERVER, place
from tests.core.waiting import NEXT, before, until
from tests.core.world import SHOWN, World
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_a_channel_with_many_questions_delays_another_channel_by_one_answer_at_most() -> None:
    world = World([1.0, "Because so.", Finish("stop")], places=1)
    for _ in range(IN_CONVERSATION):
        world.ask(at=place(1))
    await asyncio.sleep(0.5)
    other = world.ask(at=place(2))
    await other.task
    assert len(world.model.requests) == 2


@in_virtual_time
async def test_a_server_with_many_questions_delays_another_server_by_one_answer_at_most() -> None:
    world = World([1.0, "Because so.", Finish("stop")], places=1)
    for channel in range(IN_SERVER):
        world.ask(at=place(channel + 1))
    await asyncio.sleep(0.5)
    await world.ask(at=Place(GuildId(2), ChannelId(5))).task
    assert len(world.model.requests) == 2


@in_virtual_time
async def test_a_server_is_given_no_more_answers_at_once_than_it_allows_itself() -> None:
    world = World([3.0, "Because so.", Finish("stop")])
    rules = {"server": {"answers_at_once": 2}}
    await world.options.change(SERVER, [Change(Scope.SERVER, SERVER, "limits", rules)], by=ADA.id)
    for channel in range(5):
        world.ask(at=place(channel + 1))
        await asyncio.sleep(0.01)
    elsewhere = world.ask(at=Place(GuildId(2), ChannelId(5)))
    await until(2)
    assert world.service.running() == 3
    assert world.asked[2].surface.text == NEXT
    assert world.asked[4].surface.text == before(2)
    await world.everybody()
    assert elsewhere.surface.text == SHOWN


@in_virtual_time
async def test_what_weryai_refuses_slows_all_and_fails_nobody() -> None:
    world = World([1.0, "Because so.", Finish("stop")], places=10)
    asked = [world.ask(at=place(channel + 1)) for channel in range(30)]
    await asyncio.sleep(0.5)
    world.throttle.refused()
    await asyncio.sleep(1.1)
    assert world.service.running() == 7
    await world.everybody()
    assert {one.surface.text for one in asked} == {SHOWN}
