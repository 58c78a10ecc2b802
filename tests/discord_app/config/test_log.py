"""`/config log`, and the channel in which changes are announced."""

from __future__ import annotations

import json

import pytest

from bot.core.conversation import GuildId, UserId
from bot.core.options import Change, Scope
from bot.sandbox.discord.components import words
from bot.sandbox.discord.permissions import Overwrite, Permission
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel
from tests.discord_app.config.using import part, parts, press, shown, told
from tests.discord_app.conftest import Home, Inside

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture
def records(home: Home, sandbox: DiscordSandbox) -> Channel:
    return sandbox.add_channel(home.guild, "records")


def announced(home: Home, channel: Channel) -> list[str]:
    return [message.content for message in home.mo.sees(channel)]


async def watch(home: Home, records: Channel) -> str:
    return await told(
        home.mo, home.channel, "config set", option="log_channel", value=str(records.id)
    )


async def test_it_tells_who_changed_what_where_from_and_to(home: Home) -> None:
    await told(home.mo, home.channel, "config set", option="seed", value="1")
    await told(home.mo, home.channel, "config set", option="seed", value="2")
    await told(home.mo, home.channel, "config set", option="top_p", value="1", scope="channel")
    await told(home.mo, home.channel, "config reset", option="seed")

    text = await told(home.mo, home.channel, "config log")

    by = f"<@{home.mo.id}>"
    assert text.split("\n") == [
        "### Changes",
        f"- <t:3:R> {by} · server · **Seed**: `2` → not set",
        f"- <t:2:R> {by} · <#{home.channel.id}> · **Top p**: not set → `1`",
        f"- <t:1:R> {by} · server · **Seed**: `1` → `2`",
        f"- <t:0:R> {by} · server · **Seed**: not set → `1`",
    ]


async def test_it_is_empty_before_anything_was_changed(home: Home) -> None:
    message = await shown(home.mo, home.channel, "config log")

    assert words(message) == "Nothing has been changed in this server yet."
    assert parts(message) == []


async def test_long_texts_are_shortened(home: Home) -> None:
    await told(home.mo, home.channel, "config set", option="system_prompt", value="word " * 500)

    text = await told(home.mo, home.channel, "config log")

    assert "**System prompt**: not set → `word word" in text
    assert "…`" in text
    assert len(text) < 300


async def test_more_changes_than_fit_are_paged_even_those_of_one_moment(
    home: Home, inside: Inside
) -> None:
    guild = GuildId(home.guild.id)
    for number in range(25):
        change = Change(Scope.SERVER, guild, "seed", number)
        await inside.options.change(guild, [change], by=UserId(home.mo.id))
    message = await shown(home.mo, home.channel, "config log")
    assert "→ `24`" in words(message)
    assert words(message).count("→") == 10
    assert part(message, "newer")["disabled"]

    await press(home.mo, message, "older")
    assert "Page 2" in words(message)
    await press(home.mo, message, "older")
    assert words(message).count("→") == 5
    assert part(message, "older")["disabled"]
    await press(home.mo, message, "newer")
    assert "→ `14`" in words(message)


async def test_every_kind_of_change_is_announced_and_nobody_notified(
    home: Home, records: Channel
) -> None:
    await watch(home, records)
    await told(home.mo, home.channel, "config set", option="seed", value="1")
    message = await shown(home.mo, home.channel, "config show")
    await press(home.mo, message, "group:Answers")
    await press(home.mo, message, "set:buttons")
    data = json.dumps({"version": 1, "channels": {str(home.channel.id): {"top_p": 1}}})
    file = home.mo.file("config.json", data.encode())
    await told(home.mo, home.channel, "config import", file=file)
    asked = await shown(home.mo, home.channel, "config reset", scope="channel")
    await press(home.mo, asked, "reset")

    by = f"<@{home.mo.id}>"
    assert announced(home, records) == [
        f"{by} · server · **Log channel**: not set → <#{records.id}>",
        f"{by} · server · **Seed**: not set → `1`",
        f"{by} · server · **Buttons**: not set → `off`",
        f"{by} · <#{home.channel.id}> · **Top p**: not set → `1`",
        f"{by} · <#{home.channel.id}> · **Top p**: `1` → not set",
    ]
    assert not any(message.pings for message in home.mo.sees(records))


async def test_many_changes_at_once_are_one_announcement(home: Home, records: Channel) -> None:
    await watch(home, records)
    values = {"temperature": 1, "top_p": 1, "seed": 1, "history": 5, "buttons": False}
    scopes = [await home.ada.start_thread(home.channel, f"Thread {n}") for n in range(3)]
    document = {"version": 1, "threads": {str(one.id): values for one in scopes}}
    file = home.mo.file("config.json", json.dumps(document).encode())

    assert "15 changes in 3 places" in await told(home.mo, home.channel, "config import", file=file)

    (_, text) = announced(home, records)
    assert len(text.split("\n")) == 11
    assert text.endswith("-# … and 5 more: `/config log`")


async def test_long_texts_do_not_make_an_announcement_too_long(
    home: Home, records: Channel
) -> None:
    await watch(home, records)
    threads = [await home.ada.start_thread(home.channel, f"Thread {n}") for n in range(10)]
    for prompt in ("🦀" * 100, "🐍" * 100):
        values = {str(one.id): {"system_prompt": prompt} for one in threads}
        document = json.dumps({"version": 1, "threads": values}).encode()
        file = home.mo.file("config.json", document)
        text = await told(home.mo, home.channel, "config import", file=file)
        assert text.startswith("Done: 10 changes")
        assert "⚠️" not in text

    assert announced(home, records)[-1].endswith("more: `/config log`")
    assert (await told(home.mo, home.channel, "config log")).count("→") == 10


async def test_a_log_channel_that_is_left_hears_of_it(
    home: Home, records: Channel, sandbox: DiscordSandbox
) -> None:
    other = sandbox.add_channel(home.guild, "other")
    await watch(home, records)
    await watch(home, other)
    await told(home.mo, home.channel, "config reset", option="log_channel")

    assert announced(home, records)[-1].endswith(f"<#{records.id}> → <#{other.id}>")
    assert announced(home, other)[-1].endswith(f"<#{other.id}> → not set")


async def test_a_log_channel_that_takes_nothing_is_hinted_at_and_the_change_holds(
    home: Home, records: Channel, sandbox: DiscordSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    await watch(home, records)
    bot = sandbox.bot_user.id
    forbidden = Overwrite(bot, is_role=False, deny=Permission.SEND_MESSAGES)
    sandbox.world.set_overwrite(records, forbidden)

    text = await told(home.mo, home.channel, "config set", option="seed", value="1")

    done, hint = text.split("\n")
    assert done == "**Seed** of this server: not set → `1`."
    assert hint.startswith(f"⚠️ I could not announce this in <#{records.id}>: I may not write")
    assert f"its log channel {records.id} takes nothing" in caplog.text
    sandbox.world.remove_channel(records)
    assert "⚠️" in await told(home.mo, home.channel, "config set", option="seed", value="2")
    assert "⚠️" not in await told(home.mo, home.channel, "config reset", option="log_channel")
