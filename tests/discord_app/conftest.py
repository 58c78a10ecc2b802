"""A local Discord for each test, and the bot's REST session to it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.core.ports import Lane
from bot.discord_app.rest import DiscordRest, open_rest
from bot.discord_app.tracing import trace_config
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel, Guild


@dataclass
class Observer:
    """Writes down what a trace reports."""

    started_lanes: list[Lane] = field(default_factory=list)
    endings: list[tuple[Lane, dict[str, object]]] = field(default_factory=list)

    def started(self, lane: Lane) -> None:
        self.started_lanes.append(lane)

    def ended(self, lane: Lane, **told: object) -> None:
        self.endings.append((lane, told))


@dataclass
class Home:
    """A server with a channel, a member and a moderator."""

    guild: Guild
    channel: Channel
    ada: Person
    mo: Person


@pytest.fixture
async def sandbox() -> AsyncIterator[DiscordSandbox]:
    async with DiscordSandbox(openapi=os.environ.get("DISCORD_OPENAPI")) as sandbox:
        yield sandbox
        assert sandbox.violations == []


@pytest.fixture
def home(sandbox: DiscordSandbox) -> Home:
    guild = sandbox.add_guild("Home")
    channel = sandbox.add_channel(guild, "general")
    ada = sandbox.add_member(guild, "Ada")
    mo = sandbox.add_member(guild, "Mo", Permission.MANAGE_GUILD | Permission.MANAGE_MESSAGES)
    return Home(guild, channel, ada, mo)


@pytest.fixture
def observer() -> Observer:
    return Observer()


@pytest.fixture
async def rest(sandbox: DiscordSandbox, observer: Observer) -> AsyncIterator[DiscordRest]:
    async with open_rest(sandbox.api_url, sandbox.token, trace_config(observer)) as rest:
        yield rest
