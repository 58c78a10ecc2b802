from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.weryai import INSTANT, WeryAISandbox
from bot.weryai.client import WeryAIClient
from tests.weryai.asking import asking


@pytest.fixture
async def weryai() -> AsyncIterator[WeryAISandbox]:
    async with WeryAISandbox(pace=INSTANT) as sandbox:
        yield sandbox


@pytest.fixture
async def client(weryai: WeryAISandbox) -> AsyncIterator[WeryAIClient]:
    async with asking(weryai.base_url) as client:
        yield client
