"""Many at once: checkpoints share their transactions, and nothing is locked or lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import TypeVar, cast

import pytest

from bot.core.conversation import ChannelId, ReplyId
from bot.core.errors import DatabaseUnavailable
from bot.core.replies import Address, ReplyState
from bot.storage.checkpoints import Checkpoints
from bot.storage.engine import Database
from bot.storage.history import SqlHistoryStore
from bot.storage.replies import SqlReplyStore

from .samples import accepted, begun, ending, question, shown
from .working import Work

T = TypeVar("T")

MANY = 100


class GatedDatabase:
    """A database whose transactions are counted, wait for a gate and fail on demand."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.writes = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.entered = asyncio.Event()
        self.broken = False

    @contextmanager
    def failing(self) -> Iterator[None]:
        self.broken = True
        yield
        self.broken = False

    async def _enter(self) -> None:
        self.writes += 1
        self.entered.set()
        await self.gate.wait()
        if self.broken:
            raise DatabaseUnavailable("broken")

    async def write(self, work: Work[T]) -> T:
        await self._enter()
        return await self._database.write(work)


@pytest.fixture
def gated(database: Database) -> GatedDatabase:
    return GatedDatabase(database)


@pytest.fixture
def checkpoints(gated: GatedDatabase) -> Checkpoints:
    return Checkpoints(cast("Database", gated), count(1).__next__)


async def text_of(replies: SqlReplyStore, reply: ReplyId) -> str:
    record = await replies.load(reply)
    assert record is not None
    return record.text


