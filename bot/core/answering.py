"""Answers being given: one at a time in each conversation, the first time, anew, or taken up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import replace

from bot.core.asking import Asking
from bot.core.conversation import EventId, ReplyId, gathered
from bot.core.errors import InvalidInput, StorageError
from bot.core.lines import Lines, Ticket
from bot.core.pacing import EditBudget
from bot.core.ports import Ending, HistoryStore, Meter, ReplyStore, ReplySurface, Surfaces
from bot.core.replies import Frame, ReplyRecord, ReplyState
from bot.core.running import Running, storing
from bot.core.streaming import THINKING, Draft
from bot.core.windows import Progress, Urgency

log = logging.getLogger(__name__)

RETIREMENT = 20  # characters that an old answer's buttons are worth, when they wait to go

SurfaceOf = Callable[[ReplyRecord], ReplySurface]
"""Where a reply, as it is stored, is shown anew."""


class Answering:
    """Carries turns from their place in line to their last frame.

    Args:
        asking: streams the model's answers.
        history: what was said in each conversation.
        replies: every answer's row.
        budget: gives leave for frames.
        surfaces: finds again where a stored reply is shown.
        meter: counts for operators.
        max_messages: longer answers end with the whole as a file.
        places: how many answers are given at once.

    Attributes:
        lines: who waits, in each conversation.
        running: the answers being given.
        reopening: replies that are about to be answered anew.
        closing: nothing new is begun any more.
    """

    def __init__(  # noqa: PLR0913 - collaborators are handed in
        self,
        *,
        asking: Asking,
        history: HistoryStore,
        replies: ReplyStore,
        budget: EditBudget,
        surfaces: Surfaces,
        meter: Meter,
        max_messages: int,
        places: int,
    ) -> None:
        self._asking = asking
        self._history = history
        self._replies = replies
        self._budget = budget
        self._surfaces = surfaces
        self._meter = meter
        self._max_messages = max_messages
        self._places = asyncio.Semaphore(places)
        self.lines = Lines(self._places)
        self.running: dict[ReplyId, Running] = {}
        self.reopening: set[ReplyId] = set()
        self.closing = False
        self._works = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def answer(self, ticket: Ticket) -> Running | None:
        """Answer a turn when its place in line has come; None if a later turn took it along."""
        ticket.surface.bind(ticket.reply)
        with self._at_work():
            async with self._turn_of(ticket) as batch:
                running = await self._answer_batch(batch) if batch else None
            if ticket.failure is not None:
                raise ticket.failure
            if running is not None:  # out of the line: nobody waits for this
                await self._retire_older(running)
            return running

    async def withdraw(self, ticket: Ticket) -> None:
        """What was asked has been deleted before its turn came."""
        address = ticket.surface.address
        await self._replies.finish(ticket.reply, Ending(ReplyState.STOPPED, "", "", address))
        await self._replies.shown(ticket.reply, address)

    @asynccontextmanager
    async def _turn_of(self, ticket: Ticket) -> AsyncIterator[list[Ticket]]:
        """A place to answer from; a private question stands in no line."""
        with self._at_work():
            if ticket.turn.shared:
                async with self.lines.turn_of(ticket) as batch:
                    yield batch
            else:
                async with self._places:
                    yield [ticket]

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Something that a shutdown waits for."""
        self._works += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._works -= 1
            if not self._works:
                self._idle.set()

    async def _answer_batch(self, batch: list[Ticket]) -> Running | None:
        if self.closing:  # the rows stay ACCEPTED: the next process answers them
            return None
        turn = gathered([ticket.turn for ticket in batch])
        ticket = replace(batch[-1], turn=turn, accepted_at=batch[0].accepted_at)
        async with self._run(ticket) as running:
            try:
                await self._replies.begin(ticket.reply, turn, [other.reply for other in batch[:-1]])
            except StorageError as error:
                for other in batch:
                    other.failure = error  # nobody is left without a word
                raise
            await running.editor.run(self._asking.events(running))
        return running

    async def again(
        self, record: ReplyRecord, trigger: EventId, surface_of: SurfaceOf, *, keep: bool
    ) -> None:
        """Answer anew (or, with `keep`, go on) what has ended before.

        Raises:
            InvalidInput: it is running, not the newest any more, or its question is gone.
            StorageError: the database does not answer.
        """
        reply = record.id
        running = self.running.get(reply)
        if reply in self.reopening or (running is not None and not running.editor.ended):
            raise InvalidInput(text="I am already on it.")
        with ExitStack() as pressed:
            self.reopening.add(reply)
            pressed.callback(self.reopening.discard, reply)
            if running is not None:  # its end is visible already, but not all is stored
                await running.over.wait()
            turn = self.lines.as_it_reads_now(record.turn)
            turn = replace(turn, gathers=False)  # it has an answer of its own
            now = asyncio.get_running_loop().time()
            ticket = Ticket(reply, turn, surface_of(record), now)
            async with self._turn_of(ticket) as batch:
                opened = await self._reopen(ticket, batch, trigger, keep=keep)
                pressed.close()  # from here on it is a running one
                # Only now it is certain which messages the reply fills.
                again = replace(ticket, surface=surface_of(opened))
                await self._answer_again(opened, again, keep=keep)

    async def _reopen(
        self, ticket: Ticket, batch: list[Ticket], trigger: EventId, *, keep: bool
    ) -> ReplyRecord:
        if not batch or not ticket.turn.said:
            raise InvalidInput(text="The question was deleted. Please ask again.")
        if self.closing:
            raise InvalidInput(text="I am about to restart. Please press again in a minute.")
        opened = await self._replies.reopen(ticket.reply, trigger, keep=keep)
        if opened is None:
            raise InvalidInput(text="There is a newer answer here; this one stays as it is.")
        return opened

    async def _answer_again(self, record: ReplyRecord, ticket: Ticket, *, keep: bool) -> None:
        ticket.surface.bind(ticket.reply)
        partial = record.text if keep else ""
        async with self._run(ticket, partial, opening=THINKING) as running:
            if not keep:
                await ticket.surface.keep(1)
            await running.editor.run(self._asking.events(running, partial))

    @asynccontextmanager
    async def _run(
        self, ticket: Ticket, text: str = "", opening: Frame | None = None
    ) -> AsyncIterator[Running]:
        running = Running(
            ticket,
            Draft(text, opening, self._max_messages),
            replies=self._replies,
            meter=self._meter,
            budget=self._budget,
        )
        self.running[ticket.reply] = running
        try:
            yield running
            if (gone := running.editor.gone) is not None:
                log.warning("reply %s: not shown to its end: %s", ticket.reply, gone)
            await running.shown()
            shown_in = running.surface.address.message_ids
            if self.lines.any_deleted(shown_in):  # before it was stored that they are its own
                with storing(running.reply, "its deletion"):
                    await self._history.deleted(shown_in)
        finally:
            del self.running[ticket.reply]
            running.over.set()

    async def _retire_older(self, running: Running) -> None:
        """A newer answer exists: the one before it loses its buttons."""
        if not running.turn.shared:
            return
        conversation = running.turn.place.conversation_id
        try:
            older = await self._replies.previous(conversation, running.reply)
        except StorageError as error:
            log.warning("reply %s: the one before keeps its buttons: %s", running.reply, error)
            return
        surface = self._surfaces.of(older) if older is not None else None
        if surface is None or not surface.address.message_ids:
            return
        lane = surface.lane(len(surface.address.message_ids) - 1)
        # Weighed like a little unseen text, so that its turn comes however busy it is.
        waiting = Progress(Urgency.ORDINARY, RETIREMENT, asyncio.get_running_loop().time())
        async with self._budget.leave(lane, waiting):
            await surface.retire()

    async def take_up(self, record: ReplyRecord, surface: ReplySurface) -> None:
        """Finish what an earlier process left: show its ending, or answer it."""
        surface.bind(record.id)
        begun = record.state is not ReplyState.ACCEPTED
        turn = replace(record.turn, gathers=False) if begun else record.turn
        ticket = Ticket(record.id, turn, surface, asyncio.get_running_loop().time())
        if not (record.text or record.state.ended):
            await self.answer(ticket)
            return
        async with self._turn_of(ticket) as batch:
            if batch:
                async with self._run(ticket, record.text) as running:
                    await running.conclude(record, await self._asking.model_of(record))

    async def idle_within(self, seconds: float) -> None:
        """Wait until no answer is being given any more, but not for ever."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)
