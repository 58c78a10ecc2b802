"""The whole playground with its page in Chromium, anew for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from bot.playground import Playground, open_playground
from tests.browser.opening import chromium, open_page


@pytest.fixture
async def ground(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Playground]:
    """The bot in its own process between a local Discord and a local WeryAI."""
    for name in ("WERYAI_API_KEY", "SANDBOX_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)  # where there is no .env
    async with open_playground() as ground:
        yield ground
    assert ground.discord.violations == []


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def page(ground: Playground, browser: Browser) -> AsyncIterator[Page]:
    """The page as a newcomer has it open."""
    async with ground.page() as server, open_page(browser, server.url) as page:
        yield page
