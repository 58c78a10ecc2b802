"""What a question shows while it waits: how many are before it, in the message of its answer.

A notice is a courtesy. It follows the line as closely as the answers leave room for, and the
moment its question's turn comes nothing more is sent: only what is under way by then is let
finish before the answer's first text goes out.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from bot.core.backoff import GIVE_UP_AFTER, backoff
from bot.core.conversation import MessageId, ReplyId
from bot.core.errors import ReplyDelayed, ReplyGone
from bot.core.lines import Lines, Ticket
from bot.core.pacing import EditBudget
from bot.core.ports.storage import ReplyStore
from bot.core.replies import Controls, Ending, Frame, ReplyState
from bot.core.running import storing
from bot.core.windows import Progress, Urgency

log = logging.getLogger(__name__)

UNNOTICED = 1.0  # seconds; a shorter wait is not worth a message that flickers
GLANCE = 1.0  # seconds from one look at the line to the next
WORTH = 20  # characters that the notice of whoever is next is worth, as one waits for leave
NEXT = "-# ⏳ Next in line…"
WITHDRAWN = Frame("-# ⏹ Stopped before its turn came")


class Notice:
    """One waiting question's message.

    Args:
        ticket: the question.
        lines: where it stands.
        replies: keep the message, so that the next process finds it.
        budget: gives leave for it.

    Attributes:
        given_up: Discord has not taken its last frame for too long.
    """

    def __init__(
        self, ticket: Ticket, lines: Lines, *, replies: ReplyStore, budget: EditBudget
    ) -> None:
        self.ticket = ticket
        self.given_up = False
        self._lines = lines
        self._replies = replies
        self._budget = budget
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._sending = False
        self._ended = False
        self._shown: Frame | None = None
        self._last: Frame | None = None

    def begin(self) -> None:
        """Show itself, if the wait is long enough."""
        self._timer = asyncio.get_running_loop().call_later(UNNOTICED, self._appear)

    def end(self) -> None:
        """The wait is over: what is under way is finished, and nothing more is sent."""
        self._ended = True
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None and not self._sending:
            self._task.cancel()

    async def over(self) -> None:
        """Return when nothing is under way any more."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def conclude(self, last: Frame) -> None:
        """Show one more frame, however long Discord takes; never raises."""
        self.end()
        await self.over()
        self._last = last
        await self._follow(Progress(Urgency.FINAL))

    def _appear(self) -> None:
        progress = Progress(Urgency.ORDINARY, shown_at=asyncio.get_running_loop().time())
        self._task = asyncio.create_task(
            self._keep_up(progress), name=f"notice of reply {self.ticket.reply}"
        )

    async def _keep_up(self, progress: Progress) -> None:
        loop = asyncio.get_running_loop()
        while True:
            moved = self._lines.moved
            if not await self._follow(progress) or self._ended:
                return
            looked_at = loop.time()
            await moved.wait()
            await asyncio.sleep(looked_at + GLANCE - loop.time())

    async def _follow(self, progress: Progress) -> bool:
        """Show the newest frame; False if it cannot be shown any more."""
        self.given_up = False
        for failures in range(1, GIVE_UP_AFTER + 1):
            try:
                await self._show(progress)
            except ReplyDelayed as delay:
                if self._ended and self._last is None:
                    return False
                asked = delay.retry_after
                await asyncio.sleep(backoff(failures) if asked is None else asked)
            except ReplyGone as gone:
                log.info("reply %s: its notice is gone: %s", self.ticket.reply, gone)
                return False
            except Exception:
                log.exception("reply %s: its notice could not be shown", self.ticket.reply)
                return False
            else:
                return True
        self.given_up = True
        return False

    async def _show(self, progress: Progress) -> None:
        if self._frame(progress) == self._shown:
            return
        surface = self.ticket.surface
        lane = surface.lane(0)
        progress.courtesy = lane.metered  # in an interaction's own lane no answer is growing
        async with self._budget.leave(lane, progress):
            frame = self._frame(progress)
            if frame is None or frame == self._shown:
                return
            self._sending = True
            try:
                there = surface.address
                progress.shown_at = asyncio.get_running_loop().time()
                await surface.show(0, frame)
                self._shown = frame
                progress.edits += 1
                if surface.address != there and frame is not self._last:
                    with storing(self.ticket.reply, "its notice"):
                        await self._replies.checkpoint(self.ticket.reply, "", surface.address)
            finally:
                self._sending = False

    def _frame(self, progress: Progress) -> Frame | None:
        """What is to be read now; None if nothing is to be said any more."""
        if self._last is not None:
            return self._last
        before = self._lines.before(self.ticket)
        if before is None:
            return self._shown
        progress.unseen = max(1, WORTH // (1 + before))  # who is next sees it first
        text = f"-# ⏳ {before} before you" if before else NEXT
        return Frame(text, Controls.STREAMING)


class Notices:
    """The notices of all waiting questions, and the way out of the line.

    Args:
        lines: where they stand.
        replies: every answer's row.
        budget: gives leave for frames.

    Attributes:
        unseen: replies of which Discord did not take for too long that they were withdrawn.
    """

    def __init__(self, lines: Lines, *, replies: ReplyStore, budget: EditBudget) -> None:
        self.unseen: set[ReplyId] = set()
        self._lines = lines
        self._replies = replies
        self._budget = budget
        self._waiting: dict[ReplyId, Notice] = {}

    @asynccontextmanager
    async def of(self, ticket: Ticket) -> AsyncIterator[Notice]:
        """Look after a ticket's notice until its answer has ended.

        What is to be gathered gets none: it is a part of the next answer.
        """
        notice = self._notice(ticket)
        self._waiting[ticket.reply] = notice
        try:
            if not ticket.turn.gathers:
                notice.begin()
            yield notice
        finally:
            del self._waiting[ticket.reply]
            notice.end()
            await notice.over()

    def find(self, reply: ReplyId) -> Ticket | None:
        """The ticket of a reply that waits for its turn."""
        notice = self._waiting.get(reply)
        if notice is None or self._lines.before(notice.ticket) is None:
            return None
        return notice.ticket

    def shown_in(self, messages: Iterable[MessageId]) -> list[Ticket]:
        """The tickets that wait, and whose notices are among these messages."""
        ids = set(messages)
        tickets = filter(None, map(self.find, self._waiting))
        return [one for one in tickets if ids.intersection(one.surface.address.message_ids)]

    async def withdraw(self, ticket: Ticket) -> bool:
        """Stop a question before its turn has come; False if it has.

        Its message says so.
        """
        if not self._lines.withdraw(ticket):
            return False
        await self.conclude(ticket)
        return True

    async def conclude(self, ticket: Ticket) -> None:
        """Say in a withdrawn question's message what has become of it."""
        notice = self._waiting.get(ticket.reply) or self._notice(ticket)
        await self._store(notice)
        await notice.conclude(WITHDRAWN)
        if notice.given_up:
            self.unseen.add(ticket.reply)
        else:
            self.unseen.discard(ticket.reply)
            await self._forget(ticket)

    async def remove(self, ticket: Ticket) -> None:
        """What was asked, or its notice, has been deleted: nothing of it is shown any more."""
        self._lines.withdraw(ticket)
        notice = self._waiting.get(ticket.reply) or self._notice(ticket)
        await self._store(notice)
        await ticket.surface.keep(0)
        await self._forget(ticket)

    def _notice(self, ticket: Ticket) -> Notice:
        return Notice(ticket, self._lines, replies=self._replies, budget=self._budget)

    async def _store(self, notice: Notice) -> None:
        """Store the withdrawal, once nothing else is being stored."""
        notice.end()
        await notice.over()
        ticket = notice.ticket
        ending = Ending(ReplyState.WITHDRAWN, "", "", ticket.surface.address)
        with storing(ticket.reply, "its withdrawal"):
            await self._replies.finish(ticket.reply, ending)

    async def _forget(self, ticket: Ticket) -> None:
        with storing(ticket.reply, "that it is shown"):
            await self._replies.shown(ticket.reply, ticket.surface.address)
