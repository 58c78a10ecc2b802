"""What people do with the bot: ask, stop, regenerate, edit, delete."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from bot.core.admission import Admission
from bot.core.answering import Answering, SurfaceOf
from bot.core.conversation import ChannelId, EventId, MessageId, Place, Presser, ReplyId, Turn
from bot.core.errors import InvalidInput, LimitReached, LineFull, NotAllowed
from bot.core.lines import Ticket
from bot.core.ports.discord_app import ReplySurface
from bot.core.ports.storage import HistoryStore, ReplyStore
from bot.core.replies import ReplyRecord, ReplyState

log = logging.getLogger(__name__)

ENDED = "This answer has already ended."
ELSEWHERE = "That answer is not here. Press the buttons under the answer itself."


class ChatService:
    """Answers turns. One serves the whole process.

    Args:
        admission: lets questions in.
        answering: carries them to their answers' last frames.
        history: what was said in each conversation.
        replies: every answer's row.
    """

    def __init__(
        self,
        *,
        admission: Admission,
        answering: Answering,
        history: HistoryStore,
        replies: ReplyStore,
    ) -> None:
        self._admission = admission
        self._answering = answering
        self._history = history
        self._replies = replies

    def check(self, turn: Turn) -> None:
        """Refuse a question that cannot be used, before anything is shown.

        Raises:
            InvalidInput: it is empty or too long, or names an unknown model.
        """
        self._admission.check(turn)

    async def admit(self, place: Place, by: Presser, turn: Turn | None = None) -> None:
        """Refuse who may not ask in a place, or not this; before anything is shown.

        `answer` does so itself; this is for what begins with more than an answer.

        Raises:
            AccessDenied, LimitReached, InvalidInput, StorageError: as in `answer`.
        """
        if turn is None:
            await self._admission.let_in(place, by)
        else:
            await self._admission.admit(turn, by)

    async def answer(self, turn: Turn, surface: ReplySurface, by: Presser) -> None:
        """Answer a turn; returns when the answer has ended, or was given with a later turn.

        An event that was accepted before is not answered again. Once accepted, a turn is
        answered even if the process dies meanwhile.

        Raises:
            AccessDenied, LimitReached: they may not ask there, or not now; nothing was stored.
            InvalidInput: the question cannot be used; nothing was stored or shown.
            LineFull: too many wait already; nothing was stored or shown.
            StorageError: the database does not answer; nothing was shown.
            ReplyGone: Discord does not show the answer, or not to its end; it is remembered. What
                it may show later is tried again (`Recovery`), and nothing is raised.
        """
        reply = await self._accept(turn, surface, by)
        if reply is None:
            log.info("event %s was accepted before", turn.event_id)
            return
        turn = self._answering.lines.changes.as_it_reads_now(turn)
        ticket = Ticket(reply, turn, surface, asyncio.get_running_loop().time())
        if not turn.said:
            await self._answering.notices.remove(ticket)
            return
        running = await self._answering.answer(ticket)
        if running is not None:
            running.check_seen()

    async def stop(self, reply: ReplyId, by: Presser) -> None:
        """Stop a running answer: what is there stays. One that waits is given no more.

        Raises:
            NotAllowed: neither the asker nor a moderator.
            InvalidInput: it has ended already.
        """
        running = self._answering.running.get(reply)
        if (waiting := self._answering.notices.find(reply)) is not None:
            allow(by, waiting.turn)
            await self._answering.notices.withdraw(waiting)
            return
        if running is None:
            raise InvalidInput(text=ENDED)
        allow(by, running.turn)
        running.editor.stop(ReplyState.STOPPED)
        if running.editor.gone is not None:  # nobody will see that
            raise InvalidInput(text=ENDED)

    async def regenerate(
        self, reply: ReplyId, by: Presser, trigger: EventId, surface_of: SurfaceOf
    ) -> None:
        """Replace an answer by a new one, in the same message; that counts as a question.

        Raises:
            NotAllowed: neither the asker nor a moderator, or they may not ask there, or not now.
            InvalidInput: the answer is unknown, running, or not the newest any more.
            StorageError: the database does not answer.
            ReplyGone: as in `answer`.
        """
        await self._again(reply, by, trigger, surface_of, keep=False)

    async def resume(
        self, reply: ReplyId, by: Presser, trigger: EventId, surface_of: SurfaceOf
    ) -> None:
        """Go on with an answer that was cut off, from its last character.

        Raises:
            NotAllowed, InvalidInput, StorageError, ReplyGone: as in `regenerate`.
        """
        await self._again(reply, by, trigger, surface_of, keep=True)

    async def show_variant(
        self, reply: ReplyId, by: Presser, variant: int, trigger: EventId, surface_of: SurfaceOf
    ) -> None:
        """Show another variant of an answer, by its index, in place of the one that shows.

        Raises:
            NotAllowed, InvalidInput, StorageError, ReplyGone: as in `regenerate`.
        """
        record = await self._remembered(reply, by)
        running = await self._answering.show_variant(record, variant, trigger, surface_of)
        running.check_seen()

    async def edited(self, message: MessageId, text: str) -> None:
        """A question was edited in Discord: the history changes, a given answer does not."""
        self._answering.lines.change({message: text})
        await self._history.edited(message, text)

    async def deleted(self, messages: Sequence[MessageId]) -> None:
        """Messages were deleted in Discord: they leave the history, and running answers stop."""
        for running in list(self._answering.running.values()):
            if running.concerned_by(messages):
                running.editor.stop(ReplyState.STOPPED)
        notices = self._answering.notices
        withdrawn = notices.shown_in(messages)
        for ticket in self._answering.lines.change(dict.fromkeys(messages)):
            # A reply that is to be answered again has ended before, and stays.
            if ticket.reply not in self._answering.reopening and ticket not in withdrawn:
                withdrawn.append(ticket)
        for ticket in withdrawn:
            await notices.remove(ticket)
        await self._history.deleted(messages)

    async def forget(self, conversation: ChannelId) -> int:
        """Delete a conversation's history; how many entries there were."""
        return await self._history.forget(conversation)

    def running(self) -> int:
        """How many answers are being given."""
        return len(self._answering.running)

    def waiting(self) -> int:
        """How many turns wait for their place in line."""
        return self._answering.lines.waiting()

    async def _accept(self, turn: Turn, surface: ReplySurface, by: Presser) -> ReplyId | None:
        """Let a question in and store it; None if its event was accepted before."""
        try:
            quota = await self._admission.admit(turn, by)
            with self._answering.lines.room.kept(turn):
                return await self._replies.accept(turn, surface.address, quota)
        except (LimitReached, LineFull):
            # Discord may tell of an event twice: who was answered is not refused for that.
            if await self._replies.showing(MessageId(turn.event_id)) is None:
                raise
            return None

    async def _again(
        self, reply: ReplyId, by: Presser, trigger: EventId, surface_of: SurfaceOf, *, keep: bool
    ) -> None:
        record = await self._remembered(reply, by)
        quota = await self._admission.admit_again(record.turn, by)
        running = await self._answering.again(record, trigger, surface_of, keep=keep, quota=quota)
        running.check_seen()

    async def _remembered(self, reply: ReplyId, by: Presser) -> ReplyRecord:
        """A reply that somebody wants to change, and may."""
        record = await self._replies.load(reply)
        if record is None:
            raise InvalidInput(text="I do not remember this answer any more. Please ask again.")
        allow(by, record.turn)
        return record


def allow(by: Presser, turn: Turn) -> None:
    """Let those who asked, and of a shared answer moderators, change it where it is shown.

    A client can make up what a button names. Whoever moderates one channel has no say in another,
    and nobody but who asked in private sees that answer.

    Raises:
        NotAllowed: anybody else, or from elsewhere.
    """
    if by.at not in (None, turn.place.conversation_id):
        raise NotAllowed(text=ELSEWHERE)
    if by.user not in turn.people and not (by.moderator and turn.shared):
        raise NotAllowed(text="Only the person who asked, or a moderator, can do that.")
