"""A local Discord for each test, and a real discord.py bot to connect to it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import discord
import pytest
from discord import app_commands
from discord.http import Route

from bot.sandbox.discord.server import DiscordSandbox


@pytest.fixture
async def sandbox() -> AsyncIterator[DiscordSandbox]:
    async with DiscordSandbox(openapi=os.environ.get("DISCORD_OPENAPI")) as sandbox:
        yield sandbox
        assert sandbox.violations == []


class Bot(discord.AutoShardedClient):
    """The smallest bot with commands; a test hangs its listeners on it."""

    def __init__(self, **options: object) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        super().__init__(intents=intents, **options)  # type: ignore[arg-type] # passed on as given
        self.tree = app_commands.CommandTree(self)
        self.on_setup: Callable[[], Awaitable[object]] = asyncio.Event().wait

    async def setup_hook(self) -> None:
        await self.tree.sync()


@pytest.fixture
def connect(
    sandbox: DiscordSandbox, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., object]:
    monkeypatch.setattr(Route, "BASE", sandbox.api_url)

    @asynccontextmanager
    async def connected(bot: Bot) -> AsyncIterator[Bot]:
        running = asyncio.create_task(bot.start(sandbox.token))
        ready = asyncio.create_task(bot.wait_until_ready())
        try:
            await asyncio.wait([running, ready], timeout=20, return_when=asyncio.FIRST_COMPLETED)
            assert bot.is_ready(), running
            yield bot
        finally:
            ready.cancel()
            await bot.close()
            await running

    return connected
