"""A local Discord for each test, and clients to connect to it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest
from discord.http import Route

from bot.sandbox.discord.handles import InteractionHandle
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel, Guild
from tests.sandbox.discord.clients import TIMEOUT, USUAL, Bot, Connect, Gateway, Rest
from tests.sandbox.discord.interacting import ASK, Answers


@dataclass(frozen=True)
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


@pytest.fixture
def home(sandbox: DiscordSandbox) -> Home:
    guild = sandbox.add_guild("Home")
    channel = sandbox.add_channel(guild, "general")
    moderator = Permission.MANAGE_GUILD | Permission.MANAGE_MESSAGES | Permission.MANAGE_THREADS
    ada = sandbox.add_member(guild, "Ada")
    return Home(guild, channel, ada, sandbox.add_member(guild, "Mo", moderator))


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def rest(sandbox: DiscordSandbox, http: aiohttp.ClientSession) -> Rest:
    return Rest(http, sandbox)


@pytest.fixture
async def asked(sandbox: DiscordSandbox, rest: Rest, home: Home) -> InteractionHandle:
    """Ada has used a command, and nothing has answered her yet."""
    await rest.put(f"/applications/{sandbox.application_id}/commands", [ASK])
    return await home.ada.slash(home.channel, "ask", prompt="why?")


@pytest.fixture
def answers(sandbox: DiscordSandbox, rest: Rest, asked: InteractionHandle) -> Answers:
    return Answers(rest, asked, sandbox.application_id)


@pytest.fixture
async def gateway(sandbox: DiscordSandbox, http: aiohttp.ClientSession) -> AsyncIterator[Gateway]:
    """A connection that has only been greeted."""
    async with Gateway.open(http, sandbox) as gateway:
        hello = await gateway.next()
        assert (hello["op"], hello["d"]) == (10, {"heartbeat_interval": 41250})
        yield gateway


@pytest.fixture
async def ready(sandbox: DiscordSandbox, home: Home, gateway: Gateway) -> Gateway:
    """A bot in one guild, identified."""
    assert home.guild.id in sandbox.world.guilds
    await gateway.identify(sandbox.token, USUAL)
    await gateway.event("GUILD_CREATE")
    return gateway


@pytest.fixture
def connect(sandbox: DiscordSandbox, monkeypatch: pytest.MonkeyPatch) -> Connect:
    monkeypatch.setattr(Route, "BASE", sandbox.api_url)

    @asynccontextmanager
    async def connected(bot: Bot) -> AsyncIterator[Bot]:
        running = asyncio.create_task(bot.start(sandbox.token))
        ready = asyncio.create_task(_ready(bot))
        try:
            await asyncio.wait(
                [running, ready], timeout=TIMEOUT, return_when=asyncio.FIRST_COMPLETED
            )
            assert bot.is_ready(), running
            yield bot
        finally:
            ready.cancel()
            await bot.close()
            await running
        assert sandbox.violations == []

    return connected


async def _ready(bot: Bot) -> None:
    await bot.logged_in.wait()
    await bot.wait_until_ready()
