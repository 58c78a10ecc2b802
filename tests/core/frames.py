"""Frames sent by leave of the edit budget, in virtual time."""

from __future__ import annotations

import asyncio

from bot.core.ports.discord_app import Lane
from bot.core.windows import Progress, Urgency
from tests.core.fake_discord import FakeDiscord

EDITS = Lane("PATCH /channels/{channel_id}/messages/{message_id}", "1")
TOKEN = Lane("PATCH /webhooks/{webhook_id}/{webhook_token}", "1", metered=False)


def edits_of(channel: int) -> Lane:
    return Lane(EDITS.route, str(channel))


def now() -> float:
    return asyncio.get_running_loop().time()


async def send(discord: FakeDiscord, lane: Lane, progress: Progress) -> float:
    """Send one frame when the budget gives leave; the time it was sent."""
    progress.unseen = max(1, progress.unseen)
    async with discord.budget.leave(lane, progress):
        at = progress.shown_at = now()
        await discord.request(lane)
    progress.edits += 1
    return at


async def edits_for(
    seconds: float, discord: FakeDiscord, lane: Lane = EDITS, *, then: Urgency | None = None
) -> list[float]:
    """Edit as often as the budget lets an ordinary reply, then perhaps once more."""
    progress = Progress(Urgency.ORDINARY, shown_at=now())
    until = now() + seconds
    times = []
    while now() < until:
        try:
            async with asyncio.timeout_at(until):
                times.append(await send(discord, lane, progress))
        except TimeoutError:
            break
    if then is not None:
        progress.urgency = then
        times.append(await send(discord, lane, progress))
    return times
