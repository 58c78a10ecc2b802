"""Discord's edit limits in virtual time: a surface whose requests take a while and are counted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.core.conversation import MessageId, ReplyId
from bot.core.errors import BotError, ReplyDelayed
from bot.core.pacing import EditBudget
from bot.core.ports import Lane
from bot.core.replies import Address, Frame


@dataclass
class Bucket:
    """A window of Discord's, as its servers count it."""

    limit: int
    length: float
    used: int = 0
    began: float = float("-inf")

    def take(self, now: float) -> tuple[bool, int, float]:
        """Allowed, remaining, seconds until the reset."""
        if now >= self.began + self.length:
            self.began, self.used = now, 0
        allowed = self.used < self.limit
        self.used += allowed
        return allowed, self.limit - self.used, self.began + self.length - now


@dataclass
class FakeDiscord:
    """Every surface's server: its buckets, its second, and what it has refused."""

    budget: EditBudget
    limit: int = 5
    length: float = 5.0
    latency: float = 0.04
    per_second: int = 50
    buckets: dict[Lane, Bucket] = field(default_factory=dict)
    arrivals: list[float] = field(default_factory=list)
    refused: int = 0

    async def request(self, lane: Lane) -> None:
        """One request: half the latency there, half of it back."""
        loop = asyncio.get_running_loop()
        self.budget.started(lane)
        await asyncio.sleep(self.latency / 2)
        now = loop.time()
        bucket = self.buckets.setdefault(lane, Bucket(self.limit, self.length))
        allowed, remaining, reset_after = bucket.take(now)
        if lane.metered:
            recent = [at for at in self.arrivals if at > now - 1]
            allowed = allowed and len(recent) < self.per_second
            self.arrivals.append(now)
        self.refused += not allowed
        await asyncio.sleep(self.latency / 2)
        self.budget.ended(
            lane,
            status=200 if allowed else 429,
            limit=self.limit,
            remaining=remaining,
            reset_after=reset_after,
            retry_after=None if allowed else reset_after,
            bucket=lane.route,
        )
        if not allowed:
            raise ReplyDelayed("429", retry_after=reset_after)


class FakeSurface:
    """One reply in a channel of `FakeDiscord`; remembers every frame with its time."""

    def __init__(self, discord: FakeDiscord, channel: str = "1", *, metered: bool = True) -> None:
        self._discord = discord
        self._channel = channel
        self._metered = metered
        self.frames: list[tuple[float, int, Frame]] = []
        self.messages: dict[int, Frame] = {}
        self.errors: list[BotError] = []
        self.typed = 0
        self.retired = False
        self.bound: ReplyId | None = None
        self.address = Address()

    def lane(self, index: int) -> Lane:
        if not self._metered:
            return Lane("PATCH /webhooks", self._channel, metered=False)
        route = "PATCH" if index in self.messages else "POST"
        return Lane(f"{route} /channels/{{channel_id}}/messages", self._channel)

    async def show(self, index: int, frame: Frame) -> None:
        at = asyncio.get_running_loop().time()
        await self._discord.request(self.lane(index))
        if self.errors:
            raise self.errors.pop(0)
        if index not in self.messages:
            ids = (*self.address.message_ids, MessageId(1000 + index))
            self.address = Address(ids)
        self.messages[index] = frame
        self.frames.append((at, index, frame))

    def bind(self, reply: ReplyId) -> None:
        self.bound = reply

    async def typing(self) -> None:
        self.typed += 1

    async def keep(self, count: int) -> None:
        self.messages = {i: f for i, f in self.messages.items() if i < count}

    async def retire(self) -> None:
        self.retired = True
