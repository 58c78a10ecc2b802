"""Failures of WeryAI that pass by themselves: nobody gets to see them."""

from __future__ import annotations

import pytest

from bot.sandbox.weryai import Fault
from tests.e2e.stage import Home, Stage, buttons, text_of


@pytest.mark.parametrize("fault", [Fault.OVERLOADED, Fault.DROP_AT_ONCE, Fault.RATE_LIMIT])
async def test_what_may_pass_is_asked_again_before_anybody_is_told(
    home: Home, fault: Fault
) -> None:
    home.weryai.fail_next(fault)
    home.weryai.answer_next("Here I am.")

    answer = await home.answered(await home.mention("Is anybody there?"))

    assert text_of(answer) == "Here I am."
    assert "⚠" not in "".join(version.content for version in answer.versions)
    failed, answered = home.weryai.requests
    assert failed.json == answered.json


async def test_what_does_not_pass_is_told_after_the_first_time(home: Home) -> None:
    home.weryai.fail_next(Fault.UNAUTHORIZED)

    await home.answered(await home.mention("Is anybody there?"))

    assert len(home.weryai.requests) == 1


async def test_once_something_was_said_it_is_not_asked_again_by_itself(home: Home) -> None:
    home.weryai.fail_next(Fault.DROP)

    answer = await home.answered(await home.mention("Is anybody there?"))

    assert len(home.weryai.requests) == 1
    assert buttons(answer) == ["Continue", "Regenerate"]


async def test_three_failures_are_enough(home: Home) -> None:
    home.weryai.fail_next(Fault.OVERLOADED, Fault.BAD_GATEWAY, Fault.SERVER_ERROR)

    answer = await home.answered(await home.mention("Is anybody there?"))

    assert text_of(answer).startswith("⚠ WeryAI cannot be reached right now.")
    assert len(home.weryai.requests) == 3


async def test_the_operator_says_how_long_to_wait_and_how_often_to_ask(stage: Stage) -> None:
    home = stage.home()
    async with stage.running_bot(
        CONNECT_TIMEOUT="100",
        FIRST_BYTE_TIMEOUT="0.5",
        SILENCE_TIMEOUT="100",
        MODEL_ATTEMPTS="1",
    ):
        home.weryai.fail_next(Fault.STALL_AT_ONCE)

        await home.answered(await home.mention("Is anybody there?"))

        assert len(home.weryai.requests) == 1
