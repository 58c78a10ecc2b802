"""What tests hold on to: the requests that came, and gates that hold an answer back."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.weryai.faults import Fault


@dataclass(eq=False, slots=True)
class Recorded:
    """A request to `POST /v1/chat/completions`.

    Attributes:
        at: when it came, by the sandbox's clock.
        json: its body; None if it was no JSON.
        fault: what went wrong with it on purpose.
        status: of the response; None until there is one.
        sent: how many deltas were written.
        written: when each of them was.
        finished: the whole response was written.
        closed_by_client: the client went away before that.
        ended: set when nothing more happens to it.
    """

    at: float
    json: Any = None
    fault: Fault | None = None
    status: int | None = None
    sent: int = 0
    written: list[float] = field(default_factory=list)
    finished: bool = False
    closed_by_client: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Log:
    """The requests for an answer that came, in their order.

    Attributes:
        requests: all of them.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.requests: list[Recorded] = []
        self._clock = clock
        self._came = asyncio.Condition()

    def now(self) -> float:
        """Seconds by the clock that requests are recorded with."""
        return self._clock()

    async def came(self, count: int = 1) -> Recorded:
        """Wait until `count` requests have come in all; the last of these."""
        async with self._came:
            await self._came.wait_for(lambda: len(self.requests) >= count)
        return self.requests[count - 1]

    async def note(self, recorded: Recorded) -> None:
        """A request has come."""
        async with self._came:
            self.requests.append(recorded)
            self._came.notify_all()


class Gate:
    """Holds a streamed answer back: it goes on only as far as it is allowed to."""

    def __init__(self, after: float = 0) -> None:
        self._allowed = after
        self._changed = asyncio.Event()
        self._reached = asyncio.Event()

    def allow(self, deltas: float) -> None:
        """Let so many more deltas through."""
        self._allowed += deltas
        self._reached.clear()
        self._changed.set()

    def release(self) -> None:
        """Let everything through."""
        self.allow(math.inf)

    async def reached(self) -> None:
        """Wait until the answer stands at the gate: all it was allowed has been sent."""
        await self._reached.wait()

    async def pass_through(self, sent: int) -> None:
        """Wait, with so many deltas sent, for leave to send what comes next."""
        while sent >= self._allowed:
            self._changed.clear()
            self._reached.set()
            await self._changed.wait()
