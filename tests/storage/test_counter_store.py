"""What is counted, when a counter begins anew, and that no more pass at once than may."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bot.core.conversation import ChannelId, EventId, GuildId, Person, Place, UserId
from bot.core.errors import LimitReached
from bot.core.quotas import Ceiling, Counter, Quota, What
from bot.core.replies import Address, ReplyState, Usage
from bot.storage.engine import Database, open_database
from bot.storage.limits import USED, SqlCounterStore
from bot.storage.replies import SqlReplyStore
from bot.storage.tables import counters as counters_table
from bot.storage.tables import replies as replies_table
from tests.storage.samples import ANN, GUILD, answer, begun, ending, question
from tests.storage.test_query_plans import explain
from tests.storage.working import insert, sql

BEN = Person(UserId(32), "Ben")
START = datetime(2026, 2, 28, 23, 59, 0, tzinfo=UTC).timestamp()
MIDNIGHT = START + 60
DAY = 86_400


class Clock:
    """Unix seconds that a test sets."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Database, clock: Clock) -> SqlReplyStore:
    return SqlReplyStore(database, clock=clock)


@pytest.fixture
def counters(database: Database) -> SqlCounterStore:
    return SqlCounterStore(database)


def quota(own: int | None = None, whole: int | None = None, *, member: Person = ANN) -> Quota:
    """So many questions per minute of a member, and of the server."""
    ceilings = ((own, member.id), (whole, None))
    return Quota(
        GUILD,
        member.id,
        tuple(Ceiling(What.QUESTIONS, most, whose) for most, whose in ceilings if most),
    )


async def used(counters: SqlCounterStore, member: Person = ANN) -> dict[tuple[str, bool], int]:
    """(what, is it the member's own) → used."""
    found = await counters.used(GUILD, member.id)
    assert all(one.whose in (None, member.id) for one in found)
    return {(one.what.value, one.whose is not None): one.used for one in found}


async def number_of_replies(database: Database) -> int:
    query = sa.select(sa.func.count(replies_table.c.id))
    return await database.read(lambda connection: connection.execute(query).scalar_one())


async def test_questions_are_counted_for_the_member_and_for_the_server(
    store: SqlReplyStore, counters: SqlCounterStore
) -> None:
    await store.accept(question(1), Address(), quota(9, 9))
    await store.accept(question(2), Address(), quota(9, 9))
    await store.accept(question(3, asker=BEN), Address(), quota(9, 9, member=BEN))
    await store.accept(question(4), Address())

    whole = {("questions_per_minute", False): 3}
    assert await used(counters) == {("questions_per_minute", True): 2} | whole
    assert await used(counters, BEN) == {("questions_per_minute", True): 1} | whole
    assert await counters.used(GuildId(10), ANN.id) == []


async def test_a_refused_question_leaves_nothing_behind(
    store: SqlReplyStore, counters: SqlCounterStore, database: Database
) -> None:
    await store.accept(question(1), Address(), quota(1, 9))

    with pytest.raises(LimitReached) as caught:
        await store.accept(question(2), Address(), quota(1, 9))

    assert caught.value.until == START + 60
    assert await number_of_replies(database) == 1
    expected = {("questions_per_minute", True): 1, ("questions_per_minute", False): 1}
    assert await used(counters) == expected


async def test_an_event_that_comes_twice_is_counted_once_and_never_refused(
    store: SqlReplyStore, counters: SqlCounterStore
) -> None:
    assert await store.accept(question(1), Address(), quota(1)) is not None
    assert await store.accept(question(1), Address(), quota(1)) is None
    assert await used(counters) == {("questions_per_minute", True): 1}


async def test_a_minute_begins_anew_sixty_seconds_after_its_first_question(
    store: SqlReplyStore, counters: SqlCounterStore, clock: Clock
) -> None:
    await store.accept(question(1), Address(), quota(2))
    clock.now += 59.9
    await store.accept(question(2), Address(), quota(2))
    with pytest.raises(LimitReached):
        await store.accept(question(3), Address(), quota(2))

    clock.now = START + 60

    await store.accept(question(4), Address(), quota(2))
    assert await counters.used(GUILD, ANN.id) == [
        Counter(What.QUESTIONS, ANN.id, started=START + 60, used=1)
    ]


async def test_reopening_counts_and_a_refused_one_changes_nothing(
    store: SqlReplyStore, counters: SqlCounterStore
) -> None:
    reply = await answer(store, question(1))
    assert await store.reopen(reply, EventId(2), keep=True, quota=quota(1)) is not None
    await store.finish(reply, ending("more"))

    with pytest.raises(LimitReached):
        await store.reopen(reply, EventId(3), keep=False, quota=quota(1))

    record = await store.load(reply)
    assert record is not None
    assert (record.state, record.text, record.trigger) == (ReplyState.COMPLETE, "more", 2)
    assert await store.reopen(reply, EventId(1), keep=True, quota=quota(9)) is None
    assert await used(counters) == {("questions_per_minute", True): 1}


