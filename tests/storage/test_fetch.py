"""Quick queries, straight on the driver."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from bot.core.conversation import GuildId, UserId
from bot.core.errors import DatabaseUnavailable
from bot.core.options import Change, Scope
from bot.storage.engine import Database
from bot.storage.options import SqlOptionStore
from bot.storage.tables import options

BY_ID = (
    sa.select(options.c.name, options.c.value, options.c.at)
    .where(options.c.scope_id == sa.bindparam("id", type_=sa.BigInteger))
    .order_by(options.c.name)
)
VALUES = {"a": 0.5, "b": "text", "c": [1, "two"], "d": {"key": True}, "e": 7}


@pytest.fixture
async def filled(database: Database) -> Database:
    store = SqlOptionStore(database, clock=lambda: 4.5)
    changes = [Change(Scope.SERVER, GuildId(7), name, value) for name, value in VALUES.items()]
    await store.change(GuildId(7), changes, by=UserId(1))
    return database


async def test_it_gives_what_reading_gives(filled: Database) -> None:
    fetched = await filled.fetch(filled.prepare(BY_ID), {"id": 7})

    read = await filled.read(lambda connection: connection.execute(BY_ID, {"id": 7}).all())
    assert fetched == [list(row) for row in read]
    assert fetched == [[name, value, 4.5] for name, value in VALUES.items()]


async def test_many_at_once_get_each_their_own(filled: Database) -> None:
    query = filled.prepare(BY_ID)
    found = await asyncio.gather(*(filled.fetch(query, {"id": 7 + n % 2}) for n in range(40)))
    assert [len(rows) for rows in found] == [5, 0] * 20


async def test_it_sees_what_was_just_committed(filled: Database) -> None:
    query = filled.prepare(BY_ID)
    await filled.fetch(query, {"id": 8})
    store = SqlOptionStore(filled)
    await store.change(GuildId(8), [Change(Scope.SERVER, GuildId(8), "x", 1)], by=UserId(1))
    assert [row[:2] for row in await filled.fetch(query, {"id": 8})] == [["x", 1]]


async def test_a_query_that_fails_says_so_and_the_next_one_works(filled: Database) -> None:
    broken = filled.prepare(sa.select(sa.column("nothing")).select_from(sa.table("nowhere")))
    with pytest.raises(DatabaseUnavailable):
        await filled.fetch(broken, {})
    assert len(await filled.fetch(filled.prepare(BY_ID), {"id": 7})) == 5


async def test_a_closed_database_answers_no_more(filled: Database) -> None:
    query = filled.prepare(BY_ID)
    await filled.fetch(query, {"id": 7})
    await filled.close()
    with pytest.raises(DatabaseUnavailable):
        await filled.fetch(query, {"id": 7})
