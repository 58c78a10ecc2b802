"""Discord's ids: milliseconds since 2015 in the upper bits, a counter in the lower 22.

Source: Discord's documentation, "Reference", "Snowflakes".
"""

from __future__ import annotations

from collections.abc import Callable

DISCORD_EPOCH = 1_420_070_400.0  # the first second of 2015
_LOW_BITS = 22


class Snowflakes:
    """Makes ids that only ever grow, and that tell when they were made."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._last = 0

    def make(self) -> int:
        """A new id, greater than every id before it."""
        self._last = max(first_id_at(self._now()), self._last + 1)
        return self._last

    def skip(self, known: int) -> None:
        """Make only ids greater than one that was made before."""
        self._last = max(self._last, known)


def first_id_at(at: float) -> int:
    """The smallest id that can be made at `at` (Unix seconds)."""
    return int((at - DISCORD_EPOCH) * 1000) << _LOW_BITS


def made_at(snowflake: int) -> float:
    """Unix seconds at which an id was made, to the millisecond."""
    return (snowflake >> _LOW_BITS) / 1000 + DISCORD_EPOCH
