"""Who answers when the chosen model cannot: it is waited for, or the next one stands in.

All of that happens before the first event of an answer. Once a model has begun, it goes on or
breaks off, and nobody else takes the word.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from bot.core.breakers import Breaker, Breakers
from bot.core.errors import ModelError, ModelNotSupported, QueueFull, RateLimited
from bot.core.ports import ChatEvent, ChatModel
from bot.core.requesting import Candidate

log = logging.getLogger(__name__)

PATIENCE = 60.0  # seconds without an answer to anybody
LONGEST_PATIENCE = 10  # times as long, however well WeryAI answers others
FIRST_WAIT, LONGEST_WAIT = 2.0, 15.0  # seconds; each wait is twice the one before
JITTER = 1.0  # seconds: those who were told the same moment do not all come back in it


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
        async with aclosing(begun.rest):
            try:
                yield begun
            except ModelError as error:  # in the middle of the answer
                if is_the_models_own(error):
                    begun.breaker.failed()
                raise

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
                else:
                    breaker.answered()
                    self._answered_at = _now()
                    return Begun(first, events, breaker)
                audience.waits()
                await asyncio.sleep(seconds)


class Patience:
    """How long one question waits on while WeryAI is asked too much.

    As long as others are answered it waits as in a line, up to a bound; where another model may
    answer, it does not.

    Args:
        seconds: to wait without an answer to anybody.
        answered_at: tells when somebody was last answered.
    """

    def __init__(self, seconds: float, answered_at: Callable[[], float]) -> None:
        self._seconds = seconds
        self._answered_at = answered_at
        self._since = _now()
        self._next = FIRST_WAIT

    def wait_after(self, error: ModelError, *, another: bool) -> float | None:
        """Seconds until it is worth asking the same model again; None: it is not.

        A full queue is one model's affair: where there is `another`, nobody waits for it.
        """
        waits = isinstance(error, RateLimited) or (isinstance(error, QueueFull) and not another)
        if not waits:
            return None
        least = self._next if error.retry_after is None else error.retry_after
        self._next = min(LONGEST_WAIT, 2 * self._next)
        seconds = least + random.uniform(0, JITTER)  # noqa: S311 - jitter, not a secret
        return seconds if _now() + seconds <= self._until(another=another) else None

    def _until(self, *, another: bool) -> float:
        if another:
            return self._since + self._seconds
        moved = max(self._since, self._answered_at())
        return min(moved + self._seconds, self._since + LONGEST_PATIENCE * self._seconds)


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


def _now() -> float:
    return asyncio.get_running_loop().time()
