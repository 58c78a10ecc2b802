"""Who answers when the chosen model cannot."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.breakers import FAILURES, REST
from bot.core.errors import (
    BadRequest,
    ContentFiltered,
    ModelError,
    ModelNotSupported,
    ModelTimeout,
    ModelUnavailable,
    OutOfCredits,
    QueueFull,
    RateLimited,
    Unauthorized,
)
from bot.core.ports.weryai import Finish, ModelInfo
from bot.core.replies import ReplyState
from tests.core.samples import FLASH, MINI
from tests.core.several_models import DOWN, GROK, INSTEAD, OK, Models, world_of
from tests.virtual_time import in_virtual_time

MAY_BE_MENDED: list[ModelError] = [
    ModelNotSupported(),
    QueueFull(),
    ModelUnavailable(),
    ModelTimeout(),
]
MAY_NOT: list[ModelError] = [
    Unauthorized(),
    OutOfCredits(),
    ContentFiltered(),
    BadRequest(),
    ModelError(),
]


@pytest.mark.parametrize("error", MAY_BE_MENDED, ids=lambda error: type(error).__name__)
@in_virtual_time
async def test_the_next_model_answers_and_the_footer_says_so(error: ModelError) -> None:
    models = Models(GEMINI_25_FLASH=[[error]], GPT_5_MINI=[OK])
    world = await world_of(models, MINI, GROK)
    asked = world.ask()
    assert await asked.answered() == INSTEAD
    assert models.asked == [FLASH.key, MINI.key]
    [ending] = world.memory.endings[asked.reply]
    assert (ending.state, ending.model) == (ReplyState.COMPLETE, MINI.key)


@pytest.mark.parametrize("error", MAY_NOT, ids=lambda error: type(error).__name__)
@in_virtual_time
async def test_what_another_model_would_not_mend_is_told_at_once(error: ModelError) -> None:
    models = Models(GEMINI_25_FLASH=[[error]], GPT_5_MINI=[OK])
    world = await world_of(models, MINI)
    shown = await world.ask().answered()
    assert error.text in shown or "content check" in shown
    assert shown.endswith(FLASH.name)
    assert models.asked == [FLASH.key]


@in_virtual_time
async def test_once_a_model_has_begun_nobody_else_takes_the_word() -> None:
    models = Models(GEMINI_25_FLASH=[["Ye", ModelUnavailable()]], GPT_5_MINI=[OK])
    world = await world_of(models, MINI)
    assert (await world.ask().answered()).startswith("Ye\n-# ⚠ WeryAI cannot be reached")
    assert models.asked == [FLASH.key]


@in_virtual_time
async def test_where_all_fail_the_first_ones_error_is_shown_and_signed_by_it() -> None:
    models = Models(
        GEMINI_25_FLASH=[[ModelTimeout()]],
        GPT_5_MINI=[[ModelUnavailable()]],
        GROK_4=[[ModelNotSupported()]],
    )
    world = await world_of(models, MINI, GROK)
    assert await world.ask().answered() == f"⚠ {ModelTimeout.text}\n-# {FLASH.name}"
    assert models.asked == [FLASH.key, MINI.key, GROK.key]


@in_virtual_time
async def test_a_stand_in_that_is_too_small_for_the_question_is_passed_over() -> None:
    models = Models(GEMINI_25_FLASH=[[ModelTimeout()]], GROK_4=[OK])
    tiny = ModelInfo("TINY", "Tiny", context_tokens=1000)
    world = await world_of(models, tiny, GROK)
    world.catalogue.add(tiny)
    shown = await world.ask("x" * 3000).answered()
    assert shown.endswith(f"{FLASH.name} was not available: {GROK.name} answered")
    assert models.asked == [FLASH.key, GROK.key]


@in_virtual_time
async def test_a_stand_in_is_asked_only_what_it_takes() -> None:
    models = Models(GEMINI_25_FLASH=[[QueueFull()]], GPT_5_MINI=[OK])
    world = await world_of(models, MINI, max_tokens=5000)
    shown = await world.ask().answered()
    assert shown == f"{INSTEAD} · Longest answer lowered to 1,000 tokens"
    assert [request.max_tokens for request in models.requests] == [5000, 1000]


@in_virtual_time
async def test_an_answer_goes_on_with_whoever_can() -> None:
    models = Models(
        GEMINI_25_FLASH=[["Be", Finish("length")], [QueueFull()]],
        GPT_5_MINI=[["cause.", Finish("stop")]],
    )
    world = await world_of(models, MINI)
    asked = world.ask()
    await asked.task
    shown = (await world.press("Continue", asked)).text
    assert shown == f"Because.\n-# {FLASH.name} was not available: {MINI.name} answered"


# --- breakers -------------------------------------------------------------------------------------


@in_virtual_time
async def test_a_model_that_keeps_failing_is_skipped_then_tried_once_and_asked_again() -> None:
    models = Models(
        GEMINI_25_FLASH=[*[DOWN] * FAILURES, OK],
        GPT_5_MINI=[OK],
    )
    world = await world_of(models, MINI)
    for _ in range(FAILURES):
        assert await world.ask().answered() == INSTEAD
    models.asked.clear()
    assert await world.ask().answered() == INSTEAD
    assert models.asked == [MINI.key]
    await asyncio.sleep(REST)
    assert await world.ask().answered() == f"Yes\n-# {FLASH.name}"
    assert world.meter.breakers == [(FLASH.key, 2), (FLASH.key, 1), (FLASH.key, 0)]


@in_virtual_time
async def test_where_every_model_is_to_be_skipped_the_chosen_one_is_tried_anyway() -> None:
    models = Models(GEMINI_25_FLASH=[[ModelUnavailable()]], GPT_5_MINI=[[ModelUnavailable()]])
    world = await world_of(models, MINI)
    for _ in range(FAILURES):
        await world.ask().task
    models.asked.clear()
    models.scripts = {FLASH.key: [OK]}
    assert await world.ask().answered() == f"Yes\n-# {FLASH.name}"
    assert models.asked == [FLASH.key]


@in_virtual_time
async def test_answers_that_break_off_wear_a_model_out_too() -> None:
    models = Models(GEMINI_25_FLASH=[["Ye", ModelUnavailable()]], GPT_5_MINI=[OK])
    world = await world_of(models, MINI)
    for _ in range(FAILURES):
        await world.ask().task
    assert await world.ask().answered() == INSTEAD


@pytest.mark.parametrize("error", [*MAY_NOT, RateLimited(retry_after=999)], ids=repr)
@in_virtual_time
async def test_what_says_nothing_of_a_model_is_not_held_against_it(error: ModelError) -> None:
    world = await world_of(Models(GEMINI_25_FLASH=[[error]]))
    for _ in range(FAILURES + 1):
        await world.ask().task
    assert world.meter.breakers == []
