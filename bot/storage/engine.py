"""The database behind one door: `read` and `write`, on SQLite and on PostgreSQL.

SQLite lets one connection write at a time. So there is one for writing, which callers take in
turn, and a few for reading, which WAL lets read meanwhile. PostgreSQL has one ordinary pool for
both. Errors of the drivers become `DatabaseUnavailable` here and nowhere else.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.core.database_url import PostgresServer, SqliteFile, parse_database_url
from bot.core.errors import DatabaseUnavailable
from bot.storage.direct import DirectConnection
from bot.storage.place import REMEDY, examine_place
from bot.storage.prepared import Prepared

BUSY_TIMEOUT = 10.0  # seconds one process waits while another one writes to the same file
POOL_TIMEOUT = 30.0  # seconds a caller waits for a connection
CONNECT_TIMEOUT = 10.0  # seconds until a PostgreSQL server has to have answered
COMMAND_TIMEOUT = 60.0  # seconds one statement may take; a migration is one transaction of many
CLOSING_TAKES = 5.0  # seconds that those who use a connection get to give it back
SQLITE_READERS = 3 + 1  # one is for `fetch`
LONGEST_LOG = 16_384  # pages; shorter ones are moved by `wal.py`, and no commit has to
POSTGRES_CONNECTIONS = 10

Insert = sqlite.Insert | postgresql.Insert
INSERTS: Mapping[str, Callable[[sa.Table], Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
"""By dialect, the insert that knows ON CONFLICT, which both have in the same words."""


class Database:
    """An open database.

    Attributes:
        dialect: `sqlite` or `postgresql`.
    """

    def __init__(
        self, reader: AsyncEngine, writer: AsyncEngine, errors: tuple[type[Exception], ...]
    ) -> None:
        self.dialect = writer.dialect.name
        self._reader = reader
        self._writer = writer
        self._errors = errors
        self._users = 0
        self._unused = asyncio.Event()
        self._unused.set()
        self._closed = False
        self._quick: AsyncConnection | None = None
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading; each statement sees what is committed when it begins.

        Raises:
            DatabaseUnavailable: the database does not answer or refuses.
        """
        with self._in_use():
            async with self._reader.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction, committed at the end and rolled back by an exception.

        On SQLite it has the database's write lock from its first moment: keep it short.

        Raises:
            DatabaseUnavailable: the database does not answer or refuses.
        """
        with self._in_use():
            async with self._writer.begin() as connection:
                yield connection

    def prepare(
        self, statement: sa.Update | sa.Select[Any], columns: Sequence[str] | None = None
    ) -> Prepared:
        """Compile a query for `fetch`, or an update that sets these columns for `write_many`."""
        return Prepared.of(statement, self._writer.dialect, columns)

    async def fetch(self, query: Prepared, values: Mapping[str, object]) -> list[list[Any]]:
        """The rows of a query, straight on the driver: for what every question asks for.

        It takes a quarter of the CPU time of the same through `read`. It has to be a quick one:
        on SQLite all of these share one connection, which costs less than taking turns at several.

        Raises:
            DatabaseUnavailable: the database does not answer or refuses.
        """
        ordered = query.ordered(values)
        with self._in_use():
            if self.dialect == "sqlite":
                driver = await self._quick_reader()
                return query.read(await driver.execute_fetchall(query.sql, ordered))
            async with self._reader.connect() as connection:
                asyncpg: Any = (await connection.get_raw_connection()).driver_connection
                return query.read(await asyncpg.fetch(query.sql, *ordered))

    async def _quick_reader(self) -> Any:
        async with self._opening:
            if self._quick is None:
                self._quick = await self._reader.connect()
            return (await self._quick.get_raw_connection()).driver_connection

    async def write_many(self, statement: Prepared, rows: Iterable[Mapping[str, object]]) -> None:
        """Run a statement for each row, all in one transaction, straight on the driver.

        It takes less than half the CPU time of the same through `write`. The values go to the
        driver as they are: whoever calls has cleaned the texts.

        Raises:
            DatabaseUnavailable: the database does not answer or refuses.
        """
        values = [statement.ordered(row) for row in rows]
        with self._in_use():
            async with self._writer.connect() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                if self.dialect == "postgresql":  # asyncpg runs all rows or none
                    await driver.executemany(statement.sql, values)
                    return
                try:
                    await driver.execute("BEGIN IMMEDIATE")
                    await driver.executemany(statement.sql, values)
                    await driver.commit()
                except BaseException:
                    await driver.rollback()
                    raise

    def insert(self, table: sa.Table) -> Insert:
        """An insert that knows ON CONFLICT."""
        return INSERTS[self.dialect](table)

    async def answers(self) -> bool:
        """Whether the database answers, for a health probe."""
        try:
            async with self.read() as connection:
                await connection.execute(sa.select(1))
        except DatabaseUnavailable:
            return False
        return True

    async def close(self) -> None:
        """Close every connection, each after its last use; the database answers no more."""
        self._closed = True
        with suppress(TimeoutError):
            await asyncio.wait_for(self._unused.wait(), CLOSING_TAKES)
        if self._quick is not None:
            await self._quick.close()
        await self._reader.dispose()
        await self._writer.dispose()

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        if self._closed:
            raise DatabaseUnavailable("it has been closed")
        self._users += 1
        self._unused.clear()
        try:
            yield
        except self._errors as error:
            raise DatabaseUnavailable(_detail(error)) from error
        finally:
            self._users -= 1
            if not self._users:
                self._unused.set()


def _detail(error: Exception) -> str:
    """What the driver says, without SQLAlchemy's copy of the statement."""
    cause = getattr(error, "orig", None) or error
    return f"{type(cause).__name__}: {cause}".strip().rstrip(":")


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """Open the database of a `DATABASE_URL`; the folder of an SQLite file is made if needed.

    Whether a server answers is seen at its first use.

    Raises:
        ValueError: the address is malformed.
        DatabaseUnavailable: the SQLite file cannot be opened, or PostgreSQL's driver is not
            installed.
    """
    target = parse_database_url(url)
    database = _sqlite(target) if isinstance(target, SqliteFile) else _postgres(target)
    try:
        yield database
    finally:
        await database.close()


