"""Models that keep failing are left alone for a while: one breaker for each model.

A breaker opens when a model has failed `FAILURES` times within `WINDOW` seconds, and at least as
often as it answered: on a busy bot a few failures among a thousand answers are no reason. An open
breaker skips the model for `REST` seconds; then one question tries it, and decides. Time is the
running event loop's.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum

FAILURES = 5
WINDOW = 60.0  # seconds
REST = 30.0  # seconds


class BreakerState(IntEnum):
    """As the metrics tell it."""

    CLOSED = 0  # the model is asked
    HALF_OPEN = 1  # one question tries it
    OPEN = 2  # it is skipped, or nobody has tried it since


Changed = Callable[[str, BreakerState], None]


class Breaker:
    """What is known of one model's health."""

    def __init__(self, changed: Callable[[BreakerState], None]) -> None:
        self._changed = changed
        self._state = BreakerState.CLOSED
        self._outcomes: deque[tuple[float, bool]] = deque()  # when, and whether it answered
        self._rests_until: float | None = None  # None: it is closed
        self._trials = 0

    @property
    def admits(self) -> bool:
        """Whether the next question may ask the model."""
        if self._rests_until is None:
            return True
        return not self._trials and _now() >= self._rests_until

    @contextmanager
    def attempt(self) -> Iterator[Breaker]:
        """A question asks the model; within, `answered` or `failed` may tell how that went."""
        trial = self._rests_until is not None
        self._trials += trial
        if trial:
            self._enter(BreakerState.HALF_OPEN)
        try:
            yield self
        finally:
            self._trials -= trial
            if trial and self._rests_until is not None and not self._trials:
                self._enter(BreakerState.OPEN)

    def answered(self) -> None:
        """The model has begun to answer."""
        if self._rests_until is not None:
            self._rests_until = None
            self._outcomes.clear()
            self._enter(BreakerState.CLOSED)
        self._note(answered=True)

    def failed(self) -> None:
        """The model has failed a question, whenever that was asked."""
        self._note(answered=False)
        failures = sum(not answered for _, answered in self._outcomes)
        worn_out = failures >= FAILURES and 2 * failures >= len(self._outcomes)
        if worn_out or self._rests_until is not None:
            self._rests_until = _now() + REST
            self._enter(BreakerState.OPEN)

    def _enter(self, state: BreakerState) -> None:
        if state is not self._state:
            self._state = state
            self._changed(state)

    def _note(self, *, answered: bool) -> None:
        now = _now()
        while self._outcomes and self._outcomes[0][0] <= now - WINDOW:
            self._outcomes.popleft()
        self._outcomes.append((now, answered))


class Breakers:
    """The breakers of all models.

    Args:
        changed: told a model's key and its breaker's state whenever that changes.
    """

    def __init__(self, changed: Changed) -> None:
        self._changed = changed
        self._breakers: dict[str, Breaker] = {}

    def of(self, model: str) -> Breaker:
        """A model's breaker, by its key."""
        if model not in self._breakers:
            self._breakers[model] = Breaker(lambda state: self._changed(model, state))
        return self._breakers[model]


def _now() -> float:
    return asyncio.get_running_loop().time()
