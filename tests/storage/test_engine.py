"""Opening a database, and what is said when that fails."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
import traceback
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.core.errors import DatabaseUnavailable
from bot.storage.engine import Database, open_database
from bot.storage.history import SqlHistoryStore
from bot.storage.replies import SqlReplyStore
from bot.storage.schema import migrate
from bot.storage.tables import messages

from .samples import CHANNEL, answer, question
from .working import held, insert, nothing, sql, told_of

PASSWORD = "hunter2"

KILLED = """
import asyncio, os, sys
import sqlalchemy as sa
from bot.storage.engine import open_database
from bot.storage.tables import messages

async def main():
    def die(connection):
        connection.execute(sa.delete(messages))
        os._exit(9)

    async with open_database(sys.argv[1]) as database:
        await database.write(die)

asyncio.run(main())
"""


async def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path}/some/where/bot.db") as database:
        await migrate(database)
    assert (tmp_path / "some" / "where" / "bot.db").exists()


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailable, match="file/data") as caught:
        async with open_database(f"sqlite:///{tmp_path}/file/data/bot.db"):
            pass
    assert "DATABASE_URL" in str(caught.value)


async def test_a_folder_in_the_place_of_the_file_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match=r"unable to open.*DATABASE_URL"):
        async with open_database(f"sqlite:///{tmp_path}"):
            pass


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "bot.db").write_text("certainly no database" * 100)
    async with open_database(f"sqlite:///{tmp_path}/bot.db") as database:
        with pytest.raises(DatabaseUnavailable, match="not a database"):
            await migrate(database)


async def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    url = f"postgresql://user:{PASSWORD}@/name?host={tmp_path}"
    async with open_database(url) as database:
        with pytest.raises(DatabaseUnavailable) as caught:
            await migrate(database)
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


async def test_a_database_that_is_not_there_is_unavailable(postgres_server: str) -> None:
    async with open_database(postgres_server.format(database="nowhere")) as database:
        with pytest.raises(DatabaseUnavailable, match="nowhere"):
            await migrate(database)


async def test_without_the_driver_of_postgresql_its_extra_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)  # as if it were not installed
    with pytest.raises(DatabaseUnavailable, match=r"pip install .*\[postgres\]"):
        async with open_database("postgresql://user@host/name"):
            pass


async def test_without_tables_every_store_says_that_the_database_is_unavailable(
    empty_url: str,
) -> None:
    async with open_database(empty_url) as database:
        with pytest.raises(DatabaseUnavailable):
            await SqlHistoryStore(database).recent(CHANNEL, 50)
        with pytest.raises(DatabaseUnavailable):
            await SqlHistoryStore(database).forget(CHANNEL)


async def test_errors_never_carry_what_was_said(database: Database) -> None:
    row = {"conversation_id": 404, "message_id": 1, "role": "user", "text": PASSWORD, "at": 0.0}
    with pytest.raises(DatabaseUnavailable) as caught:
        await database.write(insert(messages, [row]))
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


async def test_an_exception_rolls_back_and_passes_as_it_is(
    database: Database, replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    await answer(replies, question(1))

    def fail(connection: sa.Connection) -> None:
        connection.execute(sa.delete(messages))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.write(fail)
    assert len(await history.recent(CHANNEL, 50)) == 2


async def test_a_process_killed_in_mid_transaction_leaves_the_database_as_it_was(
    url: str, replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    await answer(replies, question(1))
    killed = subprocess.run([sys.executable, "-c", KILLED, url], check=False)  # noqa: ASYNC221, S603 - our own few lines, in a test with nothing else to do
    assert killed.returncode == 9
    assert len(await history.recent(CHANNEL, 50)) == 2
    await answer(replies, question(2))
    assert len(await history.recent(CHANNEL, 50)) == 4


async def test_sqlite_reads_while_it_writes_and_checks_foreign_keys(tmp_path: Path) -> None:
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")

    def pragmas(connection: sa.Connection) -> list[object]:
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names]

    as_wanted = ["wal", 1, 1, 5_000]  # synchronous 1 is NORMAL
    async with open_database(f"sqlite:///{tmp_path}/bot.db") as database:
        async with held(database, sql("CREATE TABLE new (id INTEGER)"), pragmas) as writing:
            assert await database.read(pragmas) == as_wanted
        assert writing.result() == as_wanted
    assert os.listdir(tmp_path) == ["bot.db"]  # noqa: PTH208 - closed whole: no -wal, no -shm


async def test_a_long_reading_keeps_nobody_waiting(tmp_path: Path) -> None:
    go_on = threading.Event()
    query = sa.select(sa.literal(1))
    async with open_database(f"sqlite:///{tmp_path}/bot.db") as database:
        long = asyncio.create_task(database.read(lambda _: go_on.wait()))
        await asyncio.sleep(0)
        await database.write(sql("CREATE TABLE new (id INTEGER)"))
        assert await database.fetch(database.prepare(query), {}) == [[1]]
        for _ in range(9):
            assert await database.read(lambda connection: connection.scalar(query)) == 1
        assert not long.done()
        go_on.set()
        await long


async def test_a_transaction_whose_turn_does_not_come_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_database(f"sqlite:///{tmp_path}/bot.db") as database:
        async with held(database, nothing, nothing) as first:
            monkeypatch.setattr("bot.storage.sqlite.LONGEST_QUEUE", 0)
            second = asyncio.create_task(database.write(sql("CREATE TABLE new (id INTEGER)")))
            await asyncio.sleep(0)
        assert first.exception() is None
        with pytest.raises(DatabaseUnavailable, match="too busy"):
            await second


async def test_work_that_ends_by_stop_iteration_is_an_error_like_others(database: Database) -> None:
    def nothing_there(_: sa.Connection) -> object:
        return next(iter(()))

    with pytest.raises(RuntimeError):
        await database.read(nothing_there)


async def test_closing_refuses_what_waits_behind_a_lock_of_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.engine.CLOSING_TAKES", 0)
    monkeypatch.setattr("bot.storage.sqlite.BUSY_TIMEOUT", 0.2)
    loop, at_it = asyncio.get_running_loop(), asyncio.Event()
    begun: list[str] = []

    def hear(*told: Any) -> None:
        begun.append(told[2])
        loop.call_soon_threadsafe(at_it.set)

    async with open_database(f"sqlite:///{tmp_path}/bot.db") as database:
        await database.write(sql("CREATE TABLE new (id INTEGER)"))
        with closing(sqlite3.connect(tmp_path / "bot.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            with told_of("before_cursor_execute", hear):
                writes = [
                    asyncio.create_task(database.write(sql("DELETE FROM new"))) for _ in range(9)
                ]
                await at_it.wait()
                await database.close()
            results = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(result) for result in results] == [DatabaseUnavailable] * 9
    assert len(begun) < 9


async def test_closing_waits_for_whoever_is_at_it_and_refuses_who_comes_later(
    database: Database,
) -> None:
    def number(connection: sa.Connection) -> int:
        return int(connection.execute(sa.select(1)).scalar_one())

    async with held(database, sql("SELECT 1"), number) as writing:
        closing = asyncio.create_task(database.close())
        await asyncio.sleep(0)
        assert not closing.done()
    await closing
    assert writing.result() == 1
    with pytest.raises(DatabaseUnavailable, match="closed"):
        await database.write(number)


async def test_a_health_probe_hears_whether_the_database_answers(database: Database) -> None:
    assert await database.answers()
    await database.close()
    assert not await database.answers()