async def test_tokens_are_added_to_the_day_and_the_month(
    store: SqlReplyStore, counters: SqlCounterStore
) -> None:
    for event, tokens in ((1, 100), (2, 30)):
        await answer(store, question(event), ending(usage=Usage(tokens, 1)))
    await answer(store, question(3, asker=BEN), ending(usage=Usage(5, 0)))

    assert await used(counters) == {
        ("tokens_per_day", True): 132,
        ("tokens_per_month", True): 132,
        ("tokens_per_day", False): 137,
        ("tokens_per_month", False): 137,
    }


async def test_days_and_months_begin_anew_with_utcs(
    store: SqlReplyStore, counters: SqlCounterStore, clock: Clock
) -> None:
    async def spend(event: int) -> dict[What, Counter]:
        await answer(store, question(event), ending(usage=Usage(10, 0)))
        return {one.what: one for one in await counters.used(GUILD, ANN.id) if one.whose}

    clock.now = MIDNIGHT - DAY - 1
    await spend(1)
    clock.now = MIDNIGHT - 1
    found = await spend(2)
    assert (found[What.TOKENS_A_DAY].used, found[What.TOKENS_A_MONTH].used) == (10, 20)
    clock.now = MIDNIGHT
    found = await spend(3)
    assert (found[What.TOKENS_A_DAY].used, found[What.TOKENS_A_MONTH].used) == (10, 10)
    assert found[What.TOKENS_A_DAY].started == found[What.TOKENS_A_MONTH].started == MIDNIGHT


async def test_an_answer_without_usage_and_a_direct_message_add_nothing(
    store: SqlReplyStore, counters: SqlCounterStore, database: Database
) -> None:
    direct = replace(question(2), place=Place(None, ChannelId(70)))
    await answer(store, question(1), ending())
    reply = await begun(store, direct)
    await store.finish(reply, ending(usage=Usage(10, 0)))
    assert await counters.used(GUILD, ANN.id) == []
    query = sa.text("SELECT count(*) FROM counters")
    assert await database.read(lambda connection: connection.scalar(query)) == 0


async def test_what_was_counted_is_there_after_a_restart(url: str, clock: Clock) -> None:
    async with open_database(url) as database:
        await SqlReplyStore(database, clock=clock).accept(question(1), Address(), quota(1))
    async with open_database(url) as database:
        with pytest.raises(LimitReached):
            await SqlReplyStore(database, clock=clock).accept(question(2), Address(), quota(1))


@pytest.fixture
async def processes(url: str, clock: Clock) -> AsyncIterator[list[SqlReplyStore]]:
    """Two stores that know nothing of each other, as in two processes."""
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(open_database(url)) for _ in range(2)]
        yield [SqlReplyStore(database, clock=clock) for database in opened]


async def test_of_a_hundred_questions_at_once_exactly_ten_pass(
    processes: list[SqlReplyStore], counters: SqlCounterStore
) -> None:
    people = [Person(UserId(100 + number), "") for number in range(4)]

    async def ask(event: int) -> bool:
        asker = people[event % 4]
        asked = question(event, channel=event % 7 + 1, asker=asker)
        try:
            reply = await processes[event % 2].accept(asked, Address(), quota(5, 10, member=asker))
        except LimitReached:
            return False
        return reply is not None

    passed = await asyncio.gather(*(ask(event) for event in range(1, 101)))

    assert sum(passed) == 10
    own = [(await used(counters, one)).get(("questions_per_minute", True), 0) for one in people]
    assert sum(own) == 10
    assert max(own) <= 5
    assert (await used(counters))[("questions_per_minute", False)] == 10


async def test_tokens_of_answers_that_end_at_once_all_count(
    processes: list[SqlReplyStore], counters: SqlCounterStore
) -> None:
    async def spend(event: int) -> None:
        asker = Person(UserId(100 + event % 3), "")
        asked = question(event, channel=event, asker=asker)
        await answer(processes[event % 2], asked, ending(usage=Usage(event, 0)))

    await asyncio.gather(*(spend(event) for event in range(1, 41)))

    assert (await used(counters))[("tokens_per_day", False)] == sum(range(1, 41))


async def test_a_check_walks_the_primary_key(database: Database) -> None:
    rows = [
        {"guild_id": guild, "user_id": user, "what": what.value, "started": 0, "used": 1}
        for guild in range(30)
        for user in range(60)
        for what in (What.QUESTIONS, What.TOKENS_A_DAY)
    ]
    await database.write(insert(counters_table, rows))
    await database.write(sql("ANALYZE"))
    steps = await explain(database, USED.params(guild=7, member=8))
    if database.dialect == "sqlite":
        assert len(steps) == 1
        assert "SEARCH counters USING INDEX" in steps[0]
        assert "(guild_id=? AND user_id=?)" in steps[0]
    else:
        assert any("pk_counters" in step for step in steps)
        assert not any("Seq Scan" in step for step in steps)
