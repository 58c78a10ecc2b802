"""When a frame may be sent: Discord's rate limits, learned, kept and shared fairly.

`EditBudget` is told of every request the bot makes (`started`, `ended`) and gives leave for
frames (`leave`), and for all other requests as they start (`turn`), so that no limit is ever
reached. How the requests of one window are spread is said in `windows.py`; over all windows at most
`requests_per_second` go out in any second, and who goes first then is said in `claims.py`.

Time is the running event loop's; a test runs on a loop whose time is virtual.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from weakref import WeakValueDictionary

from bot.core.claims import Claim, Claims
from bot.core.ports.discord_app import Lane
from bot.core.windows import BotWide, Permit, Progress, Rhythm, Urgency, Window

BOT_WIDE_PER_SECOND = 50  # Discord's global limit for a bot
SPARE = 1  # of them is left for what the bot cannot know: how long each request is on its way
QUIET_SHARE = 4  # typing goes out while a quarter of the bot-wide limit is in use, at most
ERRAND = 100  # characters that a request is worth on which an answer depends
IDLE_WINDOWS = 1024  # above so many, idle ones are forgotten
TOO_MANY_REQUESTS = 429  # HTTP's status for a rate limit


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
        self._metered = Claims(self._bot_wide)
        # By interaction token, as long as somebody uses it.
        self._apart: WeakValueDictionary[str, Claims] = WeakValueDictionary()

    # --- leave for frames ---------------------------------------------------------------------

    @asynccontextmanager
    async def leave(self, lane: Lane, progress: Progress) -> AsyncIterator[None]:
        """Wait until one request may be made in this lane, and make it inside the block.

        While it waits, `progress` may change: `poke` tells that it has become more urgent. A
        permit that is not used goes back.
        """
        granted: asyncio.Future[Permit] = asyncio.get_running_loop().create_future()
        claim = Claim(self._window(lane), progress, granted)
        claims = self._metered if lane.metered else self._apart.setdefault(lane.major, Claims())
        claims.add(claim)
        try:
            await claim.granted
            yield
        finally:
            claims.close(claim)

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
        """Choose again: a claim has become more urgent."""
        self._metered.poke()
        for claims in self._apart.values():
            claims.poke()

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
        if lane.metered:
            self._metered.poke()
        elif (claims := self._apart.get(lane.major)) is not None:
            claims.poke()

    def _join(self, lane: Lane, bucket: str, window: Window) -> Window:
        """Lanes that Discord counts in one bucket share one window."""
        shared = self._shared.setdefault((bucket, lane.major), window)
        if shared is not window:
            shared.in_flight += window.in_flight
            shared.permits.extend(window.permits)
            for permit in window.permits:
                permit.window = shared
            for claims in (self._metered, *self._apart.values()):
                claims.move(window, shared)
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
        waiting = set().union(*(one.windows() for one in (self._metered, *self._apart.values())))
        keep = {
            id(window)
            for window in self._windows.values()
            if id(window) in waiting or not window.idle(now)
        }
        self._windows = {lane: w for lane, w in self._windows.items() if id(w) in keep}
        self._shared = {key: w for key, w in self._shared.items() if id(w) in keep}
