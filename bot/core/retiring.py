"""The end of an older answer's buttons, even if Discord does not take that at once."""

from __future__ import annotations

import asyncio
import logging

from bot.core.errors import ReplyDelayed
from bot.core.pacing import EditBudget
from bot.core.ports.discord_app import ReplySurface
from bot.core.streaming import backoff

log = logging.getLogger(__name__)

RETIREMENT = 20  # characters of unseen text that the end of an old answer's buttons is worth
TRIES = 5  # then they stay: a press on one of them says that there is a newer answer


async def retire(surface: ReplySurface, budget: EditBudget) -> None:
    """Take the buttons off a reply that is shown, in the time that answers leave for it."""
    for failures in range(1, TRIES + 1):
        try:
            async with budget.errand(
                surface.lane(len(surface.address.message_ids) - 1), RETIREMENT
            ):
                await surface.retire()
        except ReplyDelayed as delay:
            if failures == TRIES:
                log.info("an older answer keeps its buttons: %s", delay)
                return
            asked = delay.retry_after
            await asyncio.sleep(backoff(failures) if asked is None else asked)
        else:
            return
