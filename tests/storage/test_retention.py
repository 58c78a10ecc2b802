"""Answers are kept for so many days after they last changed, on both databases."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from bot.core.conversation import EventId, ReplyId
from bot.core.errors import DatabaseUnavailable
from bot.core.replies import Usage
from bot.storage import retention as module
from bot.storage.engine import Database
from bot.storage.history import SqlHistoryStore
from bot.storage.replies import SqlReplyStore
from bot.storage.retention import BATCH, DAY, EVERY, delete_batch, replies_kept
from bot.storage.tables import conversations, replies, reply_messages, usage

from .samples import CHANNEL, accepted, answer, begun, ending, question, shown
from .working import held, insert, nothing

KEPT = 30  # days
THE_END_OF_TIME = 1e12


class Calendar:
    """A clock that is set, and sleeps that last until the test says so.

    Attributes:
        now: Unix seconds.
        slept: how long was to be slept, each time.
    """

    def __init__(self) -> None:
        self.now = 1_000_000_000.0
        self.slept: list[float] = []
        self.idle = asyncio.Event()
        self._next = asyncio.Event()

    def clock(self) -> float:
        """The time."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Wait for the next hour; pauses within one are over at once."""
        self.slept.append(seconds)
        if seconds < EVERY:
            return
        self.idle.set()
        await self._next.wait()
        self._next.clear()

    async def pass_days(self, days: float) -> None:
        """Let so many days pass; return when what is to be deleted then is."""
        self.now += days * DAY
        await self.an_hour_later()

    async def an_hour_later(self) -> None:
        """Let it look again; return when it has."""
        self.idle.clear()
        self._next.set()
        await self.done()

    async def done(self) -> None:
        """Return when it has looked."""
        async with asyncio.timeout(30):
            await self.idle.wait()


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def store(database: Database, calendar: Calendar) -> SqlReplyStore:
    return SqlReplyStore(database, clock=calendar.clock)


@asynccontextmanager
async def keeping(database: Database, calendar: Calendar) -> AsyncIterator[None]:
    async with replies_kept(database, days=KEPT, clock=calendar.clock, sleep=calendar.sleep):
        await calendar.done()
        yield


async def count(database: Database, table: sa.Table) -> int:
    query = sa.select(sa.func.count()).select_from(table)
    return await database.read(lambda connection: connection.execute(query).scalar_one())


async def column(database: Database, wanted: sa.Column[Any]) -> Sequence[Any]:
    query = sa.select(wanted)
    return await database.read(lambda connection: connection.execute(query).scalars().all())


async def test_an_answer_leaves_with_its_question_when_its_days_are_over(
    database: Database, store: SqlReplyStore, calendar: Calendar
) -> None:
    reply = await answer(store, question(1))
    async with keeping(database, calendar):
        await calendar.pass_days(KEPT)
        assert await store.load(reply) is not None
        await calendar.pass_days(0.01)
    assert await store.load(reply) is None
    assert await count(database, reply_messages) == 0


async def test_what_is_old_already_leaves_at_the_start(
    database: Database, store: SqlReplyStore, calendar: Calendar
) -> None:
    await answer(store, question(1))
    calendar.now += KEPT * DAY + 1
    young = await answer(store, question(2))
    async with keeping(database, calendar):
        pass
    assert await column(database, replies.c.id) == [young]


async def test_a_private_answer_leaves_too(
    database: Database, store: SqlReplyStore, calendar: Calendar
) -> None:
    await answer(store, question(1, shared=False))
    async with keeping(database, calendar):
        await calendar.pass_days(KEPT + 1)
    assert await count(database, replies) == 0


async def test_the_history_and_the_account_of_usage_stay(
    database: Database, store: SqlReplyStore, history: SqlHistoryStore, calendar: Calendar
) -> None:
    await answer(store, question(1), ending("the answer", usage=Usage(3, 4)))
    async with keeping(database, calendar):
        await calendar.pass_days(KEPT + 1)
    assert await count(database, replies) == 0
    assert [one.text for one in await history.recent(CHANNEL, 50)] == ["question 1", "the answer"]
    assert await count(database, usage) == 1


async def test_what_waits_or_grows_or_is_not_seen_to_have_ended_stays_however_old(
    database: Database, store: SqlReplyStore, calendar: Calendar
) -> None:
    waiting = await accepted(store, question(1))
    growing = await begun(store, question(2))
    unseen = await begun(store, question(3))
    await store.finish(unseen, ending())
    again = await answer(store, question(4))
    assert await store.reopen(again, EventId(99), keep=False) is not None
    async with keeping(database, calendar):
        await calendar.pass_days(10 * KEPT)
    assert [one.id for one in await store.unfinished()] == [waiting, growing, unseen, again]


