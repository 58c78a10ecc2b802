"""SQLite's write-ahead log, moved into the database file while others write.

Left to itself, SQLite does so in the middle of a commit, every thousand pages, and syncs the disk
twice: all frames of all answers wait for it meanwhile. Here a reader's connection does it, and
nobody waits.

Source: SQLite's documentation, "Write-Ahead Logging", section 3.2.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

import sqlalchemy as sa

from bot.core.errors import DatabaseUnavailable
from bot.storage.engine import Database
from bot.storage.upkeep import beside

log = logging.getLogger(__name__)

EVERY = 5.0  # seconds


@asynccontextmanager
async def kept_short(database: Database) -> AsyncIterator[None]:
    """Move the log every few seconds as long as the block lasts; PostgreSQL does so by itself."""
    if database.dialect != "sqlite":
        yield
        return
    async with beside(_keep_moving(database), "write-ahead log"):
        yield


async def _keep_moving(database: Database) -> NoReturn:
    while True:
        await asyncio.sleep(EVERY)
        try:
            await move(database)
        except DatabaseUnavailable as error:
            log.warning("the write-ahead log stays as long as it is: %s", error)


async def move(database: Database) -> None:
    """Move what no reader and no writer needs in the log any more.

    Raises:
        DatabaseUnavailable: the database does not answer or refuses.
    """

    def checkpoint(connection: sa.Connection) -> None:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")

    await database.read(checkpoint)
