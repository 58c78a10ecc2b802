"""Answers leave the database so many days after they last changed, with their questions.

What was used stays: rows of `usage` stand on their own. So does a conversation's history, which
keeps itself to its newest entries.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import time
from typing import NoReturn

import sqlalchemy as sa

from bot.core.errors import DatabaseUnavailable
from bot.storage.engine import Database
from bot.storage.tables import IS_FINISHED, replies
from bot.storage.upkeep import beside

log = logging.getLogger(__name__)

DAY = 86_400.0  # seconds
EVERY = 3_600.0  # seconds from one look to the next
BATCH = 100  # replies in a transaction, which is over in milliseconds
PAUSE = 0.1  # seconds between two transactions, in which answers store theirs

# Other processes' rows are skipped, and nobody waits for whoever changes one at this moment.
OLDEST = (
    sa.select(replies.c.id)
    .where(IS_FINISHED, replies.c.updated_at < sa.bindparam("before", type_=sa.Double))
    .order_by(replies.c.updated_at)
    .limit(sa.literal_column(str(BATCH)))
    .with_for_update(skip_locked=True)
)
"""The replies that have not changed since `before`, oldest first, read from one small index."""
_DELETE = sa.delete(replies).where(replies.c.id.in_(sa.bindparam("old", expanding=True)))


@asynccontextmanager
async def replies_kept(
    database: Database,
    *,
    days: int,
    clock: Callable[[], float] = time,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> AsyncIterator[None]:
    """Delete what is older, now and every hour, as long as the block lasts.

    Args:
        database: brought up to date.
        days: how long a reply is kept after it last changed.
        clock: gives Unix seconds.
        sleep: waits so many seconds.
    """
    async with beside(_keep_deleting(database, days, clock, sleep), "retention"):
        yield


async def _keep_deleting(
    database: Database,
    days: int,
    clock: Callable[[], float],
    sleep: Callable[[float], Awaitable[object]],
) -> NoReturn:
    while True:
        deleted, before = 0, clock() - days * DAY
        try:
            while batch := await delete_batch(database, before):
                deleted += batch
                await sleep(PAUSE)
        except DatabaseUnavailable as error:
            log.warning("old answers are kept for another hour: %s", error)
        if deleted:
            log.info("answers deleted that had not changed for %d days: %d", days, deleted)
        await sleep(EVERY)


async def delete_batch(database: Database, before: float) -> int:
    """Delete the oldest replies that have ended visibly and not changed since; how many.

    Args:
        database: where they are.
        before: Unix seconds.

    Raises:
        DatabaseUnavailable: the database does not answer or refuses.
    """

    def delete(connection: sa.Connection) -> int:
        old = connection.execute(OLDEST, {"before": before}).scalars().all()
        if old:
            connection.execute(_DELETE, {"old": old})
        return len(old)

    return await database.write(delete)
