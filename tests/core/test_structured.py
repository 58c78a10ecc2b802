"""Answers in JSON: how they are shown while they grow, stored, attached and judged."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.ports.weryai import Finish
from bot.core.replies import File, ReplyState
from bot.core.structured import (
    FOLLOWS,
    INVALID,
    PROSE,
    UNCHECKED,
    VALID,
    Json,
    form_of,
    parsed,
)
from tests.core.fake_model import FOREVER, Step
from tests.core.fake_schemas import FakeSchemas
from tests.core.samples import FLASH, turn
from tests.core.world import MODERATOR, World
from tests.virtual_time import in_virtual_time

SCHEMA = {"required": ["name"]}
WANTED = {"type": "json_schema", "json_schema": {"name": "person", "schema": SCHEMA}}
ADA = '{"name": "Ada"}'
ANY = Json(FakeSchemas())


# --- the text -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        ADA,
        f"```json\n{ADA}\n```",
        f"```JSON \n{ADA}\n```\n\n",
        f"```\n{ADA}```",
        f"\n\n```json\n{ADA}\n```",
        f"{ADA}\n```",
    ],
)
def test_a_surrounding_fence_is_no_part_of_the_json(text: str) -> None:
    assert ANY.bare(text).strip() == ADA
    assert ANY.shown(text, final=True) == f"```json\n{ADA}"


@pytest.mark.parametrize("text", ["No.", "Use `a` or ```b```", "```b```"])
def test_what_is_no_json_is_left_as_it_is(text: str) -> None:
    assert ANY.bare(text) == text


PIECES = st.sampled_from(["```", "``", "`", "json", "\n", " ", "{", "}", '"', "a", "```json\n"])


@given(st.lists(PIECES, max_size=20).map("".join))
@example("```json\n{}\n```")
@example('{"a": "`````"}')
@example("```\n`a```")
def test_what_is_shown_only_grows_while_the_text_does(text: str) -> None:
    before = ""
    for end in range(len(text) + 1):
        shown = ANY.shown(text[:end], final=False)
        assert shown.startswith(before), (before, shown)
        before = shown
    assert ANY.shown(text, final=True).startswith(before)


@given(st.lists(PIECES, max_size=20).map("".join))
def test_what_is_stored_is_shown_as_what_came(text: str) -> None:
    bare = ANY.bare(text)
    assert ANY.shown(bare, final=True) == ANY.shown(text, final=True)


@given(st.lists(PIECES, max_size=20).map("".join))
def test_nothing_in_the_json_ends_its_block(text: str) -> None:
    assert "```" not in ANY.shown(text, final=False).removeprefix("```json\n")


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_json_is_stored_and_attached_exactly_as_it_came(content: object) -> None:
    text = json.dumps(content, indent=1)
    assert ANY.bare(text) == text
    assert ANY.bare(f"```json\n{text}\n```") == text
    assert ANY.file(text) == File("answer.json", text)


@pytest.mark.parametrize("text", ["", "{", "NaN", "[Infinity]", "{} {}", "[" * 100_000, "1" * 5000])
def test_what_is_no_json_is_known_and_never_attached(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parsed(text)
    assert ANY.file(text) is None


def test_endless_white_space_does_not_take_for_ever() -> None:
    """Models that are held to JSON may write nothing else any more."""
    text = f"{{{' ' * 200_000}x{chr(10) * 200_000}"
    assert ANY.shown(text, final=False).endswith("x")
    assert ANY.bare(text) == text


# --- the verdict ----------------------------------------------------------------------------------


@in_virtual_time
async def test_the_verdict_says_what_was_found() -> None:
    schemas = FakeSchemas()
    by_schema = Json(schemas, SCHEMA)
    assert await by_schema.verdict(ADA) == FOLLOWS
    missing = "⚠ does not follow the schema: `$: 'name' is a required property`"
    assert await by_schema.verdict("{}") == missing
    assert await by_schema.verdict("{") == INVALID
    assert await by_schema.verdict("") == ""
    assert await Json(schemas).verdict("{}") == VALID
    schemas.stuck = True
    assert await by_schema.verdict(ADA) == UNCHECKED


@in_virtual_time
async def test_a_long_problem_is_told_in_one_short_line() -> None:
    long = Json(FakeSchemas(), {"required": ["a`b\nc" * 100]})
    verdict = await long.verdict("{}")
    assert len(verdict) < 120
    assert verdict.count("`") == 2
    assert "\n" not in verdict


def test_a_turn_without_a_format_is_prose() -> None:
    assert form_of(turn(), FakeSchemas()) is PROSE


# --- in an answer ---------------------------------------------------------------------------------


@in_virtual_time
async def test_json_grows_in_a_block_and_is_judged_at_its_end() -> None:
    world = World(["```json\n", '{"name":', 2.0, ' "Ada"}', "\n```", Finish("stop")])
    asked = world.ask(response_format=WANTED)
    await asyncio.sleep(1.5)
    assert asked.surface.text == '```json\n{"name":\n```'
    assert await asked.answered() == f"```json\n{ADA}\n```\n-# {FOLLOWS} · {FLASH.name}"
    assert asked.surface.messages[-1].attachment == File("answer.json", ADA)
    assert world.memory.said(1) == ["Why?", ADA]
    assert world.schemas.checked == [json.loads(ADA)]
    assert world.model.requests[0].response_format == WANTED


@in_virtual_time
async def test_a_check_that_takes_long_can_be_stopped_and_the_answer_is_complete() -> None:
    world = World([ADA, Finish("stop")])
    asked = world.ask(response_format=WANTED)
    await asyncio.sleep(0.3)
    assert world.schemas.checked == [], "it is being checked"
    await world.service.stop(asked.reply, MODERATOR)
    assert await asked.answered() == f"```json\n{ADA}\n```\n-# {FLASH.name}"
    assert world.state(asked) is ReplyState.COMPLETE


@pytest.mark.parametrize("last", [Finish("length"), FOREVER])
@in_virtual_time
async def test_half_a_json_is_neither_judged_nor_attached(last: Step) -> None:
    world = World(['```json\n{"name":', last])
    asked = world.ask(response_format=WANTED)
    await asyncio.sleep(2)
    if last == FOREVER:
        await world.service.stop(asked.reply, MODERATOR)
    assert "schema" not in await asked.answered()
    assert asked.surface.messages[-1].attachment is None
    assert world.memory.rows[asked.reply].text == '{"name":'
    assert world.schemas.checked == []


@in_virtual_time
async def test_json_that_goes_on_is_judged_as_a_whole() -> None:
    world = World(['```json\n{"name":', Finish("length")], [' "Ada"}\n```', Finish("stop")])
    asked = world.ask(response_format=WANTED)
    await asked.task
    after = await world.press("Continue", asked)
    assert after.text == f"```json\n{ADA}\n```\n-# {FOLLOWS} · {FLASH.name}"
    assert world.memory.said(1) == ["Why?", ADA]
    assert world.model.requests[1].response_format is None


@in_virtual_time
async def test_long_json_is_in_a_block_in_every_message_and_attached_once() -> None:
    text = json.dumps({"name": [f"Ada {number}" for number in range(1500)]}, indent=1)
    world = World([text, Finish("stop")])
    asked = world.ask(response_format=WANTED)
    await asked.task
    frames = asked.surface.messages
    assert len(frames) == 5
    assert all(frame.content.startswith("```json\n") for frame in frames)
    assert all(frame.content.count("```") == 2 for frame in frames)
    assert frames[-1].attachment == File("answer.json", text)
    assert [frame.attachment for frame in frames[:-1]] == [None] * 4


@in_virtual_time
async def test_long_prose_instead_of_json_is_attached_as_what_it_is() -> None:
    text = "I would rather not. " * 1000
    world = World([text, Finish("stop")])
    asked = world.ask(response_format=WANTED)
    assert INVALID in await asked.answered()
    assert asked.surface.messages[-1].attachment == File("answer.md", text)


@in_virtual_time
async def test_after_a_crash_half_a_json_is_shown_as_it_was() -> None:
    world = World(['```json\n{"name":', FOREVER])
    asked = world.ask(response_format=WANTED)
    await asyncio.sleep(2)
    await world.killed()
    await world.recovery.recover()
    [surface] = world.found.values()
    assert surface.text.startswith('```json\n{"name":\n```\n-# ⚠ Interrupted')
    assert world.state(asked) is ReplyState.INTERRUPTED
