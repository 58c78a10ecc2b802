"""What each answer cost: a row for every request, and sums of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from bot.core.conversation import ChannelId, ReplyId, UserId
from bot.core.replies import Ending, ReplyState, Usage
from bot.core.usage import SECONDS_A_DAY, Account, By, Key, Spent, Sums
from bot.storage.engine import Database
from bot.storage.tables import usage


class day_of(GenericFunction[int]):  # noqa: N801 - named as the SQL function that it stands for
    """The number of the UTC day of a moment, which is after 1970."""

    type = sa.BigInteger()
    inherit_cache = True


@compiles(day_of)
def _rounded_down(function: day_of, compiler: Any, **how: Any) -> str:
    return f"CAST(floor({compiler.process(function.clauses, **how)} / {SECONDS_A_DAY}) AS BIGINT)"


@compiles(day_of, "sqlite")
def _truncated(function: day_of, compiler: Any, **how: Any) -> str:
    """SQLite's CAST truncates where PostgreSQL's rounds; not every SQLite has `floor`."""
    return f"CAST({compiler.process(function.clauses, **how)} / {SECONDS_A_DAY} AS INTEGER)"


# Plus nothing: SQLite would walk the index that is ordered by member, and skip from one to the
# next, rather than read the server's rows one after the other.
KEYS: Mapping[By, sa.ColumnElement[Any]] = {
    By.DAY: day_of(usage.c.at),
    By.MODEL: usage.c.model,
    By.MEMBER: usage.c.user_id + sa.literal_column("0"),
    By.CHANNEL: usage.c.channel_id,
}
_RECORD = sa.insert(usage)
TOKENS = usage.c.prompt_tokens + usage.c.completion_tokens


class SqlUsageStore:
    """`UsageStore` in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sums(self, account: Account, since: float, by: By) -> dict[Key, Sums]:
        """What was used since a moment, by day, model, member or channel; one pass of an index."""
        query = summed(account, since, by)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return {
            row.key: Sums(
                row.answers, int(row.prompt), int(row.completion), int(row.estimated), row.seconds
            )
            for row in rows
        }

    async def newest(
        self, account: Account, since: float, *, limit: int, before: Spent | None = None
    ) -> list[Spent]:
        """The newest rows since a moment, newest first; those before another row, if given."""
        query = page(account, since, limit, before)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return [_spent(row) for row in rows]


def summed(account: Account, since: float, by: By) -> sa.Select[Any]:
    """The query of `sums`."""
    key = KEYS[by].label("key")
    return (
        sa.select(
            key,
            sa.func.count().label("answers"),
            sa.func.sum(usage.c.prompt_tokens).label("prompt"),
            sa.func.sum(usage.c.completion_tokens).label("completion"),
            sa.func.sum(sa.case((usage.c.estimated, TOKENS), else_=0)).label("estimated"),
            sa.func.sum(usage.c.seconds).label("seconds"),
        )
        .where(*_rows_of(account, since))
        .group_by(key)
    )


def page(account: Account, since: float, limit: int, before: Spent | None) -> sa.Select[Any]:
    """The query of `newest`: its rows are those at the end of an index."""
    query = sa.select(usage).where(*_rows_of(account, since))
    if before is not None:
        query = query.where(sa.tuple_(usage.c.at, usage.c.id) < (before.at, before.id))
    return query.order_by(usage.c.at.desc(), usage.c.id.desc()).limit(limit)


def _rows_of(account: Account, since: float) -> list[sa.ColumnElement[bool]]:
    chosen = [usage.c.guild_id == account.guild, usage.c.at >= since]
    if account.member is not None:
        chosen.append(usage.c.user_id == account.member)
    return chosen


def _spent(row: sa.Row[Any]) -> Spent:
    return Spent(
        row.id,
        row.at,
        UserId(row.user_id),
        ChannelId(row.channel_id),
        row.model,
        Usage(row.prompt_tokens, row.completion_tokens, row.estimated),
        row.seconds,
        ReplyState(row.state),
    )


def record_usage(
    connection: sa.Connection, reply: sa.Row[Any], ending: Ending, counted: Usage, *, at: float
) -> None:
    """Add what a reply's request used to the account of whoever asked, where they asked.

    `reply` is its row with id, guild_id, channel_id and asker_id; a second answer to the same
    question adds a second row.
    """
    row = {
        "reply_id": ReplyId(reply.id),
        "guild_id": reply.guild_id,
        "channel_id": reply.channel_id,
        "user_id": reply.asker_id,
        "model": ending.model,
        "prompt_tokens": counted.prompt_tokens,
        "completion_tokens": counted.completion_tokens,
        "estimated": counted.estimated,
        "seconds": ending.seconds,
        "state": ending.state,
        "at": at,
    }
    connection.execute(_RECORD, row)
