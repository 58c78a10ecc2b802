"""`python -m benchmarks.limits [--seconds 20]`: limit checks beside running replies, on SQLite.

Checks come at an even pace, whether or not the ones before are done, and each one's time counts
from when it was due: what a member would wait. Meanwhile replies are accepted, counted, stored as
they grow, and finished, in the same file by the same process. The floor beside it is the same
statement on a bare `sqlite3` connection, one after the other, with nothing else to do.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import perf_counter, process_time, time

import sqlalchemy as sa
import sqlalchemy.dialects.sqlite

from benchmarks.measure import percentile
from bot.core.admission import Admission
from bot.core.choices import Choices
from bot.core.conversation import (
    ChannelId,
    EventId,
    GuildId,
    MessageId,
    Person,
    Place,
    Presser,
    ReplyId,
    Role,
    RoleId,
    Said,
    Turn,
    UserId,
)
from bot.core.limits import Limits
from bot.core.options import Change, Resolved, Scope
from bot.core.ports.weryai import ModelInfo
from bot.core.quotas import COUNTED, begins
from bot.core.replies import Address, Ending, ReplyState, Usage
from bot.storage.engine import Database, open_database
from bot.storage.limits import USED, SqlCounterStore
from bot.storage.options import SqlOptionStore
from bot.storage.replies import SqlReplyStore
from bot.storage.schema import migrate
from bot.storage.tables import counters
from bot.weryai.catalogue import Catalogue

REPORT = Path(__file__).with_name("LIMITS.md")
PACE = 1_000  # checks per second
TARGET = 5.0  # milliseconds that 95 of 100 checks take at most
SERVERS, MEMBERS = 50, 200  # members of each server, all of whom have counters
RUNNING = 50  # replies that grow; each is stored once per second, as 50 edits per second allow
ANSWERED = 10  # questions per second that are accepted, counted, begun and finished
GROWN = "A sentence of an answer that is being written. " * 40
RULES = {
    "members": {"questions_per_minute": 1_000, "tokens_per_day": 10**9},
    "roles": {str(role): {"tokens_per_month": 10**9} for role in range(1, 6)},
    "server": {"questions_per_minute": 1_000, "tokens_per_month": 10**9},
}
LISTS = {"deny": {"roles": [90, 91], "members": [9_000]}}
ACCEPTED = 500  # questions, and bare statements

Check = Callable[[Turn, Presser], Awaitable[object]]
chance = random.Random(7)  # noqa: S311 - the same members each time, no secret
events = count(1)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a way to check costs, in milliseconds for each check."""

    what: str
    times: Sequence[float]
    core: str = ""  # the whole process's share of one

    def row(self) -> str:
        """A line of the report's table."""
        p50, p95, p99 = (percentile(self.times, share) for share in (0.5, 0.95, 0.99))
        figures = " | ".join(f"{one:.2f}" for one in (p50, p95, p99, max(self.times)))
        return f"| {self.what} | {figures} | {self.core} |"


class Bench:
    """Everything that checks go through, in one SQLite file."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._replies = SqlReplyStore(database)
        self._options = SqlOptionStore(database)
        self._choices = Choices(self._options, Catalogue(_unasked), {"model": "GEMINI_25_FLASH"})
        self._limits = Limits(self._choices, SqlCounterStore(database))
        self._admission = Admission(self._choices, self._limits, prompt_characters=4_000)
        self._known: dict[GuildId | None, Resolved] = {}

    async def fill(self) -> None:
        """Servers with rules and lists, all of whose members have asked before."""
        now = time()
        for server in range(1, SERVERS + 1):
            guild = GuildId(server)
            changes = [
                Change(Scope.SERVER, guild, "limits", RULES),
                Change(Scope.SERVER, guild, "access", LISTS),
            ]
            await self._options.change(guild, changes, by=UserId(1))
            self._known[guild] = await self._choices.of(_turn(server, 1).place)
        rows = [
            {"guild_id": server, "user_id": member, "what": what, "started": begins(what, now)}
            for server in range(1, SERVERS + 1)
            for member in range(MEMBERS + 1)
            for what in COUNTED
        ]
        used = [row | {"used": 1} for row in rows]

        def count(connection: sa.Connection) -> None:
            connection.execute(sa.insert(counters), used)

        await self._database.write(count)

    async def check(self, turn: Turn, by: Presser) -> None:
        """The limits alone, of a question whose options are known."""
        await self._limits.admit(turn, by, self._known[turn.place.guild_id])

    async def admit(self, turn: Turn, by: Presser) -> None:
        """All that a question goes through: its options are read, then lists and limits."""
        await self._admission.admit(turn, by)

    async def keep_answering(self) -> None:
        """Running replies, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(RUNNING):
                tasks.create_task(self._grow(await self._begin(counted=True)))
            while True:
                tasks.create_task(self._answer())
                await asyncio.sleep(1 / ANSWERED)

    async def accept(self, *, counted: bool) -> float:
        """Milliseconds that it takes to accept a question, counted or not."""
        turn, by = somebody()
        quota = await self._admission.admit(turn, by) if counted else None
        begun = perf_counter()
        await self._replies.accept(turn, Address(), quota)
        return (perf_counter() - begun) * 1000

    async def _begin(self, *, counted: bool) -> ReplyId:
        turn, by = somebody()
        quota = await self._admission.admit(turn, by) if counted else None
        reply = await self._replies.accept(turn, Address(), quota)
        assert reply is not None
        await self._replies.begin(reply, turn)
        return reply

    async def _grow(self, reply: ReplyId) -> None:
        await asyncio.sleep(chance.random())
        while True:
            await self._replies.checkpoint(reply, GROWN, Address())
            await asyncio.sleep(1.0)

    async def _answer(self) -> None:
        reply = await self._begin(counted=True)
        ending = Ending(ReplyState.COMPLETE, GROWN, "GEMINI_25_FLASH", Address(), Usage(500, 400))
        await self._replies.finish(reply, ending)
        await self._replies.shown(reply, Address())


