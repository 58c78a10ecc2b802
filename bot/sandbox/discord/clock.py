"""The sandbox's time: Unix seconds that a test may hurry or move by hand."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """Unix time that starts now, runs at `speed`, and jumps when told to.

    Args:
        speed: sandbox seconds per real second.
    """

    def __init__(self, *, speed: float = 1.0) -> None:
        self._speed = speed
        self._start = time.time()
        self._monotonic = time.monotonic()
        self._jumped = 0.0
        self._order = itertools.count()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._wakeup: asyncio.TimerHandle | None = None

    def now(self) -> float:
        """Unix seconds; never runs backwards."""
        return self._start + self._jumped + (time.monotonic() - self._monotonic) * self._speed

    def advance(self, seconds: float) -> None:
        """Jump ahead; whatever was due within these seconds happens before this returns."""
        self._jumped += seconds
        self._run_due()

    def call_later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do `action` once `seconds` of the sandbox's time have passed."""
        heapq.heappush(self._timers, (self.now() + seconds, next(self._order), action))
        self._arm()

    def close(self) -> None:
        """Forget every timer."""
        self._timers.clear()
        if self._wakeup is not None:
            self._wakeup.cancel()

    def _run_due(self) -> None:
        while self._timers and self._timers[0][0] <= self.now():
            heapq.heappop(self._timers)[2]()
        self._arm()

    def _arm(self) -> None:
        if self._wakeup is not None:
            self._wakeup.cancel()
            self._wakeup = None
        if self._timers:
            seconds = max(0.0, self._timers[0][0] - self.now()) / self._speed
            self._wakeup = asyncio.get_running_loop().call_later(seconds, self._run_due)


def iso(at: float) -> str:
    """A time as Discord writes it, such as 2026-01-02T03:04:05.678000+00:00."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds")
