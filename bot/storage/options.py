"""What was chosen for each server, channel and thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import time
from typing import Any

import sqlalchemy as sa

from bot.core.conversation import UserId
from bot.core.options import Layers, Scope, ScopeId
from bot.storage.engine import Database
from bot.storage.tables import options
from bot.storage.whole import whole


class SqlOptionStore:
    """`OptionStore` in the database. `clock` gives Unix seconds."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time) -> None:
        self._database = database
        self._clock = clock

    @whole
    async def layers(self, scopes: Mapping[Scope, ScopeId]) -> Layers:
        """What each of these scopes sets, in the order given."""
        chosen: dict[str, dict[str, Any]] = {scope: {} for scope in scopes}
        wanted = [
            sa.and_(options.c.scope == scope, options.c.scope_id == scope_id)
            for scope, scope_id in scopes.items()
        ]
        if not wanted:
            return []
        query = sa.select(options.c.scope, options.c.name, options.c.value).where(sa.or_(*wanted))
        async with self._database.read() as connection:
            for scope, name, value in (await connection.execute(query)).all():
                chosen[scope][name] = value
        return [(scope, chosen[scope]) for scope in scopes]

    @whole
    async def choose(
        self, scope: Scope, scope_id: ScopeId, name: str, value: Any, *, by: UserId
    ) -> None:
        """Set one option; None takes it back to what is inherited."""
        async with self._database.write() as connection:
            if value is None:
                await connection.execute(
                    sa.delete(options).where(
                        options.c.scope == scope,
                        options.c.scope_id == scope_id,
                        options.c.name == name,
                    )
                )
                return
            insert = self._database.insert(options).values(
                scope=scope, scope_id=scope_id, name=name, value=value, by=by, at=self._clock()
            )
            await connection.execute(
                insert.on_conflict_do_update(
                    index_elements=[options.c.scope, options.c.scope_id, options.c.name],
                    set_={column: insert.excluded[column] for column in ("value", "by", "at")},
                )
            )
