"""Discord's edit limits in virtual time: a surface whose requests take a while and are counted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import count

from bot.core.conversation import MessageId, ReplyId
from bot.core.errors import BotError, ReplyDelayed, ReplyGone
from bot.core.pacing import EditBudget
from bot.core.ports.discord_app import Lane
from bot.core.replies import Address, Controls, Frame


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
    """Every surface's server: its messages and buckets, its second, and what it has refused."""

    budget: EditBudget
    limit: int = 5
    length: float = 5.0
    latency: float = 0.04
    per_second: int = 50
    buckets: dict[Lane, Bucket] = field(default_factory=dict)
    arrivals: list[float] = field(default_factory=list)
    refused: int = 0
    messages: dict[MessageId, Frame] = field(default_factory=dict)
    ids: count[int] = field(default_factory=lambda: count(9001))

    async def request(self, lane: Lane) -> None:
        """One request: half the latency there, half of it back."""
        loop = asyncio.get_running_loop()
        async with self.budget.turn(lane):
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


@dataclass(frozen=True)
class Sent:
    """A frame that Discord has taken.

    Attributes:
        asked_at: when the request went out.
        index: of the message in its chain.
    """

    asked_at: float
    index: int
    frame: Frame


class FakeSurface:
    """One reply in a channel of `FakeDiscord`; remembers every frame.

    Attributes:
        most: how many messages it may make.
        troubles: what the next requests end in; None is success.
        journal: what happened in which order, shared with the fake stores.
    """

    def __init__(
        self,
        discord: FakeDiscord,
        channel: str = "1",
        *,
        address: Address | None = None,
        journal: list[str] | None = None,
        metered: bool = True,
    ) -> None:
        self._discord = discord
        self._channel = channel
        self._metered = metered
        self.address = address or Address()
        self.journal = [] if journal is None else journal
        self.troubles: list[BotError | Exception | None] = []
        self.tries: list[float] = []
        self.sent: list[Sent] = []
        self.typed: list[float] = []
        self.most = 99
        self.bound: ReplyId | None = None

    @property
    def messages(self) -> list[Frame]:
        """What its messages show now."""
        return [self._discord.messages[message] for message in self.address.message_ids]

    @property
    def text(self) -> str:
        """What they show together."""
        return "\n".join(frame.content for frame in self.messages)

    @property
    def buttons(self) -> Controls:
        """What can be pressed, on the last of them."""
        return self.messages[-1].controls

    def lane(self, index: int) -> Lane:
        if not self._metered:
            return Lane("PATCH /webhooks", self._channel, metered=False)
        route = "PATCH" if index < len(self.address.message_ids) else "POST"
        return Lane(f"{route} /channels/{{channel_id}}/messages", self._channel)

    async def show(self, index: int, frame: Frame) -> None:
        asked_at = asyncio.get_running_loop().time()
        ids = self.address.message_ids
        assert index <= len(ids), "messages are made one after the other"
        self.tries.append(asked_at)
        await self._discord.request(self.lane(index))
        if self.troubles and (trouble := self.troubles.pop(0)) is not None:
            raise trouble
        if index == len(ids):
            if index >= self.most:
                raise ReplyGone("it may not send")
            ids = (*ids, MessageId(next(self._discord.ids)))
            self.address = Address(ids, self.address.token, self.address.token_from)
        elif ids[index] not in self._discord.messages:
            raise ReplyGone("unknown message", by_choice=True)
        self._discord.messages[ids[index]] = frame
        self.sent.append(Sent(asked_at, index, frame))
        self.journal.append(f"show {frame.content}")

    def bind(self, reply: ReplyId) -> None:
        self.bound = reply

    @property
    def typing_lane(self) -> Lane | None:
        return Lane("POST /channels/{channel_id}/typing", self._channel)

    async def typing(self) -> None:
        self.typed.append(asyncio.get_running_loop().time())

    async def keep(self, count: int) -> None:
        self.journal.append(f"keep {count}")
        for message in self.address.message_ids[count:]:
            self._discord.messages.pop(message, None)
        kept = self.address.message_ids[:count]
        self.address = Address(kept, self.address.token, self.address.token_from)

    async def retire(self) -> None:
        self.tries.append(asyncio.get_running_loop().time())
        await self._discord.request(self.lane(len(self.address.message_ids) - 1))
        if self.troubles and (trouble := self.troubles.pop(0)) is not None:
            raise trouble
        self.journal.append("retire")
        last = self.address.message_ids[-1]
        self._discord.messages[last] = Frame(self._discord.messages[last].content)
