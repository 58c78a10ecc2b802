"""`/reset`, which makes the bot forget, and `/help`."""

from __future__ import annotations

from bot.sandbox.discord.people import Person
from bot.sandbox.discord.state import Channel
from bot.sandbox.weryai import Fault
from tests.e2e.stage import Home, conversation

REFUSED = (
    "Only moderators can make me forget this conversation (in a thread, whoever opened it, too)."
)
FORGOTTEN = "I have forgotten this conversation (2 messages). The next question starts anew."


async def reset(home: Home, by: Person, channel: Channel) -> str:
    """What somebody alone reads after `/reset`."""
    handle = await by.slash(channel, "reset")
    await home.until(lambda: any(one.content for one in handle.responses))
    told = next(one for one in handle.responses if one.content)
    assert told.ephemeral_for == by.id
    return told.content


async def remembers(home: Home, channel: Channel) -> bool:
    """Whether the next question brings what was said before."""
    await home.answered(await home.mention("And now?", channel=channel))
    return len(conversation(home.weryai.requests[-1])) > 1


async def test_a_moderator_makes_it_forget_a_channel(home: Home) -> None:
    await home.answered(await home.mention("I am Ada."))

    assert await reset(home, home.mo, home.channel) == FORGOTTEN

    assert not await remembers(home, home.channel)


async def test_a_member_does_not(home: Home) -> None:
    await home.answered(await home.mention("I am Ada."))

    assert await reset(home, home.ada, home.channel) == REFUSED

    assert await remembers(home, home.channel)


async def test_whoever_opened_a_thread_makes_it_forget_the_thread_and_strangers_do_not(
    home: Home,
) -> None:
    chat = await home.ada.slash(home.channel, "chat", title="Talk")
    await home.until(lambda: home.guild.threads)
    [thread] = home.guild.threads.values()
    await chat.settled()
    await home.answered(await home.bob.send(thread, "I am Bob."))

    assert await reset(home, home.bob, thread) == REFUSED
    assert await reset(home, home.ada, thread) == FORGOTTEN

    assert not await remembers(home, thread)


async def test_only_this_place_is_forgotten(home: Home) -> None:
    elsewhere = home.discord.add_channel(home.guild, "elsewhere")
    await home.answered(await home.mention("I am Ada."))
    await home.answered(await home.mention("I am Ada.", channel=elsewhere))

    await reset(home, home.mo, home.channel)

    assert await remembers(home, elsewhere)


async def test_one_message_is_counted_as_one(home: Home) -> None:
    home.weryai.fail_next(Fault.NO_CREDITS)
    await home.answered(await home.mention("I am Ada."))

    assert await reset(home, home.mo, home.channel) == (
        "I have forgotten this conversation (1 message). The next question starts anew."
    )


async def test_there_may_be_nothing_to_forget(home: Home) -> None:
    assert await reset(home, home.mo, home.channel) == "There is nothing to forget here."


async def test_help_names_every_way_to_ask(home: Home) -> None:
    told = await (await home.ada.slash(home.channel, "help")).answered()

    assert told.ephemeral_for == home.ada.id
    for command in home.discord.world.commands.values():
        known = {"ask", "chat", "model", "config", "usage", "reset", "help", "Ask about this"}
        assert command.name in known
        assert command.name in told.content or command.name == "help"
    assert "switched off" not in told.content
