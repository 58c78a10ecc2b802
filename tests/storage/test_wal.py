"""SQLite's log is moved into the file beside whoever writes, and nothing waits for it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.core.errors import DatabaseUnavailable
from bot.storage import schema
from bot.storage.engine import Database, open_database
from bot.storage.tables import conversations
from bot.storage.wal import kept_short, move

from .working import held, insert, nothing


def in_the_file_itself(path: Path) -> int:
    """How many conversations there are, whatever the log holds."""
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as connection:
        count: int = connection.execute("SELECT count(*) FROM conversations").fetchone()[0]
        return count


async def write(database: Database, first: int) -> None:
    rows = [{"id": first + number} for number in range(100)]
    await database.write(insert(conversations, rows))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


async def test_what_is_written_gets_from_the_log_into_the_file(path: Path) -> None:
    async with open_database(f"sqlite:///{path}") as database:
        await schema.migrate(database)
        await move(database)
        await write(database, 1)
        assert in_the_file_itself(path) == 0
        await move(database)
        assert in_the_file_itself(path) == 100


async def test_the_log_is_moved_while_somebody_writes(path: Path) -> None:
    async with open_database(f"sqlite:///{path}") as database:
        await schema.migrate(database)
        await write(database, 1)
        async with held(database, insert(conversations, [{"id": 1000}]), nothing):
            await move(database)
            assert in_the_file_itself(path) == 100


async def test_it_is_moved_again_and_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = asyncio.Semaphore(0)

    async def counted(_: Database) -> None:
        moved.release()
        raise DatabaseUnavailable("which is no reason to give up")

    monkeypatch.setattr("bot.storage.wal.EVERY", 0)
    monkeypatch.setattr("bot.storage.wal.move", counted)
    async with open_database(f"sqlite:///{path}") as database, kept_short(database):
        async with asyncio.timeout(10):
            for _ in range(3):
                await moved.acquire()
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "write-ahead log"]


async def test_other_databases_keep_their_log_themselves(database: Database) -> None:
    async with kept_short(database):
        named = [task.get_name() for task in asyncio.all_tasks()]
    assert ("write-ahead log" in named) is (database.dialect == "sqlite")
