"""A local Discord for each test, and the bot's REST session to it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.core.choices import Choices
from bot.core.limits import Limits
from bot.core.pacing import EditBudget
from bot.core.ports.discord_app import Lane
from bot.discord_app.application import ContentIntent, identify, reads_everything
from bot.discord_app.client import Collaborators, Shards, WeryBot, point_at
from bot.discord_app.config.log_channel import LogChannel
from bot.discord_app.rest import DiscordRest, open_rest
from bot.discord_app.surfaces import ReplySurfaces
from bot.discord_app.tracing import trace_config
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel, Guild, Message, MessageType
from tests.core.fake_schemas import FakeSchemas
from tests.core.fake_stores import FakeCounters, FakeOptions, FakeReplies, Memory
from tests.core.samples import FLASH
from tests.discord_app.fake_usage import FakePainter, FakeUsage
from tests.discord_app.fakes import FakeCatalogue, FakeService, FakeThreads, News


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

    def answers(self, channel: Channel | None = None) -> list[Message]:
        """What the bot says, as Ada sees it."""
        seen = self.ada.sees(channel or self.channel)
        return [
            message
            for message in seen
            if message.author.bot
            and not message.thinking
            and message.type is not MessageType.THREAD_STARTER_MESSAGE
        ]


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


@dataclass
class Inside:
    """What is behind the bot."""

    service: FakeService
    threads: FakeThreads
    options: FakeOptions
    catalogue: FakeCatalogue
    memory: Memory
    news: News
    usage: FakeUsage
    painter: FakePainter


@pytest.fixture
def inside() -> Inside:
    memory, news = Memory(), News()
    service, threads = FakeService(memory, news), FakeThreads(news)
    return Inside(
        service,
        threads,
        FakeOptions(),
        FakeCatalogue(),
        memory,
        news,
        usage=FakeUsage(),
        painter=FakePainter(),
    )


Build = Callable[[ContentIntent], Awaitable[WeryBot]]


@pytest.fixture
def build(
    sandbox: DiscordSandbox,
    rest: DiscordRest,
    inside: Inside,
    observer: Observer,
    monkeypatch: pytest.MonkeyPatch,
) -> Build:
    """Makes the bot, given MESSAGE_CONTENT_INTENT."""
    # Both are discord.py's own for the whole process: they are put back after the test.
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)

    async def built(content_intent: ContentIntent) -> WeryBot:
        point_at(sandbox.api_url)
        application = await identify(rest)
        log_channel = LogChannel(rest, inside.options, EditBudget())
        choices = Choices(
            inside.options,
            inside.catalogue,
            {"model": FLASH.key},
            announce=log_channel.announce,
        )
        return WeryBot(
            application,
            Collaborators(
                inside.service,
                choices,
                inside.catalogue,
                inside.threads,
                FakeReplies(inside.memory),
                rest,
                ReplySurfaces(rest, application.id, clock=sandbox.clock.now),
                schemas=FakeSchemas(),
                log_channel=log_channel,
                limits=Limits(choices, FakeCounters(inside.memory), clock=inside.memory.clock),
                budget=EditBudget(),
                usage=inside.usage,
                painter=inside.painter,
            ),
            reads_everything=reads_everything(application, content_intent),
            shards=Shards(),
            trace=trace_config(observer),
        )

    return built


@pytest.fixture
async def bot(
    sandbox: DiscordSandbox,
    home: Home,  # noqa: ARG001 - there is a server before the bot comes
    build: Build,
) -> AsyncIterator[WeryBot]:
    """The bot, connected."""
    bot = await build("auto")
    serving = asyncio.create_task(bot.serve(sandbox.token))
    try:
        await sandbox.bot_ready()
        yield bot
    finally:
        await bot.close()
        await serving
