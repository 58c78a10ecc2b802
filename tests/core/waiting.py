"""What tests of waiting questions share: a long answer, its notices, moments."""

from __future__ import annotations

import asyncio

from bot.core.ports.weryai import Finish
from tests.core.fake_model import Step
from tests.core.world import Asked

LONG: list[Step] = [0.5, "Because", 9.0, " so.", Finish("stop")]
NEXT = "-# ⏳ Next in line…"


def before(count: int) -> str:
    return f"-# ⏳ {count} before you"


def read(asked: Asked) -> list[str]:
    """Every text that its first message has shown."""
    return [sent.frame.content for sent in asked.surface.sent if sent.index == 0]


async def until(moment: float) -> None:
    await asyncio.sleep(moment - asyncio.get_running_loop().time())
