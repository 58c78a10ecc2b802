"""Which Discord messages belong to a reply: those of its question and those of its answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from bot.core.conversation import MessageId, ReplyId, Turn
from bot.storage.tables import ASKED, SHOWN, reply_messages

Shown = Mapping[ReplyId, Sequence[MessageId]]

_ADD = sa.insert(reply_messages)
_DROP = sa.delete(reply_messages).where(
    reply_messages.c.reply_id.in_(sa.bindparam("replies", expanding=True)),
    reply_messages.c.part == sa.bindparam("of"),
)


def put_shown(connection: sa.Connection, shown: Shown) -> None:
    """Say for each reply by which messages it is shown now, in their order."""
    _drop(connection, shown, SHOWN)
    add_messages(connection, SHOWN, shown)


def put_asked(
    connection: sa.Connection, reply: ReplyId, turn: Turn, gathered: Sequence[ReplyId]
) -> None:
    """Say which messages a reply answers, those of gathered replies now among them."""
    _drop(connection, [*gathered, reply], ASKED)
    add_messages(connection, ASKED, {reply: asked(turn)})


def add_messages(connection: sa.Connection, part: str, messages: Shown) -> None:
    """Add the messages of replies that have none of this part yet."""
    rows = [
        {"reply_id": reply, "part": part, "position": position, "message_id": message}
        for reply, ids in messages.items()
        for position, message in enumerate(ids)
    ]
    if rows:
        connection.execute(_ADD, rows)


def asked(turn: Turn) -> list[MessageId]:
    """The messages of a question, in their order."""
    return [said.message_id for said in turn.said]


def _drop(connection: sa.Connection, replies: Iterable[ReplyId], part: str) -> None:
    connection.execute(_DROP, {"replies": list(replies), "of": part})
