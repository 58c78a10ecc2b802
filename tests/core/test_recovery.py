"""The end of one process and the beginning of the next, in virtual time."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from itertools import pairwise

import pytest

from bot.core.answering import LAST_FRAMES
from bot.core.errors import InvalidInput, OutOfCredits, ReplyDelayed
from bot.core.ports.weryai import Finish
from bot.core.recovery import LATER, LATEST
from bot.core.replies import Controls, ReplyRecord, ReplyState
from bot.core.streaming import GIVE_UP_AFTER
from tests.core.fake_discord import FakeSurface
from tests.core.fake_model import FOREVER, FakeCatalogue, Step, words
from tests.core.fake_stores import LATENCY
from tests.core.samples import FLASH, place, turn
from tests.core.world import ANSWER, ENDLESS, MODERATOR, SHOWN, THREAD, World
from tests.virtual_time import in_virtual_time

INTERRUPTED = f"Because\n-# ⚠ Interrupted: press Continue to go on · {FLASH.name}"


def now() -> float:
    return asyncio.get_running_loop().time()


# --- shutting down --------------------------------------------------------------------------------


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


# --- taking up what a process left ----------------------------------------------------------------


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


# --- what Discord does not take for too long ------------------------------------------------------


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
