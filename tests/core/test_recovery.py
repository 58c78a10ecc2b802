"""What a process takes up that an earlier one left, in virtual time."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

import pytest

from bot.core.errors import OutOfCredits, ReplyDelayed
from bot.core.ports.weryai import Finish
from bot.core.replies import Controls, ReplyState
from tests.core.fake_model import FOREVER, FakeCatalogue, Step, words
from tests.core.fake_stores import LATENCY
from tests.core.samples import FLASH, place, turn
from tests.core.world import ANSWER, ENDLESS, MODERATOR, SHOWN, THREAD, World
from tests.virtual_time import in_virtual_time

INTERRUPTED = f"Because\n-# ⚠ Interrupted: press Continue to go on · {FLASH.name}"


@in_virtual_time
async def test_an_interrupted_answer_of_a_model_that_has_vanished_meanwhile_names_none() -> None:
    world = World(ENDLESS)
    asked = world.ask("Why?")
    await asyncio.sleep(3)
    world.catalogue = FakeCatalogue()
    await world.killed()
    await world.recovery.recover()
    assert world.found[asked.reply].text == INTERRUPTED.removesuffix(f" · {FLASH.name}")


@in_virtual_time
async def test_what_was_visible_is_marked_as_interrupted_in_its_own_message() -> None:
    world = World(ENDLESS, ["… so.", Finish("stop")])
    asked = world.ask("Why?")
    await asyncio.sleep(3)
    await world.killed()
    assert asked.surface.buttons is Controls.STREAMING
    await world.recovery.recover()
    assert world.found[asked.reply].text == INTERRUPTED
    assert world.found[asked.reply].buttons is Controls.RESUMABLE
    assert world.found[asked.reply].bound == asked.reply, "its buttons are the reply's"
    assert list(world.discord.messages) == list(asked.surface.address.message_ids)
    assert world.memory.said(1) == ["Why?", "Because"]
    assert world.state(asked) is ReplyState.INTERRUPTED
    assert (await world.press("Continue", asked)).text == f"Because… so.\n-# {FLASH.name}"


@in_virtual_time
async def test_what_an_interrupted_answer_took_is_not_made_up() -> None:
    world = World(ENDLESS, defaults={"footer": "details"})
    asked = world.ask()
    await asyncio.sleep(1)
    await world.killed()
    await world.recovery.recover()
    assert world.found[asked.reply].text == INTERRUPTED


@in_virtual_time
async def test_an_answer_without_buttons_has_none_after_a_crash_either() -> None:
    world = World(ENDLESS, defaults={"footer": "off", "buttons": False})
    asked = world.ask()
    await asyncio.sleep(1)
    await world.killed()
    await world.recovery.recover()
    surface = world.found[asked.reply]
    assert surface.text == "Because\n-# ⚠ Interrupted"
    assert surface.buttons is Controls.NONE


@in_virtual_time
async def test_after_a_crash_all_messages_of_a_long_answer_are_known() -> None:
    world = World([*words(1200, pause=0.01)[:-1], FOREVER])
    asked = world.ask()
    await asyncio.sleep(20)
    await world.killed()
    full = asked.surface.messages[:-1]
    await world.recovery.recover()
    after = world.found[asked.reply]
    assert after.address.message_ids == asked.surface.address.message_ids
    assert len(world.discord.messages) == 3
    assert [sent.index for sent in after.sent] == [2]
    assert after.messages[:-1] == full
    assert after.buttons is Controls.RESUMABLE


@in_virtual_time
async def test_killed_between_the_messages_of_an_ending_it_has_none_twice() -> None:
    world = World([0.5, *words(1200, pause=0.0)])
    asked = world.ask()
    asked.surface.troubles = [None, None, None, *[ReplyDelayed("502")] * 3]
    await asyncio.sleep(2)
    assert world.state(asked) is ReplyState.COMPLETE
    assert len(asked.surface.messages) == 2
    await world.killed()
    await world.recovery.recover()
    surface = world.found[asked.reply]
    assert list(world.discord.messages) == list(surface.address.message_ids)
    assert len(surface.messages) == 3
    assert surface.buttons is Controls.ENDED


@in_virtual_time
async def test_what_nobody_has_seen_any_text_of_is_answered_now_and_once() -> None:
    world = World([30.0], ANSWER)
    asked = world.ask("Why?")
    await asyncio.sleep(3)
    await world.killed()
    assert world.state(asked) is ReplyState.STREAMING
    await world.recovery.recover()
    assert world.found[asked.reply].text == SHOWN
    assert world.memory.said(1) == ["Why?", "Because so."]
    await world.restarted()
    await world.recovery.recover()
    assert len(world.model.requests) == 2


@in_virtual_time
async def test_an_event_that_discord_replays_to_the_next_process_is_answered_once() -> None:
    world = World([30.0], ANSWER)
    asked = world.ask()
    await asyncio.sleep(3)
    await world.killed()
    again = world.send(asked.turn)
    await asyncio.gather(world.recovery.recover(), again.task)
    assert again.surface.tries == []
    assert len(world.model.requests) == 2


@pytest.mark.parametrize(
    ("script", "controls", "end"),
    [
        (["Because", Finish("stop")], Controls.ENDED, f"Because\n-# {FLASH.name}"),
        (["Because", Finish("length")], Controls.RESUMABLE, "✂ Cut off at the length limit: "),
        (["Because", Finish("content_filter")], Controls.ENDED, "Ended by WeryAI's content check"),
        ([OutOfCredits()], Controls.ENDED, f"-# ⚠ Failed · {FLASH.name}"),
    ],
)
@in_virtual_time
async def test_an_ending_that_was_stored_but_not_shown_is_shown(
    script: list[Step], controls: Controls, end: str
) -> None:
    world = World(script)
    asked = world.ask()
    await world.memory.happened("finish")
    await world.killed()
    assert world.state(asked).ended
    await world.recovery.recover()
    shown = world.found[asked.reply]
    assert end in shown.text
    assert shown.buttons is controls
    assert len(world.memory.endings[asked.reply]) == 1
    assert len(world.model.requests) == 1
    assert not world.memory.not_shown


@in_virtual_time
async def test_a_new_answer_that_was_begun_in_place_of_an_old_one_is_given() -> None:
    world = World(ANSWER, ENDLESS, ANSWER)
    asked = world.ask("a", at=THREAD, gathers=True)
    await asked.task
    pressed = asyncio.create_task(world.press("Regenerate", asked))
    await asyncio.sleep(0.3)
    later = world.ask("b", at=THREAD, gathers=True)
    await asyncio.sleep(0.1)
    assert asked.surface.text == "-# Thinking…"
    pressed.cancel()
    await world.killed()
    newest = world.ask("c", at=THREAD, gathers=True)
    await asyncio.sleep(0.1)
    await asyncio.gather(world.recovery.recover(), newest.task)
    for reply in (asked, later, newest):
        assert world.state(reply) is ReplyState.COMPLETE
    assert len(world.discord.messages) == 3
    assert Counter(world.memory.said(2)) == {"a": 1, "b": 1, "c": 1, "Because so.": 3}


@in_virtual_time
async def test_a_long_new_answer_that_was_begun_in_place_of_a_long_one_is_given_to_its_end() -> (
    None
):
    long = words(1200, pause=0.0)
    world = World([0.1, *long], [0.1, *long])
    asked = world.ask()
    await asked.task
    pressed = asyncio.create_task(world.press("Regenerate", asked))
    await world.memory.happened("reopen")
    await asyncio.sleep(LATENCY / 2)  # the other messages have gone, and that is not stored yet
    assert len(world.discord.messages) == 1
    pressed.cancel()
    await asyncio.gather(pressed, return_exceptions=True)
    await world.killed()
    await world.recovery.recover()
    surface = world.found[asked.reply]
    assert world.state(asked) is ReplyState.COMPLETE
    assert list(world.discord.messages) == list(surface.address.message_ids)
    assert (len(surface.messages), surface.buttons) == (3, Controls.ENDED)


@in_virtual_time
async def test_an_interrupted_answer_with_a_newer_one_has_no_buttons() -> None:
    world = World(ENDLESS, ANSWER)
    first = world.ask("a")
    await asyncio.sleep(1)
    second = world.ask("b")
    await asyncio.sleep(1)
    await world.killed()
    await world.recovery.recover()
    assert world.found[second.reply].text == SHOWN
    assert world.found[first.reply].text == INTERRUPTED
    assert first.surface.buttons is Controls.NONE
    assert world.found[second.reply].buttons is Controls.ENDED
    assert world.memory.said(1) == ["a", "Because", "b", "Because so."]


@in_virtual_time
async def test_what_has_no_place_any_more_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    world = World([30.0], [30.0], ANSWER)
    gone, there = world.ask(at=place(7)), world.ask(at=place(8))
    await asyncio.sleep(3)
    await world.killed()
    world.gone.add(gone.reply)
    await world.recovery.recover()
    assert world.state(gone) is ReplyState.STREAMING
    assert world.found[there.reply].text == SHOWN
    assert [entry for entry in caplog.records if entry.levelno >= logging.ERROR] == []


@in_virtual_time
async def test_one_that_fails_does_not_keep_the_others_from_being_taken_up() -> None:
    world = World([30.0], ENDLESS, ANSWER)
    world.ask(at=place(7))
    await asyncio.sleep(0.1)
    visible = world.ask(at=place(8))
    await asyncio.sleep(3)
    await world.killed()
    world.memory.failing = {"begin"}
    await world.recovery.recover()
    assert world.found[visible.reply].text == INTERRUPTED


@in_virtual_time
async def test_a_private_answer_is_taken_up_too() -> None:
    world = World(ENDLESS, ANSWER)
    secret = world.ask(shared=False)
    await asyncio.sleep(3)
    await world.killed()
    await world.recovery.recover()
    assert world.found[secret.reply].text == INTERRUPTED
    assert world.memory.said(1) == []


@in_virtual_time
async def test_what_is_taken_up_can_be_stopped() -> None:
    world = World([30.0], ENDLESS)
    asked = world.ask()
    await asyncio.sleep(3)
    await world.killed()
    recovery = asyncio.create_task(world.recovery.recover())
    await asyncio.sleep(1)
    await world.service.stop(asked.reply, MODERATOR)
    await recovery
    assert world.found[asked.reply].text == f"Because\n-# ⏹ Stopped · {FLASH.name}"


@pytest.mark.parametrize("after", [n * 0.013 for n in range(90)])
@in_virtual_time
async def test_killed_at_any_moment_no_question_is_lost_or_answered_twice(after: float) -> None:
    world = World(ANSWER)
    questions = [turn(text, at=THREAD, gathers=True) for text in "abc"]
    for question in questions:
        world.send(question)
        await asyncio.sleep(0.01)
    await asyncio.sleep(after)
    await world.killed()
    again = [world.send(question) for question in questions]  # what Discord replays
    await asyncio.gather(world.recovery.recover(), *(asked.task for asked in again))
    said = world.memory.said(2)
    assert [text for text in said if text in "abc"] == ["a", "b", "c"]
    assert said[-1] in {"Because so.", "Because"}
    assert {row.state.ended for row in world.memory.rows.values()} == {True}
    assert not world.memory.not_shown
    shown = list(world.discord.messages.values())
    assert Controls.STREAMING not in [frame.controls for frame in shown]
    assert len(shown) == said.count("Because so.") + said.count("Because")
