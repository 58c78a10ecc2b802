"""An SQLite file: one connection that writes, a few that read, each in a thread of its own.

Work is handed to a connection's thread whole, not statement by statement: each trip to a thread
and back is a wait for the event loop and one for the interpreter's lock, which costs more than most
statements. SQLite lets one connection write at a time, so transactions queue up for one thread;
WAL lets the others read meanwhile.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from bot.core.errors import DatabaseUnavailable
from bot.storage.place import REMEDY, examine_place

T = TypeVar("T")

BUSY_TIMEOUT = 5.0  # seconds one process waits while another one writes to the same file
LONGEST_QUEUE = 30.0  # seconds until work that still waits for its thread is given up
READERS = 3
LONGEST_LOG = 16_384  # pages; shorter ones are moved by `wal.py`, and no commit has to
CHUNK = 64  # rows that aiosqlite fetches at a time where it iterates, as by default

# WAL: readers and the writer do not wait for each other. With NORMAL a commit survives the end of
# the process; the last ones before a power failure may be lost, the file stays whole.
PRAGMAS = f"""
PRAGMA journal_mode=WAL;
PRAGMA synchronous=NORMAL;
PRAGMA foreign_keys=ON;
PRAGMA wal_autocheckpoint={LONGEST_LOG};
"""


class SqliteFileConnections:
    """`Connections` to an SQLite file; each is opened at its first use."""

    errors: tuple[type[Exception], ...] = (sa.exc.SQLAlchemyError, sqlite3.Error)
    dialect: sa.Dialect = sqlite.dialect()

    def __init__(self, path: Path) -> None:
        self._writer = _Worker(path, "BEGIN IMMEDIATE")
        self._readers = [_Worker(path) for _ in range(READERS)]
        self._fetcher = _Worker(path)  # quick queries wait for no long one

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Run work in a transaction."""
        return await self._writer.run(work)

    async def read(self, work: Callable[[sa.Connection], T]) -> T:
        """Run work that only reads."""
        return await min(self._readers, key=lambda reader: reader.busy).run(work)

    async def fetch(self, sql: str, values: Sequence[object]) -> Iterable[Sequence[Any]]:
        """All rows of a quick query."""
        return await self._fetcher.fetch(sql, values)

    async def close(self) -> None:
        """Close each connection after its last work."""
        for worker in (self._writer, *self._readers, self._fetcher):
            await worker.close()


class _Worker:
    """A connection in its thread, and those who wait for it.

    Args:
        path: the file.
        begin: what its work begins with: a transaction's first statement, or nothing.
    """

    def __init__(self, path: Path, begin: str | None = None) -> None:
        self._path = path
        self._begin = begin
        self._connection: _Connection | None = None
        self._opening = asyncio.Lock()
        self.busy = 0

    async def run(self, work: Callable[[sa.Connection], T]) -> T:
        connection = await self._opened()
        latest = time.monotonic() + LONGEST_QUEUE
        self.busy += 1
        try:
            return await connection.run(work, latest)
        finally:
            self.busy -= 1

    async def fetch(self, sql: str, values: Sequence[object]) -> Iterable[Sequence[Any]]:
        connection = await self._opened()
        return await connection.execute_fetchall(sql, values)

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def _opened(self) -> _Connection:
        if self._connection is None:
            async with self._opening:
                if self._connection is None:
                    self._connection = await _Connection(self._path, self._begin).opened()
        return self._connection


class _Connection(aiosqlite.Connection):
    """aiosqlite's connection and thread, in which SQLAlchemy works as well."""

    def __init__(self, path: Path, begin: str | None) -> None:
        # None: Python begins no transactions by itself. Readers thus have none, and writers take
        # the write lock at once rather than by upgrading, which can fail as busy.
        super().__init__(
            lambda: sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None), CHUNK
        )
        self._closing = False
        self._engine = sa.create_engine(
            "sqlite://",
            creator=lambda: self._conn,
            poolclass=sa.StaticPool,
            pool_reset_on_return=None,  # work has ended its transaction, or never had one
            skip_autocommit_rollback=begin is None,
            hide_parameters=True,  # errors reach the log, what people say does not
        )
        if begin is not None:
            sa.event.listen(self._engine, "begin", lambda c: c.exec_driver_sql(begin))

    async def opened(self) -> Self:
        """Open it; whatever fails, its thread has ended then."""
        await self
        try:
            await self.executescript(PRAGMAS)
        except BaseException:
            await self.close()
            raise
        return self

    async def close(self) -> None:
        """Close it after the work it is at; what waits is refused."""
        self._closing = True
        await super().close()

    async def run(self, work: Callable[[sa.Connection], T], latest: float) -> T:
        """Run work in the thread, in its turn.

        Args:
            work: is given the connection, whose transaction ends with it.
            latest: it is given up when its turn has not come by then (`time.monotonic`).

        Raises:
            sqlite3.OperationalError: its turn came too late, or the database is being closed.
        """

        def in_turn() -> T:
            if self._closing or time.monotonic() > latest:
                raise sqlite3.OperationalError("the database is too busy")
            try:
                with self._engine.begin() as connection:
                    return work(connection)
            except StopIteration as error:  # no future takes it: whoever waits would wait for ever
                raise RuntimeError("work ended by StopIteration") from error

        result: T = await self._execute(in_turn)  # type: ignore[no-untyped-call]  # by aiosqlite
        return result


def open_file(path: Path) -> SqliteFileConnections:
    """Make the folder and try the file once: here it is still easy to say what to do about it.

    Raises:
        DatabaseUnavailable: the file cannot be opened.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        examine_place(path)
        sqlite3.connect(path).close()
    except OSError as error:
        raise DatabaseUnavailable(
            f"the folder {path.parent} cannot be made ({error.strerror}): {REMEDY}"
        ) from error
    except sqlite3.Error as error:
        raise DatabaseUnavailable(
            f"the file {path} cannot be opened ({error}): {REMEDY}"
        ) from error
    return SqliteFileConnections(path)
