"""One reply while it is being answered: what is stored of it, and what it says at its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from bot.core.conversation import MessageId, ReplyId
from bot.core.endings import Signature, footer
from bot.core.errors import StorageError
from bot.core.lines import Ticket
from bot.core.pacing import EditBudget
from bot.core.ports import Ending, Meter, ReplyStore
from bot.core.replies import ReplyRecord, ReplyState
from bot.core.streaming import Draft, Heard, StreamEditor

log = logging.getLogger(__name__)


class Running:
    """Keeps one reply's row true while its answer streams (the editor's `Chronicle`).

    A database that fails meanwhile is logged and does not keep the answer from being shown.
    """

    def __init__(
        self, ticket: Ticket, draft: Draft, *, replies: ReplyStore, meter: Meter, budget: EditBudget
    ) -> None:
        self.reply = ticket.reply
        self.turn = ticket.turn
        self.surface = ticket.surface
        self.model = ""
        self.detailed = False
        self.editor = StreamEditor(self.surface, budget, self, draft)
        self.over = asyncio.Event()  # nothing more happens to it
        self._replies = replies
        self._meter = meter
        self._accepted_at = ticket.accepted_at
        self._began_at = asyncio.get_running_loop().time()
        self._stored = False
        self._withdrawn = False

    async def save(self, text: str) -> None:
        """Store what is about to be shown."""
        with storing(self.reply, "its text"):
            await self._replies.checkpoint(self.reply, text, self.surface.address)

    async def close(self, heard: Heard) -> None:
        """Store the ending and the answer, once."""
        if self._stored:
            return
        self._stored = True
        ending = Ending(
            state=heard.state,
            text="" if self._withdrawn else heard.text,
            model=self.model,
            address=self.surface.address,
            usage=heard.usage,
            seconds=self._seconds(),
        )
        with storing(self.reply, "its ending"):
            await self._replies.finish(self.reply, ending)
        self._meter.reply_ended(ending)
        log.info("reply %s: %s", self.reply, heard.state.value)

    async def shown(self) -> None:
        """Its last frame is visible (or never will be): nothing is left to do after a restart."""
        with storing(self.reply, "that it is shown"):
            await self._replies.shown(self.reply, self.surface.address)
        if self.editor.first_text_at is not None:
            self._meter.first_text(self.editor.first_text_at - self._accepted_at)

    def footer(self, heard: Heard) -> str:
        """The last message's small text."""
        return footer(heard, Signature(self.model, self._seconds(), self.detailed))

    def concerned_by(self, deleted: Iterable[MessageId]) -> bool:
        """Whether one of these messages is its question or a part of its answer."""
        ids = set(deleted)
        if ids.intersection(self.surface.address.message_ids):
            self._withdrawn = True
            return True
        return bool(ids.intersection(said.message_id for said in self.turn.said))

    async def conclude(self, record: ReplyRecord, model: str) -> None:
        """Show the ending of what an earlier process left; without one, it was interrupted."""
        self.model = model
        self._stored = record.state.ended
        state = record.state if record.state.ended else ReplyState.INTERRUPTED
        await self.editor.conclude(Heard(record.text, ruling=state))

    def _seconds(self) -> float:
        return asyncio.get_running_loop().time() - self._began_at


@contextmanager
def storing(reply: ReplyId, what: str) -> Iterator[None]:
    """Store something of a reply; that the database fails is logged, and the reply goes on."""
    try:
        yield
    except StorageError as error:
        log.error("reply %s: %s could not be stored: %s", reply, what, error)  # noqa: TRY400 - known, no trace needed
