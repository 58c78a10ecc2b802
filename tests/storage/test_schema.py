"""The database's version: made, kept, compared, and newer ones refused."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.core.errors import DatabaseTooNew
from bot.storage.engine import Database, open_database
from bot.storage.history import SqlHistoryStore
from bot.storage.replies import SqlReplyStore
from bot.storage.schema import check, differences, drift, migrate
from bot.storage.tables import metadata

from .samples import CHANNEL, answer, question
from .working import sql

MIGRATE = """
import asyncio, sys
from bot.storage.engine import open_database
from bot.storage.schema import migrate

async def main():
    async with open_database(sys.argv[1]) as database:
        print("ready", flush=True)
        sys.stdin.readline()
        await migrate(database)

asyncio.run(main())
"""


async def table_names(database: Database) -> set[str]:
    return set(await database.read(lambda connection: sa.inspect(connection).get_table_names()))


async def test_an_empty_database_gets_every_table(empty_url: str) -> None:
    async with open_database(empty_url) as database:
        assert await table_names(database) == set()
        await migrate(database)
        assert await table_names(database) == {*metadata.tables, "alembic_version"}


async def test_migrating_again_changes_nothing(
    database: Database, replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    await answer(replies, question(1))
    await migrate(database)
    assert len(await history.recent(CHANNEL, 50)) == 2


async def test_a_restart_keeps_everything(empty_url: str) -> None:
    async with open_database(empty_url) as database:
        await migrate(database)
        reply = await answer(SqlReplyStore(database), question(1))
        before = await SqlReplyStore(database).load(reply)
    async with open_database(empty_url) as database:
        await migrate(database)
        assert await SqlReplyStore(database).load(reply) == before
        assert len(await SqlHistoryStore(database).recent(CHANNEL, 50)) == 2


async def test_processes_that_start_at_once_all_find_the_tables(empty_url: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            MIGRATE,
            empty_url,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        await process.stdout.readline()
    ended = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert [process.returncode for process in processes] == [0, 0, 0], ended
    async with open_database(empty_url) as database:
        assert await table_names(database) == {*metadata.tables, "alembic_version"}


async def test_a_database_of_a_newer_version_is_refused(url: str, database: Database) -> None:
    await database.write(sql("UPDATE alembic_version SET version_num = 'from_2031'"))
    with pytest.raises(DatabaseTooNew, match="from_2031") as caught:
        await migrate(database)
    assert not caught.value.retryable
    finding = await check(url)
    assert finding.status == "problem"
    assert "from_2031" in finding.sentence
    assert finding.remedy


async def test_the_migrations_lead_to_the_tables_of_the_code(database: Database) -> None:
    assert await database.read(differences) == []
    assert drift() == []


async def test_a_difference_is_found(database: Database) -> None:
    await database.write(sql("DROP TABLE usage"))
    found = await database.read(differences)
    assert any("usage" in difference for difference in found)


async def test_the_check_says_what_the_first_start_will_do(empty_url: str) -> None:
    finding = await check(empty_url)
    assert finding.status == "ok"
    assert "start" in finding.sentence


async def test_the_check_makes_no_file(tmp_path: Path) -> None:
    await check(f"sqlite:///{tmp_path}/new/bot.db")
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - a Path's own methods are banned in async code


@pytest.mark.usefixtures("database")
async def test_the_check_finds_a_migrated_database_up_to_date(url: str) -> None:
    finding = await check(url)
    assert (finding.status, finding.remedy) == ("ok", "")
    assert "up to date" in finding.sentence


async def test_the_check_says_why_a_database_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "bot.db").write_text("certainly no database" * 100)
    finding = await check(f"sqlite:///{tmp_path}/bot.db")
    assert finding.status == "problem"
    assert finding.remedy
