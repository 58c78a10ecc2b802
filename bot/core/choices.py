"""What applies in a place: the stored choices of its scopes over the operator's defaults."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from bot.core.conversation import GuildId, Place, Turn, UserId
from bot.core.errors import InvalidInput, UnknownModel
from bot.core.option_kinds import ALL, BUILT_IN, NONE, Kind, Option, option_named
from bot.core.options import Change, Changed, Layers, Resolved, Scope, resolve, scopes_of
from bot.core.ports.storage import OptionStore
from bot.core.ports.weryai import ModelCatalogue, ModelInfo

NO_SUCH_SCOPE = (
    "There is no {scope} here. Use the command in the {scope} you mean, or choose another `scope`."
)

Announce = Callable[[GuildId, Sequence[Changed]], Awaitable[None]]


class Choices:
    """Resolves and changes options.

    Args:
        store: what was chosen for each server, channel and thread.
        catalogue: the models that may be chosen.
        defaults: the operator's, by option name, over the built-in ones; `model` among them.
        announce: told what has changed in a server, whoever changed it and how; never raises.
    """

    def __init__(
        self,
        store: OptionStore,
        catalogue: ModelCatalogue,
        defaults: Mapping[str, Any],
        *,
        announce: Announce | None = None,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._defaults = {**BUILT_IN, **defaults}
        self._announce = announce

    # --- what applies -------------------------------------------------------------------------

    async def of(
        self,
        place: Place,
        ask: Mapping[str, Any] | None = None,
        *,
        member: UserId | None = None,
    ) -> Resolved:
        """The options that apply: of a question, then thread, channel, server, default.

        `member` is whoever asks in private: what they chose for themselves goes before the thread.

        Raises:
            StorageError: the database does not answer.
        """
        return resolve([(Scope.ASK, ask or {}), *await self.layers(place, member=member)])

    async def layers(self, place: Place, *, member: UserId | None = None) -> Layers:
        """What each scope of a place sets, the most particular first, the defaults last.

        Raises:
            StorageError: the database does not answer.
        """
        stored = await self._store.layers(scopes_of(place, member))
        return [*stored, (Scope.DEFAULT, self._defaults)]

    async def of_turn(self, turn: Turn) -> Resolved:
        """The options that apply to a turn.

        Raises:
            StorageError: the database does not answer.
        """
        member = turn.asker.id if turn.private else None
        return await self.of(turn.place, turn.options, member=member)

    def pickable(self, options: Resolved) -> Sequence[ModelInfo]:
        """The models that members may pick there, in the catalogue's order."""
        allowed = options.values.get("member_models", ALL)
        if allowed == NONE:
            return ()
        keys = None if allowed == ALL else set(allowed)
        return [model for model in self._catalogue.models() if keys is None or model.key in keys]

    # --- models -------------------------------------------------------------------------------

    def model(self, name: str) -> ModelInfo:
        """A model by its key or name.

        Raises:
            UnknownModel: the catalogue has none of that name.
        """
        found = self._catalogue.find(name)
        if found is None:
            raise UnknownModel(name)
        return found

    def find(self, key: str) -> ModelInfo | None:
        """A model that was chosen, as WeryAI offers it now; None if it has vanished."""
        return self._catalogue.find(key)

    # --- changes ------------------------------------------------------------------------------

    def checked(self, scope: Scope, name: str, value: Any) -> tuple[Option, Any]:
        """An option and a value for it as it is stored; models by their keys.

        Raises:
            InvalidInput: there is no such option, not for this scope, or it does not take this.
        """
        option = option_named(name)
        if scope not in option.scopes:
            where = " or ".join(one.value for one in option.scopes)
            raise InvalidInput(text=f"`{option.name}` is chosen for a whole {where} only.")
        value = option.checked(value)
        if option.kind is Kind.MODEL:
            value = self.model(value).key
        elif isinstance(value, list) and option.kind in (Kind.MODELS, Kind.ALLOWANCE):
            value = list(dict.fromkeys(self.model(key).key for key in value))
        return option, value

    async def choose(
        self, place: Place, scope: Scope, name: str, value: Any, *, by: UserId
    ) -> list[Changed]:
        """Set one option of a scope of `place`; None goes back to what is inherited.

        Returns what is different now: nothing, or the one entry of the log.

        Raises:
            InvalidInput: as in `checked`, or `place` has no such scope.
            StorageError: the database does not answer.
        """
        scopes = scopes_of(place, by if scope is Scope.MEMBER else None)
        if scope not in scopes:
            raise InvalidInput(text=NO_SUCH_SCOPE.format(scope=scope.value))
        if value is None:
            name = option_named(name).name
        else:
            option, value = self.checked(scope, name, value)
            name = option.name
        guild = None if scope is Scope.MEMBER else place.guild_id
        return await self.change(guild, [Change(scope, scopes[scope], name, value)], by=by)

    async def change(
        self, guild: GuildId | None, changes: Sequence[Change], *, by: UserId
    ) -> list[Changed]:
        """Set several options at once, all or none; their values have been `checked`.

        Raises:
            StorageError: the database does not answer.
        """
        changed = await self._store.change(guild, changes, by=by)
        if guild is not None and changed and self._announce is not None:
            await self._announce(guild, changed)
        return changed

    async def chosen_in(self, guild: GuildId) -> list[Change]:
        """Everything that is set in a server.

        Raises:
            StorageError: the database does not answer.
        """
        return await self._store.chosen_in(guild)

    async def log(self, guild: GuildId, *, limit: int, skip: int = 0) -> list[Changed]:
        """A server's log of changes, newest first, without the newest `skip`.

        Raises:
            StorageError: the database does not answer.
        """
        return await self._store.changes(guild, limit=limit, skip=skip)
