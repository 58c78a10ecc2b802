"""Reading the newest messages costs the same however many there are.

A plan that walks one index from its end touches as many rows as it returns, whatever the size of
the table; a plan that scans or sorts does not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from bot.core.conversation import ChannelId, Role
from bot.core.replies import ReplyState
from bot.storage.engine import Database
from bot.storage.history import NEWEST
from bot.storage.retention import OLDEST
from bot.storage.tables import IS_UNFINISHED, conversations, messages, replies

from .working import insert, sql

CONVERSATIONS = 200  # with 50 entries each, as many as a history has
ROWS = 10_000


@pytest.fixture
async def filled(database: Database) -> Database:
    """Ten thousand messages in two hundred conversations that take turns, and as many replies."""
    entry = {"role": Role.USER, "text": "text", "at": 0.0}
    reply = {
        "channel_id": 1,
        "asker_id": 1,
        "shared": True,
        "state": ReplyState.COMPLETE,
        "shown": True,
        "turn": "{}",
        "created_at": 0.0,
    }
    where = [{"conversation_id": number % CONVERSATIONS + 1} for number in range(ROWS)]
    said = [{**entry, **place, "message_id": number} for number, place in enumerate(where)]
    answered = [
        {**reply, **place, "event_id": number, "trigger": number, "updated_at": float(number)}
        for number, place in enumerate(where)
    ]
    rows = [{"id": number + 1} for number in range(CONVERSATIONS)]
    await database.write(insert(conversations, rows))
    await database.write(insert(messages, said))
    await database.write(insert(replies, answered))
    await database.write(sql("ANALYZE"))
    return database


async def explain(database: Database, query: sa.Select[Any]) -> list[str]:
    """The steps of the plan, outermost first."""
    sqlite = database.dialect == "sqlite"
    prefix = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN (FORMAT JSON)"

    def plan_of(connection: sa.Connection) -> Sequence[sa.Row[Any]]:
        compiled = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        return connection.exec_driver_sql(f"{prefix} {compiled}").all()

    rows = await database.read(plan_of)
    if sqlite:
        return [row[-1] for row in rows]
    plan = rows[0][0]
    return _steps((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])


def _steps(node: dict[str, Any]) -> list[str]:
    keys = ("Node Type", "Scan Direction", "Index Name", "Index Cond")
    step = " ".join(str(node[key]) for key in keys if key in node)
    if "Filter" in node:
        step += f", rows left out by {node['Filter']}"
    return [step, *(line for child in node.get("Plans", []) for line in _steps(child))]


async def test_only_the_rows_of_the_conversation_are_read(filled: Database) -> None:
    steps = await explain(filled, NEWEST.params(conversation=ChannelId(7), limit=50))
    if filled.dialect == "sqlite":  # walks the index from its end, and stops
        assert steps == [
            "SEARCH messages USING INDEX ix_messages_conversation_id_position (conversation_id=?)"
        ]
    else:  # may as well take the 50 entries in any order and sort them
        reads = [step for step in steps if "Scan" in step and step != "Bitmap Heap Scan"]
        assert len(reads) == 1
        assert "ix_messages_conversation_id_position (conversation_id = 7)" in reads[0]
        assert not any("rows left out" in step for step in steps)


async def test_unfinished_replies_are_read_from_their_own_small_index(filled: Database) -> None:
    steps = await explain(filled, sa.select(replies.c.id).where(IS_UNFINISHED))
    assert "ix_replies_unfinished" in steps[-1]


async def test_old_replies_are_read_from_their_own_index_the_oldest_first(filled: Database) -> None:
    steps = await explain(filled, OLDEST.params(before=ROWS / 2))
    reads = [step for step in steps if "Scan" in step or step.startswith(("SCAN", "SEARCH"))]
    assert len(reads) == 1
    assert "ix_replies_finished" in reads[0]
    assert not any("Sort" in step or "B-TREE" in step for step in steps)
