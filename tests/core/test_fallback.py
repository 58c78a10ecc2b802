"""Who answers when the chosen model cannot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

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
from bot.core.fallback import LONGEST_PATIENCE, PATIENCE
from bot.core.options import Change, Scope
from bot.core.ports import ChatEvent, Finish, ModelInfo
from bot.core.replies import ReplyState
from bot.core.requests import ChatRequest
from bot.core.running import BUSY
from tests.core.fake_model import Step, play
from tests.core.samples import ADA, FLASH, MINI, SERVER, place
from tests.core.world import ANSWER, MODERATOR, Asked, World
from tests.virtual_time import in_virtual_time

GROK = ModelInfo("GROK_4", "Grok-4")
OK: list[Step] = ["Yes", Finish("stop")]
DOWN: list[Step] = [ModelUnavailable()]
SLOW_DOWN: list[Step] = [RateLimited(retry_after=3)]
INSTEAD = f"Yes\n-# {FLASH.name} was not available: {MINI.name} answered"


class Models:
    """A WeryAI whose models each have something of their own to say.

    Attributes:
        asked: the keys of the models that were asked, at which `moments` and what (`requests`).
        scripts: what each says, time after time; the last again and again.
    """

    def __init__(self, **scripts: list[list[Step]]) -> None:
        self.asked: list[str] = []
        self.requests: list[ChatRequest] = []
        self.moments: list[float] = []
        self.scripts = scripts

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        self.asked.append(request.model)
        self.moments.append(asyncio.get_running_loop().time())
        self.requests.append(request)
        scripts = self.scripts[request.model]
        script = scripts.pop(0) if len(scripts) > 1 else scripts[0]
        async for event in play(script):
            yield event


async def world_of(models: Models, *fallbacks: ModelInfo, **options: Any) -> World:
    """A world with a server whose fallback models these are."""
    world = World(ANSWER)
    world.catalogue.add(GROK)
    world.model = models  # type: ignore[assignment] # it streams as the other does
    world.service = world._start()
    chosen = {"fallback_models": [model.key for model in fallbacks], **options}
    changes = [Change(Scope.SERVER, SERVER, name, value) for name, value in chosen.items()]
    await world.options.change(SERVER, changes, by=ADA.id)
    return world


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


# --- when WeryAI is asked too much ----------------------------------------------------------------


async def waiting(asked: Asked) -> None:
    """Wait until it is to be seen that WeryAI is busy."""
    await asyncio.sleep(1)
    assert asked.surface.messages == [BUSY]
    assert not asked.task.done()


@pytest.mark.parametrize("error", [RateLimited(), QueueFull(), RateLimited(retry_after=20)])
@in_virtual_time
async def test_a_question_waits_on_and_is_answered_and_says_meanwhile_that_it_waits(
    error: ModelError,
) -> None:
    world = await world_of(Models(GEMINI_25_FLASH=[[error], [error], OK]))
    asked = world.ask()
    await waiting(asked)
    assert await asked.answered() == f"Yes\n-# {FLASH.name}"
    if error.retry_after is not None:
        assert asyncio.get_running_loop().time() >= 2 * error.retry_after


@in_virtual_time
async def test_patience_has_an_end_and_then_the_next_model_is_asked() -> None:
    models = Models(GEMINI_25_FLASH=[[RateLimited()]], GPT_5_MINI=[OK])
    world = await world_of(models, MINI)
    assert await world.ask().answered() == INSTEAD
    assert 0.5 * PATIENCE < asyncio.get_running_loop().time() < PATIENCE + 5
    assert models.asked[-2:] == [FLASH.key, MINI.key]


@in_virtual_time
async def test_where_another_model_may_answer_patience_ends_though_others_are_answered() -> None:
    models = Models(GEMINI_25_FLASH=[[RateLimited()]], GPT_5_MINI=[OK], GROK_4=[OK])
    world = await world_of(models, MINI)
    asked = world.ask(at=place(7))
    while not asked.task.done():
        await world.ask(at=place(8), model=GROK.key).task
        await asyncio.sleep(5)
    assert asked.surface.text == INSTEAD
    assert asyncio.get_running_loop().time() < PATIENCE + 10


@in_virtual_time
async def test_with_no_other_model_the_question_fails_when_patience_ends() -> None:
    world = await world_of(Models(GEMINI_25_FLASH=[[RateLimited()]]))
    assert await world.ask().answered() == f"⚠ {RateLimited.text}\n-# {FLASH.name}"
    assert 0.5 * PATIENCE < asyncio.get_running_loop().time() < PATIENCE + 5


@in_virtual_time
async def test_nobody_waits_longer_than_patience_for_what_weryai_asks() -> None:
    world = await world_of(Models(GEMINI_25_FLASH=[[RateLimited(retry_after=PATIENCE)]]))
    assert await world.ask().answered() == f"⚠ {RateLimited.text}\n-# {FLASH.name}"
    assert asyncio.get_running_loop().time() < 5


@in_virtual_time
async def test_a_full_queue_is_not_waited_for_where_another_model_may_answer() -> None:
    models = Models(GEMINI_25_FLASH=[[QueueFull()]], GPT_5_MINI=[OK])
    world = await world_of(models, MINI)
    assert await world.ask().answered() == INSTEAD
    assert asyncio.get_running_loop().time() < 1


@in_virtual_time
async def test_stop_ends_the_wait_at_once() -> None:
    world = await world_of(Models(GEMINI_25_FLASH=[[RateLimited()]]))
    asked = world.ask()
    await waiting(asked)
    before = asyncio.get_running_loop().time()
    await world.service.stop(asked.reply, MODERATOR)
    assert await asked.answered() == f"-# ⏹ Stopped · {FLASH.name}"
    assert asyncio.get_running_loop().time() - before < 1


@in_virtual_time
async def test_those_who_wait_do_not_all_come_back_at_the_same_moment() -> None:
    models = Models(GEMINI_25_FLASH=[*[SLOW_DOWN] * 10, OK])
    world = await world_of(models)
    for channel in range(10):
        world.ask(at=place(100 + channel))
    await world.everybody()
    came_back = [moment for moment in models.moments if moment >= 3]
    assert len(came_back) == 10
    assert len({round(moment, 2) for moment in came_back}) > 5


class Bearing(Models):
    """A WeryAI that refuses more than so many answers at once, each of which takes a while."""

    def __init__(self, most: int, seconds: float) -> None:
        super().__init__()
        self.most, self.seconds = most, seconds
        self.refused = self._answering = 0

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        if self._answering >= self.most:
            self.refused += 1
            raise RateLimited
        self._answering += 1
        try:
            async for event in play(["Yes", self.seconds, Finish("stop")]):
                yield event
        finally:
            self._answering -= 1


@in_virtual_time
async def test_thirty_who_ask_a_weryai_that_bears_three_are_all_answered_however_long_that_takes() -> (
    None
):
    models = Bearing(most=3, seconds=20.0)  # the last of them waits for more than three minutes
    world = await world_of(models)
    for channel in range(30):
        world.ask(at=place(100 + channel))
    await world.everybody()
    assert {asked.surface.text for asked in world.asked} == {f"Yes\n-# {FLASH.name}"}
    assert models.refused > 30


@in_virtual_time
async def test_even_among_answers_to_others_nobody_waits_without_end() -> None:
    models = Models(
        GEMINI_25_FLASH=[[RateLimited()]],
        GPT_5_MINI=[OK],
    )
    world = await world_of(models)
    unlucky = world.ask(at=place(7))
    while not unlucky.task.done():
        await world.ask(at=place(8), model=MINI.key).task
        await asyncio.sleep(5)
    assert unlucky.surface.text == f"⚠ {RateLimited.text}\n-# {FLASH.name}"
    assert 0.9 < asyncio.get_running_loop().time() / (LONGEST_PATIENCE * PATIENCE) < 1.1
