"""Regenerate and Continue, and who may press what, in virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.core.conversation import MessageId, Presser, UserId
from bot.core.errors import InvalidInput, NotAllowed, StorageError
from bot.core.ports.weryai import Finish
from bot.core.replies import Address, Controls, Frame, ReplyState
from tests.core.fake_model import Step, words
from tests.core.samples import ADA, FLASH, place, turn
from tests.core.world import ANSWER, ENDLESS, MODERATOR, SHOWN, THREAD, Asked, World
from tests.virtual_time import in_virtual_time

STRANGER = Presser(UserId(99), moderator=False)


ANOTHER: list[Step] = [3.0, "Therefore.", Finish("stop")]
THEREFORE = f"Therefore.\n-# {FLASH.name}"


@in_virtual_time
async def test_regenerate_replaces_the_answer_in_the_same_message() -> None:
    world = World([*words(1200, pause=0.01)], ANOTHER)
    asked = world.ask("Why?")
    await asked.task
    old = asked.surface.address.message_ids
    await asyncio.sleep(10)
    world.memory.journal.clear()
    again = await world.press("Regenerate", asked)
    assert again.text == THEREFORE
    assert again.address.message_ids == old[:1]
    assert again.bound == asked.reply, "its buttons are the reply's"
    assert list(world.discord.messages) == [old[0]], "its further messages are deleted"
    done = [entry for entry in world.memory.journal if entry != "recent"]
    assert done[:5] == ["load", "reopen", "keep 1", "checkpoint", "show -# Thinking…"]
    assert again.sent[0].frame.controls is Controls.STREAMING
    assert world.memory.said(1) == ["Why?", "Therefore."]
    assert world.prompts[1] == ["Why?"], "the old answer is not in the way"
    assert world.state(asked) is ReplyState.COMPLETE


@in_virtual_time
async def test_regenerate_answers_the_question_as_it_reads_now() -> None:
    world = World(ANSWER)
    asked = world.ask("Wyh?")
    await asked.task
    await world.service.edited(asked.turn.said[0].message_id, "Why?")
    await world.press("Regenerate", asked)
    assert world.prompts[1] == ["Why?"]


@in_virtual_time
async def test_regenerate_of_a_deleted_question_is_refused_and_keeps_the_answer() -> None:
    world = World(ANSWER)
    asked = world.ask("Why?")
    await asked.task
    await world.service.deleted([asked.turn.said[0].message_id])
    with pytest.raises(InvalidInput, match="deleted"):
        await world.press("Regenerate", asked)
    assert world.memory.said(1) == ["Because so."]
    assert asked.surface.text == SHOWN


@in_virtual_time
async def test_a_press_that_waits_when_its_question_is_deleted_leaves_the_answer_as_it_is() -> None:
    world = World(ANSWER)
    asked = world.ask("a")
    await asked.task
    newer = world.ask("b")
    await asyncio.sleep(0.2)
    pressed = asyncio.create_task(world.press("Regenerate", asked))
    await asyncio.sleep(0.2)
    await world.service.deleted([asked.turn.said[0].message_id])
    with pytest.raises(InvalidInput, match="deleted"):
        await pressed
    await newer.task
    assert world.memory.said(1) == ["Because so.", "b", "Because so."]
    assert world.state(asked) is ReplyState.COMPLETE


@in_virtual_time
async def test_a_new_answer_comes_where_the_old_one_is_when_its_turn_has_come() -> None:
    world = World(ANSWER, ENDLESS, ANOTHER, places=1)
    asked = world.ask()
    await asked.task
    busy = world.ask(at=place(7))
    await asyncio.sleep(1)
    pressed = asyncio.create_task(world.press("Regenerate", asked))
    await asyncio.sleep(1)
    moved = Address((MessageId(5),))
    world.discord.messages[MessageId(5)] = Frame("Because so.")
    world.memory.rows[asked.reply] = replace(world.memory.rows[asked.reply], address=moved)
    await world.service.stop(busy.reply, MODERATOR)
    assert (await pressed).address == moved
    assert world.discord.messages[MessageId(5)].content == THEREFORE


@in_virtual_time
async def test_a_new_answer_may_be_stopped_and_regenerated_again() -> None:
    world = World(ANSWER, ENDLESS, ANOTHER)
    asked = world.ask()
    await asked.task
    pressed = asyncio.create_task(world.press("Regenerate", asked))
    await asyncio.sleep(3)
    await world.service.stop(asked.reply, MODERATOR)
    assert (await pressed).text == f"Because\n-# ⏹ Stopped · {FLASH.name}"
    assert (await world.press("Regenerate", asked)).text == THEREFORE


@in_virtual_time
async def test_continue_goes_on_from_the_very_last_character() -> None:
    half: list[Step] = [*words(1199)[:-1], "seam", Finish("length")]
    world = World(half, [1.0, "less", 1.0, " text.", Finish("stop")])
    asked = world.ask("Why?")
    await asked.task
    assert asked.surface.buttons is Controls.RESUMABLE
    text = world.memory.rows[asked.reply].text
    full = asked.surface.messages[:-1]
    await asyncio.sleep(10)
    after = await world.press("Continue", asked)
    assert world.memory.rows[asked.reply].text == text + "less text."
    assert after.text.endswith(f"1198 seamless text.\n-# {FLASH.name}")
    assert after.messages[:-1] == full
    assert 1 <= world.meter.first_texts[-1] < 2, "its first new text"
    assert {sent.index for sent in after.sent} == {len(full)}, "full messages stay as they are"
    assert after.sent[0].frame.controls is Controls.STREAMING
    assert world.memory.said(1) == ["Why?", text + "less text."]
    assert world.prompts[1][:2] == ["Why?", text]
    assert len(world.prompts[1]) == 3, "its beginning is told once"


@in_virtual_time
async def test_continue_of_a_private_answer_leaves_no_history_either() -> None:
    world = World(["Be", Finish("length")], ["cause.", Finish("stop")])
    await world.ask("Shared", at=place(3)).task
    asked = world.ask("Secret", shared=False)
    world.model.scripts.insert(0, ["Be", Finish("length")])
    await asked.task
    after = await world.press("Continue", asked)
    assert after.text == f"Because.\n-# {FLASH.name}"
    assert world.prompts[-1][:2] == ["Secret", "Be"]
    assert world.memory.said(1) == []


@in_virtual_time
async def test_continue_without_any_text_asks_anew() -> None:
    world = World(ENDLESS, ANSWER)
    asked = world.ask("Why?")
    await asyncio.sleep(0.3)
    await world.service.stop(asked.reply, MODERATOR)
    assert await asked.answered() == f"-# ⏹ Stopped · {FLASH.name}"
    assert (await world.press("Continue", asked)).text == SHOWN
    assert world.prompts == [["Why?"], ["Why?"]]


@pytest.mark.parametrize("button", ["Regenerate", "Continue"])
@in_virtual_time
async def test_only_askers_and_moderators_press_buttons(button: str) -> None:
    world = World(["Because", Finish("length")])
    asked = world.ask()
    await asked.task
    with pytest.raises(NotAllowed):
        await world.press(button, asked, by=STRANGER)
    assert len(world.model.requests) == 1
    await world.press(button, asked, by=MODERATOR)
    assert len(world.model.requests) == 2


@pytest.mark.parametrize("button", ["Stop", "Regenerate", "variant"])
@pytest.mark.parametrize("by", [Presser(ADA.id, moderator=False), MODERATOR])
@in_virtual_time
async def test_a_button_that_names_an_answer_elsewhere_does_nothing(
    button: str, by: Presser
) -> None:
    world = World(ENDLESS if button == "Stop" else ANSWER)
    asked = world.ask()
    await asyncio.sleep(3)
    elsewhere = replace(by, at=THREAD.conversation_id, manager=True)
    with pytest.raises(NotAllowed, match="not here"):
        await pressed(world, button, asked, elsewhere)
    await pressed(world, "Stop" if button == "Stop" else "Regenerate", asked, by)


@in_virtual_time
async def test_of_a_private_answer_moderators_see_nothing_by_any_button() -> None:
    world = World(ANSWER)
    asked = world.ask(shared=False)
    await asked.task
    for button in ("Regenerate", "Continue", "variant"):
        with pytest.raises(NotAllowed):
            await pressed(world, button, asked, replace(MODERATOR, at=place().conversation_id))
    assert len(world.model.requests) == 1


async def pressed(world: World, button: str, asked: Asked, by: Presser) -> None:
    if button == "Stop":
        await world.service.stop(asked.reply, by)
    elif button == "variant":
        await world.press(button, asked, by=by, variant=0)
    else:
        await world.press(button, asked, by=by)


@in_virtual_time
async def test_pressed_twice_it_is_done_once() -> None:
    world = World(ANSWER, ANOTHER)
    asked = world.ask()
    await asked.task
    presses = [world.press("Regenerate", asked) for _ in range(2)]
    first, second = await asyncio.gather(*presses, return_exceptions=True)
    assert isinstance(second, InvalidInput)
    assert "already on it" in second.text
    assert not isinstance(first, BaseException)
    assert first.text == THEREFORE
    assert len(world.model.requests) == 2


@in_virtual_time
async def test_pressed_while_it_still_streams_it_is_already_on_it() -> None:
    world = World(ANSWER)
    asked = world.ask()
    await asyncio.sleep(0.7)
    with pytest.raises(InvalidInput, match="already on it"):
        await world.press("Regenerate", asked)
    assert await asked.answered() == SHOWN


@in_virtual_time
async def test_pressed_as_soon_as_the_end_is_visible_it_is_done() -> None:
    world = World(ANSWER, ANOTHER)
    asked = world.ask()
    await world.memory.happened("finish")
    assert (await world.press("Regenerate", asked)).text == THEREFORE
    assert world.memory.said(1) == ["Why?", "Therefore."]


@in_virtual_time
async def test_a_press_that_comes_again_is_done_once() -> None:
    world = World(ANSWER, ANOTHER)
    asked = world.ask()
    await asked.task
    trigger = turn().event_id
    await world.press("Regenerate", asked, trigger=trigger)
    with pytest.raises(InvalidInput):
        await world.press("Regenerate", asked, trigger=trigger)
    assert len(world.model.requests) == 2


@in_virtual_time
async def test_an_answer_with_a_newer_one_stays_as_it_is() -> None:
    world = World(ANSWER)
    asked, _ = world.ask("a"), world.ask("b")
    await world.everybody()
    with pytest.raises(InvalidInput, match="newer answer"):
        await world.press("Regenerate", asked)
    assert world.memory.said(1) == ["a", "Because so.", "b", "Because so."]
    assert len(world.model.requests) == 2


@in_virtual_time
async def test_an_answer_nobody_remembers_is_said_so() -> None:
    world = World(ANSWER)
    asked = world.ask()
    await asked.task
    world.memory.rows.clear()
    with pytest.raises(InvalidInput, match="do not remember"):
        await world.press("Regenerate", asked)


@in_virtual_time
async def test_a_new_answer_in_a_thread_and_what_is_said_meanwhile_do_not_mix() -> None:
    world = World(ANSWER, ANOTHER, ANSWER)
    first = world.ask("a", at=THREAD, gathers=True)
    await first.task
    pressed = asyncio.create_task(world.press("Regenerate", first))
    await asyncio.sleep(0.5)
    later = world.ask("b", at=THREAD, gathers=True)
    assert (await pressed).text == f"Therefore.\n-# {FLASH.name}"
    assert await later.answered() == SHOWN
    assert world.prompts == [["a"], ["a"], ["a", "Therefore.", "b"]]


@in_virtual_time
async def test_a_press_in_a_busy_thread_is_refused_and_not_gathered() -> None:
    world = World(ANSWER)
    first = world.ask("a", at=THREAD, gathers=True)
    await first.task
    world.ask("b", at=THREAD, gathers=True)
    await asyncio.sleep(0.2)
    pressed = asyncio.create_task(world.press("Regenerate", first))
    await asyncio.sleep(0.1)
    world.ask("c", at=THREAD, gathers=True)
    with pytest.raises(InvalidInput, match="newer answer"):
        await pressed
    await world.everybody()
    assert [prompt[-1] for prompt in world.prompts] == ["a", "b", "c"]
    assert world.memory.said(2) == ["a", "Because so.", "b", "Because so.", "c", "Because so."]


@in_virtual_time
async def test_a_database_that_fails_under_a_press_leaves_the_answer_alone() -> None:
    world = World(ANSWER, places=1)
    asked = world.ask()
    await asked.task
    world.memory.failing = {"reopen"}
    with pytest.raises(StorageError):
        await world.press("Regenerate", asked)
    assert asked.surface.text == SHOWN
    world.memory.failing.clear()
    await world.press("Regenerate", asked)
    assert len(world.model.requests) == 2
