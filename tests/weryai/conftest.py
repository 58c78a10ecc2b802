from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bot.sandbox.weryai import API_KEY, INSTANT, WeryAISandbox
from bot.weryai.client import WeryAIClient
from bot.weryai.patience import Retries

AT_ONCE = Retries(wait_initial=0, wait_max=0, wait_jitter=0)


@pytest.fixture
async def weryai() -> AsyncIterator[WeryAISandbox]:
    async with WeryAISandbox(pace=INSTANT) as sandbox:
        yield sandbox


@pytest.fixture
async def client(weryai: WeryAISandbox) -> AsyncIterator[WeryAIClient]:
    async with WeryAIClient(SecretStr(API_KEY), weryai.base_url, retries=AT_ONCE) as client:
        yield client
