"""How many questions may wait: beyond that, one is refused before it is accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.core.conversation import Turn
from bot.core.errors import LineFull
from bot.core.places import Places, Spot

IN_CONVERSATION = 20  # at half a minute an answer, the last of them waits for ten minutes
IN_SERVER = 100


@dataclass(slots=True)
class Crowd:
    """The questions of one conversation: how many are to be answered, and how many are being.

    What is `gathering` will be answered together, and counts once.
    """

    shared: bool
    singles: int = 0
    gathering: int = 0
    answers: int = 0

    @property
    def coming(self) -> int:
        """How many answers are to come."""
        return self.singles + bool(self.gathering)

    @property
    def startable(self) -> int:
        """How many of them wait for nothing but a place."""
        if not self.shared:
            return self.coming
        return 0 if self.answers else min(1, self.coming)


class Room:
    """Counts the questions in each conversation and server.

    Those for which there is a place at once do not wait, however many come in one moment.

    Args:
        places: what they wait for.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._crowds: dict[tuple[int, int], Crowd] = {}
        self._coming: Counter[int] = Counter()  # in each server
        self._startable: Counter[int] = Counter()

    @contextmanager
    def kept(self, turn: Turn) -> Iterator[None]:
        """Keep room for a question that is about to be accepted.

        Raises:
            LineFull: there is none.
        """
        spot = Spot.of(turn)
        crowd = self._crowds.get(spot.key, Crowd(turn.shared))
        free = self._places.free(spot)
        if not (turn.gathers and crowd.gathering):
            if crowd.coming - min(crowd.startable, free) >= IN_CONVERSATION:
                raise LineFull(IN_CONVERSATION, "here")
            startable = self._startable[spot.server]
            if self._coming[spot.server] - min(startable, free) >= IN_SERVER:
                raise LineFull(IN_SERVER, "in this server")
        self.enter(spot, turn)
        try:
            yield
        finally:
            self.leave(spot, turn)

    def enter(self, spot: Spot, turn: Turn) -> None:
        """A question begins to wait."""
        with self._changing(spot, turn) as crowd:
            crowd.gathering += turn.gathers
            crowd.singles += not turn.gathers

    def leave(self, spot: Spot, turn: Turn) -> None:
        """It waits no more."""
        with self._changing(spot, turn) as crowd:
            crowd.gathering -= turn.gathers
            crowd.singles -= not turn.gathers

    @contextmanager
    def answering(self, spot: Spot, turn: Turn) -> Iterator[None]:
        """An answer is being given as long as the block lasts."""
        with self._changing(spot, turn) as crowd:
            crowd.answers += 1
        try:
            yield
        finally:
            with self._changing(spot, turn) as crowd:
                crowd.answers -= 1

    @property
    def empty(self) -> bool:
        """Whether nobody waits anywhere, and nobody is being answered."""
        return not (self._crowds or +self._coming or +self._startable)

    @contextmanager
    def _changing(self, spot: Spot, turn: Turn) -> Iterator[Crowd]:
        """Keep the servers' sums as a crowd changes; one of nobody is forgotten."""
        crowd = self._crowds.setdefault(spot.key, Crowd(turn.shared))
        before = crowd.coming, crowd.startable
        yield crowd
        for sums, change in (
            (self._coming, crowd.coming - before[0]),
            (self._startable, crowd.startable - before[1]),
        ):
            sums[spot.server] += change
            if not sums[spot.server]:
                del sums[spot.server]
        if not (crowd.coming or crowd.answers):
            del self._crowds[spot.key]
