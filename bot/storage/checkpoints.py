"""Checkpoints of growing answers, several to a transaction.

A checkpoint is stored before each frame that is shown, up to 50 times per second and more. While
one transaction is under way the next ones gather, a newer one of the same reply replacing the
older, and then go in together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from bot.core.conversation import MessageId, ReplyId
from bot.core.replies import Address
from bot.storage.engine import Database
from bot.storage.reply_messages import put_shown
from bot.storage.tables import IS_GROWING, replies
from bot.storage.text_type import clean

# Only while the reply grows: a late checkpoint never overwrites an ending. The parameters name
# which columns are set.
_SAVE = sa.update(replies).where(replies.c.id == sa.bindparam("reply"), IS_GROWING)


@dataclass(frozen=True, slots=True)
class _Checkpoint:
    text: str
    address: Address
    at: float


class Checkpoints:
    """The group commit. `clock` gives Unix seconds.

    Attributes:
        stored: the messages stored for each running reply; what is not in it is not known.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._waiting: dict[ReplyId, _Checkpoint] = {}
        self._writing = asyncio.Lock()
        self.stored: dict[ReplyId, tuple[MessageId, ...]] = {}

    async def save(self, reply: ReplyId, text: str, address: Address) -> None:
        """Return when this checkpoint, or a newer one of the same reply, is committed."""
        self._waiting[reply] = _Checkpoint(clean(text), address, self._clock())
        async with self._writing:
            if reply not in self._waiting:
                return  # whoever had the lock before has taken it along
            batch, self._waiting = self._waiting, {}
            try:
                await self._write(batch)
            except BaseException:
                # Those who wait for the lock find theirs again, and try without this one.
                del batch[reply]
                self._waiting = {**batch, **self._waiting}
                raise

    async def settle(self, reply: ReplyId) -> None:
        """Return when no checkpoint of this reply is waiting or under way any more."""
        self._waiting.pop(reply, None)
        async with self._writing:
            pass

    async def _write(self, batch: dict[ReplyId, _Checkpoint]) -> None:
        rows = [
            {
                "reply": reply,
                "text": one.text,
                "token": one.address.token,
                "token_from": one.address.token_from,
                "updated_at": one.at,
            }
            for reply, one in sorted(batch.items())  # in one order, so that none wait in a circle
        ]
        moved = {
            reply: one.address.message_ids
            for reply, one in batch.items()
            if one.address.message_ids != self.stored.get(reply)
        }

        def save(connection: sa.Connection) -> None:
            connection.execute(_SAVE, rows)
            if moved:
                put_shown(connection, moved)

        await self._database.write(save)
        self.stored |= moved
