"""What applies in a place: the stored choices of its scopes over the operator's defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.conversation import Place, UserId
from bot.core.errors import InvalidInput, ModelNotSupported, UnknownModel
from bot.core.options import Resolved, Scope, resolve, scopes_of
from bot.core.ports import ModelCatalogue, ModelInfo, OptionStore

SHOW_USAGE = "show_usage"  # the option: whether answers end with tokens and seconds


class Choices:
    """Resolves and changes options.

    Args:
        store: what was chosen for each server, channel and thread.
        catalogue: the models that may be chosen.
        defaults: the operator's, by option name; `model` among them.
    """

    def __init__(
        self, store: OptionStore, catalogue: ModelCatalogue, defaults: Mapping[str, Any]
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._defaults = defaults

    async def of(self, place: Place, ask: Mapping[str, Any] | None = None) -> Resolved:
        """The options that apply to a question: its own, then thread, channel, server, default.

        Raises:
            StorageError: the database does not answer.
        """
        stored = await self._store.layers(scopes_of(place))
        return resolve([(Scope.ASK, ask or {}), *stored, (Scope.DEFAULT, self._defaults)])

    def model(self, name: str) -> ModelInfo:
        """A model by its key or name.

        Raises:
            UnknownModel: the catalogue has none of that name.
        """
        found = self._catalogue.find(name)
        if found is None:
            raise UnknownModel(name)
        return found

    def offered(self, key: str) -> ModelInfo:
        """The model that was chosen, as WeryAI offers it now.

        Raises:
            ModelNotSupported: it has vanished from the catalogue.
        """
        found = self._catalogue.find(key)
        if found is None:
            raise ModelNotSupported(f"{key} is not in the catalogue")
        return found

    async def choose_model(
        self, place: Place, scope: Scope, name: str | None, *, by: UserId
    ) -> Resolved:
        """Set a scope's model, or go back to the inherited one; what applies in `place` now.

        Raises:
            UnknownModel: the catalogue has none of that name.
            InvalidInput: `place` has no such scope.
            StorageError: the database does not answer.
        """
        key = None if name is None else self.model(name).key
        return await self._choose(place, scope, "model", key, by)

    async def choose_details(
        self, place: Place, scope: Scope, *, shown: bool | None, by: UserId
    ) -> Resolved:
        """Set whether a scope's answers end with tokens and seconds; None: as inherited.

        Raises:
            InvalidInput, StorageError: as in `choose_model`.
        """
        return await self._choose(place, scope, SHOW_USAGE, shown, by)

    async def _choose(
        self, place: Place, scope: Scope, option: str, value: Any, by: UserId
    ) -> Resolved:
        scopes = scopes_of(place)
        if scope not in scopes:
            raise InvalidInput(text=f"There is no {scope.value} here to choose anything for.")
        await self._store.choose(scope, scopes[scope], option, value, by=by)
        return await self.of(place)
