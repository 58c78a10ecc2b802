"""The places from which questions are answered, and who gets the next free one.

There are as many as WeryAI bears (`Throttle`), and a server has as many of them as it allows
itself. While none is free, servers take turns, and within a server its conversations do: neither
a busy channel nor a busy server keeps the others waiting. Within a conversation whoever came first
goes first. A direct message is a server of its own; the private questions of one person in one
server are a conversation.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.core.conversation import Place, Turn
from bot.core.errors import BotError
from bot.core.throttle import Throttle

log = logging.getLogger(__name__)

AtOnce = Callable[[Place], Awaitable[int | None]]
"""How many answers a place's server allows itself at once; None: as many as there are places."""


async def unlimited(_: Place) -> int | None:
    """Every server may have all places."""
    return None


@dataclass(slots=True, eq=False)
class Spot:
    """Where one question stands among all that want a place.

    `server` is the id of the guild or of the direct message, `conversation` the one whose
    questions go one after the other: a channel, a thread, or who asks in private.
    """

    place: Place
    server: int
    conversation: int
    given: asyncio.Future[bool] | None = None
    left: bool = False

    @classmethod
    def of(cls, turn: Turn) -> Spot:
        """The spot of a turn that has just come."""
        place = turn.place
        conversation = place.conversation_id if turn.shared else turn.asker.id
        return cls(place, place.guild_id or place.conversation_id, conversation)

    @property
    def key(self) -> tuple[int, int]:
        """The conversation among all."""
        return self.server, self.conversation

    @property
    def has_place(self) -> bool:
        """Whether it was given a place."""
        given = self.given
        return given is not None and given.done() and not given.cancelled() and given.result()


@dataclass(slots=True, eq=False)
class Server:
    """One server: who waits in each of its conversations, and how many are being answered."""

    most: int | None = None
    running: int = 0
    waiting: int = 0
    queues: OrderedDict[int, deque[Spot]] = field(default_factory=OrderedDict)

    @property
    def has_room(self) -> bool:
        """Whether it allows itself another answer."""
        return self.most is None or self.running < self.most

    def add(self, spot: Spot) -> None:
        """Somebody wants a place."""
        self.queues.setdefault(spot.conversation, deque()).append(spot)
        self.waiting += 1

    def next(self) -> Spot:
        """Take out whose turn it is; their conversation's next one comes after all others."""
        conversation, queue = self.queues.popitem(last=False)
        spot = queue.popleft()
        self.waiting -= 1
        if queue:
            self.queues[conversation] = queue
        return spot

    def remove(self, spot: Spot) -> None:
        """Somebody does not want a place any more, if they did."""
        queue = self.queues.get(spot.conversation)
        if queue is None or spot not in queue:
            return
        queue.remove(spot)
        self.waiting -= 1
        if not queue:
            del self.queues[spot.conversation]

    def before(self, spot: Spot) -> int:
        """How many of this server get a place before a spot, which may be still to come."""
        queue = self.queues.get(spot.conversation, deque())
        ahead = queue.index(spot) if spot in queue else len(queue)
        sizes = ((conversation, len(queue)) for conversation, queue in self.queues.items())
        return turns_before(sizes, spot.conversation, ahead)


class Places:
    """All places. Taking and giving back cost the same however many wait.

    Args:
        throttle: how many there are.
        at_once: how many a server allows itself; asked whenever somebody wants a place there.
    """

    def __init__(self, throttle: Throttle, at_once: AtOnce = unlimited) -> None:
        self._throttle = throttle
        self._at_once = at_once
        self._servers: dict[int, Server] = {}
        self._rotation: OrderedDict[int, Server] = OrderedDict()  # who waits and has room
        throttle.watch(self._hand_out)

    @asynccontextmanager
    async def held(self, spot: Spot) -> AsyncIterator[bool]:
        """Wait for a place, and hold it as long as the block lasts.

        Yields:
            True; False if the spot was left meanwhile.
        """
        most = await self._most(spot)
        if spot.left:
            yield False
            return
        server = self._servers.setdefault(spot.server, Server())
        server.most = most
        spot.given = asyncio.get_running_loop().create_future()
        server.add(spot)
        self._offer(spot.server)
        try:
            self._hand_out()
            yield await spot.given
        finally:
            self._give_back(spot)

    def leave(self, spot: Spot) -> None:
        """Want a place no more; one that was given is given back at the end of its block."""
        spot.left = True
        if spot.given is not None and not spot.given.done():
            spot.given.set_result(False)

    def before(self, spot: Spot) -> int:
        """How many get a place before this spot; it may be one that does not stand here yet."""
        server = self._servers.get(spot.server) or Server()
        if self._throttle.free and server.has_room:
            return 0
        ahead = server.before(spot)
        if not server.has_room:  # it waits for its own server's answers alone
            return ahead
        sizes = ((key, server.waiting) for key, server in self._rotation.items())
        return turns_before(sizes, spot.server, ahead)

    async def _most(self, spot: Spot) -> int | None:
        """How many answers a spot's server allows itself now."""
        try:
            return await self._at_once(spot.place)
        except BotError as error:  # what it has allowed itself so far still holds
            log.warning("server %d: its answers at once are not known: %s", spot.server, error)
            known = self._servers.get(spot.server)
            return None if known is None else known.most

    def _offer(self, key: int) -> None:
        """A server may have got someone to give a place to."""
        server = self._servers[key]
        if server.waiting and server.has_room:
            self._rotation.setdefault(key, server)

    def _hand_out(self) -> None:
        while self._throttle.free and self._rotation:
            key, server = self._rotation.popitem(last=False)
            if server.waiting and server.has_room:
                self._give(server, server.next())
                self._offer(key)

    def _give(self, server: Server, spot: Spot) -> None:
        assert spot.given is not None
        if not spot.given.done():  # left, or its task was cancelled in this very step
            spot.given.set_result(True)
            server.running += 1
            self._throttle.running += 1

    def _give_back(self, spot: Spot) -> None:
        server = self._servers[spot.server]
        if spot.has_place:
            server.running -= 1
            self._throttle.running -= 1
        else:
            server.remove(spot)
        if server.waiting or server.running:
            self._offer(spot.server)
        else:
            del self._servers[spot.server]
            self._rotation.pop(spot.server, None)
        self._hand_out()


def turns_before(sizes: Iterable[tuple[Hashable, int]], mine: Hashable, ahead: int) -> int:
    """How many are served before one, where queues take turns.

    Args:
        sizes: how many wait in each queue, in the order of their turns; a queue that is not among
            them comes after all.
        mine: its queue.
        ahead: how many are before it in its own queue.
    """
    total, before_mine = ahead, True
    for key, size in sizes:
        if key == mine:
            before_mine = False
        else:
            total += min(size, ahead + before_mine)
    return total
