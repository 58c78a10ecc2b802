"""When a frame may be sent: Discord's rate limits, learned, kept and shared fairly.

`EditBudget` is told of every request the bot makes (`started`, `ended`) and gives leave for
frames (`leave`), and for all other requests as they start (`turn`), so that no limit is ever
reached. How the requests of one window are spread is
said in `windows.py`; over all windows at most `requests_per_second` go out in any second. Who goes
first then: final frames, first frames, and then whoever has the most unseen text for the longest
time; in a crowd, final frames and then the most unseen text.

Time is the running event loop's; a test runs on a loop whose time is virtual.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass

from bot.core.ports.discord_app import Lane
from bot.core.windows import BotWide, Permit, Progress, Rhythm, Urgency, Window

BOT_WIDE_PER_SECOND = 50  # Discord's global limit for a bot
SPARE = 1  # of them is left for what the bot cannot know: how long each request is on its way
QUIET_SHARE = 4  # typing goes out while a quarter of the bot-wide limit is in use, at most
ERRAND = 100  # characters that a request is worth on which an answer depends
IDLE_WINDOWS = 1024  # above so many, idle ones are forgotten
TOO_MANY_REQUESTS = 429  # HTTP's status for a rate limit


@dataclass(slots=True, eq=False)
class Claim:
    """Somebody waiting for leave."""

    lane: Lane
    window: Window
    progress: Progress
    granted: asyncio.Future[Permit]


Ready = tuple[Urgency, float, int, Claim]  # with its weight, negative, and its place in the line


class EditBudget:
    """Gives leave for frames, so that none draws a 429.

    One serves the whole process. It also implements the observer of all of Discord's REST
    traffic.

    Args:
        requests_per_second: this process's share of the bot-wide limit.
        rhythm: how frames are spread over a window.
    """

    def __init__(
        self, requests_per_second: int = BOT_WIDE_PER_SECOND, rhythm: Rhythm | None = None
    ) -> None:
        self._rhythm = rhythm or Rhythm()
        self._bot_wide = BotWide(max(1, requests_per_second - SPARE))
        self._windows: dict[Lane, Window] = {}
        self._shared: dict[tuple[str, str], Window] = {}
        self._figures: dict[str, tuple[int, float]] = {}
        self._buckets: dict[str, str] = {}  # route → the bucket Discord counts it in
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

    def errand(self, lane: Lane, worth: int = ERRAND) -> AbstractAsyncContextManager[None]:
        """Leave for a request that is no frame.

        It is weighed like so many characters of unseen text, so that its turn comes however busy
        it is.
        """
        now = asyncio.get_running_loop().time()
        return self.leave(lane, Progress(Urgency.ORDINARY, worth, now))

    def turn(self, lane: Lane) -> AbstractAsyncContextManager[None]:
        """Leave for a request that has asked for none before it starts: a command, a look-up.

        Somebody waits for what comes of it, and it is one alone: it goes as the next one.
        """
        if not lane.metered or self._window(lane).permits:
            return nullcontext()
        now = asyncio.get_running_loop().time()
        return self.leave(lane, Progress(Urgency.FINAL, ERRAND, now))

    def quiet(self, lane: Lane) -> bool:
        """Whether there is plenty of room for a courtesy, such as the typing indicator."""
        now = asyncio.get_running_loop().time()
        if self._bot_wide.in_use(now) * QUIET_SHARE >= self._bot_wide.per_second:
            return False
        window = self._window(lane)
        at_least = 1 if window.limit is None else 2  # one for who looks in the same moment
        return window.blocked_until <= now and window.available(now) >= at_least

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
        """Grant what may start now, and come back when the next may."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._timer = None
        ready, due = self._examine(now)
        for _, _, _, claim in self._by_turn(ready):
            if claim.lane.metered and (frees_at := self._bot_wide.frees_at(now)) > now:
                due = min(due, frees_at)
            elif claim.window.available(now) > 0:
                spare = (
                    claim.window.earliest(claim.progress, now) if claim.progress.courtesy else now
                )
                if spare <= now:
                    self._grant(claim)
                else:  # what went before it has left it nothing
                    due = min(due, spare)
        if due < float("inf"):
            self._timer = loop.call_at(due, self._choose)

    def _examine(self, now: float) -> tuple[list[Ready], float]:
        """Which claims may be granted now, and when the next ones may."""
        ready: list[Ready] = []
        due = float("inf")
        frees_at = self._bot_wide.frees_at(now)
        for order, claim in enumerate(self._claims):
            if claim.lane.metered and frees_at > now:
                due = min(due, frees_at)  # then it is looked at again
                continue
            earliest = claim.window.earliest(claim.progress, now)
            if earliest <= now:
                weight = claim.progress.weight(now)
                ready.append((claim.progress.urgency, -weight, order, claim))
            else:
                due = min(due, earliest)
        return ready, due

    def _by_turn(self, ready: list[Ready]) -> list[Ready]:
        """Who goes first.

        Where first frames alone would take more than a second, to show them before all others
        helps nobody: then, last frames apart, only what is unseen counts, and a short answer may
        come whole with its first frame.
        """
        first = sum(
            claim.lane.metered and urgency is Urgency.FIRST for urgency, _, _, claim in ready
        )
        crowd = first > self._bot_wide.per_second
        before_others = {Urgency.FINAL} if crowd else {Urgency.FINAL, Urgency.FIRST}
        return sorted(
            ready,
            key=lambda one: (one[0] if one[0] in before_others else Urgency.ORDINARY, *one[1:3]),
        )

    def _grant(self, claim: Claim) -> None:
        self._claims.remove(claim)
        if claim.granted.done():  # its painter was cancelled in this very step
            return
        permit = Permit()
        claim.window.permits.append(permit)
        if claim.progress.courtesy and claim.progress.edits:
            claim.window.courtesy_edited_at = asyncio.get_running_loop().time()
        if claim.lane.metered:
            self._bot_wide.hold(asyncio.get_running_loop().time())
        claim.granted.set_result(permit)

    # --- what Discord's REST traffic tells ----------------------------------------------------

    def started(self, lane: Lane) -> None:
        """A request goes out."""
        window = self._window(lane)
        window.in_flight += 1
        if window.permits:
            window.permits.popleft().spent = True
        elif lane.metered:
            self._bot_wide.hold(asyncio.get_running_loop().time())

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
        took: float | None = None,
    ) -> None:
        """A request was answered, or has failed without an answer (status 0)."""
        now = asyncio.get_running_loop().time()
        window = self._window(lane)
        window.in_flight = max(0, window.in_flight - 1)
        if lane.metered:
            self._bot_wide.end(now, took)
        if bucket is not None:
            self._buckets[lane.route] = bucket
            window = self._join(lane, bucket, window)
        if limit is not None and remaining is not None and reset_after is not None:
            window.learn(limit, remaining, reset_after, now)
            self._figures[lane.route] = (limit, max(window.length, reset_after))
        else:
            window.miss(now)
        if status == TOO_MANY_REQUESTS:
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
            window = Window(self._rhythm)
            if lane.route in self._figures:
                window.limit, window.length = self._figures[lane.route]
                window.remaining = window.limit
            if lane.route in self._buckets:  # another route may have used of it already
                shared = (self._buckets[lane.route], lane.major)
                window = self._shared.setdefault(shared, window)
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
