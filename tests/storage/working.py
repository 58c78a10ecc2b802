"""Work for `Database.read` and `Database.write`, as tests need it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.util import await_only

from bot.storage.engine import Database

T = TypeVar("T")
Work = Callable[[sa.Connection], T]


def insert(table: sa.Table, rows: Sequence[dict[str, Any]]) -> Work[None]:
    """Adds rows."""

    def work(connection: sa.Connection) -> None:
        connection.execute(sa.insert(table), list(rows))

    return work


def sql(*statements: str) -> Work[None]:
    """Runs statements."""

    def work(connection: sa.Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    return work


def nothing(_: sa.Connection) -> None:
    """Does nothing."""


@asynccontextmanager
async def held(
    database: Database, first: Work[None], then: Work[T]
) -> AsyncIterator[asyncio.Task[T]]:
    """A transaction that has done the first part of its work when the block begins.

    The rest is done and committed at the block's end, if nobody ends it before.
    """
    loop, begun, over = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    over_there = threading.Event()

    def work(connection: sa.Connection) -> T:
        first(connection)
        loop.call_soon_threadsafe(begun.set)
        if database.dialect == "sqlite":
            over_there.wait()
        else:
            await_only(over.wait())
        return then(connection)

    task = asyncio.create_task(database.write(work))
    first_done = asyncio.create_task(begun.wait())
    try:
        await asyncio.wait({task, first_done}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        yield task
    finally:
        over_there.set()
        over.set()
        begun.set()
        await asyncio.wait({task})


@contextmanager
def told_of(event: str, hear: Callable[..., None]) -> Iterator[None]:
    """Hear of an event of any engine of SQLAlchemy's; it may come from another thread."""
    sa.event.listen(sa.Engine, event, hear)
    try:
        yield
    finally:
        sa.event.remove(sa.Engine, event, hear)