def _sqlite(target: SqliteFile) -> Database:
    _try_file(target.path)

    async def connect(*_: object, **__: object) -> DirectConnection:
        connection = DirectConnection(target.path, BUSY_TIMEOUT)
        await connection
        return connection

    def engine(size: int) -> AsyncEngine:
        made = create_async_engine(
            "sqlite+aiosqlite://",
            poolclass=AsyncAdaptedQueuePool,  # which it takes for a database in memory otherwise
            async_creator=connect,
            pool_size=size,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT,
            pool_reset_on_return=None,  # `write` has ended or invalidated it, `read` had none
            skip_autocommit_rollback=size > 1,
            hide_parameters=True,  # errors reach the log, what people say does not
        )
        sa.event.listen(made.sync_engine, "connect", _set_pragmas)
        return made

    writer = engine(1)
    sa.event.listen(writer.sync_engine, "begin", _begin)
    return Database(engine(SQLITE_READERS), writer, (sa.exc.SQLAlchemyError, sqlite3.Error))


def _try_file(path: Path) -> None:
    """Make the folder and open the file once: here it is still easy to say what to do about it."""
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


def _set_pragmas(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    # WAL: readers and the writer do not wait for each other. With NORMAL a commit survives the end
    # of the process; the last ones before a power failure may be lost, the file stays whole.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute(f"PRAGMA wal_autocheckpoint={LONGEST_LOG}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    # Straight to the driver: each step of an adapted cursor is a trip to its thread and back.
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.run_async(lambda aiosqlite: aiosqlite.execute("BEGIN IMMEDIATE"))
    except BaseException:
        connection.invalidate()  # cancelled while it waited: it may have begun all the same
        raise


def _postgres(target: PostgresServer) -> Database:
    try:
        import asyncpg  # noqa: PLC0415 - an extra: only who uses PostgreSQL has it
    except ImportError as error:
        raise DatabaseUnavailable(
            'PostgreSQL needs its driver: pip install "weryai-discord-bot[postgres]"'
        ) from error

    def connect(*_: object, **__: object) -> Awaitable[Any]:
        # asyncpg reads the address itself, so that all its options (sslmode, host …) work.
        connecting: Awaitable[Any] = asyncpg.connect(
            target.dsn, timeout=CONNECT_TIMEOUT, command_timeout=COMMAND_TIMEOUT
        )
        return connecting

    creator: Callable[..., Awaitable[Any]] = connect
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=creator,
        pool_size=POSTGRES_CONNECTIONS,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT,
        pool_pre_ping=True,  # a server that restarted costs no member an answer
        hide_parameters=True,
    )
    reader = engine.execution_options(isolation_level="AUTOCOMMIT")
    errors = (
        sa.exc.SQLAlchemyError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,  # of a connection that is lost between two steps of a query
        OSError,
    )
    return Database(reader, engine, errors)
