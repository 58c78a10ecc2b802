"""A model that cannot answer: another stands in and says so, and it is left alone for a while."""

from __future__ import annotations

import aiohttp

from bot.core.breakers import FAILURES
from bot.sandbox.weryai import Fault
from tests.e2e.bot_process import BotProcess
from tests.e2e.configuring import configure
from tests.e2e.stage import DEFAULT_MODEL, Home, Stage, buttons, small_print, text_of

STOOD_IN = "Gemini-2.5-Flash was not available: GPT-5 answered"


def asked_of(home: Home) -> list[str]:
    """The models that were asked, in order."""
    return [str(request.json["model"]) for request in home.weryai.requests]


async def breakers(bot: BotProcess) -> dict[str, float]:
    """What the metrics tell of each model's breaker."""
    port = (await bot.log.says("health and metrics are served"))["port"]
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"http://127.0.0.1:{port}/metrics") as response,
    ):
        lines = (await response.text()).splitlines()
    told = [line.split() for line in lines if line.startswith("bot_model_breaker{")]
    return {name.split('"')[1]: float(state) for name, state in told}


async def test_the_next_model_answers_and_says_for_whom(home: Home) -> None:
    await configure(home, "fallback_models", ["GROK_4", "GPT_5"])
    home.weryai.failing[DEFAULT_MODEL] = Fault.UNKNOWN_MODEL
    home.weryai.failing["GROK_4"] = Fault.CODE_1006

    answer = await home.answered(await home.mention("Is anybody there?"))

    assert small_print(answer) == STOOD_IN
    assert text_of(answer)
    assert asked_of(home) == [DEFAULT_MODEL, "GROK_4", "GPT_5"]
    assert buttons(answer) == ["Regenerate"]


async def test_where_all_fail_the_first_ones_error_is_told(home: Home) -> None:
    await configure(home, "fallback_models", ["GPT_5"])
    home.weryai.failing[DEFAULT_MODEL] = Fault.UNKNOWN_MODEL
    home.weryai.failing["GPT_5"] = Fault.OVERLOADED

    answer = await home.answered(await home.mention("Is anybody there?"))

    assert text_of(answer) == "⚠ WeryAI does not offer this model any more. Choose another one."
    assert small_print(answer) == "Gemini-2.5-Flash"


async def test_what_no_other_model_mends_is_told_at_once(home: Home) -> None:
    await configure(home, "fallback_models", ["GPT_5"])
    home.weryai.failing[DEFAULT_MODEL] = Fault.NO_CREDITS

    answer = await home.answered(await home.mention("Is anybody there?"))

    assert text_of(answer).startswith("⚠ This bot's WeryAI credits are used up.")
    assert asked_of(home) == [DEFAULT_MODEL]


async def test_the_operators_stand_in_serves_every_server_and_a_worn_out_model_is_skipped(
    stage: Stage,
) -> None:
    home = stage.home()
    home.weryai.failing[DEFAULT_MODEL] = Fault.OVERLOADED
    async with stage.running_bot(
        FALLBACK_MODELS="GPT_5", MODEL_ATTEMPTS="1", HEALTH_PORT="0"
    ) as bot:
        for _ in range(FAILURES):
            answer = await home.answered(await home.mention("Is anybody there?"))
            assert small_print(answer) == STOOD_IN
        assert await breakers(bot) == {DEFAULT_MODEL: 2.0}
        home.weryai.forget()

        answer = await home.answered(await home.mention("And now?"))

        assert small_print(answer) == STOOD_IN
        assert asked_of(home) == ["GPT_5"]
