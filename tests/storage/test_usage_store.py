"""Sums of what answers cost, and the rows behind them, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation import ChannelId, GuildId, UserId
from bot.core.replies import ReplyState, Usage
from bot.core.usage import SECONDS_A_DAY, Account, By, Spent, Sums
from bot.storage.engine import Database
from bot.storage.tables import usage
from bot.storage.usage import SqlUsageStore, page, summed
from tests.storage.test_query_plans import explain
from tests.storage.working import insert, sql

HOME, AWAY = GuildId(9), GuildId(8)
ANN, BEN = UserId(31), UserId(32)
NOON = SECONDS_A_DAY / 2
SERVER, OF_ANN = Account(HOME), Account(HOME, ANN)


def row(**given: Any) -> dict[str, Any]:
    """A row that costs 10 and 5 tokens and 2 seconds, unless it says otherwise."""
    usual = {
        "reply_id": 1,
        "guild_id": HOME,
        "channel_id": 50,
        "user_id": ANN,
        "model": "A",
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "estimated": False,
        "seconds": 2.0,
        "state": ReplyState.COMPLETE,
        "at": NOON,
    }
    return usual | given


async def fill(database: Database, *rows: dict[str, Any]) -> None:
    await database.write(insert(usage, rows))


async def test_nothing_used_is_nothing_to_tell(spending: SqlUsageStore) -> None:
    assert await spending.sums(SERVER, 0, By.DAY) == {}
    assert await spending.newest(SERVER, 0, limit=10) == []


async def test_everything_is_summed_and_estimates_are_told_apart(
    database: Database, spending: SqlUsageStore
) -> None:
    await fill(
        database,
        row(),
        row(prompt_tokens=100, completion_tokens=50, estimated=True, seconds=0.5),
    )
    assert await spending.sums(SERVER, 0, By.MODEL) == {"A": Sums(2, 110, 55, 150, 2.5)}


@pytest.mark.parametrize(
    ("by", "column", "values"),
    [
        (By.MODEL, "model", ("A", "B")),
        (By.MEMBER, "user_id", (2**62, 32)),
        (By.CHANNEL, "channel_id", (2**62, 51)),
    ],
)
async def test_sums_are_by_model_member_or_channel(
    database: Database, spending: SqlUsageStore, by: By, column: str, values: tuple[Any, Any]
) -> None:
    one, other = values
    await fill(database, row(**{column: one}), row(**{column: one}), row(**{column: other}))
    sums = await spending.sums(SERVER, 0, by)
    assert {key: sum_.answers for key, sum_ in sums.items()} == {one: 2, other: 1}


async def test_a_day_begins_at_midnight_and_not_half_a_second_before(
    database: Database, spending: SqlUsageStore
) -> None:
    moments = (0.0, SECONDS_A_DAY - 0.001, SECONDS_A_DAY, 2 * SECONDS_A_DAY - 0.4)
    await fill(database, *(row(at=moment) for moment in moments))
    sums = await spending.sums(SERVER, 0, By.DAY)
    assert {key: sum_.answers for key, sum_ in sums.items()} == {0: 2, 1: 2}


async def test_what_was_before_the_period_does_not_count(
    database: Database, spending: SqlUsageStore
) -> None:
    await fill(database, row(at=NOON), row(at=NOON - 0.001))
    [sums] = (await spending.sums(SERVER, NOON, By.DAY)).values()
    assert sums.answers == 1
    assert len(await spending.newest(SERVER, NOON, limit=10)) == 1


@pytest.mark.parametrize(
    ("account", "answers"),
    [
        (SERVER, 3),
        (OF_ANN, 2),
        (Account(AWAY), 1),
        (Account(AWAY, BEN), 0),
        (Account(None, ANN), 1),
        (Account(None, BEN), 1),
    ],
)
async def test_each_account_holds_its_own(
    database: Database, spending: SqlUsageStore, account: Account, answers: int
) -> None:
    await fill(
        database,
        row(),
        row(),
        row(user_id=BEN),
        row(guild_id=AWAY),
        row(guild_id=None),
        row(guild_id=None, user_id=BEN),
    )
    sums = await spending.sums(account, 0, By.CHANNEL)
    assert sum(sum_.answers for sum_ in sums.values()) == answers
    assert len(await spending.newest(account, 0, limit=10)) == answers


async def test_a_sum_may_be_greater_than_a_tokens_column_holds(
    database: Database, spending: SqlUsageStore
) -> None:
    most = 2**31 - 1
    await fill(database, *(row(prompt_tokens=most, completion_tokens=0) for _ in range(3)))
    [sums] = (await spending.sums(SERVER, 0, By.DAY)).values()
    assert sums.prompt_tokens == 3 * most


async def test_a_row_is_told_as_it_is(database: Database, spending: SqlUsageStore) -> None:
    await fill(database, row(estimated=True, state=ReplyState.STOPPED, seconds=1.25))
    [spent] = await spending.newest(SERVER, 0, limit=1)
    assert spent == Spent(
        spent.id,
        NOON,
        ANN,
        ChannelId(50),
        "A",
        Usage(10, 5, estimated=True),
        1.25,
        ReplyState.STOPPED,
    )


async def test_rows_come_newest_first_page_by_page_also_those_of_one_moment(
    database: Database, spending: SqlUsageStore
) -> None:
    moments = (1.0, 3.0, 3.0, 3.0, 2.0)
    await fill(database, *(row(at=moment, reply_id=n) for n, moment in enumerate(moments)))
    pages: list[Spent] = []
    while found := await spending.newest(SERVER, 0, limit=2, before=pages[-1] if pages else None):
        assert len(found) <= 2
        pages += found
    assert [(spent.at, spent.id) for spent in pages] == sorted(
        ((spent.at, spent.id) for spent in pages), reverse=True
    )
    assert [spent.at for spent in pages] == [3.0, 3.0, 3.0, 2.0, 1.0]
    assert len({spent.id for spent in pages}) == 5


@pytest.mark.parametrize("account", [SERVER, OF_ANN, Account(None, ANN)])
@pytest.mark.parametrize("by", By)
async def test_an_index_finds_the_rows_that_are_summed_up(
    database: Database, account: Account, by: By
) -> None:
    await used_a_lot(database)
    plan = " ".join(await explain(database, summed(account, 0, by)))
    index = "ix_usage_guild_id_at" if account.member is None else "ix_usage_user_id_at"
    assert index in plan
    assert "ANY(" not in plan  # SQLite skips from member to member, through the whole index


async def test_the_newest_rows_are_read_from_an_indexs_end(database: Database) -> None:
    await used_a_lot(database)
    last = Spent(5, NOON, ANN, ChannelId(1), "A", Usage(1, 1), 1.0, ReplyState.COMPLETE)
    plan = await explain(database, page(SERVER, 0, 5, last))
    assert any("ix_usage_guild_id_at" in step for step in plan)
    if database.dialect == "sqlite":  # it is in their order; PostgreSQL orders a moment's rows
        assert not any("ORDER BY" in step for step in plan)


async def used_a_lot(database: Database) -> None:
    """Three servers and two hundred members, who take turns, and write directly, too."""
    await fill(
        database,
        *(
            row(guild_id=(7, 8, 9, None)[n % 4], user_id=n % 201, at=float(n * 60))
            for n in range(10_000)
        ),
    )
    await database.write(sql("ANALYZE"))
