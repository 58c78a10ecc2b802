"""How long a question waits on while WeryAI is asked too much."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from bot.core.errors import ModelError, QueueFull, RateLimited
from bot.core.patience import LONGEST_PATIENCE, PATIENCE, Patience, Waiting
from bot.core.ports.weryai import ChatEvent, Finish
from bot.core.requests import ChatRequest
from bot.core.running import BUSY
from tests.core.fake_model import play
from tests.core.samples import FLASH, MINI, place
from tests.core.several_models import GROK, INSTEAD, OK, SLOW_DOWN, Models, world_of
from tests.core.world import MODERATOR, Asked
from tests.virtual_time import in_virtual_time


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
    models = Bearing(most=3, seconds=20.0)
    world = await world_of(models)
    for channel in range(30):
        world.ask(at=place(100 + channel))
    await world.everybody()
    assert {asked.surface.text for asked in world.asked} == {f"Yes\n-# {FLASH.name}"}
    assert models.refused > 30
    # Ten rounds of 20 seconds are the least that it can take: a free place does not stay so.
    assert asyncio.get_running_loop().time() < 10 * 20 + 15


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


@in_virtual_time
async def test_whoever_was_first_to_ask_is_the_first_to_try_again() -> None:
    waiting, tried = Waiting(), []

    async def wait(name: str, patience: Patience) -> None:
        await waiting.pause(patience, 1000, early=True)
        tried.append(name)

    older = Patience(PATIENCE, asyncio.get_running_loop().time)
    await asyncio.sleep(1)
    younger = Patience(PATIENCE, asyncio.get_running_loop().time)
    async with asyncio.TaskGroup() as tasks:
        stopped = tasks.create_task(wait("stopped", older))
        tasks.create_task(wait("younger", younger))
        tasks.create_task(wait("older", older))
        await asyncio.sleep(1)
        stopped.cancel()
        for _ in range(3):
            waiting.let_one_try()
            await asyncio.sleep(1)
    assert tried == ["older", "younger"]
    assert asyncio.get_running_loop().time() < 10