async def test_an_answer_given_anew_is_kept_as_long_again(
    database: Database, store: SqlReplyStore, calendar: Calendar
) -> None:
    reply = await answer(store, question(1))
    calendar.now += (KEPT - 1) * DAY
    assert await store.reopen(reply, EventId(9), keep=False) is not None
    await store.finish(reply, ending())
    await store.shown(reply, shown(5))
    async with keeping(database, calendar):
        await calendar.pass_days(2)
        assert await store.load(reply) is not None
        await calendar.pass_days(KEPT)
    assert await store.load(reply) is None


async def test_a_deleted_answer_leaves_the_history_when_its_reply_is_not_kept_any_more(
    database: Database, store: SqlReplyStore, history: SqlHistoryStore, calendar: Calendar
) -> None:
    await answer(store, question(1), ending("the answer", address=shown(7)))
    async with keeping(database, calendar):
        await calendar.pass_days(KEPT + 1)
    await history.deleted([shown(7).message_ids[0]])
    assert [one.text for one in await history.recent(CHANNEL, 50)] == ["question 1"]


async def test_nothing_is_changed_by_a_press_on_what_is_not_kept_any_more(
    database: Database, store: SqlReplyStore, calendar: Calendar
) -> None:
    reply = await answer(store, question(1))
    async with keeping(database, calendar):
        await calendar.pass_days(KEPT + 1)
    assert await store.reopen(reply, EventId(9), keep=True) is None
    assert await store.choose_variant(reply, 0, EventId(9)) is None


async def test_its_number_is_not_given_out_again(
    database: Database, store: SqlReplyStore, calendar: Calendar
) -> None:
    old = await answer(store, question(1))
    async with keeping(database, calendar):
        await calendar.pass_days(KEPT + 1)
    assert await accepted(store, question(2)) > old


async def test_many_leave_in_several_short_transactions(
    database: Database, calendar: Calendar
) -> None:
    await _fill(database, 2 * BATCH + 1)
    async with keeping(database, calendar):
        pauses = calendar.slept[:-1]
    assert await count(database, replies) == 0
    assert pauses == [module.PAUSE] * 3
    assert calendar.slept[-1] == EVERY


async def test_the_oldest_leave_first(database: Database) -> None:
    await _fill(database, BATCH + 2)
    assert await delete_batch(database, THE_END_OF_TIME) == BATCH
    left = await column(database, replies.c.updated_at)
    assert sorted(left) == [BATCH, BATCH + 1]


async def test_two_processes_do_not_wait_for_each_other(database: Database) -> None:
    if database.dialect == "sqlite":
        return  # one of them has the lock of the whole file
    await _fill(database, BATCH + 2)

    def take(connection: sa.Connection) -> None:
        taken = connection.execute(module.OLDEST, {"before": THE_END_OF_TIME}).all()
        assert len(taken) == BATCH

    async with held(database, take, nothing), asyncio.timeout(10):
        assert await delete_batch(database, THE_END_OF_TIME) == 2


async def test_a_database_that_fails_is_no_reason_to_give_up(
    database: Database,
    calendar: Calendar,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fails(*_: object) -> int:
        raise DatabaseUnavailable("it is away")

    await _fill(database, 1)
    with monkeypatch.context() as patched:
        patched.setattr(module, "delete_batch", fails)
        async with keeping(database, calendar):
            patched.undo()
            assert await count(database, replies) == 1
            await calendar.an_hour_later()
    assert await count(database, replies) == 0
    assert "old answers are kept for another hour: it is away" in caplog.text


async def test_the_log_says_how_many_have_left_and_only_then(
    database: Database,
    store: SqlReplyStore,
    calendar: Calendar,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with keeping(database, calendar):
        await calendar.an_hour_later()
        assert caplog.messages == []
        await answer(store, question(1))
        await calendar.pass_days(KEPT + 1)
        await calendar.an_hour_later()
    assert caplog.messages == ["answers deleted that had not changed for 30 days: 1"]


async def test_it_ends_with_the_block(database: Database, calendar: Calendar) -> None:
    async with keeping(database, calendar):
        assert "retention" in [task.get_name() for task in asyncio.all_tasks()]
    assert "retention" not in [task.get_name() for task in asyncio.all_tasks()]


async def _fill(database: Database, most: int) -> None:
    """Answers that changed last at second 0, 1, 2 … of 1970."""
    rows = [
        {
            "id": ReplyId(number + 1),
            "event_id": number,
            "trigger": number,
            "conversation_id": CHANNEL,
            "channel_id": CHANNEL,
            "asker_id": 1,
            "shared": True,
            "state": "complete",
            "shown": True,
            "turn": "{}",
            "created_at": 0.0,
            "updated_at": float(most - 1 - number),
        }
        for number in range(most)
    ]
    await database.write(insert(conversations, [{"id": CHANNEL}]))
    await database.write(insert(replies, rows))
