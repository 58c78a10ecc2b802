"""A session that begins anew has missed events; what was said meanwhile is heard all the same."""

from __future__ import annotations

import pytest

from bot.core.conversation import ChannelId, UserId
from bot.core.ports.storage import ListenedThread
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import DiscordSandbox
from tests.discord_app.conftest import Home, Inside

pytestmark = pytest.mark.usefixtures("bot")


async def test_what_was_said_in_the_gap_is_answered_once_wherever_it_can_be_read(
    sandbox: DiscordSandbox, home: Home, inside: Inside, caplog: pytest.LogCaptureFixture
) -> None:
    direct = await home.ada.open_dm()
    thread = await home.ada.start_thread(home.channel, "Talk")
    await inside.threads.listen(ListenedThread(ChannelId(thread.id), UserId(home.ada.id)))
    closed = sandbox.add_channel(home.guild, "closed")
    denied = Permission.READ_MESSAGE_HISTORY
    sandbox.set_overwrite(closed, sandbox.bot_user, deny=denied)
    broken = sandbox.add_channel(home.guild, "broken")
    sandbox.faults.answer("GET", f"/channels/{broken.id}/messages", 403, {"code": 50001})
    await home.ada.send(direct, "directly before")
    await home.ada.send(home.channel, f"{sandbox.bot_mention} before")
    await inside.news.until(lambda: len(inside.service.turns) == 2)

    sandbox.gateway.swallows = lambda name, _: name == "MESSAGE_CREATE"
    await home.ada.send(closed, f"{sandbox.bot_mention} unheard")
    await home.ada.send(home.channel, "chatter")
    await home.ada.send(home.channel, f"{sandbox.bot_mention} meanwhile")
    await home.ada.send(thread, "in the thread")
    await home.ada.send(direct, "directly meanwhile")
    await home.ada.send(broken, f"{sandbox.bot_mention} unheard, though newest")
    sandbox.gateway.swallows = lambda *_: False
    sandbox.gateway.invalidate(resumable=False)
    await inside.news.until(lambda: len(inside.service.turns) == 5, seconds=30)

    said = {turn.said[0].text for turn in inside.service.turns[2:]}
    assert said == {"meanwhile", "in the thread", "directly meanwhile"}
    assert not any(f"/channels/{closed.id}/messages" in one.path for one in sandbox.requests)
    assert "could not be read" in caplog.text


async def test_a_session_that_is_resumed_reads_nothing(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    await home.ada.send(home.channel, f"{sandbox.bot_mention} before")
    await inside.news.until(lambda: inside.service.turns)
    sandbox.gateway.drop()
    await home.ada.send(home.channel, f"{sandbox.bot_mention} meanwhile")
    await inside.news.until(lambda: len(inside.service.turns) == 2, seconds=30)

    assert not any(one.method == "GET" and "messages" in one.path for one in sandbox.requests)
