"""`/model` and `/config set model`: who answers where, and why."""

from __future__ import annotations

import pytest

from bot.sandbox.discord.components import words
from bot.sandbox.discord.handles import NotPossible
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.state import Channel
from tests.e2e.stage import DEFAULT_MODEL, Home, Stage


async def which(home: Home, channel: Channel | None = None) -> str:
    """What `/model` says, without how to change it."""
    told = await (await home.ada.slash(channel or home.channel, "model")).answered()
    assert not home.bob.can_see(told)
    return words(told).split("\n")[0]


async def configure(
    home: Home, channel: Channel | None = None, *, model: str | None = None, scope: str = "server"
) -> str:
    """What a moderator reads after choosing a model, or none: the inherited one again."""
    place = channel or home.channel
    if model is None:
        handle = await home.mo.slash(place, "config reset", option="model", scope=scope)
    else:
        handle = await home.mo.slash(place, "config set", option="model", value=model, scope=scope)
    told = await handle.answered()
    assert not home.ada.can_see(told)
    return told.content


async def asked_of(home: Home, channel: Channel | None = None) -> str:
    """The model that the next question goes to."""
    await home.answered(await home.mention("Who are you?", channel=channel))
    return str(home.weryai.requests[-1].json["model"])


async def test_the_default_answers_until_somebody_chooses(home: Home) -> None:
    assert await which(home) == (
        "**Gemini-2.5-Flash** (`GEMINI_25_FLASH`) answers here: the bot's default."
    )
    assert await asked_of(home) == DEFAULT_MODEL


async def test_each_scope_has_its_own_model_and_the_nearest_wins(home: Home) -> None:
    thread = await home.ada.start_thread(home.channel, "Talk")
    elsewhere = home.discord.add_channel(home.guild, "elsewhere")

    assert await configure(home, model="GPT_5") == (
        "**Model** of this server: not set → **GPT-5** (`GPT_5`)."
    )
    assert await configure(home, model="Grok-4", scope="channel") == (
        "**Model** of this channel: not set → **Grok-4** (`GROK_4`)."
    )
    assert await configure(home, thread, model="GLM_5", scope="thread") == (
        "**Model** of this thread: not set → **GLM 5** (`GLM_5`)."
    )

    assert await which(home, elsewhere) == (
        "**GPT-5** (`GPT_5`) answers here: chosen for this server."
    )
    assert await which(home) == "**Grok-4** (`GROK_4`) answers here: chosen for this channel."
    assert await which(home, thread) == "**GLM 5** (`GLM_5`) answers here: chosen for this thread."
    assert await asked_of(home, elsewhere) == "GPT_5"
    assert await asked_of(home) == "GROK_4"
    assert await asked_of(home, thread) == "GLM_5"


async def test_a_reset_model_goes_back_to_the_inherited_one(home: Home) -> None:
    thread = await home.ada.start_thread(home.channel, "Talk")
    await configure(home, model="GPT_5")
    await configure(home, model="GROK_4", scope="channel")
    await configure(home, thread, model="GLM_5", scope="thread")

    assert await configure(home, thread, scope="thread") == (
        "**Model** of this thread: **GLM 5** (`GLM_5`) → not set.\n"
        "Now **Grok-4** (`GROK_4`) applies: chosen for this channel."
    )
    assert await asked_of(home, thread) == "GROK_4"
    await configure(home, scope="channel")
    assert await asked_of(home, thread) == "GPT_5"
    assert await configure(home) == (
        "**Model** of this server: **GPT-5** (`GPT_5`) → not set.\n"
        "Now **Gemini-2.5-Flash** (`GEMINI_25_FLASH`) applies: the bot's default."
    )
    assert await asked_of(home, thread) == DEFAULT_MODEL


async def test_a_moderator_is_told_where_a_nearer_choice_goes_first(home: Home) -> None:
    await configure(home, model="GROK_4", scope="channel")

    assert await configure(home, model="GPT_5", scope="server") == (
        "**Model** of this server: not set → **GPT-5** (`GPT_5`).\n"
        "Here, a more particular choice goes before it: **Grok-4** (`GROK_4`), chosen for this "
        "channel."
    )


async def test_a_choice_for_a_thread_needs_a_thread(home: Home) -> None:
    told = await configure(home, model="GPT_5", scope="thread")

    assert told.startswith("There is no thread here. Use the command in the thread you mean")
    assert await which(home) == (
        "**Gemini-2.5-Flash** (`GEMINI_25_FLASH`) answers here: the bot's default."
    )


async def test_an_unknown_model_is_not_chosen(home: Home) -> None:
    told = await configure(home, model="GPT_9000")

    assert told.startswith("I do not know a model `GPT_9000`.")
    assert await asked_of(home) == DEFAULT_MODEL


async def test_models_are_suggested_to_moderators(home: Home) -> None:
    suggested = await home.mo.autocomplete(
        home.channel, "config set", "value", "deepseek", option="model"
    )

    assert suggested == [{"name": "DeepSeek-R1", "value": "DEEPSEEK_R1"}]


async def test_who_may_not_manage_the_server_is_not_offered_config(home: Home) -> None:
    keeper = home.discord.add_member(home.guild, "Kit", Permission.MANAGE_MESSAGES)

    for person in (home.ada, keeper):
        with pytest.raises(NotPossible):
            await person.slash(home.channel, "config set", option="model", value="GPT_5")


async def test_who_asks_may_choose_another_model_for_the_question(home: Home) -> None:
    await configure(home, model="GPT_5")

    await home.answered(await home.ask("Who are you?", model="GROK_4"))
    await home.answered(await home.ask("And you?"))

    assert [request.json["model"] for request in home.weryai.requests] == ["GROK_4", "GPT_5"]


async def test_a_choice_holds_from_the_next_answer_on(home: Home) -> None:
    gate = home.weryai.hold_next(after=1)
    running = await home.mention("Tell me something.")
    await home.begun(running)

    await configure(home, model="GPT_5")
    gate.release()

    await home.answered(running)
    assert await asked_of(home) == "GPT_5"
    assert home.weryai.requests[0].json["model"] == DEFAULT_MODEL


async def test_two_servers_and_a_channel_each_ask_their_own_model_after_a_restart_too(
    stage: Stage,
) -> None:
    first, second = stage.home("First"), stage.home("Second")
    special = stage.discord.add_channel(second.guild, "special")
    thread = await second.ada.start_thread(special, "Talk")
    places: list[tuple[Home, Person, Channel, str]] = [
        (first, first.ada, first.channel, "GPT_5"),
        (second, second.ada, second.channel, "GROK_4"),
        (second, second.ada, special, "GLM_5"),
        (second, second.ada, thread, "GLM_5"),
    ]

    async def asked_everywhere() -> list[str]:
        stage.weryai.requests.clear()
        for home, person, channel, _ in places:
            await home.answered(await home.mention("Who are you?", by=person, channel=channel))
            await home.answered(await home.ask("And you?", by=person, channel=channel))
        return [str(request.json["model"]) for request in stage.weryai.requests]

    expected = [model for *_, model in places for _ in range(2)]
    async with stage.running_bot() as bot:
        await configure(first, model="GPT_5")
        await configure(second, model="GROK_4")
        await configure(second, special, model="GLM_5", scope="channel")
        assert await asked_everywhere() == expected

        await bot.restart()

        assert await asked_everywhere() == expected
        assert await which(second, thread) == (
            "**GLM 5** (`GLM_5`) answers here: chosen for this channel."
        )
        assert await which(first) == "**GPT-5** (`GPT_5`) answers here: chosen for this server."
