"""One reply while it is being answered: what is stored of it, and what it says at its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from bot.core.conversation import MessageId, ReplyId
from bot.core.credits import Reminders
from bot.core.draft import Draft
from bot.core.endings import Signature, controls, footer
from bot.core.errors import OutOfCredits, StorageError
from bot.core.heard import Heard, variants_asked
from bot.core.lines import Ticket
from bot.core.pacing import EditBudget
from bot.core.ports.ops import Meter
from bot.core.ports.storage import ReplyStore
from bot.core.replies import Controls, Ending, Frame, ReplyRecord, ReplyState, Usage
from bot.core.requesting import Candidate
from bot.core.streaming import StreamEditor
from bot.core.usage import estimated

log = logging.getLogger(__name__)

BUSY = Frame("-# ⏳ WeryAI is very busy. Your answer comes as soon as it can.", Controls.STREAMING)


class Running:
    """Keeps one reply's row true while its answer streams (the editor's `Chronicle`).

    A database that fails meanwhile is logged and does not keep the answer from being shown.
    """

    def __init__(
        self,
        ticket: Ticket,
        draft: Draft,
        *,
        replies: ReplyStore,
        meter: Meter,
        budget: EditBudget,
        reminders: Reminders,
    ) -> None:
        self.reply = ticket.reply
        self.turn = ticket.turn
        self.surface = ticket.surface
        self.model = ""
        self.signature = Signature()
        self.prompt_characters = 0  # of the request, once there is one
        self.editor = StreamEditor(self.surface, budget, self, draft)
        self.over = asyncio.Event()  # nothing more happens to it
        self._replies = replies
        self._meter = meter
        self._reminders = reminders
        self._accepted_at = ticket.accepted_at
        self._began_at = asyncio.get_running_loop().time()
        self._begun_with = len(draft.text)
        self._took: float | None = None  # seconds, once it has ended
        self._stored = False
        self._withdrawn = False
        self._refused = False  # by WeryAI, which is asked again later

    async def save(self, text: str) -> None:
        """Store what is about to be shown."""
        with storing(self.reply, "its text"):
            await self._replies.checkpoint(self.reply, text, self.surface.address)

    async def close(self, heard: Heard) -> None:
        """Store the ending and the answer, once."""
        if self._stored:
            return
        self._stored = True
        self._took = self._seconds()
        if isinstance(heard.error, OutOfCredits) and heard.ruling is None:
            now = asyncio.get_running_loop().time()
            heard.error = self._reminders.reminding(heard.error, self.reply, self.turn, now)
        ending = Ending(
            state=heard.state,
            text="" if self._withdrawn else heard.text,
            model=self.model,
            address=self.surface.address,
            usage=self._usage(heard),
            seconds=self._took,
            variants=() if self._withdrawn else heard.variants,
            variant=heard.variant,
        )
        with storing(self.reply, "its ending"):
            await self._replies.finish(self.reply, ending)
        self._meter.reply_ended(ending)
        log.info("reply %s: %s", self.reply, heard.state.value)

    async def leave(self) -> bool:
        """Nothing more is shown of it now; whether that is for good.

        Its last frame is visible, or never will be: nothing is left to do after a restart. What
        Discord did not take for too long stays to be shown.
        """
        gone = self.editor.gone
        if gone is not None:
            log.warning("reply %s: not shown to its end: %s", self.reply, gone)
        if self.editor.cut_short is not None:
            log.warning("reply %s: not in more messages: %s", self.reply, self.editor.cut_short)
        if gone is not None and gone.for_now:
            await self.save(self.editor.heard.text)
            return False
        with storing(self.reply, "that it is shown"):
            await self._replies.shown(self.reply, self.surface.address)
        if self.editor.first_text_at is not None:
            self._meter.first_text(self.editor.first_text_at - self._accepted_at)
        return True

    def check_seen(self) -> None:
        """Raise `ReplyGone` where people will never see its end, and did not choose so."""
        gone = self.editor.gone
        if gone is not None and not (gone.by_choice or gone.for_now):
            raise gone

    def footer(self, heard: Heard) -> str:
        """The last message's small text."""
        heard = replace(heard, usage=self._usage(heard))
        return footer(heard, replace(self.signature, seconds=self._seconds()))

    def controls(self, heard: Heard) -> Controls:
        """The buttons of the last message."""
        return controls(heard, self.signature)

    def asks(self, candidate: Candidate) -> None:
        """This model is asked now; it is told of in the small text."""
        self.model = candidate.request.model
        self.signature = candidate.signature
        self.prompt_characters = candidate.request.characters

    def waits(self) -> None:
        """WeryAI is asked too much: whoever has asked sees that, and can stop it."""
        self._refused = True
        self.editor.open_with(BUSY)

    def concerned_by(self, deleted: Iterable[MessageId]) -> bool:
        """Whether one of these messages is its question or a part of its answer."""
        ids = set(deleted)
        if ids.intersection(self.surface.address.message_ids):
            self._withdrawn = True
            return True
        return bool(ids.intersection(said.message_id for said in self.turn.said))

    async def conclude(self, record: ReplyRecord, model: str, signature: Signature) -> None:
        """Show the ending of what an earlier process left; without one, it was interrupted."""
        self.model, self.signature = model, signature
        self._stored = record.state.ended
        if self._stored and signature.style == "details":  # what it took is not known here
            self.signature = replace(signature, style="on")
        # What else it was told is not known any more: the question is the least that it was.
        self.prompt_characters = sum(len(said.text) for said in record.turn.said)
        self._begun_with = 0
        state = record.state if record.state.ended else ReplyState.INTERRUPTED
        heard = Heard(
            record.text,
            ruling=state,
            asked=variants_asked(record.turn),  # those that were growing, too, are lost by a crash
            known=record.variants,
            variant=record.variant,
        )
        await self.editor.conclude(heard)

    def _usage(self, heard: Heard) -> Usage | None:
        """What it cost: as WeryAI counts it, else estimated; nothing if WeryAI has refused it."""
        if heard.usage is not None or not self.prompt_characters:
            return heard.usage
        answer = len(heard.text) - self._begun_with
        answer += sum(len(other.text) for other in heard.others.values())
        refused = self._refused or heard.error is not None
        if refused and not answer and heard.finish_reason is None:
            return None
        return estimated(self.prompt_characters, answer)

    def _seconds(self) -> float:
        if self._took is not None:  # or the last frame would never be up to date
            return self._took
        return asyncio.get_running_loop().time() - self._began_at


@contextmanager
def storing(reply: ReplyId, what: str) -> Iterator[None]:
    """Store something of a reply; that the database fails is logged, and the reply goes on."""
    try:
        yield
    except StorageError as error:
        log.error("reply %s: %s could not be stored: %s", reply, what, error)  # noqa: TRY400 - known, no trace needed
