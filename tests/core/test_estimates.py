"""What an answer cost where WeryAI does not say, whatever way it ended."""

from __future__ import annotations

import pytest

from bot.core.errors import ContentFiltered, ModelUnavailable, RateLimited
from bot.core.ports.weryai import Delta, Finish
from bot.core.replies import Ending, ReplyState, Usage
from bot.core.usage import estimated
from tests.core.fake_model import FOREVER, Step
from tests.core.world import ANSWER, ENDLESS, MODERATOR, World
from tests.virtual_time import in_virtual_time

ASKED = "Why is it?"  # 10 characters
HALF: list[Step] = [0.5, "Because"]  # 7 characters


def ending_of(world: World) -> Ending:
    """The last one that was stored."""
    return list(world.memory.endings.values())[-1][-1]


@pytest.mark.parametrize(
    ("characters", "tokens"), [((0, 0), (0, 0)), ((1, 4), (1, 1)), ((5, 8), (2, 2))]
)
def test_four_characters_are_a_token_and_a_part_of_four_is_one_too(
    characters: tuple[int, int], tokens: tuple[int, int]
) -> None:
    assert estimated(*characters) == Usage(*tokens, estimated=True)


@in_virtual_time
async def test_what_weryai_counts_is_not_estimated() -> None:
    world = World([*ANSWER[:-1], Usage(7, 3), Finish("stop")])
    await world.ask(ASKED).task
    assert ending_of(world).usage == Usage(7, 3)


@pytest.mark.parametrize(
    ("script", "state"),
    [
        ([*HALF, Finish("stop")], ReplyState.COMPLETE),
        ([*HALF, Finish("length")], ReplyState.LENGTH),
        ([*HALF, Finish("content_filter")], ReplyState.FILTERED),
        ([*HALF, ModelUnavailable()], ReplyState.INTERRUPTED),
    ],
)
def test_every_ending_is_counted(script: list[Step], state: ReplyState) -> None:
    @in_virtual_time
    async def scenario() -> None:
        world = World(script)
        await world.ask(ASKED).task
        told = ending_of(world)
        assert (told.state, told.usage) == (state, Usage(3, 2, estimated=True))
        assert told.seconds == pytest.approx(0.5, abs=0.1)

    scenario()


@in_virtual_time
async def test_an_empty_answer_has_cost_its_question() -> None:
    world = World([0.5, Finish("stop")])
    await world.ask(ASKED).task
    assert ending_of(world).usage == Usage(3, 0, estimated=True)


@pytest.mark.parametrize("error", [RateLimited(), ContentFiltered(), ModelUnavailable()])
def test_a_question_that_weryai_refuses_costs_nothing(error: Exception) -> None:
    @in_virtual_time
    async def scenario() -> None:
        world = World([0.5, error])
        await world.ask(ASKED).task
        assert ending_of(world).usage is None

    scenario()


@in_virtual_time
async def test_what_is_stopped_has_cost_what_had_come() -> None:
    world = World(ENDLESS)
    asked = world.ask(ASKED)
    await world.memory.happened("checkpoint Because")
    await world.service.stop(asked.reply, MODERATOR)
    await asked.task
    told = ending_of(world)
    assert (told.state, told.usage) == (ReplyState.STOPPED, Usage(3, 2, estimated=True))


@in_virtual_time
async def test_what_is_regenerated_is_counted_again() -> None:
    world = World([*HALF, Finish("stop")])
    asked = world.ask(ASKED)
    await asked.task
    await world.press("Regenerate", asked)
    [told] = world.memory.endings.values()
    assert [one.usage for one in told] == [Usage(3, 2, estimated=True)] * 2


@in_virtual_time
async def test_of_what_goes_on_only_the_new_part_is_counted_as_written() -> None:
    world = World([*HALF, Finish("length")], ["!" * 400, Finish("stop")])
    asked = world.ask(ASKED)
    await asked.task
    await world.press("Continue", asked)
    usage = ending_of(world).usage
    assert usage is not None
    assert usage.completion_tokens == 100
    assert usage.prompt_tokens * 4 >= sum(map(len, world.prompts[-1]))


@in_virtual_time
async def test_of_several_answers_all_are_counted() -> None:
    world = World([Delta("x" * 8), Delta("y" * 40, index=1), Finish("stop"), Finish("stop", 1)])
    await world.ask(ASKED, n=2).task
    assert ending_of(world).usage == Usage(3, 12, estimated=True)


@in_virtual_time
async def test_everything_that_the_model_is_told_is_counted() -> None:
    world = World(["x" * 400, Finish("stop")])
    await world.ask(ASKED).task
    await world.ask(ASKED).task
    usage = ending_of(world).usage
    assert usage is not None
    assert usage.prompt_tokens == 105  # two questions and the first answer


@in_virtual_time
async def test_what_a_crash_interrupted_has_cost_what_was_shown() -> None:
    world = World(ENDLESS)
    world.ask(ASKED)
    await world.memory.happened("show Because")
    await world.killed()
    await world.recovery.recover()
    told = ending_of(world)
    assert (told.state, told.usage) == (ReplyState.INTERRUPTED, Usage(3, 2, estimated=True))


@in_virtual_time
async def test_a_server_that_wants_it_sees_that_it_is_an_estimate() -> None:
    world = World([*HALF, Finish("stop")])
    asked = world.ask(ASKED, footer="details")
    await asked.task
    assert "≈ 5 tokens" in asked.surface.text


@in_virtual_time
async def test_what_is_stopped_while_weryai_is_too_busy_has_cost_nothing() -> None:
    world = World([RateLimited(retry_after=5)])
    asked = world.ask(ASKED)
    while not asked.surface.messages:
        await world.memory.access("wait")
    await world.service.stop(asked.reply, MODERATOR)
    await asked.task
    told = ending_of(world)
    assert (told.state, told.usage) == (ReplyState.STOPPED, None)


@in_virtual_time
async def test_what_was_refused_at_first_counts_when_it_is_answered() -> None:
    world = World([RateLimited(retry_after=5)], [*HALF, Finish("stop")])
    await world.ask(ASKED).task
    assert ending_of(world).usage == Usage(3, 2, estimated=True)


@in_virtual_time
async def test_what_is_stopped_before_its_first_word_has_cost_its_question() -> None:
    world = World([FOREVER])
    asked = world.ask(ASKED)
    await world.memory.happened("recent")
    while not world.model.requests:
        await world.memory.access("wait")
    await world.service.stop(asked.reply, MODERATOR)
    await asked.task
    assert ending_of(world).usage == Usage(3, 0, estimated=True)
