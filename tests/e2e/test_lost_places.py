"""Where the bot may not write, or the place is gone: the person is told, and all goes on."""

from __future__ import annotations

import pytest

from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.state import Channel
from tests.e2e.stage import Home, answers_to, small_print, text_of

WARNING = "warning"


def warnings(home: Home) -> list[str]:
    """What the bot has warned of during the test."""
    events = [event for bot in home.stage.bots for event in bot.log.events(home.stage.since(bot))]
    return [str(event["event"]) for event in events if event["level"] == WARNING]


async def warned(home: Home, words: str) -> list[str]:
    """The same, once these words are among it: a log comes after what it tells of."""
    bot = home.stage.bots[-1]
    await bot.log.says(words, home.stage.since(bot))
    return warnings(home)


def forbid(home: Home, channel: Channel, denied: Permission = Permission.SEND_MESSAGES) -> None:
    """Let the bot do less in a channel."""
    home.discord.set_overwrite(channel, home.discord.bot_user, deny=denied)


async def still_works(home: Home) -> None:
    """Elsewhere the bot answers as ever."""
    elsewhere = home.discord.add_channel(home.guild, "elsewhere")
    await home.answered(await home.mention("And here?", channel=elsewhere))


async def told_directly(home: Home) -> str:
    """What Ada reads in her direct messages."""
    direct = await home.ada.open_dm()
    await home.until(lambda: direct.messages, "A direct message")
    [told] = direct.messages.values()
    return told.content


async def test_where_it_may_not_write_the_person_is_told_directly(home: Home) -> None:
    forbid(home, home.channel)

    await home.mention("Hello?")

    assert await told_directly(home) == (
        f"I saw your question in {home.channel.mention}, but I may not write there. Ask a "
        "moderator to give me the permissions View Channel, Send Messages and Send Messages in "
        "Threads."
    )
    assert len(await warned(home, "may not answer")) == 1
    assert home.weryai.requests == []
    await still_works(home)


async def test_what_cannot_be_said_in_a_reply_is_said_directly(home: Home) -> None:
    forbid(home, home.channel, Permission.READ_MESSAGE_HISTORY)

    await home.mention("")

    assert await told_directly(home) == (
        "There is no question in that. Write what you would like to know."
    )
    assert warnings(home) == []


async def test_who_takes_no_direct_messages_leaves_one_log_line(home: Home) -> None:
    home.ada.user.accepts_dms = False
    forbid(home, home.channel)

    await home.mention("Hello?")

    await still_works(home)
    assert len(await warned(home, "may not answer")) == 1


async def test_commands_are_answered_where_the_bot_may_not_write(home: Home) -> None:
    forbid(home, home.channel)
    home.weryai.answer_next("Here I am.")

    answer = await home.answered(await home.ask("Hello?"))

    assert text_of(answer) == "Here I am."


async def test_chat_without_the_permission_for_threads_names_it(home: Home) -> None:
    forbid(home, home.channel, Permission.CREATE_PUBLIC_THREADS)

    told = await (await home.ada.slash(home.channel, "chat", prompt="Hello?")).answered()

    assert told.content == (
        "I cannot open a thread here. Ask a moderator to give me the permissions View Channel, "
        "Create Public Threads and Send Messages in Threads."
    )
    assert told.ephemeral_for == home.ada.id
    assert home.weryai.requests == []


async def test_in_a_locked_thread_the_person_is_told_directly(home: Home) -> None:
    thread = await home.mo.start_thread(home.channel, "Closed")
    await home.mo.change_thread(thread, locked=True)

    await home.mention("Hello?", by=home.mo, channel=thread)

    direct = await home.mo.open_dm()
    await home.until(lambda: direct.messages, "A direct message")
    [told] = direct.messages.values()
    assert told.content.startswith(f"I saw your question in {thread.mention}")
    await still_works(home)


@pytest.mark.parametrize("begun", [False, True])
async def test_a_channel_deleted_meanwhile_ends_the_answer_in_one_log_line(
    home: Home, *, begun: bool
) -> None:
    gate = home.weryai.hold_next(after=2 if begun else 0)
    doomed = home.discord.add_channel(home.guild, "doomed")
    question = await home.mention("Hello?", channel=doomed)
    await gate.reached()
    if begun:
        await home.begun(question)

    home.discord.world.remove_channel(doomed)
    gate.release()

    await still_works(home)
    assert len(await warned(home, "not shown to its end")) == 1


async def test_permission_taken_before_the_first_text_is_told_directly(home: Home) -> None:
    gate = home.weryai.hold_next()
    question = await home.mention("Hello?")
    await gate.reached()

    forbid(home, home.channel)
    gate.release()

    assert await told_directly(home) == (
        f"I could not show you the whole answer in {home.channel.mention}: I may not write there "
        "any more, or the place is gone. Tell a moderator, or ask me somewhere else."
    )
    assert answers_to(question) == []
    assert len(await warned(home, "not shown to its end")) == 1
    await still_works(home)


async def test_a_question_deleted_before_its_answer_is_not_answered(home: Home) -> None:
    gate = home.weryai.hold_next()
    question = await home.mention("Hello?")
    await gate.reached()

    await home.ada.delete(question)

    await home.weryai.requests[0].ended.wait()
    assert home.weryai.requests[0].closed_by_client
    await still_works(home)


async def test_thrown_out_of_a_server_it_serves_the_others(home: Home) -> None:
    other = home.stage.home("Other")
    gate = home.weryai.hold_next(after=1)
    question = await home.mention("Hello?")
    await home.begun(question)

    home.discord.world.remove_guild(home.guild)
    gate.release()

    answer = await other.answered(await other.mention("And here?"))
    assert small_print(answer)