async def test_a_hundred_replies_live_their_whole_lives_at_once(
    replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    async def live(number: int) -> ReplyId:
        reply = await accepted(replies, question(number, channel=number))
        await replies.begin(reply, question(number, channel=number))
        for length in range(1, 6):
            await replies.checkpoint(reply, "x" * length, shown(number + 1_000))
        await replies.finish(reply, ending(f"answer {number}", address=shown(number + 1_000)))
        await replies.shown(reply, shown(number + 1_000))
        return reply

    ids = await asyncio.gather(*(live(number) for number in range(1, MANY + 1)))
    assert len(set(ids)) == MANY
    for number in range(1, MANY + 1):
        entries = await history.recent(ChannelId(number), 50)
        assert [one.text for one in entries] == [f"question {number}", f"answer {number}"]
    assert await replies.unfinished() == []


async def test_of_the_same_event_at_once_one_is_accepted(replies: SqlReplyStore) -> None:
    results = await asyncio.gather(*(replies.accept(question(5), Address()) for _ in range(20)))
    assert len([one for one in results if one is not None]) == 1


async def test_checkpoints_that_come_together_share_a_transaction(
    replies: SqlReplyStore, checkpoints: Checkpoints, gated: GatedDatabase
) -> None:
    ids = [await begun(replies, question(number, channel=number)) for number in range(1, MANY + 1)]
    await asyncio.gather(*(checkpoints.save(one, f"text {one}", shown(one)) for one in ids))
    assert gated.writes == 2  # the first finds nobody to wait for, all others wait for the first
    stored = {one.id: one.text for one in await replies.unfinished()}
    assert stored == {one: f"text {one}" for one in ids}


async def test_what_comes_during_a_transaction_goes_into_the_next_newest_text_first(
    replies: SqlReplyStore, checkpoints: Checkpoints, gated: GatedDatabase
) -> None:
    one = await begun(replies, question(1))
    other = await begun(replies, question(2, channel=51))
    gated.gate.clear()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(checkpoints.save(one, "a", shown(1)))
        await gated.entered.wait()
        for text in ("ab", "abc"):
            tasks.create_task(checkpoints.save(one, text, shown(1)))
        tasks.create_task(checkpoints.save(other, "z", shown(2)))
        await asyncio.sleep(0)
        gated.gate.set()
    assert gated.writes == 2
    assert [await text_of(replies, one), await text_of(replies, other)] == ["abc", "z"]


async def test_a_failed_transaction_fails_everyone_it_was_for_and_the_next_one_works(
    replies: SqlReplyStore, checkpoints: Checkpoints, gated: GatedDatabase
) -> None:
    ids = [await begun(replies, question(number, channel=number)) for number in (1, 2, 3)]
    with gated.failing():
        results = await asyncio.gather(
            *(checkpoints.save(one, "lost", shown(one)) for one in ids), return_exceptions=True
        )
    assert [type(result) for result in results] == [DatabaseUnavailable] * 3
    await checkpoints.save(ids[0], "kept", shown(1))
    assert await text_of(replies, ids[0]) == "kept"


async def test_whoever_is_cancelled_while_writing_takes_nobody_along(
    replies: SqlReplyStore, checkpoints: Checkpoints, gated: GatedDatabase
) -> None:
    one = await begun(replies, question(1))
    other = await begun(replies, question(2, channel=51))
    gated.gate.clear()
    first = asyncio.create_task(checkpoints.save(one, "cancelled", shown(1)))
    await gated.entered.wait()
    second = asyncio.create_task(checkpoints.save(other, "kept", shown(2)))
    await asyncio.sleep(0)
    first.cancel()
    gated.gate.set()
    await second
    await asyncio.wait({first})
    assert first.cancelled()
    assert await text_of(replies, other) == "kept"


async def test_settling_drops_what_waits_and_outlives_what_is_under_way(
    replies: SqlReplyStore, checkpoints: Checkpoints, gated: GatedDatabase
) -> None:
    reply = await begun(replies, question(1))
    gated.gate.clear()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(checkpoints.save(reply, "under way", shown(1)))
        await gated.entered.wait()
        tasks.create_task(checkpoints.save(reply, "waits", shown(1, 2)))
        await asyncio.sleep(0)
        settling = tasks.create_task(checkpoints.settle(reply))
        await asyncio.sleep(0)
        assert not settling.done()
        gated.gate.set()
    assert checkpoints.stored == {reply: shown(1).message_ids}
    assert await text_of(replies, reply) == "under way"


async def test_an_ending_wins_over_a_checkpoint_that_is_cancelled_for_it(
    replies: SqlReplyStore,
) -> None:
    reply = await begun(replies, question(1))
    await replies.checkpoint(reply, "some", shown(1))
    painting = asyncio.create_task(replies.checkpoint(reply, "some more", shown(1)))
    await asyncio.sleep(0)
    painting.cancel()
    await replies.finish(reply, ending("some", state=ReplyState.STOPPED, address=shown(1)))
    await asyncio.wait({painting})
    record = await replies.load(reply)
    assert record is not None
    assert (record.text, record.state) == ("some", ReplyState.STOPPED)


async def test_a_checkpoint_takes_any_text_first_and_later(replies: SqlReplyStore) -> None:
    reply = await begun(replies, question(1))
    for _ in range(2):
        await replies.checkpoint(reply, "a\0b \ud83d\ude00 \udc00", shown(1))
        assert await text_of(replies, reply) == "a\ufffdb 😀 \ufffd"


async def test_a_checkpoint_that_the_database_refuses_takes_nobody_along(
    replies: SqlReplyStore, checkpoints: Checkpoints, gated: GatedDatabase
) -> None:
    one, nobody = await begun(replies, question(1)), ReplyId(404)
    gated.gate.clear()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(checkpoints.save(one, "", Address()))
        await gated.entered.wait()  # those that come now go into one transaction
        both = asyncio.gather(
            checkpoints.save(nobody, "lost", shown(2)),
            checkpoints.save(one, "kept", shown(1)),
            return_exceptions=True,
        )
        await asyncio.sleep(0)
        gated.gate.set()
    lost, kept = await both
    assert isinstance(lost, DatabaseUnavailable)
    assert kept is None
    assert await text_of(replies, one) == "kept"
    await checkpoints.save(one, "kept, too", shown(1))
    assert await text_of(replies, one) == "kept, too"


async def test_messages_are_stored_again_when_they_change_and_only_then(
    replies: SqlReplyStore,
) -> None:
    reply = await begun(replies, question(1))
    for messages in ((1,), (1, 2), (1, 2), (3,)):
        await replies.checkpoint(reply, "text", shown(*messages))
        record = await replies.load(reply)
        assert record is not None
        assert record.address == shown(*messages)
