"""What was chosen for each server, channel and thread, and the log of its changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import time
from typing import Any

import sqlalchemy as sa

from bot.core.conversation import GuildId, UserId
from bot.core.options import Change, Changed, Layers, Scope, ScopeId
from bot.storage.engine import Database
from bot.storage.tables import option_changes, options

Key = tuple[str, int, str]  # scope, scope_id, name

STORED = (Scope.MEMBER, Scope.THREAD, Scope.CHANNEL, Scope.SERVER)
LAYERS = sa.select(options.c.scope, options.c.name, options.c.value).where(
    sa.or_(
        *(
            sa.and_(
                options.c.scope == sa.literal_column(f"'{scope.value}'"),
                options.c.scope_id == sa.bindparam(scope.value, type_=sa.BigInteger),
            )
            for scope in STORED
        )
    )
)
"""One walk of the primary key for each scope; one that is not asked for has the id 0."""


class SqlOptionStore:
    """`OptionStore` in the database. `clock` gives Unix seconds."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time) -> None:
        self._database = database
        self._clock = clock
        self._layers = database.prepare(LAYERS)

    async def layers(self, scopes: Mapping[Scope, ScopeId]) -> Layers:
        """What each of these scopes sets, in the order given."""
        chosen: dict[str, dict[str, Any]] = {scope: {} for scope in scopes}
        if not scopes:
            return []
        ids = {scope.value: scopes.get(scope, 0) for scope in STORED}
        for scope, name, value in await self._database.fetch(self._layers, ids):
            chosen[scope][name] = value
        return [(scope, chosen[scope]) for scope in scopes]

    async def change(
        self, guild: GuildId | None, changes: Sequence[Change], *, by: UserId
    ) -> list[Changed]:
        """Set options in one transaction, with a log entry for each that is different now."""
        at = self._clock()
        wanted = {(one.scope.value, int(one.scope_id), one.name): one for one in changes}
        if not wanted:
            return []

        def change(connection: sa.Connection) -> list[Changed]:
            before = _values(connection, list(wanted))
            changed = [
                Changed(at, by, one.scope, one.scope_id, one.name, before.get(key), one.value)
                for key, one in wanted.items()
                if before.get(key) != one.value
            ]
            for entry in changed:
                self._put(connection, guild, entry)
            if guild is not None and changed:
                rows = [_row(guild, entry) for entry in changed]
                connection.execute(sa.insert(option_changes), rows)
            return changed

        return await self._database.write(change)

    async def chosen_in(self, guild: GuildId) -> list[Change]:
        """Everything that is set in a server, by scope, id and name."""
        query = (
            sa.select(options.c.scope, options.c.scope_id, options.c.name, options.c.value)
            .where(options.c.guild_id == guild)
            .order_by(options.c.scope, options.c.scope_id, options.c.name)
        )
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return [Change(Scope(row.scope), row.scope_id, row.name, row.value) for row in rows]

    async def changes(self, guild: GuildId, *, limit: int, skip: int = 0) -> list[Changed]:
        """The newest entries of a server's log, newest first, after the first `skip`."""
        log = option_changes.c
        query = sa.select(option_changes).where(log.guild_id == guild)
        query = query.order_by(log.id.desc()).limit(limit).offset(skip)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return [
            Changed(row.at, row.by, Scope(row.scope), row.scope_id, row.name, row.before, row.after)
            for row in rows
        ]

    def _put(self, connection: sa.Connection, guild: GuildId | None, entry: Changed) -> None:
        key = {"scope": entry.scope, "scope_id": entry.scope_id, "name": entry.name}
        if entry.after is None:
            matching = [options.c[column] == value for column, value in key.items()]
            connection.execute(sa.delete(options).where(*matching))
            return
        told = {"value": entry.after, "by": entry.by, "at": entry.at, "guild_id": guild}
        insert = self._database.insert(options).values(**key, **told)
        connection.execute(
            insert.on_conflict_do_update(
                index_elements=[options.c[column] for column in key],
                set_={column: insert.excluded[column] for column in told},
            )
        )


def _row(guild: GuildId, entry: Changed) -> dict[str, Any]:
    return {
        "guild_id": guild,
        "scope": entry.scope,
        "scope_id": entry.scope_id,
        "name": entry.name,
        "before": entry.before,
        "after": entry.after,
        "by": entry.by,
        "at": entry.at,
    }


def _values(connection: sa.Connection, keys: Sequence[Key]) -> dict[Key, Any]:
    """What is set now of these."""
    ids: dict[str, set[int]] = {}
    for scope, scope_id, _ in keys:
        ids.setdefault(scope, set()).add(scope_id)
    found: dict[Key, Any] = {}
    for scope, scope_ids in ids.items():
        query = sa.select(options.c.scope_id, options.c.name, options.c.value).where(
            options.c.scope == scope, options.c.scope_id.in_(scope_ids)
        )
        for row in connection.execute(query).all():
            found[scope, row.scope_id, row.name] = row.value
    return found
