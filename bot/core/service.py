"""What people do with the bot: ask, stop, regenerate, edit, delete; and its starts and stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.answering import Answering, SurfaceOf
from bot.core.asking import Asking
from bot.core.choices import Choices
from bot.core.conversation import ChannelId, EventId, MessageId, Presser, ReplyId, Turn
from bot.core.errors import EmptyPrompt, InvalidInput, NotAllowed, PromptTooLong
from bot.core.lines import Ticket
from bot.core.pacing import EditBudget
from bot.core.ports import (
    ChatModel,
    HistoryStore,
    Meter,
    ReplyStore,
    ReplySurface,
    Surfaces,
)
from bot.core.replies import ReplyRecord, ReplyState
from bot.core.streaming import MAX_MESSAGES

log = logging.getLogger(__name__)

LAST_FRAMES = 3.0  # seconds that interrupted replies get to say so
ENDED = "This answer has already ended."


@dataclass(frozen=True, slots=True)
class Capacity:
    """What the operator allows."""

    prompt_characters: int = 4000
    reply_messages: int = MAX_MESSAGES
    concurrent_replies: int = 500


class ChatService:
    """Answers turns. One serves the whole process.

    Args:
        model: WeryAI.
        choices: the options that apply to a turn.
        history: what was said in each conversation.
        replies: every answer's row.
        budget: gives leave for frames.
        surfaces: finds again where a stored reply is shown.
        meter: counts for operators.
        capacity: what the operator allows.
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
        capacity: Capacity,
    ) -> None:
        self._choices = choices
        self._history = history
        self._replies = replies
        self._surfaces = surfaces
        self._capacity = capacity
        self._left_over: list[ReplyRecord] = []
        self._answering = Answering(
            asking=Asking(model, choices, history),
            history=history,
            replies=replies,
            budget=budget,
            surfaces=surfaces,
            meter=meter,
            max_messages=capacity.reply_messages,
            places=capacity.concurrent_replies,
        )

    # --- what people do -----------------------------------------------------------------------

    def check(self, turn: Turn) -> None:
        """Refuse a question that cannot be used, before anything is shown.

        Raises:
            InvalidInput: it is empty or too long, or names an unknown model.
        """
        length = sum(len(said.text) for said in turn.said)
        if not any(said.text.strip() for said in turn.said):
            raise EmptyPrompt
        if length > self._capacity.prompt_characters:
            raise PromptTooLong(length, self._capacity.prompt_characters)
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
        turn = self._answering.lines.as_it_reads_now(turn)
        ticket = Ticket(reply, turn, surface, asyncio.get_running_loop().time())
        if not turn.said:
            await self._answering.withdraw(ticket)
            return
        running = await self._answering.answer(ticket)
        gone = None if running is None else running.editor.gone
        if gone is not None and not gone.by_choice:
            raise gone

    async def stop(self, reply: ReplyId, by: Presser) -> None:
        """Stop a running answer: what is there stays.

        Raises:
            NotAllowed: neither the asker nor a moderator.
            InvalidInput: it has ended already.
        """
        running = self._answering.running.get(reply)
        if running is None:
            raise InvalidInput(text=ENDED)
        allow(by, running.turn)
        running.editor.stop(ReplyState.STOPPED)
        if running.editor.gone is not None:  # nobody will see that
            raise InvalidInput(text=ENDED)

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
        self._answering.lines.change({message: text})
        await self._history.edited(message, text)

    async def deleted(self, messages: Sequence[MessageId]) -> None:
        """Messages were deleted in Discord: they leave the history, and running answers stop."""
        for running in list(self._answering.running.values()):
            if running.concerned_by(messages):
                running.editor.stop(ReplyState.STOPPED)
        for ticket in self._answering.lines.change(dict.fromkeys(messages)):
            # A reply that is to be answered again has ended before, and stays.
            if ticket.reply not in self._answering.reopening:
                await self._answering.withdraw(ticket)
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
        self._answering.closing = True
        await self._answering.idle_within(grace)
        for running in list(self._answering.running.values()):
            running.editor.stop(ReplyState.INTERRUPTED)
        await self._answering.idle_within(LAST_FRAMES)

    def running(self) -> int:
        """How many answers are being given."""
        return len(self._answering.running)

    def waiting(self) -> int:
        """How many turns wait for their place in line."""
        return self._answering.lines.waiting()

    async def _again(
        self, reply: ReplyId, by: Presser, trigger: EventId, surface_of: SurfaceOf, *, keep: bool
    ) -> None:
        record = await self._replies.load(reply)
        if record is None:
            raise InvalidInput(text="I do not remember this answer any more. Please ask again.")
        allow(by, record.turn)
        await self._answering.again(record, trigger, surface_of, keep=keep)

    async def _recover(self, record: ReplyRecord, surface: ReplySurface) -> None:
        try:
            await self._answering.take_up(record, surface)
        except Exception:  # the others are taken up all the same
            log.exception("reply %s: could not be taken up again", record.id)


def allow(by: Presser, turn: Turn) -> None:
    """Let those who asked, and moderators, change an answer.

    Raises:
        NotAllowed: anybody else.
    """
    if not by.moderator and by.user not in turn.people:
        raise NotAllowed(text="Only the person who asked, or a moderator, can do that.")
