"""What was chosen, remembered for a moment: each question asks several times what applies to it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.conversation import GuildId, UserId
from bot.core.options import Change, Changed, Layers, Scope, ScopeId
from bot.core.ports.storage import OptionStore

FRESH = 1.0  # seconds; so late is seen what another process has changed
REMEMBERED = 4096  # scopes; above so many all are forgotten


class RecentOptions:
    """An `OptionStore` in front of another one. This process's own changes are seen at once."""

    def __init__(self, store: OptionStore) -> None:
        self._store = store
        self._known: dict[tuple[Scope, ScopeId], tuple[float, Mapping[str, Any]]] = {}
        self._changes = 0

    async def layers(self, scopes: Mapping[Scope, ScopeId]) -> Layers:
        """What each of these scopes sets, in the order given."""
        now = asyncio.get_running_loop().time()
        layers: dict[Scope, Mapping[str, Any]] = {}
        for key in scopes.items():
            read_at, values = self._known.get(key, (float("-inf"), {}))
            if now - read_at < FRESH:
                layers[key[0]] = values
        missing = {scope: id_ for scope, id_ in scopes.items() if scope not in layers}
        if missing:
            changes = self._changes
            read = dict(await self._store.layers(missing))
            layers |= read
            if changes == self._changes:  # else it may be what was before the change
                self._remember({(scope, missing[scope]): read[scope] for scope in read}, now)
        return [(scope, layers[scope]) for scope in scopes]

    async def change(
        self, guild: GuildId | None, changes: Sequence[Change], *, by: UserId
    ) -> list[Changed]:
        """Set options in one transaction; returns what is different now."""
        try:
            return await self._store.change(guild, changes, by=by)
        finally:
            self._changes += 1
            for one in changes:
                self._known.pop((one.scope, one.scope_id), None)

    async def chosen_in(self, guild: GuildId) -> list[Change]:
        """Everything that is set in a server."""
        return await self._store.chosen_in(guild)

    async def changes(self, guild: GuildId, *, limit: int, skip: int = 0) -> list[Changed]:
        """The newest entries of a server's log."""
        return await self._store.changes(guild, limit=limit, skip=skip)

    def _remember(self, read: Mapping[tuple[Scope, ScopeId], Mapping[str, Any]], at: float) -> None:
        if len(self._known) + len(read) > REMEMBERED:
            self._known.clear()
        self._known |= {key: (at, values) for key, values in read.items()}
