"""The connection: its intents, its refusals, its share of the servers."""

from __future__ import annotations

import discord
import pytest

from bot.core.conversation import ChannelId
from bot.discord_app.client import Shards, WeryBot
from bot.discord_app.errors import DiscordRefused
from bot.sandbox.discord.server import DiscordSandbox
from tests.discord_app.conftest import Build, Home, Inside, Observer


@pytest.mark.usefixtures("bot")
async def test_discord_pys_own_requests_are_observed(observer: Observer) -> None:
    assert any(lane.route == "GET /gateway/bot" for lane in observer.started_lanes)


async def test_no_more_is_remembered_than_needed(
    bot: WeryBot, sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
    await inside.news.until(lambda: inside.memory.rows)

    assert list(bot.cached_messages) == []
    assert [member.id for member in bot.guilds[0].members] == [sandbox.bot_user.id]


async def test_whatever_it_sends_pings_nobody(bot: WeryBot) -> None:
    assert bot.allowed_mentions is not None
    assert bot.allowed_mentions.to_dict() == discord.AllowedMentions.none().to_dict()


def test_a_server_belongs_to_one_shard() -> None:
    first, second = Shards(2, [0]), Shards(2, [1])
    even, odd = 2 << 22, 3 << 22

    assert (first.own(even), second.own(even)) == (True, False)
    assert (first.own(odd), second.own(odd)) == (False, True)
    assert (first.own(None), second.own(None)) == (True, False)
    assert Shards().own(odd)
    assert Shards(4).own(odd)


class TestWithoutTheContentIntent:
    @pytest.fixture
    def sandbox(self, sandbox: DiscordSandbox) -> DiscordSandbox:
        sandbox.world.application.message_content = False
        return sandbox

    @pytest.mark.usefixtures("bot")
    async def test_it_starts_and_says_what_is_off(
        self, home: Home, caplog: pytest.LogCaptureFixture
    ) -> None:
        handle = await home.ada.slash(home.channel, "chat", title="Talk")
        starter = await handle.answered()
        help_ = await (await home.ada.slash(home.channel, "help")).answered()

        assert "Mention me" in starter.content
        assert "switched off" in help_.content
        logged = [record.getMessage() for record in caplog.get_records("setup")]
        assert any("Message Content intent is off" in line for line in logged)

    @pytest.mark.usefixtures("bot")
    async def test_mentions_and_direct_messages_are_answered_and_threads_need_mentions(
        self, sandbox: DiscordSandbox, home: Home, inside: Inside
    ) -> None:
        await (await home.ada.slash(home.channel, "chat", title="Talk")).answered()
        await inside.news.until(lambda: inside.threads.threads)
        [thread_id] = inside.threads.threads
        await sandbox.until(lambda: thread_id in sandbox.world.channels)
        thread = sandbox.world.channels[ChannelId(thread_id)]
        direct = await home.ada.open_dm()

        await home.ada.send(thread, "unheard")
        await home.ada.send(thread, f"{sandbox.bot_mention} heard")
        await inside.news.until(lambda: len(inside.service.turns) == 1)
        await home.ada.send(direct, "directly")
        await inside.news.until(lambda: len(inside.service.turns) == 2)

        assert [turn.said[0].text for turn in inside.service.turns] == ["heard", "directly"]

    async def test_asking_for_it_all_the_same_is_refused_in_plain_words(
        self, sandbox: DiscordSandbox, build: Build
    ) -> None:
        bot = await build("on")

        with pytest.raises(DiscordRefused, match="Message Content intent"):
            await bot.serve(sandbox.token)


async def test_a_wrong_token_is_refused_in_plain_words(
    sandbox: DiscordSandbox, build: Build
) -> None:
    bot = await build("auto")

    with pytest.raises(DiscordRefused, match="DISCORD_TOKEN"):
        await bot.serve(f"{sandbox.token}wrong")
    await bot.close()
