"""The line in each conversation: one answer at a time, and what is said meanwhile is gathered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field

from bot.core.changes import Changes
from bot.core.conversation import MessageId, ReplyId, Turn
from bot.core.errors import BotError
from bot.core.places import Places, Spot
from bot.core.ports.discord_app import ReplySurface
from bot.core.room import Room


@dataclass(slots=True, eq=False)
class Ticket:
    """A turn that has been accepted and waits for its answer."""

    reply: ReplyId
    turn: Turn
    surface: ReplySurface
    accepted_at: float  # the event loop's time
    failure: BotError | None = None  # of the turn that had taken it along
    spot: Spot = field(init=False)

    def __post_init__(self) -> None:
        """Know where it stands, for as long as it does."""
        self.spot = Spot.of(self.turn)


@dataclass(slots=True)
class Line:
    """One conversation's line. asyncio's lock is fair: first come, first served.

    The private questions of one person are a line in which nobody waits for another.

    Attributes:
        waiting: all of it, whoever waits for a place at its head included.
        head: who has the lock, as long as they wait for a place.
    """

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: list[Ticket] = field(default_factory=list)
    head: Ticket | None = None

    def before(self, ticket: Ticket) -> int:
        """How many answers are given in this line before a ticket's."""
        ahead = self.waiting[: self.waiting.index(ticket)]
        together = any(other.turn.gathers for other in ahead)
        answering = self.lock.locked() and self.head is None
        return answering + together + sum(not other.turn.gathers for other in ahead)


class Lines:
    """All lines; those in which nobody stands are forgotten.

    Args:
        places: from which the heads of the lines are answered.

    Attributes:
        room: how many more may stand here.
        changes: what was edited and deleted of late.
        moved: set when somebody's turn comes or ends, or somebody leaves; then it is another one.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._lines: dict[tuple[int, int], Line] = {}
        self.room = Room(places)
        self.changes = Changes()
        self.moved = asyncio.Event()

    @asynccontextmanager
    async def turn_of(self, ticket: Ticket) -> AsyncIterator[list[Ticket]]:
        """Wait for the place in line, and hold it while answering.

        Yields:
            The tickets to answer at once, oldest first: this one, and with it all that wait
            behind it, if they may be gathered; none if it has itself been gathered or withdrawn
            meanwhile.
        """
        key = ticket.spot.key
        line = self._lines.setdefault(key, Line())
        line.waiting.append(ticket)
        self.room.enter(ticket.spot, ticket.turn)
        try:
            async with line.lock if ticket.turn.shared else nullcontext():
                if ticket not in line.waiting:
                    yield []
                    return
                line.head = ticket if ticket.turn.shared else None
                async with self._places.held(ticket.spot):
                    batch = self._gather(line, ticket)
                    line.head = None
                    self._tell_of_a_move()
                    with self.room.answering(ticket.spot, ticket.turn):
                        yield batch
        finally:
            if line.head is ticket:
                line.head = None
            self._take(line, ticket)
            self._tell_of_a_move()
            abandoned = not line.waiting and not line.lock.locked()
            if abandoned and self._lines.get(key) is line:  # not a later one
                del self._lines[key]

    def change(self, messages: Mapping[MessageId, str | None]) -> list[Ticket]:
        """Take edits (the new text) and deletions (None) over into the waiting turns.

        Returns:
            The tickets of which nothing is left; they wait no more.
        """
        self.changes.remember(messages)
        empty = []
        for line in self._lines.values():
            for ticket in list(line.waiting):
                ticket.turn = self.changes.as_it_reads_now(ticket.turn)
                if not ticket.turn.said:
                    self.withdraw(ticket)
                    empty.append(ticket)
        return empty

    def withdraw(self, ticket: Ticket) -> bool:
        """Let a ticket wait no more; False if its turn has come already."""
        line = self._lines.get(ticket.spot.key)
        if line is None or not self._take(line, ticket):
            return False
        self._places.leave(ticket.spot)
        self._tell_of_a_move()
        return True

    def before(self, ticket: Ticket) -> int | None:
        """How many answers are given before a ticket's; None if it does not wait any more."""
        line = self._lines.get(ticket.spot.key)
        if line is None or ticket not in line.waiting:
            return None
        if not ticket.turn.shared:
            return self._places.before(ticket.spot)
        head = line.head or ticket
        return line.before(ticket) + self._places.before(head.spot)

    def waiting(self) -> int:
        """How many turns wait in all lines."""
        return sum(len(line.waiting) for line in self._lines.values())

    def _gather(self, line: Line, ticket: Ticket) -> list[Ticket]:
        if ticket not in line.waiting:
            return []
        batch = [ticket]
        if ticket.turn.gathers:
            batch = [other for other in line.waiting if other.turn.gathers]
        for taken in batch:
            self._take(line, taken)
        return batch

    def _take(self, line: Line, ticket: Ticket) -> bool:
        if ticket not in line.waiting:
            return False
        line.waiting.remove(ticket)
        self.room.leave(ticket.spot, ticket.turn)
        return True

    def _tell_of_a_move(self) -> None:
        self.moved.set()
        self.moved = asyncio.Event()
