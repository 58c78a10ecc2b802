"""A PostgreSQL server: one pool of connections for all, through asyncpg."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from bot.core.database_url import PostgresServer
from bot.core.errors import DatabaseUnavailable

T = TypeVar("T")

CONNECTIONS = 10
POOL_TIMEOUT = 30.0  # seconds a caller waits for a connection
CONNECT_TIMEOUT = 10.0  # seconds until the server has to have answered
COMMAND_TIMEOUT = 60.0  # seconds one statement may take; a migration is one transaction of many


class PostgresConnections:
    """`Connections` to a PostgreSQL server.

    Raises:
        DatabaseUnavailable: asyncpg is not installed.
    """

    def __init__(self, server: PostgresServer) -> None:
        try:
            import asyncpg  # noqa: PLC0415 - an extra: only who uses PostgreSQL has it
        except ImportError as error:
            raise DatabaseUnavailable(
                'PostgreSQL needs its driver: pip install "weryai-discord-bot[postgres]"'
            ) from error

        def connect(*_: object, **__: object) -> Awaitable[Any]:
            # asyncpg reads the address itself, so that all its options (sslmode, host …) work.
            connecting: Awaitable[Any] = asyncpg.connect(
                server.dsn, timeout=CONNECT_TIMEOUT, command_timeout=COMMAND_TIMEOUT
            )
            return connecting

        creator: Callable[..., Awaitable[Any]] = connect
        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=creator,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT,
            pool_pre_ping=True,  # a server that restarted costs no member an answer
            hide_parameters=True,  # errors reach the log, what people say does not
        )
        self._reader = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self.dialect: sa.Dialect = self._engine.dialect
        self.errors: tuple[type[Exception], ...] = (
            sa.exc.SQLAlchemyError,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
            asyncpg.InternalClientError,  # of a connection lost between two steps of a query
            OSError,
        )

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Run work in a transaction."""
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def read(self, work: Callable[[sa.Connection], T]) -> T:
        """Run work that only reads."""
        async with self._reader.connect() as connection:
            return await connection.run_sync(work)

    async def fetch(self, sql: str, values: Sequence[object]) -> Iterable[Sequence[Any]]:
        """All rows of a quick query."""
        async with self._reader.connect() as connection:
            asyncpg: Any = (await connection.get_raw_connection()).driver_connection
            rows: Iterable[Sequence[Any]] = await asyncpg.fetch(sql, *values)
            return rows

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()
