"""Mentions, direct messages, and who is never answered."""

from __future__ import annotations

import pytest

from bot.core.conversation import Names
from bot.core.errors import PromptTooLong
from bot.discord_app.rest import DiscordRest
from bot.sandbox.discord import posting
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import DiscordSandbox
from tests.discord_app.conftest import Home, Inside

pytestmark = pytest.mark.usefixtures("bot")


async def test_a_mention_is_answered_in_reply_to_it(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    question = await home.ada.send(home.channel, f"{sandbox.bot_mention}, what is AI?")
    await sandbox.until(home.answers)

    [answer] = home.answers()
    assert answer.content == "You said what is AI?"
    assert answer.reference is question
    [turn] = inside.service.turns
    assert turn.event_id == question.id
    assert turn.names == Names("Home", "general")
    assert not turn.gathers


async def test_what_others_are_called_is_kept_readable(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    text = f"{sandbox.bot_mention} is {home.mo.mention} in <#{home.channel.id}>?"
    await home.ada.send(home.channel, text)
    await sandbox.until(home.answers)

    assert inside.service.turns[0].said[0].text == f"is @{home.mo.user.display_name} in #general?"


async def test_the_message_replied_to_is_quoted(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    other = await home.mo.send(home.channel, "The moon is made of cheese")
    await home.ada.send(home.channel, f"{sandbox.bot_mention} is it?", reply_to=other)
    await sandbox.until(home.answers)

    [said] = inside.service.turns[0].said
    assert (said.text, said.quoted) == ("is it?", "The moon is made of cheese")


async def test_a_bare_mention_in_reply_asks_what_was_replied_to(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    other = await home.mo.send(home.channel, "What is the moon made of?")
    await home.ada.send(home.channel, sandbox.bot_mention, reply_to=other)
    await sandbox.until(home.answers)

    [said] = inside.service.turns[0].said
    assert (said.text, said.quoted) == ("What is the moon made of?", None)


async def test_a_reply_to_the_bot_that_pings_it_is_a_mention(
    sandbox: DiscordSandbox, home: Home
) -> None:
    await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
    await sandbox.until(home.answers)
    await home.ada.send(home.channel, "and further?", reply_to=home.answers()[0])
    await sandbox.until(lambda: len(home.answers()) == 2)

    assert home.answers()[1].content == "You said and further?"


async def test_a_webhook_is_not_answered_even_if_its_user_is_no_bot(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    text = f"{sandbox.bot_mention} hello"  # Discord promises a webhook's author no more than a name
    hooked = posting.Draft(content=text, webhook_id=4)
    posting.post(sandbox.world, home.channel, home.mo.user, hooked)
    await home.ada.send(home.channel, f"{sandbox.bot_mention} hi")
    await sandbox.until(home.answers)

    assert [turn.said[0].text for turn in inside.service.turns] == ["hi"]


async def test_a_direct_message_is_answered_without_a_mention(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    direct = await home.ada.open_dm()
    await home.ada.send(direct, "hello")
    await sandbox.until(lambda: home.answers(direct))

    [turn] = inside.service.turns
    assert (turn.place.guild_id, turn.place.conversation_id) == (None, direct.id)
    assert turn.gathers


async def test_nobody_is_answered_who_does_not_ask(
    sandbox: DiscordSandbox, home: Home, rest: DiscordRest, inside: Inside
) -> None:
    await home.ada.send(home.channel, "hello all")
    await home.mo.send(home.channel, "@everyone hello")
    mentioning_itself = {"content": f"{sandbox.bot_mention} talk to yourself"}
    await rest.send("POST", f"/channels/{home.channel.id}/messages", mentioning_itself)
    await home.ada.send(home.channel, f"{sandbox.bot_mention} now you")
    await sandbox.until(lambda: len(home.answers()) == 2)

    assert [turn.said[0].text for turn in inside.service.turns] == ["now you"]


async def test_a_refusal_is_told_in_reply(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    inside.service.refuses = PromptTooLong(6000, 4000)
    question = await home.ada.send(home.channel, f"{sandbox.bot_mention} " + "a" * 1500)
    await sandbox.until(home.answers)

    [told] = home.answers()
    assert told.content == "That is 6,000 characters; I can take 4,000. Please shorten it."
    assert told.reference is question
    assert not told.pings


async def test_an_unforeseen_error_is_never_silence(
    sandbox: DiscordSandbox, home: Home, inside: Inside, caplog: pytest.LogCaptureFixture
) -> None:
    inside.service.refuses = KeyError("a secret")
    question = await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
    await sandbox.until(home.answers)

    assert str(question.id) in home.answers()[0].content
    assert "KeyError" in caplog.text


async def test_where_the_bot_may_not_write_it_says_so_directly(
    sandbox: DiscordSandbox, home: Home, inside: Inside, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.set_overwrite(home.channel, sandbox.bot_user, deny=Permission.SEND_MESSAGES)
    question = await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
    direct = await home.ada.open_dm()
    await sandbox.until(lambda: home.answers(direct))

    assert "may not write" in home.answers(direct)[0].content
    assert f"<#{home.channel.id}>" in home.answers(direct)[0].content
    assert inside.service.turns == []
    assert str(question.id) in caplog.text
    assert {request.status for request in sandbox.requests} & {403} == set()


async def test_somebody_who_takes_no_direct_messages_is_left_in_peace(
    sandbox: DiscordSandbox, home: Home
) -> None:
    home.ada.user.accepts_dms = False
    sandbox.set_overwrite(home.channel, sandbox.bot_user, deny=Permission.SEND_MESSAGES)
    await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
    await sandbox.until(lambda: any(request.status == 403 for request in sandbox.requests))

    other = sandbox.add_channel(home.guild, "other")
    await home.ada.send(other, f"{sandbox.bot_mention} hello")
    await sandbox.until(lambda: home.answers(other))


async def test_a_locked_thread_is_not_written_to(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    thread = await home.ada.start_thread(home.channel, "Closed")
    mo = sandbox.add_member(home.guild, "Mia", Permission.MANAGE_THREADS)
    await mo.change_thread(thread, locked=True)
    await mo.send(thread, f"{sandbox.bot_mention} hello")
    direct = await mo.open_dm()
    await sandbox.until(lambda: len(direct.messages))

    assert inside.service.turns == []
