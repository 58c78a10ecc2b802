"""Limits and lists in `/config`'s other commands: set, reset, the log, exports and imports."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bot.core.conversation import GuildId
from bot.core.options import Changed, Scope
from bot.sandbox.discord.components import words
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import DiscordSandbox
from tests.discord_app.config.using import told
from tests.discord_app.conftest import Home, Inside

pytestmark = pytest.mark.usefixtures("bot")

QUESTIONS = "questions per minute"


async def stored(inside: Inside, home: Home) -> dict[str, Any]:
    [(_, values)] = await inside.options.layers({Scope.SERVER: GuildId(home.guild.id)})
    return dict(values)


async def test_the_log_tells_what_is_different_and_not_all_the_rules(home: Home) -> None:
    await told(home.mo, home.channel, "config limits set", what=QUESTIONS, most=5)
    await told(
        home.mo, home.channel, "config limits set", what="tokens per day", most=9, who="server"
    )
    await told(home.mo, home.channel, "config access deny", member=home.ada)

    handle = await home.mo.slash(home.channel, "config log")
    newest, second, first, *_ = words(await handle.answered()).split("\n- ")[1:]

    assert newest.endswith(f"nothing → These members are denied: <@{home.ada.id}>")
    assert "**Limits**: nothing → The whole server: 9 tokens per day" in second
    assert "nothing → Each member: 5 questions per minute; Moderators" in first


async def test_rules_are_not_set_by_a_value_but_can_be_reset(home: Home, inside: Inside) -> None:
    await told(home.mo, home.channel, "config limits set", what=QUESTIONS, most=5)

    text = await told(home.mo, home.channel, "config set", option="limits", value="9")
    assert "`/config limits`" in text
    assert "limits" in await stored(inside, home)

    await told(home.mo, home.channel, "config reset", option="limits")
    assert "limits" not in await stored(inside, home)


async def test_a_server_waits_for_no_other_to_have_its_rules_changed(
    home: Home, inside: Inside, sandbox: DiscordSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = sandbox.add_guild("Elsewhere")
    channel = sandbox.add_channel(elsewhere, "general")
    max_ = sandbox.add_member(elsewhere, "Max", Permission.MANAGE_GUILD)
    gate, held, change = asyncio.Event(), asyncio.Event(), inside.options.change

    async def slow(guild: GuildId | None, *changes: Any, **by: Any) -> list[Changed]:
        if guild == home.guild.id:
            held.set()
            await gate.wait()
        return await change(guild, *changes, **by)

    monkeypatch.setattr(inside.options, "change", slow)
    waits = await home.mo.slash(home.channel, "config limits set", what=QUESTIONS, most=5)
    await held.wait()
    assert "7 questions" in await told(max_, channel, "config limits set", what=QUESTIONS, most=7)

    gate.set()
    assert "5 questions" in words(await waits.answered())


async def test_rules_are_exported_and_imported_with_the_rest(home: Home, inside: Inside) -> None:
    await told(home.mo, home.channel, "config limits set", what=QUESTIONS, most=5)
    await told(home.mo, home.channel, "config access deny", member=home.ada)
    before = await stored(inside, home)
    handle = await home.mo.slash(home.channel, "config export")
    [file] = (await handle.answered()).attachments
    await told(home.mo, home.channel, "config access remove", member=home.ada)
    await told(home.mo, home.channel, "config limits set", what=QUESTIONS, most=6)

    again = home.mo.file("config.json", file.data, "application/json")
    await told(home.mo, home.channel, "config import", file=again)
    assert await stored(inside, home) == before

    document = json.loads(file.data)
    wrong = json.dumps(document).replace('"questions_per_minute": 5', '"questions_per_minute": 0')
    assert wrong != json.dumps(document)
    text = await told(
        home.mo,
        home.channel,
        "config import",
        file=home.mo.file("config.json", wrong.encode(), "application/json"),
    )
    assert "limits.members.questions_per_minute" in text
    assert await stored(inside, home) == before
