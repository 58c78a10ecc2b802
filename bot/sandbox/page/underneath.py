"""What the bot sends to WeryAI, and how far each answer has come, as the page shows it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from bot.sandbox.discord.events import Event, MessageCreated, MessageEdited
from bot.sandbox.discord.state import Json
from bot.sandbox.discord.world import World
from bot.sandbox.weryai import Log, Recorded

KEPT = 200
"""How many requests the page is told when it opens."""


class ModelRequests:
    """Follows the requests to WeryAI, and tells listeners which of them got further.

    Args:
        world: its feed sets the pace: an answer's progress is told when the bot shows some of it.
        log: the requests, as the local WeryAI, or the relay before the real one, notes them down.
    """

    def __init__(self, world: World, log: Log) -> None:
        self._world = world
        self._log = log
        self._listeners: dict[object, Callable[[int], None]] = {}
        self._recent: deque[int] = deque(maxlen=KEPT)
        self._running: set[int] = set()

    def listen(self, listener: Callable[[int], None]) -> Callable[[], None]:
        """Call `listener` with the number of each request that got further; returns what ends it."""
        key = object()
        self._listeners[key] = listener
        return lambda: self._listeners.pop(key, None) and None

    @property
    def recent(self) -> list[int]:
        """The numbers of the last requests, oldest first."""
        return list(self._recent)

    async def follow(self) -> None:
        """Watch until cancelled."""
        stop = self._world.feed.listen(self._shown)
        try:
            async with asyncio.TaskGroup() as tasks:
                number = 0
                while True:
                    recorded = await self._log.came(number + 1)
                    self._recent.append(number)
                    self._running.add(number)
                    tasks.create_task(self._end(number, recorded), name="request to WeryAI")
                    self._tell(number)
                    number += 1
        finally:
            stop()

    def shown(self, number: int) -> Json:
        """A `WeryaiRequest`."""
        one = self._log.requests[number]
        # Requests are timed by another clock than messages: what they differ by now is added.
        ahead = self._world.clock.now() - self._log.now()
        body = one.json if isinstance(one.json, dict) else {}
        apart = ("model", "messages", "stream")
        return {
            "id": str(number),
            "at": one.at + ahead,
            "model": body.get("model", ""),
            "messages": body.get("messages", []),
            "options": {name: value for name, value in body.items() if name not in apart},
            "stream": bool(body.get("stream", False)),
            "fault": one.fault,
            "status": one.status,
            "deltas": one.sent,
            "first_at": one.written[0] + ahead if one.written else None,
            "last_at": one.written[-1] + ahead if one.written else None,
            "state": _state(one),
        }

    async def _end(self, number: int, recorded: Recorded) -> None:
        await recorded.ended.wait()
        self._running.discard(number)
        self._tell(number)

    def _shown(self, event: Event) -> None:
        if isinstance(event, MessageCreated | MessageEdited) and event.message.author.bot:
            for number in self._running:
                self._tell(number)

    def _tell(self, number: int) -> None:
        for listener in tuple(self._listeners.values()):
            listener(number)


def _state(one: Recorded) -> str:
    if one.finished:
        return "finished"
    if one.closed_by_client:
        return "stopped"
    if one.ended.is_set():
        return "broken"
    return "streaming" if one.written else "waiting"
