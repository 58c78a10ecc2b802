"""From one version's tables to the next and back, with what people have in them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from time import time
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from bot.core.conversation import GuildId, UserId
from bot.core.quotas import What
from bot.storage.engine import Database, open_database
from bot.storage.limits import SqlCounterStore
from bot.storage.options import SqlOptionStore
from bot.storage.schema import _config, differences, migrate
from bot.storage.tables import conversations, options, replies, reply_messages, usage

from .working import insert, sql

SERVER, CHANNEL, ANN, BEN = GuildId(7), 70, UserId(1), UserId(2)
NOW = time()
LAST_YEAR = NOW - 366 * 86_400


def option(scope: str, scope_id: int, value: str) -> dict[str, Any]:
    told = {"scope": scope, "scope_id": scope_id, "value": value}
    return {**told, "name": "model", "by": 1, "at": 1.0}


def reply(number: int) -> dict[str, Any]:
    where = {"id": number, "event_id": number, "trigger": number, "channel_id": CHANNEL}
    who = {"conversation_id": CHANNEL, "asker_id": ANN, "shared": True, "state": "complete"}
    return {**where, **who, "turn": "{}", "created_at": 1.0, "updated_at": 1.0}


def shown(number: int, message: int) -> dict[str, Any]:
    return {"reply_id": number, "part": "shown", "position": 0, "message_id": message}


def spent(guild: GuildId | None, member: UserId, tokens: int, at: float = NOW) -> dict[str, Any]:
    whose = {"guild_id": guild, "user_id": member, "channel_id": CHANNEL, "reply_id": 40}
    cost = {"prompt_tokens": tokens - 1, "completion_tokens": 1, "estimated": False}
    return {**whose, **cost, "model": "A", "seconds": 1.0, "state": "complete", "at": at}


OF_THE_FIRST_VERSION: Sequence[tuple[sa.Table, Sequence[dict[str, Any]]]] = (
    (conversations, [{"id": CHANNEL, "guild_id": SERVER}, {"id": 71, "guild_id": SERVER}]),
    (
        options,
        [
            option("server", SERVER, "A"),
            option("channel", CHANNEL, "B"),
            option("thread", 71, "C"),
            option("channel", 99, "of nobody knows where"),
        ],
    ),
    (replies, [reply(40), reply(41)]),
    (reply_messages, [shown(40, 900), shown(41, 901)]),
    (
        usage,
        [
            spent(SERVER, ANN, 10),
            spent(SERVER, ANN, 20),
            spent(SERVER, BEN, 30),
            spent(SERVER, BEN, 1_000, at=LAST_YEAR),
            spent(None, ANN, 1_000),
        ],
    ),
)


async def go(database: Database, way: Callable[..., None], version: str) -> None:
    """Upgrade or downgrade to a version."""

    def run(connection: sa.Connection) -> None:
        config = _config()
        attributes: dict[str, Any] = config.attributes
        attributes["connection"] = connection
        way(config, version)

    await database.write(run)


@pytest.fixture
async def used(empty_url: str) -> AsyncIterator[Database]:
    """A database that the first version has used for a while, brought up to date."""
    async with open_database(empty_url) as database:
        await go(database, command.upgrade, "0001")
        for table, kept in OF_THE_FIRST_VERSION:
            await database.write(insert(table, kept))
        await migrate(database)
        yield database


async def rows(database: Database, query: str) -> list[Any]:
    found = await database.read(lambda connection: connection.exec_driver_sql(query).all())
    return [tuple(row) for row in found]


async def test_what_was_chosen_belongs_to_its_server(used: Database) -> None:
    chosen = await SqlOptionStore(used).chosen_in(SERVER)
    assert [(one.scope_id, one.value) for one in chosen] == [(70, "B"), (7, "A"), (71, "C")]


async def test_counters_begin_with_what_was_used_this_month(used: Database) -> None:
    counted = await SqlCounterStore(used).used(SERVER, ANN)
    assert {(one.what, one.whose): one.used for one in counted} == {
        (What.TOKENS_A_DAY, ANN): 30,
        (What.TOKENS_A_DAY, None): 60,
        (What.TOKENS_A_MONTH, ANN): 30,
        (What.TOKENS_A_MONTH, None): 60,
    }


async def test_going_back_and_forth_loses_no_answer(used: Database) -> None:
    answers = "SELECT reply_id, message_id FROM reply_messages ORDER BY message_id"
    await go(used, command.downgrade, "0001")
    assert await rows(used, answers) == [(40, 900), (41, 901)]
    await migrate(used)
    assert await rows(used, answers) == [(40, 900), (41, 901)]
    assert await used.read(differences) == []


async def test_after_going_back_no_id_is_given_out_again(used: Database) -> None:
    await go(used, command.downgrade, "0001")
    if used.dialect == "sqlite":  # PostgreSQL's sequences are no part of a table
        await used.write(sql("DELETE FROM replies"))
        assert await rows(used, "SELECT seq FROM sqlite_sequence WHERE name = 'replies'") == [(41,)]


async def test_the_way_back_ends_with_nothing(used: Database) -> None:
    await go(used, command.downgrade, "base")
    names = await used.read(lambda connection: sa.inspect(connection).get_table_names())
    assert names == ["alembic_version"]
