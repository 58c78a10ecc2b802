"""When a frame may be sent: Discord's rate limits, learned, kept and shared fairly.

Discord allows about five edits per five seconds and channel (a *window*, which begins with its
first request) and fifty requests per second in all. It tells the figures in the headers of each
answer; `EditBudget` is told of every request the bot makes (`started`, `ended`) and gives leave
for frames (`leave`) so that no limit is ever reached:

- **In one window** frames are spread evenly, a little closer together at the beginning of a
  reply. One request stays in reserve for the last frame, until so little of the window is left
  that the last frame could as well wait for the next one.
- **Over all windows** at most `requests_per_second` go out in any second. Who goes first: final
  frames, first frames, full messages, and then whoever has the most unseen text for the longest
  time.

Time is the running event loop's; a test runs on a loop whose time is virtual. Sources: Discord's
documentation, "Rate Limits" (per-route buckets, the global 50 per second, interactions apart).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import IntEnum

from bot.core.ports import Lane

BOT_WIDE_PER_SECOND = 50  # Discord's global limit for a bot
RESERVE_SHARE = 0.06  # of a window: in its last 6 % the reserve may be spent
NEXT_WINDOW_GAP = 0.10  # of a window: what keeps its first frame off the reserve just spent
FIRST_EDIT_GAP = 0.08  # of a window: the first edit after the first text
OPENING = (0.6, 0.75, 0.9)  # how much closer together a reply's first edits come
QUIET_SHARE = 4  # typing goes out while a quarter of the bot-wide limit is in use, at most
IDLE_WINDOWS = 1024  # above so many, idle ones are forgotten


class Urgency(IntEnum):
    """Who goes first when the bot-wide limit binds."""

    FINAL = 0
    FIRST = 1
    ROLLOVER = 2
    ORDINARY = 3


@dataclass(slots=True, eq=False)
class Progress:
    """How far the showing of one reply has come: its editor keeps it, the budget reads it.

    `unseen` counts characters, `shown_at` is the loop's time of the newest frame, `edits` counts
    the frames after the first.
    """

    urgency: Urgency = Urgency.FIRST
    unseen: int = 0
    shown_at: float = 0.0
    edits: int = 0

    def weight(self, now: float) -> float:
        """Characters times the seconds they have gone unseen."""
        return self.unseen * (now - self.shown_at)


@dataclass(slots=True, eq=False)
class Permit:
    """Leave for one request; spent when the request is seen to start."""

    spent: bool = False


@dataclass(slots=True, eq=False)
class Window:
    """What is known of one rate-limit bucket.

    Times are the event loop's, in seconds. Before the first answer `limit` is unknown, and only
    one request may be under way.
    """

    limit: int | None = None
    length: float = 0.0
    remaining: int = 1
    resets_at: float = 0.0
    blocked_until: float = 0.0
    in_flight: int = 0
    permits: deque[Permit] = field(default_factory=deque)

    def available(self, now: float) -> int:
        """Requests that may go out now, those under way or permitted not among them."""
        held = self.in_flight + len(self.permits)
        if self.limit is None:
            return 1 - held
        fresh = self.limit if now >= self.resets_at else self.remaining
        return fresh - held

    def idle(self, now: float) -> bool:
        """Whether nothing is lost by forgetting it."""
        return (
            not self.in_flight
            and not self.permits
            and now > self.resets_at + 1
            and now > self.blocked_until
        )

    def earliest(self, progress: Progress, now: float) -> float:
        """When a frame may be sent; infinity while that depends on an answer under way."""
        if self.blocked_until > now:
            return self.blocked_until
        if self.available(now) <= 0:
            return self.resets_at if now < self.resets_at and self.limit else float("inf")
        if not self.length or progress.urgency in {Urgency.FINAL, Urgency.FIRST}:
            return now
        if now < self.resets_at and self.remaining <= 1:
            return self._reserve_free_at()
        return now if progress.urgency is Urgency.ROLLOVER else self._even(progress, now)

    def _reserve_free_at(self) -> float:
        return self.resets_at - RESERVE_SHARE * self.length

    def _even(self, progress: Progress, now: float) -> float:
        if now >= self.resets_at:
            gap = NEXT_WINDOW_GAP if progress.edits else FIRST_EDIT_GAP
            return progress.shown_at + gap * self.length
        interval = (self._reserve_free_at() - progress.shown_at) / self.remaining
        if 0 < progress.edits <= len(OPENING):
            interval *= OPENING[progress.edits - 1]
        return progress.shown_at + interval

    def learn(self, limit: int, remaining: int, reset_after: float, now: float) -> None:
        """Take in the headers of an answer, which may overtake each other."""
        same_window = now + reset_after < self.resets_at + self.length / 2
        self.limit = limit
        self.remaining = min(self.remaining, remaining) if same_window else remaining
        if not same_window:
            self.length = reset_after
        self.resets_at = now + reset_after


class BotWide:
    """At most so many requests in any second, as Discord sees them arrive.

    A request arrives somewhere between its start and its answer, so it counts from the one until
    a second after the other.
    """

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self.blocked_until = 0.0
        self._held = 0
        self._counts_until: deque[float] = deque()

    def hold(self) -> None:
        """A request was permitted or has started."""
        self._held += 1

    def release(self) -> None:
        """A permit was not used."""
        self._held -= 1

    def end(self, now: float) -> None:
        """A request has been answered."""
        self._held -= 1
        self._counts_until.append(now + 1)

    def in_use(self, now: float) -> int:
        """Requests that count against this second."""
        while self._counts_until and self._counts_until[0] <= now:
            self._counts_until.popleft()
        return self._held + len(self._counts_until)

    def frees_at(self, now: float) -> float:
        """When the next request may start; infinity if that depends on an answer."""
        if self.blocked_until > now:
            return self.blocked_until
        if self.in_use(now) < self.per_second:
            return now
        return self._counts_until[0] if self._counts_until else float("inf")


@dataclass(slots=True, eq=False)
class Claim:
    """Somebody waiting for leave."""

    lane: Lane
    window: Window
    progress: Progress
    granted: asyncio.Future[Permit]


class EditBudget:
    """Gives leave for frames, so that none draws a 429.

    One serves the whole process. It also implements the observer of all of Discord's REST
    traffic: requests that asked no leave (commands, look-ups) count all the same.

    Args:
        requests_per_second: this process's share of the bot-wide limit.
    """

    def __init__(self, requests_per_second: int = BOT_WIDE_PER_SECOND) -> None:
        self._bot_wide = BotWide(requests_per_second)
        self._windows: dict[Lane, Window] = {}
        self._shared: dict[tuple[str, str], Window] = {}
        self._figures: dict[str, tuple[int, float]] = {}
        self._claims: list[Claim] = []
        self._timer: asyncio.Handle | None = None

    # --- leave for frames ---------------------------------------------------------------------

    @asynccontextmanager
    async def leave(self, lane: Lane, progress: Progress) -> AsyncIterator[None]:
        """Wait until one request may be made in this lane, and make it inside the block.

        While it waits, `progress` may change: `poke` tells that it has become more urgent. A
        permit that is not used goes back.
        """
        granted: asyncio.Future[Permit] = asyncio.get_running_loop().create_future()
        claim = Claim(lane, self._window(lane), progress, granted)
        self._claims.append(claim)
        self.poke()
        try:
            await claim.granted
            yield
        finally:
            if claim in self._claims:
                self._claims.remove(claim)
            if claim.granted.done() and not claim.granted.cancelled():
                self._take_back(claim, claim.granted.result())

    def quiet(self) -> bool:
        """Whether there is room for a courtesy, such as the typing indicator."""
        now = asyncio.get_running_loop().time()
        return self._bot_wide.in_use(now) * QUIET_SHARE < self._bot_wide.per_second

    def poke(self) -> None:
        """Choose again: a claim is new, or has become more urgent."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_soon(self._choose)

    def _take_back(self, claim: Claim, permit: Permit) -> None:
        if not permit.spent:
            claim.window.permits.remove(permit)
            if claim.lane.metered:
                self._bot_wide.release()
            self.poke()

    def _choose(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._timer = None
        ready: list[tuple[Urgency, float, int, Claim]] = []
        due = float("inf")
        for order, claim in enumerate(self._claims):
            earliest = claim.window.earliest(claim.progress, now)
            if earliest <= now:
                weight = claim.progress.weight(now)
                ready.append((claim.progress.urgency, -weight, order, claim))
            else:
                due = min(due, earliest)
        for _, _, _, claim in sorted(ready, key=lambda entry: entry[:3]):
            if claim.lane.metered and (frees_at := self._bot_wide.frees_at(now)) > now:
                due = min(due, frees_at)
            elif claim.window.available(now) > 0:
                self._grant(claim)
        if due < float("inf"):
            self._timer = loop.call_at(due, self._choose)

    def _grant(self, claim: Claim) -> None:
        self._claims.remove(claim)
        if claim.granted.done():  # its painter was cancelled in this very step
            return
        permit = Permit()
        claim.window.permits.append(permit)
        if claim.lane.metered:
            self._bot_wide.hold()
        claim.granted.set_result(permit)

    # --- what Discord's REST traffic tells ----------------------------------------------------

    def started(self, lane: Lane) -> None:
        """A request goes out."""
        window = self._window(lane)
        window.in_flight += 1
        if window.permits:
            window.permits.popleft().spent = True
        elif lane.metered:
            self._bot_wide.hold()

    def ended(  # noqa: PLR0913 - one argument for each of Discord's headers
        self,
        lane: Lane,
        *,
        status: int,
        limit: int | None = None,
        remaining: int | None = None,
        reset_after: float | None = None,
        retry_after: float | None = None,
        bucket: str | None = None,
        is_global: bool = False,
    ) -> None:
        """A request was answered, or has failed without an answer (status 0)."""
        now = asyncio.get_running_loop().time()
        window = self._window(lane)
        window.in_flight = max(0, window.in_flight - 1)
        if lane.metered:
            self._bot_wide.end(now)
        if bucket is not None:
            window = self._join(lane, bucket, window)
        if limit is not None and remaining is not None and reset_after is not None:
            window.learn(limit, remaining, reset_after, now)
            self._figures[lane.route] = (limit, max(window.length, reset_after))
        if status == 429:  # noqa: PLR2004 - HTTP's Too Many Requests
            until = now + (retry_after if retry_after is not None else 1.0)
            if is_global:
                self._bot_wide.blocked_until = until
            else:
                window.blocked_until = until
        self.poke()

    def _join(self, lane: Lane, bucket: str, window: Window) -> Window:
        """Lanes that Discord counts in one bucket share one window."""
        shared = self._shared.setdefault((bucket, lane.major), window)
        if shared is not window:
            shared.in_flight += window.in_flight
            shared.permits.extend(window.permits)
            for claim in self._claims:
                if claim.window is window:
                    claim.window = shared
            self._windows[lane] = shared
        return shared

    def _window(self, lane: Lane) -> Window:
        window = self._windows.get(lane)
        if window is None:
            self._forget_idle()
            window = Window()
            if lane.route in self._figures:
                window.limit, window.length = self._figures[lane.route]
                window.remaining = window.limit
            self._windows[lane] = window
        return window

    def _forget_idle(self) -> None:
        if len(self._windows) < IDLE_WINDOWS:
            return
        now = asyncio.get_running_loop().time()
        waiting = {id(claim.window) for claim in self._claims}
        keep = {
            id(window)
            for window in self._windows.values()
            if id(window) in waiting or not window.idle(now)
        }
        self._windows = {lane: w for lane, w in self._windows.items() if id(w) in keep}
        self._shared = {key: w for key, w in self._shared.items() if id(w) in keep}
