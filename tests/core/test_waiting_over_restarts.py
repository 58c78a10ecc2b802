"""Questions that wait when the process ends, or when Discord takes nothing, in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.backoff import GIVE_UP_AFTER
from bot.core.errors import ReplyDelayed
from bot.core.notices import WITHDRAWN
from bot.core.recovery import LATER, LATEST
from bot.core.replies import ReplyState
from tests.core.fake_model import FOREVER
from tests.core.waiting import LONG, until
from tests.core.world import ANSWER, ENDLESS, MODERATOR, SHOWN, World
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_a_shutdown_leaves_notices_to_the_next_process_which_goes_on_in_their_messages() -> (
    None
):
    world = World(ENDLESS, ANSWER)
    world.ask("a")
    waiting = [world.ask("b"), world.ask("c", shared=True)]
    await until(3)
    shown = [asked.surface.address.message_ids for asked in waiting]
    await world.answering.shut_down(grace=2)
    await world.everybody()
    assert {world.state(asked) for asked in waiting} == {ReplyState.ACCEPTED}
    await world.restarted()
    await world.recovery.recover()
    found = [world.found[asked.reply] for asked in waiting]
    assert [surface.address.message_ids for surface in found] == shown
    assert {surface.text for surface in found} == {SHOWN}
    assert len(world.discord.messages) == 3


@pytest.mark.parametrize("after", [0.95 + n * 0.013 for n in range(12)])
@in_virtual_time
async def test_killed_while_a_notice_is_being_shown_there_is_one_message_in_the_end(
    after: float,
) -> None:
    world = World([*ANSWER[:2], FOREVER], ANSWER)
    world.ask("a")
    waiting = world.ask("b")
    await until(after)
    await world.killed()
    made = waiting.surface.address.message_ids
    if not world.memory.rows[waiting.reply].address.message_ids:
        for message in made:  # Discord knows the nonce, and gives the same message once more
            del world.discord.messages[message]
    await world.recovery.recover()
    assert world.found[waiting.reply].text == SHOWN
    assert len(world.discord.messages) == 2


@in_virtual_time
async def test_a_question_that_was_stopped_and_could_not_say_so_says_so_after_a_restart() -> None:
    world = World(LONG)
    world.ask("a")
    waiting = world.ask("b")
    await until(3)
    waiting.surface.troubles = [ReplyDelayed("502", retry_after=1000.0)]
    stopping = asyncio.create_task(world.service.stop(waiting.reply, MODERATOR))
    await until(4)
    stopping.cancel()
    await world.killed()
    await world.recovery.recover()
    assert world.found[waiting.reply].text == WITHDRAWN.content
    assert waiting.reply not in world.memory.not_shown


@in_virtual_time
async def test_a_question_that_was_stopped_says_so_when_discord_takes_it_again() -> None:
    world = World(LONG)
    world.ask("a")
    waiting = world.ask("b")
    await until(3)
    waiting.surface.troubles = [ReplyDelayed("503")] * GIVE_UP_AFTER
    await world.service.stop(waiting.reply, MODERATOR)
    assert waiting.surface.text != WITHDRAWN.content
    assert waiting.reply in world.memory.not_shown
    showing = asyncio.create_task(world.recovery.show_late())
    await asyncio.sleep(LATER + 1)
    assert world.found[waiting.reply].text == WITHDRAWN.content
    assert waiting.reply not in world.memory.not_shown
    await asyncio.sleep(LATEST)
    assert len(world.found[waiting.reply].sent) == 1
    showing.cancel()
