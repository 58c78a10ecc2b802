"""`python -m benchmarks.usage`: 100,000 answers summed up for `/usage`, beside bare sqlite3.

It uses one core for a few seconds, an SQLite file in a temporary folder, and no network.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import statistics
import tempfile
from pathlib import Path
from time import perf_counter

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from bot.core.conversation import GuildId, UserId
from bot.core.replies import ReplyState
from bot.core.usage import SECONDS_A_DAY, Account, By
from bot.storage.engine import Database, open_database
from bot.storage.schema import migrate
from bot.storage.tables import usage
from bot.storage.usage import SqlUsageStore, summed

ROWS = 100_000  # of the server that is summed up; another one has as many
MEMBERS = 500
MODELS = 12
CHANNELS = 50
DAYS = 365
REPEATED = 9
SERVER = GuildId(7)
BUSY = UserId(1)


async def fill(database: Database) -> None:
    """Answers of a year in two servers that take turns."""
    chance = random.Random(7)  # noqa: S311 - the same rows each time, no secret
    rows = [
        {
            "reply_id": number,
            "guild_id": SERVER + number % 2,
            "channel_id": chance.randrange(CHANNELS),
            "user_id": chance.randrange(MEMBERS),
            "model": f"MODEL_{chance.randrange(MODELS)}",
            "prompt_tokens": chance.randrange(4_000),
            "completion_tokens": chance.randrange(1_000),
            "estimated": not chance.randrange(10),
            "seconds": chance.random() * 20,
            "state": ReplyState.COMPLETE,
            "at": number * DAYS * SECONDS_A_DAY / (2 * ROWS),
        }
        for number in range(2 * ROWS)
    ]

    def insert(connection: sa.Connection) -> None:
        connection.execute(sa.insert(usage), rows)

    await database.write(insert)


async def through_the_store(store: SqlUsageStore, account: Account, by: By) -> float:
    """Seconds, as a member would wait for them."""
    begun = perf_counter()
    await store.sums(account, 0.0, by)
    return perf_counter() - begun


def bare(connection: sqlite3.Connection, sql: str) -> float:
    """Seconds of the same statement without anything around it."""
    begun = perf_counter()
    connection.execute(sql).fetchall()
    return perf_counter() - begun


async def measure(folder: Path) -> None:
    """Fill a file, and print a line for each way to sum it up."""
    path = folder / "bot.db"
    async with open_database(f"sqlite:///{path}") as database:
        await migrate(database)
        await fill(database)
        store = SqlUsageStore(database)
        connection = sqlite3.connect(path)
        print(f"{ROWS:,} rows of one server, median of {REPEATED}:")
        for account in (Account(SERVER), Account(SERVER, BUSY)):
            for by in By:
                query = summed(account, 0.0, by)
                sql = str(
                    query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
                )
                ours = [await through_the_store(store, account, by) for _ in range(REPEATED)]
                theirs = [bare(connection, sql) for _ in range(REPEATED)]
                whose = "the server" if account.member is None else "one member"
                print(
                    f"  {whose:<10} by {by.value:<8} {statistics.median(ours) * 1000:6.1f} ms"
                    f"   bare sqlite3 {statistics.median(theirs) * 1000:6.1f} ms"
                )
        connection.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        asyncio.run(measure(Path(temporary)))
