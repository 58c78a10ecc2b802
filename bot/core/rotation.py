"""Who is served next, where many take turns."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from itertools import chain


class Rotation:
    """Who takes turns: first those of whom nobody is being answered, then the others."""

    def __init__(self) -> None:
        self._idle: OrderedDict[int, None] = OrderedDict()
        self._busy: OrderedDict[int, None] = OrderedDict()

    def __iter__(self) -> Iterator[int]:
        """All, in the order of their turns."""
        return chain(self._idle, self._busy)

    def __bool__(self) -> bool:
        """Whether there is anybody."""
        return bool(self._idle or self._busy)

    def put(self, key: int, *, busy: bool) -> None:
        """Let somebody take turns; who does already keeps their place, unless `busy` has changed."""
        mine, other = (self._busy, self._idle) if busy else (self._idle, self._busy)
        other.pop(key, None)
        mine.setdefault(key)

    def take(self) -> int:
        """Whose turn it is; it is not put back."""
        return (self._idle or self._busy).popitem(last=False)[0]

    def drop(self, key: int) -> None:
        """Somebody takes no turns any more, if they did."""
        self._idle.pop(key, None)
        self._busy.pop(key, None)


def served_before(sizes: Iterable[tuple[int, int]], mine: int, ahead: int) -> int:
    """How many are served before one, where queues take turns.

    Args:
        sizes: how many wait in each queue, in the order of their turns; a queue that is not among
            them comes after all.
        mine: its queue.
        ahead: how many are before it in its own queue.
    """
    total, before_mine = ahead, True
    for key, size in sizes:
        if key == mine:
            before_mine = False
        else:
            total += min(size, ahead + before_mine)
    return total
