"""The models on offer: WeryAI's own list, which changes, or cannot be had."""

from __future__ import annotations

from bot.sandbox.discord.components import words
from bot.sandbox.weryai import Listing, Model
from tests.e2e.stage import Stage, small_print, text_of


async def test_for_a_model_that_has_vanished_another_answers_and_says_so(stage: Stage) -> None:
    home = stage.home()
    async with stage.running_bot() as bot:
        choice = await home.mo.slash(home.channel, "config set", option="model", value="GPT_5")
        await choice.answered()
        stage.weryai.models = [one for one in stage.weryai.models if one.key != "GPT_5"]
        await bot.restart()
        await bot.log.says("does not offer these models any more: GPT_5")

        told = await (await home.ada.slash(home.channel, "model")).answered()
        answer = await home.answered(await home.mention("Hello?"))

        assert words(told).startswith("`GPT_5`, chosen for this server, is gone: ")
        assert "**Gemini-2.5-Flash** (`GEMINI_25_FLASH`) answers instead" in words(told)
        assert text_of(answer)
        assert small_print(answer) == "GPT_5 is gone: Gemini-2.5-Flash answered"
        assert [one.json["model"] for one in stage.weryai.requests] == ["GEMINI_25_FLASH"]
        reset = await home.mo.slash(home.channel, "config reset", option="model")
        await reset.answered()
        assert small_print(await home.answered(await home.mention("Hello?"))) == "Gemini-2.5-Flash"


async def test_a_model_that_is_new_can_be_chosen(stage: Stage) -> None:
    home = stage.home()
    stage.weryai.models = [Model("ORACLE_9", "Oracle 9"), *stage.weryai.models]

    async with stage.running_bot() as bot:
        await bot.log.says("WeryAI offers these models besides: ORACLE_9")
        suggested = await home.ada.autocomplete(home.channel, "ask", "model", "orac")
        answer = await home.answered(await home.ask("Hello?", model="oracle 9"))

    assert suggested == [{"name": "Oracle 9", "value": "ORACLE_9"}]
    assert small_print(answer) == "Oracle 9"


async def test_without_weryais_list_the_built_in_one_serves(stage: Stage) -> None:
    home = stage.home()
    stage.weryai.listing = Listing.HTML

    async with stage.running_bot() as bot:
        said = await bot.log.says("WeryAI's list of models cannot be had")
        suggested = await home.ada.autocomplete(home.channel, "ask", "model", "kimi")
        answer = await home.answered(await home.ask("Hello?", model="KIMI_K2_5"))

    assert said["level"] == "warning"
    assert [one["value"] for one in suggested] == ["KIMI_K2_THINKING", "KIMI_K2_5"]
    assert small_print(answer) == "Kimi K2.5"
