"""How one question becomes an answer, in virtual time: accepted, streamed, stored."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.core.errors import (
    BotError,
    EmptyPrompt,
    PromptTooLong,
    UnknownModel,
)
from bot.core.ports.weryai import Finish
from bot.core.replies import Controls, File, ReplyState, Usage
from tests.core.fake_model import Step, words
from tests.core.samples import FLASH, MINI, turn
from tests.core.world import ANSWER, MAX_PROMPT, SHOWN, World
from tests.virtual_time import in_virtual_time

LONG: list[Step] = [0.5, "Because", 10.0, " so.", Finish("stop")]


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
