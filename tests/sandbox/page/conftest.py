"""The page's server for each test, and clients that open it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.page.server import PageServer
from bot.sandbox.weryai import INSTANT, WeryAISandbox
from tests.sandbox.page.stage import Client, Opener, Stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with DiscordSandbox() as sandbox:
        yield Stage(sandbox)


@pytest.fixture
async def weryai() -> AsyncIterator[WeryAISandbox]:
    async with WeryAISandbox(pace=INSTANT) as weryai:
        yield weryai


@pytest.fixture
async def server(stage: Stage, weryai: WeryAISandbox) -> AsyncIterator[PageServer]:
    async with PageServer(stage.sandbox, stage.people, weryai) as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def opener(http: aiohttp.ClientSession, server: PageServer) -> AsyncIterator[Opener]:
    opener = Opener(http, server)
    yield opener
    await opener.close()


@pytest.fixture
async def ada(stage: Stage, opener: Opener) -> Client:
    """The page as the member has it open."""
    return await opener.open(stage.ada)


@pytest.fixture
async def mo(stage: Stage, opener: Opener) -> Client:
    """The page as the moderator has it open."""
    return await opener.open(stage.mo)
