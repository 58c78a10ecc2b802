"""How questions become answers, in virtual time: accepted, in line, streamed, stored."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.core.conversation import Presser
from bot.core.errors import (
    BotError,
    EmptyPrompt,
    InvalidInput,
    ModelUnavailable,
    PromptTooLong,
    ReplyDelayed,
    ReplyGone,
    StorageError,
    UnknownModel,
)
from bot.core.ports.weryai import Finish
from bot.core.replies import Controls, File, ReplyState, Usage
from tests.core.fake_model import Step, words
from tests.core.samples import ADA, BOB, FLASH, MINI, place, turn
from tests.core.world import ANSWER, ENDLESS, MAX_PROMPT, MODERATOR, SHOWN, THREAD, World
from tests.virtual_time import in_virtual_time

LONG: list[Step] = [0.5, "Because", 10.0, " so.", Finish("stop")]


# --- one question ---------------------------------------------------------------------------------


@in_virtual_time
async def test_a_question_is_answered_and_both_are_remembered() -> None:
    world = World(ANSWER)
    asked = world.ask("Why?")
    assert await asked.answered() == SHOWN
    assert asked.surface.buttons is Controls.ENDED
    assert world.memory.said(1) == ["Why?", "Because so."]
    assert world.state(asked) is ReplyState.COMPLETE


@in_virtual_time
async def test_nothing_is_shown_before_it_is_stored_and_the_ending_is_confirmed_after_it_is() -> (
    None
):
    world = World(ANSWER)
    asked = world.ask()
    await asked.task
    assert world.memory.journal == [
        f"accept {asked.turn.event_id}",
        f"begin {asked.turn.event_id}",
        "recent",
        "checkpoint Because",
        "show Because",
        "checkpoint Because",
        "finish Because so.",
        f"show {SHOWN}",
        "shown",
        "previous",
    ]


@in_virtual_time
async def test_operators_see_how_soon_the_first_text_was_visible_and_how_it_ended() -> None:
    world = World([*ANSWER[:-1], Usage(7, 3), Finish("stop")])
    await world.ask().task
    assert world.meter.first_texts == [pytest.approx(0.5 + world.discord.latency, abs=0.02)]
    [ending] = world.meter.endings
    assert (ending.state, ending.text, ending.model) == ("complete", "Because so.", FLASH.key)
    assert ending.usage == Usage(7, 3)
    assert ending.seconds == pytest.approx(1, abs=0.1)


@in_virtual_time
async def test_a_server_that_wants_it_sees_tokens_and_seconds() -> None:
    world = World([*ANSWER[:-1], Usage(7, 3), Finish("stop")])
    assert (await world.ask(footer="details").answered()).endswith(" · 10 tokens · 1.0 s")


@in_virtual_time
async def test_an_answer_fills_no_more_messages_than_the_operator_allows() -> None:
    world = World(words(1200, pause=0.01), max_messages=2)
    asked = world.ask()
    await asked.task
    assert len(asked.surface.messages) == 2
    assert asked.surface.messages[-1].attachment == File(
        "answer.md", world.memory.rows[asked.reply].text
    )


@in_virtual_time
async def test_a_model_is_asked_by_its_key_and_signs_with_its_name() -> None:
    world = World(ANSWER)
    assert (await world.ask(model="gpt-5 MINI").answered()).endswith(f"-# {MINI.name}")
    assert world.model.requests[0].model == MINI.key
    assert world.model.requests[0].model == MINI.key


@pytest.mark.parametrize(
    ("text", "options", "error"),
    [
        ("", {}, EmptyPrompt),
        (" \n", {}, EmptyPrompt),
        ("x" * 4001, {}, PromptTooLong),
        ("Why?", {"model": "GPT_99"}, UnknownModel),
    ],
)
@in_virtual_time
async def test_what_cannot_be_asked_is_refused_before_anything_is_stored(
    text: str, options: dict[str, Any], error: type[BotError]
) -> None:
    world = World(ANSWER)
    asked = world.send(turn(text, **options))
    with pytest.raises(error):
        await asked.task
    assert (world.memory.journal, asked.surface.tries) == ([], [])


@in_virtual_time
async def test_the_longest_question_is_taken() -> None:
    world = World(ANSWER)
    assert await world.ask("x" * MAX_PROMPT).answered() == SHOWN


@in_virtual_time
async def test_an_event_that_comes_again_is_answered_once() -> None:
    world = World(ANSWER)
    question = turn()
    first, second = world.send(question), world.send(question)
    await world.everybody()
    third = world.send(question)
    await third.task
    assert len(world.model.requests) == 1
    assert second.surface.tries == third.surface.tries == []
    assert await first.answered() == SHOWN


@in_virtual_time
async def test_a_private_question_neither_sees_nor_leaves_a_history() -> None:
    world = World(ANSWER)
    await world.ask("Shared").task
    secret = world.ask("Secret", shared=False)
    assert await secret.answered() == SHOWN
    assert world.prompts[1] == ["Secret"]
    assert world.memory.said(1) == ["Shared", "Because so."]
    await world.ask("Shared too").task
    assert world.prompts[2] == ["Shared", "Because so.", "Shared too"]


@in_virtual_time
async def test_a_private_question_does_not_wait_in_line_and_takes_no_buttons_away() -> None:
    world = World(ANSWER, LONG, ANSWER)
    first = world.ask()
    await first.task
    world.ask()
    await asyncio.sleep(1)
    secret = world.ask("Secret", shared=False)
    await secret.task
    assert world.model.streaming == 1
    assert first.surface.buttons is Controls.ENDED
    await world.everybody()


# --- many questions -------------------------------------------------------------------------------


@in_virtual_time
async def test_a_conversation_is_answered_one_question_at_a_time_in_their_order() -> None:
    world = World(ANSWER)
    for text in "abc":
        world.ask(text)
    await world.everybody()
    assert world.model.most == 1
    assert world.prompts[-1] == ["a", "Because so.", "b", "Because so.", "c"]


@in_virtual_time
async def test_twenty_conversations_are_answered_at_once() -> None:
    world = World(ANSWER)
    for channel in range(20):
        world.ask(str(channel), at=place(channel + 1))
    await world.everybody()
    assert world.model.most == 20
    assert {asked.surface.text for asked in world.asked} == {SHOWN}
    assert world.discord.refused == 0


@in_virtual_time
async def test_no_more_are_answered_at_once_than_the_operator_allows() -> None:
    world = World(ANSWER, places=3)
    for channel in range(10):
        world.ask(at=place(channel + 1), shared=channel % 2 == 0)
    await asyncio.sleep(0.3)
    assert (world.service.running(), world.model.streaming) == (3, 3)
    await world.everybody()
    assert world.model.most == 3
    assert {world.state(asked) for asked in world.asked} == {ReplyState.COMPLETE}
    assert world.service.running() == world.service.waiting() == 0


@in_virtual_time
async def test_what_is_said_in_a_thread_meanwhile_is_answered_once_and_together() -> None:
    world = World(ANSWER)
    world.ask("a", at=THREAD, gathers=True)
    await asyncio.sleep(0.2)
    more = []
    for text, by in [("b", ADA), ("c", BOB)]:
        more.append(world.ask(text, at=THREAD, by=by, gathers=True))
        await asyncio.sleep(0.3)
    assert world.service.waiting() == 2
    await world.everybody()
    assert len(world.model.requests) == 2
    assert world.memory.said(2) == ["a", "Because so.", "b", "c", "Because so."]
    assert [row.state for row in world.memory.rows.values()] == ["complete", "gathered", "complete"]
    assert (more[0].surface.tries, more[1].surface.text) == ([], SHOWN)
    assert world.meter.first_texts[1] == pytest.approx(1.4, abs=0.1), "as the first waited"


@in_virtual_time
async def test_everybody_whose_words_were_gathered_may_press_the_buttons() -> None:
    world = World(ANSWER)
    world.ask("a", at=THREAD, gathers=True)
    world.ask("b", at=THREAD, by=BOB, gathers=True)
    last = world.ask("c", at=THREAD, gathers=True)
    await world.everybody()
    await world.press("Regenerate", last, by=Presser(BOB.id, moderator=False))
    assert len(world.model.requests) == 3


@in_virtual_time
async def test_a_command_in_a_thread_is_answered_by_itself() -> None:
    world = World(ANSWER)
    world.ask("a", at=THREAD, gathers=True)
    await asyncio.sleep(0.2)
    for text, gathers in [("b", True), ("/ask", False), ("c", True)]:
        world.ask(text, at=THREAD, gathers=gathers)
    await world.everybody()
    assert [prompt[-1] for prompt in world.prompts] == ["a", "c", "/ask"]
    assert world.memory.said(2)[2:] == ["b", "c", "Because so.", "/ask", "Because so."]


@in_virtual_time
async def test_waiting_for_a_place_messages_of_a_thread_are_still_gathered() -> None:
    world = World(LONG, ANSWER, places=1)
    world.ask(at=place(7))
    await asyncio.sleep(0.1)
    for text in "ab":
        world.ask(text, at=THREAD, gathers=True)
        await asyncio.sleep(1)
    await world.everybody()
    assert world.prompts[1:] == [["a", "b"]]


@in_virtual_time
async def test_the_answer_before_loses_its_buttons() -> None:
    world = World(ANSWER)
    first, second, third = (world.ask(text) for text in "abc")
    await world.everybody()
    assert first.surface.buttons is second.surface.buttons is Controls.NONE
    assert third.surface.buttons is Controls.ENDED
    assert first.surface.text == SHOWN
    journal = world.memory.journal
    assert journal.index(f"begin {third.turn.event_id}") < journal.index("retire"), "nobody waits"


@in_virtual_time
async def test_a_question_of_several_people_keeps_who_said_what() -> None:
    world = World(ANSWER)
    question = turn("a")
    both = replace(question, said=(*question.said, *turn("b", by=BOB).said))
    await world.send(both).task
    assert world.prompts[0][-2:] == ["Ada: a", "Bob: b"]


# --- when something fails -------------------------------------------------------------------------


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
