"""The threads in which everybody is answered without a mention."""

from __future__ import annotations

import sqlalchemy as sa

from bot.core.conversation import ChannelId, UserId
from bot.core.ports.storage import ListenedThread
from bot.storage.engine import Database
from bot.storage.tables import conversations, messages


class SqlThreadStore:
    """`ThreadStore` in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def listen(self, thread: ListenedThread) -> None:
        """From now on answer everybody there."""
        insert = self._database.insert(conversations).values(id=thread.id, opener_id=thread.opener)
        statement = insert.on_conflict_do_update(
            index_elements=[conversations.c.id], set_={"opener_id": insert.excluded.opener_id}
        )

        def put(connection: sa.Connection) -> None:
            connection.execute(statement)

        await self._database.write(put)

    async def find(self, thread: ChannelId) -> ListenedThread | None:
        """The thread, if the bot listens there."""
        query = sa.select(conversations.c.opener_id).where(conversations.c.id == thread)
        opener = await self._database.read(
            lambda connection: connection.execute(query).scalar_one_or_none()
        )
        return None if opener is None else ListenedThread(thread, UserId(opener))

    async def leave(self, thread: ChannelId) -> None:
        """The thread was deleted: nobody is answered there, and what was said there is forgotten."""

        def forget(connection: sa.Connection) -> None:
            connection.execute(
                sa.update(conversations).where(conversations.c.id == thread).values(opener_id=None)
            )
            connection.execute(sa.delete(messages).where(messages.c.conversation_id == thread))

        await self._database.write(forget)
