"""The line in each conversation: one answer at a time, and what is said meanwhile is gathered."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from bot.core.conversation import ChannelId, MessageId, ReplyId, Turn
from bot.core.errors import BotError
from bot.core.ports import ReplySurface

REMEMBERED = 1024  # changed messages: a change may be told while its question is being stored


@dataclass(slots=True, eq=False)
class Ticket:
    """A turn that has been accepted and waits for its answer."""

    reply: ReplyId
    turn: Turn
    surface: ReplySurface
    accepted_at: float  # the event loop's time
    failure: BotError | None = None  # of the turn that had taken it along


@dataclass(slots=True)
class Line:
    """One conversation's line. asyncio's lock is fair: first come, first served."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: list[Ticket] = field(default_factory=list)


class Lines:
    """All lines; those in which nobody stands are forgotten.

    Args:
        places: from how many lines somebody is answered at once.
    """

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self._lines: dict[ChannelId, Line] = {}
        self._changes: OrderedDict[MessageId, str | None] = OrderedDict()

    @asynccontextmanager
    async def turn_of(self, ticket: Ticket) -> AsyncIterator[list[Ticket]]:
        """Wait for the place in line, and hold it while answering.

        Yields:
            The tickets to answer at once, oldest first: this one, and with it all that wait
            behind it, if they may be gathered; none if it has itself been gathered meanwhile.
        """
        conversation = ticket.turn.place.conversation_id
        line = self._lines.setdefault(conversation, Line())
        line.waiting.append(ticket)
        try:
            async with line.lock, self._places:
                yield self._gather(line, ticket)
        finally:
            if ticket in line.waiting:
                line.waiting.remove(ticket)
            abandoned = not line.waiting and not line.lock.locked()
            if abandoned and self._lines.get(conversation) is line:  # not a later one
                del self._lines[conversation]

    def change(self, messages: Mapping[MessageId, str | None]) -> list[Ticket]:
        """Take edits (the new text) and deletions (None) over into the waiting turns.

        Returns:
            The tickets of which nothing is left; they wait no more.
        """
        self._changes.update(messages)
        while len(self._changes) > REMEMBERED:
            self._changes.popitem(last=False)
        empty = []
        for line in self._lines.values():
            for ticket in list(line.waiting):
                ticket.turn = self.as_it_reads_now(ticket.turn)
                if not ticket.turn.said:
                    line.waiting.remove(ticket)
                    empty.append(ticket)
        return empty

    def as_it_reads_now(self, turn: Turn) -> Turn:
        """A turn with what was changed in Discord of late, perhaps before the turn stood in line."""
        if self._changes.keys().isdisjoint(said.message_id for said in turn.said):
            return turn
        texts = [(said, self._changes.get(said.message_id, said.text)) for said in turn.said]
        left = tuple(replace(said, text=text) for said, text in texts if text is not None)
        return replace(turn, said=left)

    def any_deleted(self, messages: Iterable[MessageId]) -> bool:
        """Whether one of these messages was deleted of late."""
        return any(self._changes.get(message, "") is None for message in messages)

    def waiting(self) -> int:
        """How many turns wait in all lines."""
        return sum(len(line.waiting) for line in self._lines.values())

    @staticmethod
    def _gather(line: Line, ticket: Ticket) -> list[Ticket]:
        if ticket not in line.waiting:
            return []
        batch = [ticket]
        if ticket.turn.gathers:
            batch = [other for other in line.waiting if other.turn.gathers]
        for taken in batch:
            line.waiting.remove(taken)
        return batch
