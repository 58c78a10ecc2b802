"""How a process that serves for months is set up."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Iterator

import pytest

from bot.ops.process import COLLECT_AFTER, event_loop, spare_the_collector


@pytest.fixture
def _collector() -> Iterator[None]:
    """The collector is afterwards as it was before."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("_collector")
def test_what_is_built_by_then_is_left_alone() -> None:
    gc.unfreeze()
    spare_the_collector()
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold()[: len(COLLECT_AFTER)] == COLLECT_AFTER[: len(gc.get_threshold())]


def test_the_loop_is_the_quickest_there_is() -> None:
    async def answer() -> int:
        await asyncio.sleep(0)
        return 42

    with asyncio.Runner(loop_factory=event_loop) as runner:
        assert runner.run(answer()) == 42
        module = type(runner.get_loop()).__module__
    assert module.partition(".")[0] == ("asyncio" if sys.platform == "win32" else "uvloop")
