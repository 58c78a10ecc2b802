"""The database behind one door: `read`, `write` and `fetch`, on SQLite and on PostgreSQL.

What is done in the database is a function of SQLAlchemy's connection, run whole and out of the
event loop's way: in a thread for SQLite, between two waits for PostgreSQL. Errors of the drivers
become `DatabaseUnavailable` here and nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.database_url import SqliteFile, parse_database_url
from bot.core.errors import DatabaseUnavailable
from bot.storage.postgres import PostgresConnections
from bot.storage.prepared import Prepared
from bot.storage.remedies import remedy_for
from bot.storage.sqlite import open_file
from bot.storage.whole import whole

T = TypeVar("T")

CLOSING_TAKES = 3.0  # seconds that what is under way gets; what waits then is refused

Insert = sqlite.Insert | postgresql.Insert
INSERTS: Mapping[str, Callable[[sa.Table], Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
"""By dialect, the insert that knows ON CONFLICT, which both have in the same words."""


class Connections(Protocol):
    """What a kind of database does its way; `errors` are those of its driver."""

    @property
    def dialect(self) -> sa.Dialect:
        """How it wants its statements."""
        ...

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What its driver raises when it fails."""
        ...

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Run work in a transaction, committed at its end and rolled back by an exception."""
        ...

    async def read(self, work: Callable[[sa.Connection], T]) -> T:
        """Run work that only reads; each statement sees what is committed when it begins."""
        ...

    async def fetch(self, sql: str, values: Sequence[object]) -> Iterable[Sequence[Any]]:
        """All rows of a quick query, straight from the driver."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


class Database:
    """An open database.

    Work that was begun is carried through: a caller who is cancelled meanwhile leaves when it is
    done.

    Attributes:
        dialect: `sqlite` or `postgresql`.
    """

    def __init__(self, connections: Connections) -> None:
        self.dialect = connections.dialect.name
        self._connections = connections
        self._users = 0
        self._unused = asyncio.Event()
        self._unused.set()
        self._closed = False

    @whole
    async def read(self, work: Callable[[sa.Connection], T]) -> T:
        """Run work that only reads; each statement sees what is committed when it begins.

        What it returns must be read already: results end with it.

        Raises:
            DatabaseUnavailable: the database does not answer or refuses.
        """
        with self._in_use():
            return await self._connections.read(work)

    @whole
    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Run work in a transaction, committed at its end and rolled back by an exception.

        On SQLite it has the database's write lock from its first moment: keep it short. What it
        returns must be read already: results end with it.

        Raises:
            DatabaseUnavailable: the database does not answer or refuses.
        """
        with self._in_use():
            return await self._connections.write(work)

    @whole
    async def fetch(self, query: Prepared, values: Mapping[str, object]) -> list[list[Any]]:
        """The rows of a quick query, straight from the driver: for what every question asks for.

        It takes a fraction of the CPU time of the same through `read`.

        Raises:
            DatabaseUnavailable: the database does not answer or refuses.
        """
        with self._in_use():
            return query.read(await self._connections.fetch(query.sql, query.ordered(values)))

    def prepare(self, query: sa.Select[Any]) -> Prepared:
        """Compile a query for `fetch`."""
        return Prepared.of(query, self._connections.dialect)

    def insert(self, table: sa.Table) -> Insert:
        """An insert that knows ON CONFLICT."""
        return INSERTS[self.dialect](table)

    async def answers(self) -> bool:
        """Whether the database answers, for a health probe."""
        try:
            await self.read(lambda connection: connection.execute(sa.select(1)).scalar_one())
        except DatabaseUnavailable:
            return False
        return True

    async def close(self) -> None:
        """Close every connection, each after its last use; the database answers no more."""
        self._closed = True
        with suppress(TimeoutError):
            await asyncio.wait_for(self._unused.wait(), CLOSING_TAKES)
        await self._connections.close()

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        if self._closed:
            raise DatabaseUnavailable("it has been closed")
        self._users += 1
        self._unused.clear()
        try:
            yield
        except self._connections.errors as error:
            raise _unavailable(error) from error
        finally:
            self._users -= 1
            if not self._users:
                self._unused.set()


def _unavailable(error: Exception) -> DatabaseUnavailable:
    """What the driver says, without SQLAlchemy's copy of the statement, and what helps."""
    cause = getattr(error, "orig", None) or error
    said = f"{type(cause).__name__}: {cause}".strip().rstrip(":")
    return DatabaseUnavailable(said, remedy=remedy_for(cause))


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
    database = Database(
        open_file(target.path) if isinstance(target, SqliteFile) else PostgresConnections(target)
    )
    try:
        yield database
    finally:
        await database.close()
