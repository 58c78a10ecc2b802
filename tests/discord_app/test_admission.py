"""Who asks, as Discord tells it; and what the refused read, or do not."""

from __future__ import annotations

import logging

import discord
import pytest

from bot.core.conversation import Presser, RoleId, UserId
from bot.core.errors import AccessDenied, LimitReached, LineFull
from bot.core.pacing import EditBudget
from bot.discord_app import refusals
from bot.discord_app.client import WeryBot
from bot.discord_app.refusals import Refusals
from bot.discord_app.turns import presser_by_message
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Message
from tests.discord_app.conftest import Home, Inside

pytestmark = pytest.mark.usefixtures("bot")


def shown(home: Home) -> list[str]:
    return [message.content for message in home.answers()]


async def asked_by(sandbox: DiscordSandbox, home: Home, inside: Inside, person: Person) -> Presser:
    """Who the service is told that a message is by."""
    count = len(inside.service.askers)
    await person.send(home.channel, f"{sandbox.bot_mention} hello")
    await inside.news.until(lambda: len(inside.service.askers) > count)
    return inside.service.askers[-1]


# --- who asks -------------------------------------------------------------------------------------


async def test_a_message_tells_its_authors_roles_and_whether_they_manage_the_server(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    vip = sandbox.add_role(home.guild, "VIP")
    keeper = sandbox.add_member(home.guild, "Kay", Permission.MANAGE_MESSAGES, roles=[vip])
    everyone = RoleId(home.guild.id)

    assert await asked_by(sandbox, home, inside, home.ada) == Presser(
        UserId(home.ada.id), moderator=False, roles=frozenset({everyone})
    )
    asker = await asked_by(sandbox, home, inside, home.mo)
    assert (asker.moderator, asker.manager) == (True, True)
    asker = await asked_by(sandbox, home, inside, keeper)
    assert (asker.moderator, asker.manager) == (True, False)
    assert {RoleId(vip.id), everyone} < asker.roles


async def test_a_command_tells_the_same_as_a_message(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    for person in (home.ada, home.mo):
        by_message = await asked_by(sandbox, home, inside, person)
        await (await person.slash(home.channel, "ask", prompt="Hello")).answered()
        assert inside.service.askers[-1] == by_message


async def test_roles_are_as_they_are_at_the_question(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    vip = sandbox.add_role(home.guild, "VIP", Permission.MANAGE_GUILD)
    sandbox.world.set_roles(home.guild, home.ada.user, [vip.id])
    assert (await asked_by(sandbox, home, inside, home.ada)).manager
    sandbox.world.set_roles(home.guild, home.ada.user, [])
    assert not (await asked_by(sandbox, home, inside, home.ada)).manager


async def test_a_direct_message_comes_from_somebody_without_roles(
    home: Home, inside: Inside
) -> None:
    direct = await home.mo.open_dm()
    await home.mo.send(direct, "Hello")
    await inside.news.until(lambda: inside.service.askers)
    assert inside.service.askers == [Presser(UserId(home.mo.id), moderator=False)]


async def read_later(bot: WeryBot, message: Message) -> discord.Message:
    channel = bot.get_channel(message.channel.id)
    assert isinstance(channel, discord.TextChannel)
    return await channel.fetch_message(message.id)


async def test_of_a_message_that_is_read_later_the_roles_are_asked_for(
    bot: WeryBot, home: Home
) -> None:
    said = await home.mo.send(home.channel, "Hello")
    message = await read_later(bot, said)
    assert isinstance(message.author, discord.User)

    asker = await presser_by_message(message, EditBudget())

    assert (asker.user, asker.manager) == (home.mo.id, True)


async def test_who_has_left_since_has_no_roles(
    sandbox: DiscordSandbox, bot: WeryBot, home: Home
) -> None:
    said = await home.mo.send(home.channel, "Hello")
    sandbox.world.remove_member(home.guild, home.mo.user)

    asker = await presser_by_message(await read_later(bot, said), EditBudget())

    assert asker == Presser(UserId(home.mo.id), moderator=False)


# --- what the refused read ------------------------------------------------------------------------


async def test_a_message_of_a_denied_member_is_answered_by_nothing(
    sandbox: DiscordSandbox, home: Home, inside: Inside, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    inside.service.denies = AccessDenied(text="Not you.")
    await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
    await inside.news.until(lambda: len(inside.service.askers) == 1)
    inside.service.denies = None
    await home.mo.send(home.channel, f"{sandbox.bot_mention} hello")
    await sandbox.until(home.answers)

    assert shown(home) == ["You said hello"]
    assert any("not let in" in record.message for record in caplog.records)


async def test_a_limit_is_told_once_until_a_later_one_is_reached(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    async def ask(person: Person, until: float) -> None:
        inside.service.denies = LimitReached(f"Until {until:g}.", until=until)
        count = len(inside.service.askers)
        await person.send(home.channel, f"{sandbox.bot_mention} hello")
        await inside.news.until(lambda: len(inside.service.askers) > count)

    for person, until in (
        (home.ada, 100.0),
        (home.ada, 100.0),
        (home.ada, 60.0),
        (home.mo, 100.0),
        (home.ada, 160.0),
    ):
        await ask(person, until)
    await sandbox.until(lambda: "Until 160." in shown(home))

    assert shown(home) == ["Until 100.", "Until 100.", "Until 160."]


async def test_a_refused_command_takes_its_thinking_back_and_tells_one_person(
    home: Home, inside: Inside
) -> None:
    for error in (AccessDenied(text="Not you."), LimitReached("Not now.", until=1.0)):
        inside.service.denies = error
        for command, options in (("ask", {"prompt": "Hello"}), ("chat", {})):
            handle = await home.ada.slash(home.channel, command, **options)
            [told] = await handle.followed_up()
            assert (told.content, home.mo.can_see(told)) == (error.text, False)
            assert handle.responses[0].deleted
    assert [one for one in home.answers() if home.mo.can_see(one)] == []


async def test_of_a_full_line_each_is_told_once_a_minute_in_each_channel(
    bot: WeryBot, home: Home
) -> None:
    now = 1000.0
    told, full = Refusals(clock=lambda: now), LineFull(20, "here")
    adas = await read_later(bot, await home.ada.send(home.channel, "Hello"))
    mos = await read_later(bot, await home.mo.send(home.channel, "Hello"))
    assert [told.is_news(one, full) for one in (adas, adas, mos)] == [True, False, True]
    now += 59
    assert not told.is_news(adas, full)
    now += 2
    assert told.is_news(adas, full)
    assert told.is_news(adas, LimitReached("", until=5.0)), "that is something else"


async def test_only_so_many_are_remembered(
    monkeypatch: pytest.MonkeyPatch, bot: WeryBot, home: Home
) -> None:
    monkeypatch.setattr(refusals, "REMEMBERED", 1)
    reached, remembered = LimitReached("", until=5.0), Refusals()
    adas = await read_later(bot, await home.ada.send(home.channel, "Hello"))
    mos = await read_later(bot, await home.mo.send(home.channel, "Hello"))
    assert remembered.is_news(adas, reached)
    assert not remembered.is_news(adas, reached)
    assert remembered.is_news(mos, reached)
    assert remembered.is_news(adas, reached)
