"""What people do with the bot: ask, stop, regenerate, edit, delete; and its starts and stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from bot.core.admission import Admission
from bot.core.answering import Answering, SurfaceOf
from bot.core.asking import Asking
from bot.core.breakers import Breakers
from bot.core.choices import Choices
from bot.core.conversation import ChannelId, EventId, MessageId, Place, Presser, ReplyId, Turn
from bot.core.errors import InvalidInput, LimitReached, LineFull, NotAllowed
from bot.core.fallback import Fallback
from bot.core.limits import Limits
from bot.core.lines import Ticket
from bot.core.pacing import EditBudget
from bot.core.patience import PATIENCE
from bot.core.places import Places
from bot.core.ports.discord_app import ReplySurface, Surfaces
from bot.core.ports.ops import Meter
from bot.core.ports.storage import HistoryStore, ReplyStore
from bot.core.ports.weryai import ChatModel, SchemaChecker
from bot.core.replies import ReplyRecord, ReplyState
from bot.core.streaming import MAX_MESSAGES
from bot.core.throttle import Throttle

log = logging.getLogger(__name__)

LATER = 60.0  # seconds until what Discord did not take is tried again; then twice as many
LATEST = 3600.0
LAST_FRAMES = 3.0  # seconds that interrupted replies get to say so
ENDED = "This answer has already ended."
ELSEWHERE = "That answer is not here. Press the buttons under the answer itself."


@dataclass(frozen=True, slots=True)
class Capacity:
    """What the operator allows."""

    prompt_characters: int = 4000
    reply_messages: int = MAX_MESSAGES
    patience: float = PATIENCE  # seconds that a question waits for a WeryAI that answers nobody


class ChatService:
    """Answers turns. One serves the whole process.

    Args:
        model: WeryAI.
        choices: the options that apply to a turn.
        limits: what members and servers may use.
        history: what was said in each conversation.
        replies: every answer's row.
        budget: gives leave for frames.
        surfaces: finds again where a stored reply is shown.
        meter: counts for operators.
        schemas: checks answers against the schema they are to follow.
        capacity: what the operator allows.
        throttle: how many answers are given at once.
    """

    def __init__(  # noqa: PLR0913 - collaborators are handed in
        self,
        *,
        model: ChatModel,
        choices: Choices,
        limits: Limits,
        history: HistoryStore,
        replies: ReplyStore,
        budget: EditBudget,
        surfaces: Surfaces,
        meter: Meter,
        schemas: SchemaChecker,
        capacity: Capacity,
        throttle: Throttle,
    ) -> None:
        self._admission = Admission(choices, limits, prompt_characters=capacity.prompt_characters)
        self._history = history
        self._replies = replies
        self._surfaces = surfaces
        self._left_over: list[ReplyRecord] = []
        fallback = Fallback(model, Breakers(meter.breaker), patience=capacity.patience)
        self._answering = Answering(
            asking=Asking(fallback, choices, history),
            history=history,
            replies=replies,
            budget=budget,
            surfaces=surfaces,
            meter=meter,
            schemas=schemas,
            max_messages=capacity.reply_messages,
            places=Places(throttle, limits.at_once),
        )

    # --- what people do -----------------------------------------------------------------------

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
                it may show later is tried again (`show_late`), and nothing is raised.
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

    async def show_late(self) -> NoReturn:
        """Show what Discord does not take for too long as soon as it does; until cancelled."""
        wait = LATER
        while True:
            await asyncio.sleep(wait)
            for reply in sorted(self._answering.unseen):
                try:
                    await self._answering.show_late(reply)
                except InvalidInput as refusal:
                    log.info("reply %s: not shown late: %s", reply, refusal)
                except Exception:  # the others are shown all the same
                    log.exception("reply %s: could not be shown late", reply)
            wait = min(2 * wait, LATEST) if self._answering.unseen else LATER

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

    async def _recover(self, record: ReplyRecord, surface: ReplySurface) -> None:
        try:
            await self._answering.take_up(record, surface)
        except Exception:  # the others are taken up all the same
            log.exception("reply %s: could not be taken up again", record.id)


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
