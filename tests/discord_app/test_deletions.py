"""Deletions and edits in Discord reach the history; the bot's own do not."""

from __future__ import annotations

import pytest

from bot.core.conversation import MessageId
from bot.core.errors import DatabaseUnavailable
from bot.discord_app.client import WeryBot
from bot.sandbox.discord.server import DiscordSandbox
from tests.discord_app.conftest import Home, Inside


@pytest.mark.usefixtures("bot")
async def test_a_deleted_message_is_passed_on(home: Home, inside: Inside) -> None:
    message = await home.ada.send(home.channel, "hello")
    await home.ada.delete(message)
    await inside.news.until(lambda: inside.service.deletions)

    assert inside.service.deletions == [message.id]


@pytest.mark.usefixtures("bot")
async def test_many_at_once_are_too(home: Home, inside: Inside) -> None:
    messages = [await home.ada.send(home.channel, f"message {n}") for n in range(3)]
    await home.mo.delete(*messages)
    await inside.news.until(lambda: inside.service.deletions)

    assert sorted(inside.service.deletions) == [message.id for message in messages]


async def test_what_the_bot_took_away_itself_is_not(
    bot: WeryBot, sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
    await inside.news.until(lambda: inside.memory.rows)
    [record] = inside.memory.rows.values()
    surface = bot.collaborators.surfaces.of(record)
    assert surface is not None
    await surface.keep(0)
    other = await home.ada.send(home.channel, "hello")
    await home.ada.delete(other)
    await inside.news.until(lambda: inside.service.deletions)

    assert home.answers() == []
    assert inside.service.deletions == [other.id]


@pytest.mark.usefixtures("bot")
async def test_an_edited_question_is_passed_on_as_it_would_have_been_heard(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    message = await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
    await home.ada.edit(message, f"{sandbox.bot_mention} hello, {home.mo.mention}")
    await inside.news.until(lambda: inside.service.edits)

    heard = f"hello, @{home.mo.user.display_name}"
    assert inside.service.edits == [(MessageId(message.id), heard)]


@pytest.mark.usefixtures("bot")
async def test_the_bots_own_edits_are_not(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
    await inside.news.until(lambda: inside.memory.rows)
    [answer] = home.answers()
    await home.ada.click(answer, "Regenerate")
    await sandbox.until(lambda: len(answer.versions) == 2)
    message = await home.ada.send(home.channel, "hello")
    await home.ada.edit(message, "hello there")
    await inside.news.until(lambda: inside.service.edits)

    assert inside.service.edits == [(MessageId(message.id), "hello there")]


@pytest.mark.usefixtures("bot")
async def test_a_database_that_fails_meanwhile_is_logged(
    sandbox: DiscordSandbox, home: Home, inside: Inside, caplog: pytest.LogCaptureFixture
) -> None:
    inside.service.refuses = DatabaseUnavailable("the disk is full")
    message = await home.ada.send(home.channel, "hello")
    await home.ada.delete(message)
    await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
    await sandbox.until(home.answers)

    assert "the disk is full" in caplog.text
