"""Without the Message Content intent the bot still serves commands, mentions and messages."""

from __future__ import annotations

import pytest

from tests.e2e.stage import Home, Stage, answers_to, conversation, small_print

OFF = "The Message Content intent is off"
NOT_ENABLED = {"message_content": False}


async def everything_but_threads_works(home: Home) -> None:
    """Whoever addresses the bot is answered; whoever talks in a thread is not."""
    direct = await home.ada.open_dm()
    await home.answered(await home.mention("by mention"))
    await home.answered(await home.ask("by command"))
    await home.answered(await home.ada.send(direct, "directly"))
    asked = [conversation(request)[-1][1] for request in home.weryai.requests]
    assert asked == ["by mention", "by command", "directly"]

    chat = await home.ada.slash(home.channel, "chat", prompt="in a thread")
    await home.until(lambda: home.guild.threads)
    [thread] = home.guild.threads.values()
    assert small_print(chat.responses[0]) == (
        "Mention me in the thread to be answered: reading other messages (the Message Content "
        "intent) is switched off for me."
    )
    unheard = await home.ada.send(thread, "to the others")
    heard = await home.mention("to the bot", channel=thread)
    await home.answered(heard)
    assert answers_to(unheard) == []
    assert conversation(home.weryai.requests[-1])[-1][1] == "to the bot"

    told = await (await home.ada.slash(home.channel, "help")).answered()
    assert small_print(told) == (
        "Reading messages that do not mention me is switched off for me, in threads too."
    )


@pytest.mark.parametrize("stage", [NOT_ENABLED], indirect=True)
async def test_where_discord_has_it_disabled_the_bot_starts_and_says_so(stage: Stage) -> None:
    home = stage.home()

    async with stage.running_bot() as bot:
        [said] = bot.log.saying(OFF)
        assert said["level"] == "warning"
        await everything_but_threads_works(home)


async def test_an_operator_may_switch_it_off(stage: Stage) -> None:
    home = stage.home()

    async with stage.running_bot(MESSAGE_CONTENT_INTENT="off") as bot:
        assert len(bot.log.saying(OFF)) == 1
        await everything_but_threads_works(home)


@pytest.mark.parametrize("stage", [NOT_ENABLED], indirect=True)
async def test_an_operator_who_insists_on_it_is_told_where_to_enable_it(stage: Stage) -> None:
    outcome = await stage.outcome("run", MESSAGE_CONTENT_INTENT="on")

    assert outcome.code == 1
    assert "Discord does not give the bot the Message Content intent." in outcome.sentences
    assert "developer portal" in outcome.sentences
