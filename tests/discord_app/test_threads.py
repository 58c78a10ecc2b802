"""`/chat`, and threads in which everybody is answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.conversation import ChannelId, GuildId, UserId
from bot.core.errors import DatabaseUnavailable, PromptTooLong
from bot.core.options import Change, Scope
from bot.core.policy import NO_CHOICE
from bot.core.replies import Address
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel
from tests.discord_app.conftest import Home, Inside

pytestmark = pytest.mark.usefixtures("bot")


async def opened(home: Home, sandbox: DiscordSandbox, **options: object) -> Channel:
    """The thread that Ada opens."""
    handle = await home.ada.slash(home.channel, "chat", **options)
    await handle.answered()
    message = handle.response
    assert message is not None
    await sandbox.until(lambda: message.thread is not None)
    assert message.thread is not None
    return message.thread


async def test_a_thread_opens_from_the_response_and_the_answer_is_there(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    thread = await opened(home, sandbox, prompt="What is AI?\nIn short.")
    await sandbox.until(lambda: home.answers(thread))

    assert thread.name == "What is AI?"
    assert "> What is AI?\n> In short." in home.answers()[0].content
    assert home.answers(thread)[-1].content == "You said What is AI?\nIn short."
    place = inside.service.turns[0].place
    assert (place.channel_id, place.thread_id) == (home.channel.id, thread.id)


async def test_everybody_in_it_is_answered_without_a_mention(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    thread = await opened(home, sandbox, title="Talk")
    await inside.news.until(lambda: inside.threads.threads)
    await home.mo.send(thread, "and me?")
    await sandbox.until(lambda: home.answers(thread))

    assert thread.name == "Talk"
    [turn] = inside.service.turns
    assert turn.gathers
    assert turn.asker.id == home.mo.id
    assert inside.threads.threads[ChannelId(thread.id)].opener == home.ada.id


async def test_the_first_word_in_it_is_heard_however_soon_it_comes(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    held = sandbox.faults.hold("PUT", "/thread-members/")
    thread = await opened(home, sandbox, title="Talk")
    await home.mo.send(thread, "first")
    await sandbox.until(lambda: home.answers(thread))
    held.release()

    assert inside.service.turns[0].said[0].text == "first"


async def test_a_thread_that_does_not_open_is_not_listened_to(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    sandbox.faults.answer("POST", "/threads$", 403, {"code": 50013, "message": "no"})
    handle = await home.ada.slash(home.channel, "chat", title="Talk")
    await sandbox.until(lambda: any(one.ephemeral_for for one in home.answers()))

    [told] = home.answers()
    assert "Create Public Threads" in told.content
    assert handle.response is not None
    assert handle.response.deleted
    assert inside.threads.threads == {}


async def test_what_the_thread_begins_with_pings_nobody(
    sandbox: DiscordSandbox, home: Home
) -> None:
    await opened(home, sandbox, prompt=f"{home.mo.mention}, @everyone, what is AI?")

    [starter] = home.answers()
    assert home.mo.mention in starter.content
    assert not starter.pings


async def test_the_opener_is_a_member_of_the_thread(sandbox: DiscordSandbox, home: Home) -> None:
    thread = await opened(home, sandbox)
    await sandbox.until(lambda: home.ada.id in thread.thread_members)


async def test_a_model_is_chosen_for_the_whole_thread(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    thread = await opened(home, sandbox, prompt="Hello", model="GPT_5_MINI")
    await sandbox.until(lambda: home.answers(thread))

    layers = await inside.options.layers({Scope.THREAD: ChannelId(thread.id)})
    assert layers == [(Scope.THREAD, {"model": "GPT_5_MINI"})]


async def test_a_long_question_gives_a_title_that_ends_at_a_word(
    sandbox: DiscordSandbox, home: Home
) -> None:
    thread = await opened(home, sandbox, prompt="word " * 1000)

    assert len(thread.name) <= 100
    assert thread.name.endswith("word…")


async def test_a_question_that_cannot_be_used_opens_no_thread(home: Home, inside: Inside) -> None:
    inside.service.refuses = PromptTooLong(6000, 4000)
    handle = await home.ada.slash(home.channel, "chat", prompt="a" * 6000)
    told = await handle.answered()

    assert "6,000 characters" in told.content
    assert handle.ephemeral
    assert not home.guild.threads


async def test_a_question_that_fails_in_the_open_thread_is_told_and_the_thread_stays(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    inside.service.refuses = DatabaseUnavailable("gone")
    thread = await opened(home, sandbox, prompt="Why?")
    await sandbox.until(lambda: len(home.answers()) == 2)

    starter, told = home.answers()
    assert starter.thread is thread
    assert told.content == DatabaseUnavailable.text
    assert told.ephemeral_for == home.ada.id


async def test_a_thread_cannot_open_in_a_thread(home: Home) -> None:
    thread = await home.ada.start_thread(home.channel, "Talk")
    handle = await home.ada.slash(thread, "chat")
    told = await handle.answered()

    assert handle.ephemeral
    assert "text channel" in told.content


async def test_without_the_permission_a_moderator_is_asked_for_it(
    sandbox: DiscordSandbox, home: Home
) -> None:
    denied = Permission.CREATE_PUBLIC_THREADS
    sandbox.set_overwrite(home.channel, sandbox.bot_user, deny=denied)
    handle = await home.ada.slash(home.channel, "chat", prompt="Hello")
    told = await handle.answered()

    assert handle.ephemeral
    assert "Create Public Threads" in told.content


async def test_a_thread_from_one_of_its_answers_is_listened_to(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
    await sandbox.until(home.answers)
    thread = await home.mo.start_thread(home.answers()[0], "More of it")
    await home.ada.send(thread, "tell me more")
    await sandbox.until(lambda: len(home.answers(thread)) == 1)
    await home.ada.send(thread, "and more")
    await sandbox.until(lambda: len(home.answers(thread)) == 2)

    _, first, second = inside.service.turns
    assert first.said[0].quoted == "You said hello"
    assert second.said[0].quoted is None
    assert inside.threads.threads[ChannelId(thread.id)].opener == home.mo.id


async def test_it_is_listened_to_before_the_database_knows_the_answers_message(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
    await inside.news.until(lambda: inside.memory.rows)
    [(reply, record)] = inside.memory.rows.items()
    inside.memory.rows[reply] = replace(record, address=Address())
    thread = await home.mo.start_thread(home.answers()[0], "More of it")
    await home.ada.send(thread, "tell me more")
    await sandbox.until(lambda: home.answers(thread))

    assert inside.service.turns[1].said[0].quoted == "You said hello"


async def test_a_thread_from_a_question_is_not(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    question = await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
    await sandbox.until(home.answers)
    thread = await home.ada.start_thread(question, "Among ourselves")
    await home.ada.send(thread, "what do you think, Mo?")
    await home.ada.send(thread, f"{sandbox.bot_mention} and you?")
    await sandbox.until(lambda: home.answers(thread))

    assert [turn.said[0].text for turn in inside.service.turns] == ["hello", "and you?"]


async def test_the_database_is_asked_once_for_each_thread(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    thread = await home.ada.start_thread(home.channel, "Busy")
    for number in range(3):
        await home.ada.send(thread, f"{sandbox.bot_mention} question {number}")
        await inside.news.until(lambda: len(inside.service.turns) > number)  # noqa: B023 - awaited here

    assert inside.threads.asked == 1


async def test_a_picture_in_a_listened_thread_is_for_the_others(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    thread = await opened(home, sandbox)
    await inside.news.until(lambda: inside.threads.threads)
    await home.mo.send(thread, files={"cat.png": b"meow"})
    await home.mo.send(thread, "nice, is it?")
    await sandbox.until(lambda: home.answers(thread))

    assert [turn.said[0].text for turn in inside.service.turns] == ["nice, is it?"]


async def test_a_deleted_thread_is_left(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    thread = await opened(home, sandbox)
    await inside.news.until(lambda: inside.threads.threads)
    sandbox.world.remove_channel(thread)

    await inside.news.until(lambda: not inside.threads.threads)


async def test_a_mention_is_told_when_the_database_fails_and_chatter_is_not(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    thread = await home.ada.start_thread(home.channel, "Talk")
    inside.threads.fails = DatabaseUnavailable("gone")
    await home.ada.send(thread, "chatter")
    await home.ada.send(thread, f"{sandbox.bot_mention} hello")
    await sandbox.until(lambda: home.answers(thread))

    [told] = home.answers(thread)
    assert told.content == DatabaseUnavailable.text


async def test_a_member_opens_no_thread_for_a_model_that_members_may_not_pick(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    guild = GuildId(home.guild.id)
    none = Change(Scope.SERVER, guild, "member_models", "none")
    await inside.options.change(guild, [none], by=UserId(home.mo.id))

    handle = await home.ada.slash(home.channel, "chat", model="GPT_5_MINI")
    await sandbox.until(lambda: any(one.content for one in handle.responses))
    told = next(one for one in handle.responses if one.content)
    assert told.content == NO_CHOICE
    assert told.ephemeral_for == home.ada.id
    assert inside.threads.threads == {}

    await home.mo.slash(home.channel, "chat", model="GPT_5_MINI")
    await sandbox.until(lambda: inside.threads.threads)
