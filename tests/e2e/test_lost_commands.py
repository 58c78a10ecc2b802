"""Commands whose place or message is lost before they are done: told once, never an error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.sandbox.discord import posting
from bot.sandbox.discord.handles import InteractionHandle
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.state import Channel
from tests.e2e.playing import COUNT, by_command, growing
from tests.e2e.stage import Home, buttons

NOT_SHOWN = (
    "I could not show you the whole answer: I may not write there any more, or the place is gone. "
    "Tell a moderator, or ask me somewhere else."
)
DELETED = "My message was deleted before I was done. Please use the command again."
LOST = "not shown to its end"
NO_MORE = "not in more messages"
CUT_SHORT = "-# I may not send more here. The whole answer comes as a file."


def warnings(home: Home) -> list[str]:
    """What the bot has warned of during the test."""
    [bot] = home.stage.bots
    events = bot.log.events(home.stage.since(bot))
    return [str(event["event"]) for event in events if event["level"] == "warning"]


async def told_directly(home: Home, place: Channel) -> None:
    """Ada reads directly that she could not be shown the answer; the log has one line of it."""
    direct = await home.ada.open_dm()
    await home.until(lambda: direct.messages, "A direct message")
    [told] = direct.messages.values()
    assert told.content.startswith(f"I could not show you the whole answer in {place.mention}:")
    assert len(warnings(home)) == 1


async def told_privately(home: Home, asked: InteractionHandle, words: str) -> None:
    """Ada alone reads it where she asked; the log has one line of it."""
    await home.until(lambda: any(one.content == words for one in asked.responses), words)
    [told] = [one for one in asked.responses if one.content == words]
    assert told.ephemeral_for == home.ada.id
    assert len(warnings(home)) == 1


async def still_works(home: Home) -> None:
    """Elsewhere the bot answers as ever."""
    elsewhere = home.discord.add_channel(home.guild, "elsewhere")
    await home.answered(await home.mention("And here?", channel=elsewhere))


@pytest.mark.parametrize("begun", [False, True])
async def test_ask_in_a_channel_that_is_deleted_meanwhile_is_told_directly(
    home: Home, *, begun: bool
) -> None:
    gate = home.weryai.hold_next(after=2 if begun else 0)
    doomed = home.discord.add_channel(home.guild, "doomed")
    asked = await home.ask("Hello?", channel=doomed)
    await gate.reached()
    if begun:
        await home.begun(asked)

    home.discord.world.remove_channel(doomed)
    gate.release()

    await told_directly(home, doomed)
    assert LOST in warnings(home)[0]
    await still_works(home)


@pytest.mark.parametrize("locked", [False, True])
async def test_ask_in_a_thread_that_is_archived_meanwhile_is_told_where_it_can_be(
    home: Home, *, locked: bool
) -> None:
    thread = await home.ada.start_thread(home.channel, "Talk")
    asked, answer, gate = await growing(replace(home, channel=thread), by_command)
    await home.mo.change_thread(thread, archived=True, locked=locked)

    gate.release()

    if locked:
        await told_directly(home, thread)
    else:
        assert isinstance(asked, InteractionHandle)
        await told_privately(home, asked, NOT_SHOWN)
    assert answer.content == "One two"
    assert LOST in warnings(home)[0]


async def test_a_command_that_discord_lets_nobody_answer_is_told_directly(home: Home) -> None:
    thread = await home.ada.start_thread(home.channel, "Talk")
    await home.mo.change_thread(thread, archived=True, locked=True)

    await home.ask("Hello?", channel=thread)

    await told_directly(home, thread)
    assert home.weryai.requests == []
    await still_works(home)


async def test_a_mention_in_a_thread_that_is_locked_meanwhile_is_told_directly(home: Home) -> None:
    thread = await home.ada.start_thread(home.channel, "Talk")
    _, answer, gate = await growing(replace(home, channel=thread))
    await home.mo.change_thread(thread, locked=True)

    gate.release()

    await told_directly(home, thread)
    assert answer.content == "One two"


async def test_chat_whose_message_is_deleted_before_its_thread_is_told_privately(
    home: Home,
) -> None:
    starting = home.discord.faults.hold("POST", "/threads$")
    chat = await home.ada.slash(home.channel, "chat", prompt="Hello?")
    await starting.arrived.wait()

    await home.mo.delete(chat.responses[0])
    starting.release()

    await told_privately(home, chat, DELETED)
    assert home.weryai.requests == []
    await still_works(home)


async def test_chat_whose_response_is_deleted_at_once_is_told_privately(home: Home) -> None:
    filling = home.discord.faults.hold("PATCH", "/messages/@original$")
    chat = await home.ada.slash(home.channel, "chat", prompt="Hello?")
    await filling.arrived.wait()

    posting.delete(home.discord.world, home.channel, chat.responses[:1], bulk=False)
    filling.release()

    await told_privately(home, chat, DELETED)
    assert not home.guild.threads


async def test_chat_in_a_channel_that_is_deleted_before_its_thread_is_told_directly(
    home: Home,
) -> None:
    doomed = home.discord.add_channel(home.guild, "doomed")
    starting = home.discord.faults.hold("POST", "/threads$")
    await home.ada.slash(doomed, "chat", prompt="Hello?")
    await starting.arrived.wait()

    home.discord.world.remove_channel(doomed)
    starting.release()

    await told_directly(home, doomed)
    assert home.weryai.requests == []
    await still_works(home)


async def test_chat_in_a_server_that_is_full_of_threads_says_what_to_do(home: Home) -> None:
    refusal = {"code": 160006, "message": "Maximum number of active threads reached"}
    home.discord.faults.answer("POST", "/threads$", 400, refusal)

    chat = await home.ada.slash(home.channel, "chat", prompt="Hello?")

    await home.until(lambda: any("as many open threads" in one.content for one in chat.responses))
    [told] = [one for one in chat.responses if not one.deleted]
    assert told.ephemeral_for == home.ada.id
    assert home.weryai.requests == []


Loss = Callable[[Home, Channel], object]


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lambda home, thread: home.discord.world.remove_channel(thread), id="deleted"),
        pytest.param(
            lambda home, thread: home.discord.world.change_channel(thread, archived=True),
            id="archived",
        ),
        pytest.param(
            lambda home, thread: home.discord.world.change_channel(thread, locked=True), id="locked"
        ),
        pytest.param(
            lambda home, _: home.discord.set_overwrite(
                home.channel, home.discord.bot_user, deny=Permission.VIEW_CHANNEL
            ),
            id="forbidden",
        ),
    ],
)
async def test_the_first_answer_of_chat_whose_thread_is_lost_is_told_privately(
    home: Home, lose: Loss
) -> None:
    home.weryai.answer_next(COUNT)
    gate = home.weryai.hold_next(after=2)
    chat = await home.ada.slash(home.channel, "chat", prompt="Count!")
    await home.until(lambda: home.guild.threads)
    [thread] = home.guild.threads.values()
    await home.until(lambda: any(one.content == "One two" for one in thread.messages.values()))

    lose(home, thread)
    gate.release()

    await told_privately(home, chat, NOT_SHOWN)
    assert LOST in warnings(home)[0]


@pytest.mark.parametrize("button", ["Regenerate", "▶"])
async def test_a_press_whose_answer_cannot_be_shown_is_told_privately(
    home: Home, button: str
) -> None:
    thread = await home.ada.start_thread(home.channel, "Talk")
    asked = await home.ask("Hello?", channel=thread, variants=2)
    answer = await home.answered(asked)
    await home.until(lambda: "▶" in buttons(answer))
    await home.mo.change_thread(thread, archived=True)

    pressed = await home.ada.click(answer, button)

    await told_privately(home, pressed, NOT_SHOWN)


@pytest.mark.parametrize("begun", [False, True])
async def test_who_takes_no_more_direct_messages_leaves_one_log_line(
    home: Home, *, begun: bool
) -> None:
    home.weryai.answer_next([f"w{number:04} " for number in range(800)])
    gate = home.weryai.hold_next(after=100 if begun else 0)
    direct = await home.ada.open_dm()
    question = await home.ada.send(direct, "Write a lot!")
    await gate.reached()
    answer = await home.begun(question) if begun else None

    home.ada.user.accepts_dms = False
    gate.release()

    [bot] = home.stage.bots
    await bot.log.says(NO_MORE if begun else LOST, home.stage.since(bot))
    if answer is not None:  # what is there can still be edited, and shows how it ended
        await home.until(lambda: "Regenerate" in buttons(answer))
        assert CUT_SHORT in answer.content
    await still_works(home)
    assert len(warnings(home)) == 1


async def test_in_a_listened_thread_where_it_may_not_write_the_person_is_told_directly(
    home: Home,
) -> None:
    chat = await home.ada.slash(home.channel, "chat", title="Talk")
    await home.until(lambda: home.guild.threads)
    [thread] = home.guild.threads.values()
    await chat.settled()
    denied = Permission.SEND_MESSAGES_IN_THREADS
    home.discord.set_overwrite(home.channel, home.discord.bot_user, deny=denied)

    await home.ada.send(thread, "Hello?")

    direct = await home.ada.open_dm()
    await home.until(lambda: direct.messages, "A direct message")
    assert f"your question in {thread.mention}" in str(direct.messages.values())
    assert home.weryai.requests == []
