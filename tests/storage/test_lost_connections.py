"""A PostgreSQL server that throws everybody out, as at its restart: nothing but patience is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import count

import asyncpg
import pytest
import sqlalchemy as sa

from bot.core.errors import DatabaseUnavailable
from bot.core.replies import Address
from bot.storage.engine import Database, open_database
from bot.storage.history import SqlHistoryStore
from bot.storage.replies import SqlReplyStore

from .samples import CHANNEL, begun, ending, question

THROW_OUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
)


@pytest.fixture
def postgres_url(new_postgres: Callable[[str], str], migrated_template: str) -> str:
    return new_postgres(migrated_template)


@pytest.fixture
async def postgres(postgres_url: str) -> AsyncIterator[Database]:
    async with open_database(postgres_url) as database:
        yield database


async def test_whoever_is_at_it_is_told_and_the_next_one_is_served(
    postgres_url: str, postgres: Database
) -> None:
    replies, history = SqlReplyStore(postgres), SqlHistoryStore(postgres)
    reply = await begun(replies, question(1))
    thrown_out = asyncio.Event()

    async def use(what: int) -> None:
        for number in count():
            if thrown_out.is_set():
                return
            try:
                if what % 3 == 0:
                    await replies.checkpoint(reply, f"text {number}", Address())
                elif what % 3 == 1:
                    await history.recent(CHANNEL, 50)
                else:
                    await replies.load(reply)
            except DatabaseUnavailable:
                pass  # which members are told; anything else would fail here

    async def throw_out() -> None:
        for _ in range(10):
            server = await asyncpg.connect(postgres_url)
            await server.execute(THROW_OUT)
            await server.close()
        thrown_out.set()

    await asyncio.gather(throw_out(), *(use(number) for number in range(9)))

    await replies.finish(reply, ending("whole"))
    assert [said.text for said in await history.recent(CHANNEL, 50)] == ["question 1", "whole"]


async def test_a_driver_that_lost_its_place_with_the_connection_is_unavailable(
    postgres: Database,
) -> None:
    def lose(_: sa.Connection) -> None:
        raise asyncpg.InternalClientError("cannot switch; another operation is in progress")

    with pytest.raises(DatabaseUnavailable, match="another operation"):
        await postgres.read(lose)
