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

from bot.core.conversation import ChannelId
from bot.core.errors import DatabaseUnavailable
from bot.core.replies import ReplyState
from bot.storage.engine import open_database
from bot.storage.history import SqlHistoryStore
from bot.storage.replies import SqlReplyStore
from bot.storage.whole import whole

from .samples import CHANNEL, answer, question
from .working import sql, told_of


async def cancelled_at(statement: int, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Cancel a task while its n-th statement is on its way, counted from 1; wait for its end."""
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    statements = count(1)

    def cancel(*_: object) -> None:
        if next(statements) == statement:
            loop.call_soon_threadsafe(task.cancel)

    with told_of("before_cursor_execute", cancel):
        await asyncio.wait({task})
    return task


async def test_an_answer_cancelled_at_any_statement_leaves_whole_transactions(
    replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    whole_lives = {(None, 0), (ReplyState.ACCEPTED, 0), (ReplyState.STREAMING, 1)}
    seen = set()
    tasks = []  # with their exceptions, whose tracebacks keep the cut-off cursors
    for statement in count(1):
        turn = question(statement, channel=statement + 100)
        tasks.append(await cancelled_at(statement, answer(replies, turn)))
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
        await database.write(sql("CREATE TABLE one (id INTEGER)"))
        loop, beginning = asyncio.get_running_loop(), asyncio.Event()

        def hear(*_: object) -> None:
            loop.call_soon_threadsafe(beginning.set)

        with told_of("before_cursor_execute", hear), closing(sqlite3.connect(path)) as other:
            other.execute("BEGIN IMMEDIATE")
            task = asyncio.create_task(database.write(sql("CREATE TABLE two (id INTEGER)")))
            await beginning.wait()  # the driver is at it now, and waits for the other's lock
            task.cancel()
            await asyncio.sleep(0)
            assert not task.done()
        await asyncio.wait({task})
        assert task.cancelled()
        await database.write(sql("CREATE TABLE three (id INTEGER)"))


async def test_a_cancelled_reading_blocks_nobody_and_costs_no_connection(
    replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    reply = await answer(replies, question(1))
    await history.recent(CHANNEL, 50)
    await replies.load(reply)
    opened: list[object] = []
    with told_of("connect", lambda *new: opened.append(new)):
        for turns in range(30):
            for reading in (history.recent(CHANNEL, 50), replies.load(reply)):
                task = asyncio.create_task(reading)
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
