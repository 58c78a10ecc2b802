"""What a test may make go wrong, or slow, in the REST API."""

from __future__ import annotations

import asyncio
import math
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


class Latency:
    """How long requests are under way: `mean` seconds ± `jitter`, half there and half back.

    Drawn evenly from a generator with a fixed seed, so that two runs see the same delays.
    """

    def __init__(self, mean: float = 0.0, jitter: float = 0.0, *, seed: int = 0) -> None:
        self.mean = mean
        self.jitter = jitter
        self._random = random.Random(seed)  # noqa: S311 - delays are no secrets

    def draw(self) -> float:
        """Seconds for one request, there and back together."""
        return max(0.0, self.mean + self._random.uniform(-self.jitter, self.jitter))


@dataclass(slots=True, eq=False)
class Fault:
    """What happens to requests that match, `times` times.

    Attributes:
        status: answer this instead of doing anything; None does what was asked.
        body: the JSON of that answer; text is sent as HTML, as a proxy would.
        drop: cut the connection instead of answering.
        after: do what was asked first, and only then answer `status` or drop.
        seen: how many requests it has met.
        arrived: set when the first of them has come.
        released: a request waits for this before anything happens to it.
    """

    method: str
    path: re.Pattern[str]
    times: int = 1
    status: int | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    after: bool = False
    seen: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Let the requests that were held go on."""
        self.released.set()


class Faults:
    """The faults that wait for their requests, the oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._holding: list[Fault] = []

    def answer(
        self,
        method: str,
        path: str,
        status: int,
        body: Any = None,
        *,
        times: int = 1,
        headers: dict[str, str] | None = None,
        after: bool = False,
    ) -> Fault:
        """Answer the next matching requests with `status`; `path` is a regex searched for."""
        fault = Fault(method, re.compile(path), times, status, body, headers or {}, after=after)
        return self._add(fault, held=False)

    def drop(self, method: str, path: str, *, times: int = 1, after: bool = False) -> Fault:
        """Cut the connection of the next matching requests, before or after doing them."""
        fault = Fault(method, re.compile(path), times, drop=True, after=after)
        return self._add(fault, held=False)

    def hold(self, method: str, path: str, *, times: int = 1) -> Fault:
        """Keep the next matching requests waiting until `release()`."""
        return self._add(Fault(method, re.compile(path), times), held=True)

    def limit(
        self,
        method: str,
        path: str,
        *,
        retry_after: float,
        scope: str = "user",
        times: int = 1,
    ) -> Fault:
        """Answer the next matching requests with a 429 that no bucket's count explains."""
        body = {
            "message": "You are being rate limited.",
            "retry_after": retry_after,
            "global": scope == "global",
        }
        headers = {
            "Retry-After": str(math.ceil(retry_after)),
            "X-RateLimit-Scope": scope,
            "Via": "1.1 google",
        }
        return self.answer(method, path, 429, body, times=times, headers=headers)

    def clear(self) -> None:
        """Forget all faults and let go what is held."""
        for fault in self._holding:
            fault.release()
        self._waiting.clear()
        self._holding.clear()

    @property
    def waiting(self) -> Sequence[Fault]:
        """Those that have not met all their requests yet."""
        return tuple(self._waiting)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that meets this request, counted."""
        for fault in self._waiting:
            if fault.method in ("*", method) and fault.path.search(path):
                fault.seen += 1
                fault.arrived.set()
                if fault.seen >= fault.times:
                    self._waiting.remove(fault)
                return fault
        return None

    def _add(self, fault: Fault, *, held: bool) -> Fault:
        if held:
            self._holding.append(fault)
        else:
            fault.release()
        self._waiting.append(fault)
        return fault
