"""How many questions may wait: beyond that, one is refused before it is accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from bot.core.conversation import Turn
from bot.core.errors import LineFull
from bot.core.places import Places, Spot

Key = TypeVar("Key", bound=Hashable)

IN_CONVERSATION = 20  # at half a minute an answer, the last of them waits for ten minutes
IN_SERVER = 100


class Room:
    """Counts the questions that wait.

    What is gathered in one conversation will be answered together, and counts once. As long as
    there are places for a server, its questions wait for nothing but each other in their own
    conversations, however many come at once.

    Args:
        places: what they wait for.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._in_conversation: Counter[tuple[int, int]] = Counter()
        self._in_server: Counter[int] = Counter()
        self._gathering: Counter[tuple[int, int]] = Counter()

    @contextmanager
    def kept(self, turn: Turn) -> Iterator[None]:
        """Keep room for a question that is about to be accepted.

        Raises:
            LineFull: there is none.
        """
        spot = Spot.of(turn)
        if not (turn.gathers and self._gathering[spot.key]):
            if self._in_conversation[spot.key] >= IN_CONVERSATION:
                raise LineFull(IN_CONVERSATION, "here")
            if self._in_server[spot.server] >= IN_SERVER and self._places.before(spot):
                raise LineFull(IN_SERVER, "in this server")
        self.enter(spot, gathers=turn.gathers)
        try:
            yield
        finally:
            self.leave(spot, gathers=turn.gathers)

    def enter(self, spot: Spot, *, gathers: bool) -> None:
        """A question begins to wait."""
        if gathers:
            self._gathering[spot.key] += 1
            if self._gathering[spot.key] > 1:
                return
        self._in_conversation[spot.key] += 1
        self._in_server[spot.server] += 1

    def leave(self, spot: Spot, *, gathers: bool) -> None:
        """It waits no more."""
        if gathers:
            _count_down(self._gathering, spot.key)
            if spot.key in self._gathering:
                return
        _count_down(self._in_conversation, spot.key)
        _count_down(self._in_server, spot.server)

    @property
    def empty(self) -> bool:
        """Whether nobody waits anywhere."""
        return not (self._in_conversation or self._in_server or self._gathering)


def _count_down(counter: Counter[Key], key: Key) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]
