"""The counters of limits: what each member, and each server as a whole, has used of late.

Questions are counted in the transaction that accepts them, so that exactly those count that are
answered; tokens in the one that stores what an answer cost, so that a limit set in the middle of a
month is right.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningInsert

from bot.core.conversation import GuildId, UserId
from bot.core.quotas import MINUTE, Counter, Quota, What, begins
from bot.core.replies import Usage
from bot.storage.engine import INSERTS, Database, Insert
from bot.storage.tables import counters

SERVER = 0  # in place of a member: the server as a whole
KEY = (counters.c.guild_id, counters.c.user_id, counters.c.what)

USED = sa.select(counters.c.what, counters.c.user_id, counters.c.started, counters.c.used).where(
    counters.c.guild_id == sa.bindparam("guild"),
    counters.c.user_id.in_(
        [sa.bindparam("member", type_=sa.BigInteger), sa.literal_column(str(SERVER))]
    ),
)
"""Two walks of the primary key: for the member and for the server."""


def _add_tokens(insert: Insert) -> Insert:
    """Adds to a counter, or begins it anew where its period is over."""
    over = counters.c.started < insert.excluded.started
    return insert.on_conflict_do_update(
        index_elements=KEY,
        set_={
            "started": sa.case((over, insert.excluded.started), else_=counters.c.started),
            "used": sa.case((over, 0), else_=counters.c.used) + insert.excluded.used,
        },
    )


def _count_question(insert: Insert) -> ReturningInsert[Any]:
    """Adds a question to a counter, or begins it anew; returns what it was before."""
    began = insert.excluded.started
    over = counters.c.started <= began - MINUTE
    return insert.on_conflict_do_update(
        index_elements=KEY,
        set_={
            "started": sa.case((over, began), else_=counters.c.started),
            "used": sa.case((over, 1), else_=counters.c.used + 1),
        },
    ).returning(counters.c.what, counters.c.user_id, counters.c.started, counters.c.used - 1)


_COUNT_QUESTION = {name: _count_question(insert(counters)) for name, insert in INSERTS.items()}
_ADD_TOKENS = {name: _add_tokens(insert(counters)) for name, insert in INSERTS.items()}


class SqlCounterStore:
    """`CounterStore` in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._used = database.prepare(USED)

    async def used(self, guild: GuildId, member: UserId) -> list[Counter]:
        """The counters of a member and of their server."""
        rows = await self._database.fetch(self._used, {"guild": guild, "member": member})
        return [_counter(*row) for row in rows]


def count_question(
    database: Database, connection: sa.Connection, quota: Quota, *, at: float
) -> None:
    """Count a question, in a transaction that an exception undoes; one statement, if any.

    Whoever counts has locked the counters until the transaction ends: of questions that are asked
    at once, by several processes too, no more pass than may.

    Raises:
        LimitReached: a limit of questions is reached.
    """
    limited = [one.whose or UserId(SERVER) for one in quota.ceilings if one.what is What.QUESTIONS]
    if not limited:
        return
    rows = [_row(quota.guild, user, What.QUESTIONS, at, 1) for user in sorted(limited)]
    counted = connection.execute(_COUNT_QUESTION[database.dialect], rows)
    quota.check([_counter(*row) for row in counted.all()], at)


def count_tokens(
    database: Database, connection: sa.Connection, reply: sa.Row[Any], usage: Usage, *, at: float
) -> None:
    """Add what an answer cost to the day and the month of who asked, and of the server.

    `reply` is its row with guild_id and asker_id. In direct messages nothing is counted.
    """
    if reply.guild_id is None:
        return
    guild, asker = GuildId(reply.guild_id), UserId(reply.asker_id)
    rows = [
        _row(guild, user, what, begins(what, at), usage.total_tokens)
        for user in (UserId(SERVER), asker)
        for what in (What.TOKENS_A_DAY, What.TOKENS_A_MONTH)
    ]
    connection.execute(_ADD_TOKENS[database.dialect], rows)


def _row(guild: GuildId, user: UserId, what: What, started: float, used: int) -> dict[str, object]:
    return {
        "guild_id": guild,
        "user_id": user,
        "what": what.value,
        "started": started,
        "used": used,
    }


def _counter(what: str, user: int, started: float, used: int) -> Counter:
    return Counter(What(what), UserId(user) if user else None, started, used)
