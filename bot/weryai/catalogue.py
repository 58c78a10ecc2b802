"""The models WeryAI offers, kept in memory and fresh."""

from __future__ import annotations

import asyncio
import logging
import random
import re
from collections.abc import Awaitable, Callable, Sequence

from bot.core.errors import ModelError
from bot.core.ports.weryai import ModelInfo
from bot.weryai.known_models import KNOWN_MODELS

HOUR = 3600.0  # seconds
FIRST_RETRY = 60.0  # seconds after a failed refresh; doubles with each further failure
JITTER = 0.1  # of the interval, either way: many processes do not ask at the same moment

log = logging.getLogger(__name__)


class Catalogue:
    """Implements `bot.core.ports.weryai.ModelCatalogue`.

    Until WeryAI has been heard, it holds the models its documentation names. A list that cannot
    be had, or makes no sense, leaves the last good one in place.

    Args:
        fetch: asks WeryAI for its models; raises `ModelError`.
        interval: seconds between two refreshes.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        fetch: Callable[[], Awaitable[Sequence[ModelInfo]]],
        *,
        interval: float = HOUR,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._fetch = fetch
        self._interval = interval
        self._sleep = sleep
        self._failures = 0  # in a row
        self._hold(KNOWN_MODELS)

    def models(self) -> Sequence[ModelInfo]:
        """All models, in WeryAI's order."""
        return self._models

    def find(self, name: str) -> ModelInfo | None:
        """A model by its key or name, whatever its case, spaces and punctuation.

        None if WeryAI offers no such model (any more).
        """
        return self._by_name.get(name.strip().casefold()) or self._by_name.get(_squeezed(name))

    def suggest(self, partial: str, limit: int) -> list[ModelInfo]:
        """The models a half-typed name may mean, the likeliest first.

        First those whose key or name begins with it, then those in which a word does, then those
        that contain it, then those that contain each of its words.
        """
        typed = _squeezed(partial)
        words = [_squeezed(word) for word in partial.split()]
        ranked: tuple[list[ModelInfo], ...] = ([], [], [], [])
        for model in self._models:
            names = (_squeezed(model.key), _squeezed(model.name))
            if any(name.startswith(typed) for name in names):
                ranked[0].append(model)
            elif any(word.startswith(typed) for word in _words(f"{model.key} {model.name}")):
                ranked[1].append(model)
            elif any(typed in name for name in names):
                ranked[2].append(model)
            elif any(all(word in name for word in words) for name in names):
                ranked[3].append(model)
        return [model for models in ranked for model in models][:limit]

    async def refresh(self) -> bool:
        """Ask WeryAI now; whether there is a fresh list. The log says what has changed."""
        try:
            models = await self._fetch()
        except ModelError as error:
            self._failures += 1
            if self._failures == 1:  # said once, not every time
                log.warning(
                    "WeryAI's list of models cannot be had: %s (%s); keeping the %d known ones",
                    type(error).__name__,
                    error,
                    len(self._models),
                )
            return False
        self._failures = 0
        offered, known = {model.key for model in models}, {model.key for model in self._models}
        if new := [model.key for model in models if model.key not in known]:
            log.info("WeryAI offers these models besides: %s", ", ".join(new))
        if gone := [model.key for model in self._models if model.key not in offered]:
            log.warning("WeryAI does not offer these models any more: %s", ", ".join(gone))
        self._hold(models)
        return True

    async def keep_fresh(self) -> None:
        """Refresh now and at every interval, until cancelled."""
        while True:
            fresh = await self.refresh()
            wait = self._interval
            if not fresh:
                wait = min(wait, FIRST_RETRY * 2.0 ** (self._failures - 1))
            await self._sleep(wait * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311 (no secret)

    def _hold(self, models: Sequence[ModelInfo]) -> None:
        self._models = tuple(models)
        self._by_name: dict[str, ModelInfo] = {}
        # What is exact comes first: where two models squeeze to the same, each is found by its key.
        for known_as in (
            lambda model: model.key.casefold(),
            lambda model: model.name.casefold(),
            lambda model: _squeezed(model.key),
            lambda model: _squeezed(model.name),
        ):
            for model in self._models:
                self._by_name.setdefault(known_as(model), model)


def _squeezed(name: str) -> str:
    """A name without what people leave out or write otherwise: "GPT 5.1" is GPT_5_1."""
    return "".join(character for character in name.casefold() if character.isalnum())


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", name.casefold())
