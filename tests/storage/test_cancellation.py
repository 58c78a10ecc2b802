"""A caller may be cancelled at any moment: what it began is stored whole, and all goes on."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Coroutine
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.core.conversation import ChannelId
from bot.core.errors import DatabaseUnavailable
from bot.core.replies import ReplyState
from bot.storage import Database, SqlHistoryStore, SqlReplyStore, open_database
from bot.storage.whole import whole

from .samples import CHANNEL, answer, question


async def cancelled_at(
    database: Database, statement: int, work: Coroutine[Any, Any, Any]
) -> asyncio.Task[Any]:
    """Cancel a task while its n-th statement is on its way, counted from 1; wait for its end."""
    task = asyncio.create_task(work)
    statements = count(1)

    def cancel(*_: object) -> None:
        if next(statements) == statement:
            task.cancel()

    engine = database._writer.sync_engine
    sa.event.listen(engine, "before_cursor_execute", cancel)
    try:
        await asyncio.wait({task})
    finally:
        sa.event.remove(engine, "before_cursor_execute", cancel)
    return task


async def test_an_answer_cancelled_at_any_statement_leaves_whole_transactions(
    database: Database, replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    whole_lives = {(None, 0), (ReplyState.ACCEPTED, 0), (ReplyState.STREAMING, 1)}
    seen = set()
    tasks = []  # with their exceptions, whose tracebacks keep the cut-off cursors
    for statement in count(1):
        turn = question(statement, channel=statement + 100)
        tasks.append(await cancelled_at(database, statement, answer(replies, turn)))
        if not tasks[-1].cancelled():
            tasks[-1].result()
            break
        row = await replies.showing(turn.said[0].message_id)
        entries = await history.recent(ChannelId(statement + 100), 50)
        seen.add((row and row.state, len(entries)))
    # The cancellation of the very last statements finds the whole answer stored.
    assert seen <= whole_lives | {(ReplyState.COMPLETE, 2)}
    assert len(seen) >= 3


async def test_a_transaction_cancelled_as_it_begins_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"

    async with open_database(f"sqlite:///{path}") as database:

        async def write(name: str) -> None:
            async with database.write() as connection:
                await connection.exec_driver_sql(f"CREATE TABLE {name} (id INTEGER)")

        await write("one")
        loop, beginning = asyncio.get_running_loop(), asyncio.Event()
        engine = database._writer.sync_engine
        sa.event.listen(engine, "engine_connect", lambda _: loop.call_soon(beginning.set))
        with closing(sqlite3.connect(path)) as other:
            other.execute("BEGIN IMMEDIATE")
            task = asyncio.create_task(write("two"))
            await beginning.wait()  # the driver is at it now, and waits for the other's lock
            task.cancel()
            await asyncio.sleep(0)
        await asyncio.wait({task})
        assert task.cancelled()
        await write("three")


async def test_a_cancelled_reading_blocks_nobody_and_costs_no_connection(
    database: Database, replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    await answer(replies, question(1))
    await history.recent(CHANNEL, 50)
    opened: list[object] = []
    sa.event.listen(database._reader.sync_engine, "connect", lambda *new: opened.append(new))
    for turns in range(30):
        task = asyncio.create_task(history.recent(CHANNEL, 50))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
    assert len(await history.recent(CHANNEL, 50)) == 2
    await answer(replies, question(2))
    assert opened == []


async def test_cancelled_twice_it_still_waits_for_the_end() -> None:
    entered, gate, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @whole
    async def work() -> None:
        entered.set()
        await gate.wait()
        ended.set()

    task = asyncio.create_task(work())
    await entered.wait()
    for _ in range(2):
        task.cancel()
        await asyncio.sleep(0)
    assert not task.done()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_results_and_errors_come_through() -> None:
    @whole
    async def half(number: int) -> float:
        if number == 0:
            raise DatabaseUnavailable("none")
        return number / 2

    assert await half(3) == 1.5
    with pytest.raises(DatabaseUnavailable):
        await half(0)
