"""Reading `replies` rows."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa

from bot.core.conversation import MessageId, ReplyId
from bot.core.replies import Address, ReplyRecord, ReplyState
from bot.storage.tables import SHOWN, replies, reply_messages
from bot.storage.turns import decode_turn
from bot.storage.variants import decode_variants


class Lookup:
    """Reads the replies whose ids a query gives; its statements are built once.

    Args:
        ids: the query, with bind parameters for what it depends on.
    """

    def __init__(self, ids: sa.Select[tuple[int]]) -> None:
        wanted = ids.scalar_subquery()
        self._rows = (
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
            .where(replies.c.id.in_(wanted))
            .order_by(replies.c.id)
        )
        self._shown = (
            sa.select(reply_messages.c.reply_id, reply_messages.c.message_id)
            .where(reply_messages.c.reply_id.in_(wanted), reply_messages.c.part == SHOWN)
            .order_by(reply_messages.c.reply_id, reply_messages.c.position)
        )

    def all(self, connection: sa.Connection, **parameters: int) -> list[ReplyRecord]:
        """The replies, oldest first."""
        rows = connection.execute(self._rows, parameters).all()
        if not rows:
            return []
        shown: dict[int, list[MessageId]] = defaultdict(list)
        for reply, message in connection.execute(self._shown, parameters).all():
            shown[reply].append(MessageId(message))
        return [_record(row, tuple(shown.get(row.id, ()))) for row in rows]

    def one(self, connection: sa.Connection, **parameters: int) -> ReplyRecord | None:
        """The only one, if there is any."""
        found = self.all(connection, **parameters)
        return found[0] if found else None


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
