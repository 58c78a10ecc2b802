"""Closing a database while it is used: at a shutdown, commands are still at work."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from bot.core.errors import DatabaseUnavailable
from bot.storage import open_database


async def test_what_is_under_way_is_carried_through(url: str) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async with open_database(url) as database:

        async def at_work() -> int | None:
            async with database.write() as connection:
                begun.set()
                await go_on.wait()
                found: int | None = await connection.scalar(sa.text("SELECT 42"))
                return found

        working = asyncio.create_task(at_work())
        await begun.wait()
        closing = asyncio.create_task(database.close())
        await asyncio.sleep(0)
        go_on.set()
        await closing
        assert await working == 42


async def test_nothing_begins_after_it_was_closed(url: str) -> None:
    async with open_database(url) as database:
        assert await database.answers()
        await database.close()

        assert not await database.answers()
        with pytest.raises(DatabaseUnavailable):
            async with database.read():
                pass
