"""How many answers WeryAI bears at once: learned from what it refuses.

Additive increase, multiplicative decrease, as TCP finds its share of a line: when WeryAI refuses
(HTTP 429, queue full), all askers are slowed a little, and nobody is failed for it; as long as it
answers, one more at a time is let through. A minute after the last refusal the overload is
thought to be over, and each answer makes room for another one.

Time is the running event loop's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

DECREASE = 0.7  # what is left of the answers running, when WeryAI refuses one
ONE_OVERLOAD = 1.0  # seconds; all refusals within tell of the same overload
CALM_AFTER = 60.0  # seconds without a refusal; WeryAI's own limits count by the minute


class Throttle:
    """The number of answers that may be given at once, and of those that are.

    Args:
        most: what the operator allows; never more than so many.

    Attributes:
        allowed: 1 to `most`; it falls below `running` when WeryAI refuses.
        running: the places taken now.
    """

    def __init__(self, most: int) -> None:
        self._most = max(1, most)
        self._eased = 0  # answers since `allowed` has changed
        self._refused_at = float("-inf")
        self._watchers: list[Callable[[], None]] = []
        self.allowed = self._most
        self.running = 0

    @property
    def free(self) -> bool:
        """Whether another answer may begin."""
        return self.running < self.allowed

    def watch(self, grown: Callable[[], None]) -> None:
        """Tell this one whenever `allowed` grows."""
        self._watchers.append(grown)

    def refused(self) -> None:
        """WeryAI refused an attempt because it has too much to do."""
        now = asyncio.get_running_loop().time()
        if now - self._refused_at < ONE_OVERLOAD:
            return
        self._refused_at = now
        self._eased = 0
        borne = min(self.allowed, self.running)
        self.allowed = max(1, int(borne * DECREASE))

    def eased(self) -> None:
        """WeryAI took an attempt."""
        if self.allowed >= self._most:
            return
        self._eased += 1
        if self._eased >= self._needed():
            self._eased = 0
            self.allowed += 1
            for grown in self._watchers:
                grown()

    def _needed(self) -> int:
        """How many answers make room for one more."""
        calm = asyncio.get_running_loop().time() - self._refused_at >= CALM_AFTER
        return 1 if calm else self.allowed
