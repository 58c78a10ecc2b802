"""Answers being given: one at a time in each conversation, the first time or anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import replace

from bot.core.asking import Asking
from bot.core.conversation import EventId, ReplyId, Turn, gathered
from bot.core.credits import Reminders
from bot.core.draft import Draft
from bot.core.errors import InvalidInput, StorageError
from bot.core.heard import variants_asked
from bot.core.layout import THINKING
from bot.core.lines import Lines, Ticket
from bot.core.notices import Notice, Notices
from bot.core.pacing import EditBudget
from bot.core.places import Places
from bot.core.ports.discord_app import ReplySurface
from bot.core.ports.ops import Meter
from bot.core.ports.storage import HistoryStore, ReplyStore
from bot.core.ports.weryai import SchemaChecker
from bot.core.quotas import Quota
from bot.core.replies import ReplyRecord, ReplyState
from bot.core.retiring import Retiring
from bot.core.running import Running, storing
from bot.core.structured import form_of

LAST_FRAMES = 3.0  # seconds that interrupted replies get to say so
RESTARTING = "I am about to restart. Please press again in a minute."
TOO_LATE = "There is a newer answer here; this one stays as it is."

SurfaceOf = Callable[[ReplyRecord], ReplySurface]
"""Where a reply, as it is stored, is shown anew."""


class Answering:
    """Carries turns from their place in line to their last frame.

    Args:
        asking: streams the model's answers.
        history: what was said in each conversation.
        replies: every answer's row.
        budget: gives leave for frames.
        retiring: takes the buttons off the answers before.
        meter: counts for operators.
        schemas: checks answers against the schema they are to follow.
        max_messages: longer answers end with the whole as a file.
        places: from which answers are given.

    Attributes:
        lines: who waits, in each conversation.
        notices: what is shown to those who wait.
        running: the answers being given.
        reopening: replies that are about to be answered anew.
        unseen: replies whose ending, or withdrawal, Discord did not take for too long.
        closing: nothing new is begun any more.
    """

    def __init__(  # noqa: PLR0913 - collaborators are handed in
        self,
        *,
        asking: Asking,
        history: HistoryStore,
        replies: ReplyStore,
        budget: EditBudget,
        retiring: Retiring,
        meter: Meter,
        schemas: SchemaChecker,
        max_messages: int,
        places: Places,
    ) -> None:
        self._asking = asking
        self._history = history
        self._replies = replies
        self._budget = budget
        self._retiring = retiring
        self._meter = meter
        self._schemas = schemas
        self._max_messages = max_messages
        self._reminders = Reminders()
        self.lines = Lines(places)
        self.notices = Notices(self.lines, replies=replies, budget=budget)
        self.running: dict[ReplyId, Running] = {}
        self.reopening: set[ReplyId] = set()
        self.unseen = self.notices.unseen
        self.closing = False
        self._works = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def answer(self, ticket: Ticket) -> Running | None:
        """Answer a turn when its place in line has come; None if a later turn took it along."""
        ticket.surface.bind(ticket.reply)
        with self.at_work():
            async with self.notices.of(ticket) as notice, self.lines.turn_of(ticket) as batch:
                notice.end()
                running = await self._answer_batch(batch, notice) if batch else None
            if ticket.failure is not None:
                raise ticket.failure
            if running is not None:  # out of the line: nobody waits for this
                await self._retiring.retire_before(running)
            return running

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Something that a shutdown waits for."""
        self._works += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._works -= 1
            if not self._works:
                self._idle.set()

    async def _answer_batch(self, batch: list[Ticket], notice: Notice) -> Running | None:
        if self.closing:  # the rows stay ACCEPTED: the next process answers them
            return None
        turn = gathered([ticket.turn for ticket in batch])
        ticket = replace(batch[-1], turn=turn, accepted_at=batch[0].accepted_at)
        draft = replace(self._draft(turn), after=notice.over)
        async with self._run(ticket, draft) as running:
            try:
                await self._replies.begin(ticket.reply, turn, [other.reply for other in batch[:-1]])
            except StorageError as error:
                for other in batch:
                    other.failure = error  # nobody is left without a word
                raise
            await running.editor.run(self._asking.events(running))
        return running

    async def again(
        self,
        record: ReplyRecord,
        trigger: EventId,
        surface_of: SurfaceOf,
        *,
        keep: bool,
        quota: Quota | None = None,
    ) -> Running:
        """Answer anew (or, with `keep`, go on) what has ended before.

        Raises:
            InvalidInput: it is running, not the newest any more, or its question is gone.
            LimitReached: the quota has no room for it.
            StorageError: the database does not answer.
        """
        reply = record.id
        with self.at_work(), ExitStack() as pressed:
            await self.press(reply, pressed)
            turn = self.lines.changes.as_it_reads_now(record.turn)
            turn = replace(turn, gathers=False)  # it has an answer of its own
            now = asyncio.get_running_loop().time()
            ticket = Ticket(reply, turn, surface_of(record), now)
            async with self.lines.turn_of(ticket) as batch:
                self._check_reopening(ticket, batch)
                opened = await self._replies.reopen(reply, trigger, keep=keep, quota=quota)
                if opened is None:
                    raise InvalidInput(text=TOO_LATE)
                pressed.close()  # from here on it is a running one
                # Only now it is certain which messages the reply fills.
                again = replace(ticket, surface=surface_of(opened))
                return await self._answer_again(opened, again, keep=keep)

    async def show_variant(
        self, record: ReplyRecord, variant: int, trigger: EventId, surface_of: SurfaceOf
    ) -> Running:
        """Show another variant of an answer, which the history keeps instead from now on.

        It waits in no line: the store sees to it that no question has come in between.

        Raises:
            InvalidInput: it is running, not the newest any more, or there is no such variant.
            StorageError: the database does not answer.
        """
        with self.at_work(), ExitStack() as pressed:
            await self.press(record.id, pressed)
            if self.closing:
                raise InvalidInput(text=RESTARTING)
            if not 0 <= variant < len(record.variants):
                raise InvalidInput(text="This answer has no such variant.")
            chosen = await self._replies.choose_variant(record.id, variant, trigger)
            if chosen is None:
                raise InvalidInput(text=TOO_LATE)
            surface = surface_of(chosen)
            surface.bind(record.id)
            ticket = Ticket(record.id, chosen.turn, surface, asyncio.get_running_loop().time())
            signed = await self._asking.signature_of(chosen)
            async with self._run(ticket, self._draft(chosen.turn)) as running:
                pressed.close()  # from here on it is a running one
                await running.conclude(chosen, *signed)
                await surface.keep(running.editor.messages)
            return running

    async def press(self, reply: ReplyId, pressed: ExitStack) -> None:
        """Make sure that a button of a reply has an effect once, until `pressed` is closed.

        Raises:
            InvalidInput: the reply waits in line, is being answered, or about to be.
        """
        running = self.running.get(reply)
        going_on = running is not None and not running.editor.ended
        if reply in self.reopening or going_on or self.notices.find(reply) is not None:
            raise InvalidInput(text="I am already on it.")
        self.reopening.add(reply)
        pressed.callback(self.reopening.discard, reply)
        if running is not None:  # its end is visible already, but not all is stored
            await running.over.wait()

    def _check_reopening(self, ticket: Ticket, batch: list[Ticket]) -> None:
        if not batch or not ticket.turn.said:
            raise InvalidInput(text="The question was deleted. Please ask again.")
        if self.closing:
            raise InvalidInput(text=RESTARTING)

    async def _answer_again(self, record: ReplyRecord, ticket: Ticket, *, keep: bool) -> Running:
        ticket.surface.bind(ticket.reply)
        partial = record.text if keep else ""
        draft = self._draft(ticket.turn, record if keep else None)
        async with self._run(ticket, replace(draft, opening=THINKING)) as running:
            if not keep:
                await ticket.surface.keep(1)
            await running.editor.run(self._asking.events(running, partial))
            await ticket.surface.keep(running.editor.messages)  # what could not be deleted before
        return running

    def _draft(self, turn: Turn, before: ReplyRecord | None = None) -> Draft:
        """What an answer starts from: nothing, or what there was before it."""
        draft = Draft(max_messages=self._max_messages, form=form_of(turn, self._schemas))
        if before is None:
            return replace(draft, asked=variants_asked(turn))
        return replace(draft, text=before.text, known=before.variants, variant=before.variant)

    @asynccontextmanager
    async def _run(self, ticket: Ticket, draft: Draft) -> AsyncIterator[Running]:
        running = Running(
            ticket,
            draft,
            replies=self._replies,
            meter=self._meter,
            budget=self._budget,
            reminders=self._reminders,
        )
        self.running[ticket.reply] = running
        self.unseen.discard(ticket.reply)
        try:
            yield running
            if not await running.leave():
                self.unseen.add(ticket.reply)
            shown_in = running.surface.address.message_ids
            # Deleted before it was stored that they are its own.
            if self.lines.changes.any_deleted(shown_in):
                with storing(running.reply, "its deletion"):
                    await self._history.deleted(shown_in)
        finally:
            del self.running[ticket.reply]
            running.over.set()

    async def conclude(self, record: ReplyRecord, ticket: Ticket) -> None:
        """Show, in its turn, the ending of a reply to which nothing more will come."""
        with self.at_work():
            async with self.lines.turn_of(ticket) as batch:
                if batch:
                    await self._conclude(record, ticket)

    async def _conclude(self, record: ReplyRecord, ticket: Ticket) -> None:
        async with self._run(ticket, self._draft(ticket.turn, record)) as running:
            await running.conclude(record, *await self._asking.signature_of(record))
            await ticket.surface.keep(running.editor.messages)

    async def shut_down(self, grace: float) -> None:
        """Begin nothing new, give running answers `grace` seconds, interrupt the rest visibly."""
        self.closing = True
        await self._idle_within(grace)
        for running in list(self.running.values()):
            running.editor.stop(ReplyState.INTERRUPTED)
        await self._idle_within(LAST_FRAMES)

    async def _idle_within(self, seconds: float) -> None:
        """Wait until nothing is at work any more, but not for ever."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)
