"""The places from which questions are answered, and who gets the next free one.

There are as many as WeryAI bears (`Throttle`), and a server has as many of them as it allows
itself. While none is free, servers take turns, and within a server its conversations do, those
first of which nobody is being answered: neither a busy channel nor a busy server keeps the others
waiting for more than one answer. Within a conversation whoever came first goes first. A direct
message is a server of its own; the private questions of one person in one server are a
conversation.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.core.conversation import Place, Turn
from bot.core.errors import BotError
from bot.core.rotation import Rotation, served_before
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


class Server:
    """One server: who waits in each of its conversations, and how many are being answered.

    Attributes:
        most: how many answers it allows itself at once.
        waiting: how many want a place.
        running: how many have one.
    """

    def __init__(self) -> None:
        self.most: int | None = None
        self.waiting = 0
        self.running = 0
        self._queues: dict[int, deque[Spot]] = {}
        self._answered: Counter[int] = Counter()  # answers being given in each conversation
        self._rotation = Rotation()

    @property
    def wants(self) -> bool:
        """Whether somebody waits whom it allows an answer."""
        return bool(self.waiting) and self.has_room

    @property
    def has_room(self) -> bool:
        """Whether it allows itself another answer."""
        return self.most is None or self.running < self.most

    def add(self, spot: Spot) -> None:
        """Somebody wants a place."""
        self._queues.setdefault(spot.conversation, deque()).append(spot)
        self.waiting += 1
        self._put(spot.conversation)

    def next(self) -> Spot:
        """Take out whose turn it is."""
        conversation = self._rotation.take()
        spot = self._queues[conversation].popleft()
        self.waiting -= 1
        self._put(conversation)
        return spot

    def remove(self, spot: Spot) -> None:
        """Somebody does not want a place any more, if they did."""
        if spot in self._queues.get(spot.conversation, ()):
            self._queues[spot.conversation].remove(spot)
            self.waiting -= 1
            self._put(spot.conversation)

    def begin(self, spot: Spot) -> None:
        """Somebody has a place now."""
        self.running += 1
        self._answered[spot.conversation] += 1
        self._put(spot.conversation)

    def end(self, spot: Spot) -> None:
        """Somebody has given their place back."""
        self.running -= 1
        self._answered[spot.conversation] -= 1
        self._put(spot.conversation)

    def before(self, spot: Spot) -> int:
        """How many of this server get a place before a spot, which may be still to come."""
        queue = self._queues.get(spot.conversation, deque())
        ahead = queue.index(spot) if spot in queue else len(queue)
        sizes = ((conversation, len(self._queues[conversation])) for conversation in self._rotation)
        return served_before(sizes, spot.conversation, ahead)

    def _put(self, conversation: int) -> None:
        """What a conversation has to wait for has changed."""
        answered = self._answered[conversation] > 0
        if not answered:
            del self._answered[conversation]
        if self._queues.get(conversation):
            self._rotation.put(conversation, busy=answered)
        else:
            self._queues.pop(conversation, None)
            self._rotation.drop(conversation)


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
        self._rotation = Rotation()  # of those servers that want a place
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
        server.add(spot)
        spot.given = asyncio.get_running_loop().create_future()
        try:
            self._put(spot.server)
            self._hand_out()
            yield await spot.given
        finally:
            self._give_back(spot)

    def leave(self, spot: Spot) -> None:
        """Want a place no more; one that was given is given back at the end of its block."""
        spot.left = True
        if spot.given is not None and not spot.given.done():
            spot.given.set_result(False)

    def free(self, spot: Spot) -> int:
        """How many more of this spot's server may have a place at once."""
        free = max(0, self._throttle.allowed - self._throttle.running)
        server = self._servers.get(spot.server)
        if server is None or server.most is None:
            return free
        return max(0, min(free, server.most - server.running))

    def before(self, spot: Spot) -> int:
        """How many get a place before this spot; it may be one that does not stand here yet."""
        server = self._servers.get(spot.server) or Server()
        if self._throttle.free and server.has_room:
            return 0
        ahead = server.before(spot)
        if not server.has_room:  # it waits for its own server's answers alone
            return ahead
        sizes = ((key, self._servers[key].waiting) for key in self._rotation)
        return served_before(sizes, spot.server, ahead)

    async def _most(self, spot: Spot) -> int | None:
        """How many answers a spot's server allows itself now."""
        try:
            return await self._at_once(spot.place)
        except BotError as error:  # what it has allowed itself so far still holds
            log.warning("server %d: its answers at once are not known: %s", spot.server, error)
            known = self._servers.get(spot.server)
            return None if known is None else known.most

    def _hand_out(self) -> None:
        while self._throttle.free and self._rotation:
            key = self._rotation.take()
            server = self._servers[key]
            if server.wants:
                self._give(server, server.next())
            self._put(key)

    def _give(self, server: Server, spot: Spot) -> None:
        assert spot.given is not None
        if not spot.given.done():  # left, or its task was cancelled in this very step
            spot.given.set_result(True)
            server.begin(spot)
            self._throttle.running += 1

    def _give_back(self, spot: Spot) -> None:
        server = self._servers[spot.server]
        if spot.has_place:
            server.end(spot)
            self._throttle.running -= 1
        else:
            server.remove(spot)
        self._put(spot.server)
        if not (server.waiting or server.running):
            del self._servers[spot.server]
        self._hand_out()

    def _put(self, key: int) -> None:
        """What a server has to wait for has changed."""
        server = self._servers[key]
        if server.wants:
            self._rotation.put(key, busy=server.running > 0)
        else:
            self._rotation.drop(key)
