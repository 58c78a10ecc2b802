"""The end of an older answer's buttons, once there is a newer one in its conversation."""

from __future__ import annotations

import asyncio
import logging

from bot.core.backoff import backoff
from bot.core.errors import ReplyDelayed, StorageError
from bot.core.pacing import EditBudget
from bot.core.ports.discord_app import ReplySurface, Surfaces
from bot.core.ports.storage import ReplyStore
from bot.core.running import Running

log = logging.getLogger(__name__)

RETIREMENT = 20  # characters of unseen text that the end of an old answer's buttons is worth
TRIES = 5  # then they stay: whoever presses one is told that there is a newer answer


class Retiring:
    """Takes the buttons off answers that are not the newest any more.

    Args:
        replies: every answer's row.
        surfaces: finds again where an older one is shown.
        budget: gives leave for the request.
    """

    def __init__(self, replies: ReplyStore, surfaces: Surfaces, budget: EditBudget) -> None:
        self._replies = replies
        self._surfaces = surfaces
        self._budget = budget

    async def retire_before(self, running: Running) -> None:
        """Take the buttons off the answer before this one, where others see both."""
        if not running.turn.shared:
            return
        conversation = running.turn.place.conversation_id
        try:
            older = await self._replies.previous(conversation, running.reply)
        except StorageError as error:
            log.warning("reply %s: the one before keeps its buttons: %s", running.reply, error)
            return
        surface = self._surfaces.of(older) if older is not None else None
        if surface is not None and surface.address.message_ids:
            await retire(surface, self._budget)


async def retire(surface: ReplySurface, budget: EditBudget) -> None:
    """Take the buttons off a reply that is shown, again if Discord does not take that at once."""
    for failures in range(1, TRIES + 1):
        lane = surface.lane(len(surface.address.message_ids) - 1)
        try:
            async with budget.errand(lane, RETIREMENT):
                await surface.retire()
        except ReplyDelayed as delay:
            if failures == TRIES:
                log.info("an older answer keeps its buttons: %s", delay)
                return
            asked = delay.retry_after
            await asyncio.sleep(backoff(failures) if asked is None else asked)
        else:
            return
