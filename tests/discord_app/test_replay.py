"""A question that is replayed waits until all that was missed is told."""

from __future__ import annotations

import asyncio

import pytest

from bot.discord_app.replay import LONGEST_REPLAY, Replay
from tests.virtual_time import in_virtual_time


@pytest.mark.parametrize("end", ["on_shard_resumed", "on_shard_connect"])
async def test_it_waits_for_the_end_of_what_its_shard_missed(end: str) -> None:
    replay = Replay()
    await replay.on_shard_disconnect(0)
    question = asyncio.create_task(replay.over(None))
    await replay.on_shard_resumed(1)
    await asyncio.sleep(0)
    assert not question.done()
    await getattr(replay, end)(0)
    await question
    await replay.over(None)


async def test_without_a_gap_nobody_waits() -> None:
    replay = Replay()
    await replay.on_shard_disconnect(1)
    async with asyncio.timeout(1):
        await replay.over(None)


@in_virtual_time
async def test_it_does_not_wait_for_ever() -> None:
    replay = Replay()
    await replay.on_shard_disconnect(0)
    await replay.over(None)
    assert asyncio.get_running_loop().time() == LONGEST_REPLAY
