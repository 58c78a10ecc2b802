"""How long a question waits on while WeryAI is asked too much. Time is the running event loop's."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress

from bot.core.errors import ModelError, QueueFull, RateLimited

PATIENCE = 60.0  # seconds without an answer to anybody
LONGEST_PATIENCE = 10  # times as long, however well WeryAI answers others
FIRST_WAIT, LONGEST_WAIT = 2.0, 15.0  # seconds; each wait is twice the one before
JITTER = 1.0  # seconds: those who were told the same moment do not all come back in it


class Patience:
    """The patience of one question.

    As long as others are answered it waits as in a line, up to a bound; where another model may
    answer, it does not.

    Args:
        seconds: to wait without an answer to anybody.
        answered_at: tells when somebody was last answered.

    Attributes:
        since: when the question was first asked.
    """

    def __init__(self, seconds: float, answered_at: Callable[[], float]) -> None:
        self._seconds = seconds
        self._answered_at = answered_at
        self.since = _now()
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
            return self.since + self._seconds
        moved = max(self.since, self._answered_at())
        return min(moved + self._seconds, self.since + LONGEST_PATIENCE * self._seconds)


class Waiting:
    """All who wait on: whenever an answer ends, whoever waits longest may try at once."""

    def __init__(self) -> None:
        self._since: dict[asyncio.Event, float] = {}

    async def pause(self, patience: Patience, seconds: float, *, early: bool) -> None:
        """Wait for so long; `early`: or until there may be room."""
        if not early:
            await asyncio.sleep(seconds)
            return
        turn = asyncio.Event()
        self._since[turn] = patience.since
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await turn.wait()
        finally:
            self._since.pop(turn, None)

    def let_one_try(self) -> None:
        """WeryAI has become free for one more."""
        if self._since:
            longest = min(self._since, key=self._since.__getitem__)
            del self._since[longest]
            longest.set()


def _now() -> float:
    return asyncio.get_running_loop().time()