async def _unasked() -> list[ModelInfo]:
    return []


def somebody() -> tuple[Turn, Presser]:
    """Any member of any server, with a question."""
    member = chance.randint(1, MEMBERS)
    roles = frozenset(RoleId(role) for role in (member % 7, member % 11, member % 13))
    asker = Presser(UserId(member), moderator=False, roles=roles)
    return _turn(chance.randint(1, SERVERS), member), asker


def _turn(server: int, member: int) -> Turn:
    event = next(events)
    asker = Person(UserId(member), "Ada")
    said = Said(MessageId(event), Role.USER, "Why is the sky blue?", asker)
    return Turn(EventId(event), Place(GuildId(server), ChannelId(server)), asker, (said,))


async def paced(what: str, check: Check, seconds: float) -> Measured:
    """Check at an even pace; a check's time begins when it is due."""
    times: list[float] = []

    async def one(due: float) -> None:
        await check(*somebody())
        times.append((perf_counter() - due) * 1000)

    start, used, number = perf_counter(), process_time(), 0
    async with asyncio.TaskGroup() as tasks:
        while number < seconds * PACE:
            while number < min(seconds, perf_counter() - start) * PACE:  # a late loop makes no more
                tasks.create_task(one(start + number / PACE))
                number += 1
            await asyncio.sleep(0.001)
    core = (process_time() - used) / (perf_counter() - start)
    return Measured(what, times, f"{core:.0%}")


def bare(path: Path, checks: int) -> Measured:
    """The same statement without anything around it."""
    connection = sqlite3.connect(path)
    sql = str(USED.compile(dialect=sa.dialects.sqlite.dialect()))
    times = []
    for _ in range(checks):
        values = chance.randint(1, SERVERS), chance.randint(1, MEMBERS)
        begun = perf_counter()
        connection.execute(sql, values).fetchall()
        times.append((perf_counter() - begun) * 1000)
    connection.close()
    return Measured("the same statement, bare `sqlite3`, alone", times)


async def measure(folder: Path, seconds: float) -> list[Measured]:
    """All of it, one after the other."""
    path = folder / "bot.db"
    async with open_database(f"sqlite:///{path}") as database:
        await migrate(database)
        bench = Bench(database)
        await bench.fill()
        measured = [bare(path, ACCEPTED)]
        for counted in (False, True):
            times = [await bench.accept(counted=counted) for _ in range(ACCEPTED)]
            how = "counted" if counted else "not counted"
            measured.append(Measured(f"a question accepted alone, {how}", times))
        answering = asyncio.create_task(bench.keep_answering())
        try:
            for what, check in (
                ("the limits of a question", bench.check),
                ("all that lets a question in", bench.admit),
            ):
                measured.append(await paced(f"{what}, {PACE:,} per second", check, seconds))
        finally:
            answering.cancel()
        with suppress(asyncio.CancelledError):
            await answering  # which raises if the replies have failed meanwhile
    return measured


def report(measured: Sequence[Measured], seconds: float) -> str:
    """What is written down."""
    rows = "\n".join(one.row() for one in measured)
    return f"""\
# Limit checks

`make bench-limits` ({platform.python_implementation()} {platform.python_version()}, SQLite \
{sqlite3.sqlite_version}, {os.cpu_count()} cores): {SERVERS} servers with {MEMBERS} members each, \
all with counters. The paced rows ran for {seconds:g} s each, beside {RUNNING} growing replies \
and {ANSWERED} questions per second that were accepted, counted, begun and finished in the same \
file by the same process. A check's time begins when it is due, so that waiting behind others \
counts. Wanted: p95 under {TARGET:g} ms.

| milliseconds for each | p50 | p95 | p99 | most | of one core |
|---|---|---|---|---|---|
{rows}

A check reads: one statement, two walks of the primary key, no lock that a writer would wait for. \
So refusing costs little, however many ask. What passes is counted in the transaction that stores \
the question, by one statement more.
"""


def main() -> None:
    """Measure, print, and write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.limits", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each paced row")
    parser.add_argument("--quick", action="store_true", help="3 seconds each, no report")
    chosen = parser.parse_args()
    seconds = 3.0 if chosen.quick else chosen.seconds
    with tempfile.TemporaryDirectory() as temporary:
        told = report(asyncio.run(measure(Path(temporary), seconds)), seconds)
    print(told)
    if not chosen.quick:
        REPORT.write_text(told)


if __name__ == "__main__":
    main()
