"""The servers in this process and the bot in its own, for every scenario.

All scenarios run in one event loop. Most share one running bot, each in a new guild with new
people: `home`. Those about restarts, crashes and settings start their own on a `stage` of theirs.

After each test, unless it says otherwise in `stage.except_for`: no request violated Discord's
API, none drew a 429, the log has no error, and nobody was notified.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.weryai import INSTANT, WeryAISandbox
from tests.e2e.stage import Home, Stage
from tests.storage.conftest import postgres_server

__all__ = ["postgres_server"]  # a fixture of the stores' tests that one scenario needs

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all scenarios, so that they can share servers and a bot."""
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@asynccontextmanager
async def open_stage(folder: Path, **discord: Any) -> AsyncGenerator[Stage]:
    """A Discord and a WeryAI of their own; whatever bot is still there in the end is ended."""
    openapi = os.environ.get("DISCORD_OPENAPI")
    async with (
        DiscordSandbox(openapi=openapi, **discord) as sandbox,
        WeryAISandbox(pace=INSTANT) as weryai,
    ):
        stage = Stage(sandbox, weryai, folder)
        try:
            yield stage
        finally:
            for bot in stage.bots:
                await bot.end()


def observed(stage: Stage) -> Iterator[Stage]:
    """Hold a test to what holds for all; the bots' log is shown where it fails."""
    stage.begin()
    yield stage
    sys.stdout.write(stage.log() + "\n")
    stage.check()


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def shared_stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stage]:
    async with (
        open_stage(tmp_path_factory.mktemp("shared")) as stage,
        stage.running_bot(LOG_LEVEL="DEBUG"),  # not even then may it tell what people say
    ):
        yield stage


@pytest_asyncio.fixture(loop_scope="session")
async def home(shared_stage: Stage) -> AsyncGenerator[Home]:
    """A new guild of the bot that all share."""
    for stage in observed(shared_stage):
        yield stage.home()
        await stage.at_rest()


@pytest_asyncio.fixture(loop_scope="session")
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Stage]:
    """Two servers for this test alone; it starts its bots itself, with `running_bot`.

    `indirect` parameters are arguments of its Discord.
    """
    async with open_stage(tmp_path, **getattr(request, "param", {})) as made:
        for stage in observed(made):
            yield stage
