"""How a question becomes an answer: accepted, in line, streamed, stored; across restarts too."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace

from bot.core.asking import Asking
from bot.core.choices import Choices
from bot.core.conversation import ChannelId, EventId, MessageId, ReplyId, Turn, UserId, gathered
from bot.core.errors import EmptyPrompt, InvalidInput, NotAllowed, PromptTooLong, StorageError
from bot.core.lines import Lines, Ticket
from bot.core.pacing import EditBudget
from bot.core.ports import (
    ChatModel,
    Ending,
    HistoryStore,
    Meter,
    ReplyStore,
    ReplySurface,
    Surfaces,
)
from bot.core.replies import Frame, ReplyRecord, ReplyState
from bot.core.running import Running, storing
from bot.core.streaming import MAX_MESSAGES, THINKING, Draft
from bot.core.windows import Progress, Urgency

log = logging.getLogger(__name__)

SurfaceOf = Callable[[ReplyRecord], ReplySurface]
"""Where a reply, as it is stored, is shown anew."""

LAST_FRAMES = 3.0  # seconds that interrupted replies get to say so


@dataclass(frozen=True, slots=True)
class Presser:
    """Somebody who wants to change a reply, as Discord describes them in the interaction."""

    user: UserId
    moderator: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """What the operator allows."""

    prompt_characters: int = 4000
    reply_messages: int = MAX_MESSAGES
    concurrent_replies: int = 500


class ChatService:
    """Answers turns. One serves the whole process; `async with` owns its background tasks.

    Args:
        model: WeryAI.
        choices: the options that apply to a turn.
        history: what was said in each conversation.
        replies: every answer's row.
        budget: gives leave for frames.
        surfaces: finds again where a stored reply is shown.
        meter: counts for operators.
        limits: what the operator allows.
    """

    def __init__(  # noqa: PLR0913 - collaborators are handed in
        self,
        *,
        model: ChatModel,
        choices: Choices,
        history: HistoryStore,
        replies: ReplyStore,
        budget: EditBudget,
        surfaces: Surfaces,
        meter: Meter,
        limits: Limits,
    ) -> None:
        self._asking = Asking(model, choices, history)
        self._choices = choices
        self._history = history
        self._replies = replies
        self._budget = budget
        self._surfaces = surfaces
        self._meter = meter
        self._limits = limits
        self._places = asyncio.Semaphore(limits.concurrent_replies)
        self._lines = Lines(self._places)
        self._running: dict[ReplyId, Running] = {}
        self._reopening: set[ReplyId] = set()
        self._left_over: list[ReplyRecord] = []
        self._closing = False
        self._works = 0
        self._idle = asyncio.Event()
        self._idle.set()

    # --- what people do -----------------------------------------------------------------------

    def check(self, turn: Turn) -> None:
        """Refuse a question that cannot be used, before anything is shown.

        Raises:
            InvalidInput: it is empty or too long, or names an unknown model.
        """
        length = sum(len(said.text) for said in turn.said)
        if not any(said.text.strip() for said in turn.said):
            raise EmptyPrompt
        if length > self._limits.prompt_characters:
            raise PromptTooLong(length, self._limits.prompt_characters)
        if (model := turn.options.get("model")) is not None:
            self._choices.model(str(model))

    async def answer(self, turn: Turn, surface: ReplySurface) -> None:
        """Answer a turn; returns when the answer has ended, or was given with a later turn.

        An event that was accepted before is not answered again. Once accepted, a turn is
        answered even if the process dies meanwhile.

        Raises:
            InvalidInput: the question cannot be used; nothing was stored or shown.
            StorageError: the database does not answer; nothing was shown.
            ReplyGone: Discord does not show the answer, or not to its end; it is remembered.
        """
        self.check(turn)
        reply = await self._replies.accept(turn, surface.address)
        if reply is None:
            log.info("event %s was accepted before", turn.event_id)
            return
        turn = self._lines.as_it_reads_now(turn)
        ticket = Ticket(reply, turn, surface, asyncio.get_running_loop().time())
        if not turn.said:
            await self._withdraw(ticket)
            return
        running = await self._answer(ticket)
        gone = None if running is None else running.editor.gone
        if gone is not None and not gone.by_choice:
            raise gone

    async def stop(self, reply: ReplyId, by: Presser) -> None:
        """Stop a running answer: what is there stays.

        Raises:
            NotAllowed: neither the asker nor a moderator.
            InvalidInput: it has ended already.
        """
        running = self._running.get(reply)
        if running is None:
            raise InvalidInput(text="This answer has already ended.")
        allow(by, running.turn)
        running.editor.stop(ReplyState.STOPPED)

    async def regenerate(
        self, reply: ReplyId, by: Presser, trigger: EventId, surface_of: SurfaceOf
    ) -> None:
        """Replace an answer by a new one, in the same message.

        Raises:
            NotAllowed: neither the asker nor a moderator.
            InvalidInput: the answer is unknown, running, or not the newest any more.
            StorageError: the database does not answer.
        """
        await self._again(reply, by, trigger, surface_of, keep=False)

    async def resume(
        self, reply: ReplyId, by: Presser, trigger: EventId, surface_of: SurfaceOf
    ) -> None:
        """Go on with an answer that was cut off, from its last character.

        Raises:
            NotAllowed, InvalidInput, StorageError: as in `regenerate`.
        """
        await self._again(reply, by, trigger, surface_of, keep=True)

    async def edited(self, message: MessageId, text: str) -> None:
        """A question was edited in Discord: the history changes, a given answer does not."""
        self._lines.change({message: text})
        await self._history.edited(message, text)

    async def deleted(self, messages: Sequence[MessageId]) -> None:
        """Messages were deleted in Discord: they leave the history, and running answers stop."""
        for running in list(self._running.values()):
            if running.concerned_by(messages):
                running.editor.stop(ReplyState.STOPPED)
        for ticket in self._lines.change(dict.fromkeys(messages)):
            if ticket.reply not in self._reopening:  # such a one has ended before, and stays
                await self._withdraw(ticket)
        await self._history.deleted(messages)

    async def forget(self, conversation: ChannelId) -> int:
        """Delete a conversation's history; how many entries there were."""
        return await self._history.forget(conversation)

    # --- the life of the process --------------------------------------------------------------

    async def load_unfinished(self) -> None:
        """Take note of what an earlier process left unfinished; before the first event comes."""
        self._left_over = await self._replies.unfinished()

    async def recover(self) -> None:
        """Finish what an earlier process left: once Discord can be reached.

        What was visible is marked as interrupted, with its buttons; what nobody has seen any
        text of is answered now.
        """
        left_over, self._left_over = self._left_over, []
        async with asyncio.TaskGroup() as tasks:
            for record in left_over:
                surface = self._surfaces.of(record)
                if surface is not None:
                    tasks.create_task(self._recover(record, surface))

    async def shut_down(self, grace: float) -> None:
        """Begin nothing new, give running answers `grace` seconds, interrupt the rest visibly."""
        self._closing = True
        await self._wait_idle(grace)
        for running in list(self._running.values()):
            running.editor.stop(ReplyState.INTERRUPTED)
        await self._wait_idle(LAST_FRAMES)

    def running(self) -> int:
        """How many answers are being given."""
        return len(self._running)

    def waiting(self) -> int:
        """How many turns wait for their place in line."""
        return self._lines.waiting()

    # --- answering ----------------------------------------------------------------------------

    async def _answer(self, ticket: Ticket) -> Running | None:
        ticket.surface.bind(ticket.reply)
        with self._at_work():
            async with self._turn_of(ticket) as batch:
                running = await self._answer_batch(batch) if batch else None
            if running is not None:  # out of the line: nobody waits for this
                await self._retire_older(running)
            return running

    async def _withdraw(self, ticket: Ticket) -> None:
        """What was asked has been deleted before its turn came."""
        address = ticket.surface.address
        await self._replies.finish(ticket.reply, Ending(ReplyState.STOPPED, "", "", address))
        await self._replies.shown(ticket.reply, address)

    @asynccontextmanager
    async def _turn_of(self, ticket: Ticket) -> AsyncIterator[list[Ticket]]:
        """A place to answer from; a private question stands in no line."""
        with self._at_work():
            if ticket.turn.shared:
                async with self._lines.turn_of(ticket) as batch:
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
        if self._closing:  # the rows stay ACCEPTED: the next process answers them
            return None
        turn = gathered([ticket.turn for ticket in batch])
        ticket = replace(batch[-1], turn=turn, accepted_at=batch[0].accepted_at)
        async with self._run(ticket) as running:
            await self._replies.begin(ticket.reply, turn, [other.reply for other in batch[:-1]])
            await running.editor.run(self._asking.events(running))
        return running

    async def _again(
        self, reply: ReplyId, by: Presser, trigger: EventId, surface_of: SurfaceOf, *, keep: bool
    ) -> None:
        record = await self._replies.load(reply)
        if record is None:
            raise InvalidInput(text="I do not remember this answer any more. Please ask again.")
        allow(by, record.turn)
        running = self._running.get(reply)
        if reply in self._reopening or (running is not None and not running.editor.ended):
            raise InvalidInput(text="I am already on it.")
        with ExitStack() as pressed:
            self._reopening.add(reply)
            pressed.callback(self._reopening.discard, reply)
            if running is not None:  # its end is visible already, but not all is stored
                await running.over.wait()
            turn = self._lines.as_it_reads_now(record.turn)
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
        if self._closing:
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
            Draft(text, opening, self._limits.reply_messages),
            replies=self._replies,
            meter=self._meter,
            budget=self._budget,
        )
        self._running[ticket.reply] = running
        try:
            yield running
            if (gone := running.editor.gone) is not None:
                log.warning("reply %s: not shown to its end: %s", ticket.reply, gone)
            await running.shown()
            shown_in = running.surface.address.message_ids
            if self._lines.any_deleted(shown_in):  # before it was stored that they are its own
                with storing(running.reply, "its deletion"):
                    await self._history.deleted(shown_in)
        finally:
            del self._running[ticket.reply]
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
        async with self._budget.leave(lane, Progress(Urgency.ORDINARY)):
            await surface.retire()

    async def _recover(self, record: ReplyRecord, surface: ReplySurface) -> None:
        try:
            await self._take_up(record, surface)
        except Exception:  # the others are taken up all the same
            log.exception("reply %s: could not be taken up again", record.id)

    async def _take_up(self, record: ReplyRecord, surface: ReplySurface) -> None:
        surface.bind(record.id)
        begun = record.state is not ReplyState.ACCEPTED
        turn = replace(record.turn, gathers=False) if begun else record.turn
        ticket = Ticket(record.id, turn, surface, asyncio.get_running_loop().time())
        if not (record.text or record.state.ended):
            await self._answer(ticket)
            return
        async with self._turn_of(ticket) as batch:
            if batch:
                async with self._run(ticket, record.text) as running:
                    await running.conclude(record, await self._asking.model_of(record))

    async def _wait_idle(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)


def allow(by: Presser, turn: Turn) -> None:
    """Let those who asked, and moderators, change an answer.

    Raises:
        NotAllowed: anybody else.
    """
    if not by.moderator and by.user not in turn.people:
        raise NotAllowed(text="Only the person who asked, or a moderator, can do that.")
