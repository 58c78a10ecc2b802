"""Replies without a visible end: left by an earlier process, or not taken by Discord in time."""

from __future__ import annotations

import asyncio
import logging
from contextlib import ExitStack
from dataclasses import replace
from typing import NoReturn

from bot.core.answering import Answering
from bot.core.conversation import ReplyId
from bot.core.errors import InvalidInput
from bot.core.lines import Ticket
from bot.core.ports.discord_app import ReplySurface, Surfaces
from bot.core.ports.storage import ReplyStore
from bot.core.replies import ReplyRecord, ReplyState

log = logging.getLogger(__name__)

LATER = 60.0  # seconds until what Discord did not take is tried again; then twice as many
LATEST = 3600.0


class Recovery:
    """Brings stored replies to an end that people can see. One serves the whole process.

    Args:
        answering: carries them to their last frame.
        replies: every answer's row.
        surfaces: finds again where a stored reply is shown.
    """

    def __init__(self, answering: Answering, replies: ReplyStore, surfaces: Surfaces) -> None:
        self._answering = answering
        self._replies = replies
        self._surfaces = surfaces
        self._left_over: list[ReplyRecord] = []

    async def load_unfinished(self) -> None:
        """Take note of what an earlier process left unfinished; before the first event comes.

        Raises:
            StorageError: the database does not answer.
        """
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
        unseen = self._answering.unseen
        wait = LATER
        while True:
            await asyncio.sleep(wait)
            for reply in sorted(unseen):
                try:
                    await self._show_late(reply)
                except InvalidInput as refusal:
                    log.info("reply %s: not shown late: %s", reply, refusal)
                except Exception:  # the others are shown all the same
                    log.exception("reply %s: could not be shown late", reply)
            wait = min(2 * wait, LATEST) if unseen else LATER

    async def _recover(self, record: ReplyRecord, surface: ReplySurface) -> None:
        try:
            await self._take_up(record, surface)
        except Exception:  # the others are taken up all the same
            log.exception("reply %s: could not be taken up again", record.id)

    async def _show_late(self, reply: ReplyId) -> None:
        """Show the ending of a reply that Discord did not take before; without one, nothing.

        Raises:
            InvalidInput: it is being answered anew.
            StorageError: the database does not answer.
        """
        answering = self._answering
        with answering.at_work(), ExitStack() as pressed:
            await answering.press(reply, pressed)
            record = await self._replies.load(reply)
            surface = self._surfaces.of(record) if record is not None else None
            if record is None or surface is None or not record.state.ended:
                answering.unseen.discard(reply)
            elif not answering.closing:
                await self._take_up(record, surface)

    async def _take_up(self, record: ReplyRecord, surface: ReplySurface) -> None:
        """Show a stored reply's ending, or answer it."""
        surface.bind(record.id)
        begun = record.state is not ReplyState.ACCEPTED
        turn = replace(record.turn, gathers=False) if begun else record.turn
        ticket = Ticket(record.id, turn, surface, asyncio.get_running_loop().time())
        if record.state is ReplyState.WITHDRAWN:
            await self._answering.notices.conclude(ticket)
        elif record.text or record.state.ended:
            await self._answering.conclude(record, ticket)
        else:
            await surface.keep(1)  # of an answer in whose place it is given there may be more
            await self._answering.answer(ticket)
