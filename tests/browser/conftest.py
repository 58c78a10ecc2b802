"""One browser, and one playground, for each test: none depends on another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.stage import Quiet, Stage, chromium, full_stage, quiet_stage


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # where there is no .env
    for name in ("WERYAI_API_KEY", "SANDBOX_DATA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def stage(browser: Browser) -> AsyncIterator[Stage]:
    async with full_stage(browser) as stage:
        yield stage
        assert stage.complaints == []
        assert stage.ground.discord.violations == []


@pytest.fixture
async def quiet(browser: Browser) -> AsyncIterator[Quiet]:
    async with quiet_stage(browser) as stage:
        yield stage
        assert stage.complaints == []
