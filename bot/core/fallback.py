"""Who answers when the chosen model cannot: it is waited for, or the next one stands in.

All of that happens before the first event of an answer. Once a model has begun, it goes on or
breaks off, and nobody else takes the word.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from bot.core.breakers import Breaker, Breakers
from bot.core.errors import ModelError, ModelNotSupported, RateLimited
from bot.core.patience import PATIENCE, Patience, Waiting
from bot.core.ports.weryai import ChatEvent, ChatModel
from bot.core.requesting import Candidate

log = logging.getLogger(__name__)


class Audience(Protocol):
    """Whoever wants to know what becomes of a question before it is answered."""

    def asks(self, candidate: Candidate) -> None:
        """This one is asked now, or is to blame."""
        ...

    def waits(self) -> None:
        """WeryAI is asked too much; the question is not lost."""
        ...


@dataclass(frozen=True, slots=True)
class Begun:
    """An answer that has begun: its first event, where there is any, and the rest."""

    first: ChatEvent | None
    rest: AsyncGenerator[ChatEvent, None]
    breaker: Breaker


class Fallback:
    """Asks one model after the other, until one answers.

    Args:
        model: WeryAI; it has its own few attempts for whatever may pass.
        breakers: know which models have failed of late.
        patience: seconds that a question waits on while WeryAI, asked too much, answers nobody.
    """

    def __init__(self, model: ChatModel, breakers: Breakers, *, patience: float = PATIENCE) -> None:
        self._model = model
        self._breakers = breakers
        self._patience = patience
        self._waiting = Waiting()
        self._answered_at = float("-inf")  # when it last began an answer, to whomever

    @asynccontextmanager
    async def answering(
        self, candidates: Sequence[Candidate], audience: Audience
    ) -> AsyncIterator[Begun]:
        """The answer of the first candidate that gives one; closes its connection at the end.

        Raises:
            ModelError: what no other model can mend; or nobody can answer, and this is what kept
                the first of them from it.
        """
        begun = await self._begin(candidates, audience)
        try:
            async with aclosing(begun.rest):
                yield begun
        except ModelError as error:  # in the middle of the answer
            if is_the_models_own(error):
                begun.breaker.failed()
            raise
        finally:
            self._waiting.let_one_try()

    async def _begin(self, candidates: Sequence[Candidate], audience: Audience) -> Begun:
        chosen = candidates[0]
        patience = Patience(self._patience, lambda: self._answered_at)
        failures: list[tuple[Candidate, ModelError]] = []
        asked = [one for one in candidates if self._breakers.of(one.request.model).admits]
        for candidate in asked or [chosen]:
            told = candidate if candidate is chosen else standing_in(candidate, chosen)
            audience.asks(told)
            another = bool(asked) and candidate is not asked[-1]
            try:
                return await self._first_event(candidate, audience, patience, another=another)
            except ModelError as error:
                if not may_be_replaced(error):
                    raise
                failures.append((told, error))
                log.warning("%s does not answer: %s", candidate.request.model, type(error).__name__)
        first, kept_from_it = failures[0]
        audience.asks(first)
        raise kept_from_it

    async def _first_event(
        self, candidate: Candidate, audience: Audience, patience: Patience, *, another: bool
    ) -> Begun:
        with self._breakers.of(candidate.request.model).attempt() as breaker:
            while True:
                events = self._model.stream(candidate.request)
                try:
                    first = await anext(events, None)
                except ModelError as error:
                    seconds = patience.wait_after(error, another=another)
                    if seconds is None:
                        if is_the_models_own(error):
                            breaker.failed()
                        raise
                    early = error.retry_after is None  # else WeryAI has said when
                else:
                    breaker.answered()
                    self._answered_at = asyncio.get_running_loop().time()
                    return Begun(first, events, breaker)
                audience.waits()
                await self._waiting.pause(patience, seconds, early=early)


def may_be_replaced(error: ModelError) -> bool:
    """Whether another model may well answer where one has failed so."""
    return error.retryable or isinstance(error, ModelNotSupported)


def is_the_models_own(error: ModelError) -> bool:
    """Whether a failure says something of the model, not of the account's rate or the question."""
    return may_be_replaced(error) and not isinstance(error, RateLimited)


def standing_in(candidate: Candidate, chosen: Candidate) -> Candidate:
    """A candidate that says for whom it answers."""
    missed = f"{chosen.signature.model} was not available"
    why = ", ".join(reason for reason in (chosen.signature.instead, missed) if reason)
    return replace(candidate, signature=replace(candidate.signature, instead=why))
