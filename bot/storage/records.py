"""Reading `replies` rows."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.conversation import MessageId, ReplyId
from bot.core.replies import Address, ReplyRecord, ReplyState
from bot.storage.tables import SHOWN, replies, reply_messages
from bot.storage.turns import decode_turn
from bot.storage.variants import decode_variants


async def fetch_records(
    connection: AsyncConnection, ids: sa.Select[tuple[int]]
) -> list[ReplyRecord]:
    """The replies whose ids a query gives, oldest first."""
    rows = (
        await connection.execute(
            sa.select(
                replies.c.id,
                replies.c.turn,
                replies.c.state,
                replies.c.model,
                replies.c.text,
                replies.c.token,
                replies.c.token_from,
                replies.c.trigger,
                replies.c.variants,
                replies.c.variant,
            )
            .where(replies.c.id.in_(ids.scalar_subquery()))
            .order_by(replies.c.id)
        )
    ).all()
    shown = await _shown(connection, ids) if rows else {}
    return [_record(row, tuple(shown.get(row.id, ()))) for row in rows]


async def _shown(
    connection: AsyncConnection, ids: sa.Select[tuple[int]]
) -> dict[int, list[MessageId]]:
    found = await connection.execute(
        sa.select(reply_messages.c.reply_id, reply_messages.c.message_id)
        .where(reply_messages.c.reply_id.in_(ids.scalar_subquery()), reply_messages.c.part == SHOWN)
        .order_by(reply_messages.c.reply_id, reply_messages.c.position)
    )
    shown: dict[int, list[MessageId]] = defaultdict(list)
    for reply, message in found.all():
        shown[reply].append(MessageId(message))
    return shown


def _record(row: Any, shown: tuple[MessageId, ...]) -> ReplyRecord:
    return ReplyRecord(
        id=ReplyId(row.id),
        turn=decode_turn(row.turn),
        state=ReplyState(row.state),
        model=row.model,
        text=row.text,
        address=Address(shown, row.token, row.token_from),
        trigger=row.trigger,
        variants=decode_variants(row.variants),
        variant=row.variant,
    )
