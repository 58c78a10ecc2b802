"""Discord's rate-limit windows as the bot knows them, and how frames are spread over one.

Discord allows about five edits per five seconds and channel (a *window*, which begins with its
first request) and fifty requests per second in all, and tells the figures in the headers of each
answer. In one window frames are spread evenly, a little closer together at the beginning of a
reply. One request stays in reserve for the last frame, until so little of the window is left that
the last frame could as well wait for the next one. A courtesy takes what no answer will miss.

Source: Discord's documentation, "Rate Limits" (per-route buckets, the global 50 per second,
interactions apart).
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum

KEPT_FROM_COURTESIES = 2  # requests of a window: a full message's, and the last frame's


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
    the frames after the first. A `courtesy` is no part of an answer: it never keeps one waiting.
    """

    urgency: Urgency = Urgency.FIRST
    unseen: int = 0
    shown_at: float = 0.0
    edits: int = 0
    courtesy: bool = False

    def weight(self, now: float) -> float:
        """Characters times the seconds they have gone unseen."""
        return self.unseen * (now - self.shown_at)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How frames are spread over a window; all but `opening` are shares of its length.

    The figures are the best found between the mean lag and the wait for the last frame: see
    `benchmarks/RESULTS.md`.

    Attributes:
        reserve_share: in this last part of a window the request kept in reserve may be spent: a
            last frame would hardly wait longer for the next window.
        next_window_gap: what keeps a window's first frame off the reserve just spent.
        first_edit_gap: the first edit after the first text.
        opening: how much closer together than evenly a reply's first edits come.
    """

    reserve_share: float = 0.05
    next_window_gap: float = 0.10
    first_edit_gap: float = 0.08
    opening: tuple[float, ...] = (0.6, 0.75, 0.9)


@dataclass(slots=True, eq=False)
class Permit:
    """Leave for one request in a window; spent when the request is seen to start."""

    window: Window
    spent: bool = False


@dataclass(slots=True, eq=False)
class Window:
    """What is known of one rate-limit bucket.

    Times are the event loop's, in seconds. Before the first answer `limit` is unknown, and only
    one request may be under way.
    """

    rhythm: Rhythm
    limit: int | None = None
    length: float = 0.0
    remaining: int = 1
    resets_at: float = 0.0
    blocked_until: float = 0.0
    courtesy_edited_at: float = float("-inf")
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
        if progress.courtesy:
            return self._spare(progress, now)
        if now < self.resets_at and self.remaining <= 1:
            return self._reserve_free_at()
        return now if progress.urgency is Urgency.ROLLOVER else self._even(progress, now)

    def _spare(self, progress: Progress, now: float) -> float:
        """When a courtesy may be sent: there is enough left, and of their edits one in a window."""
        if now < self.resets_at and self.available(now) <= KEPT_FROM_COURTESIES:
            return self.resets_at
        return max(now, self.courtesy_edited_at + self.length) if progress.edits else now

    def _reserve_free_at(self) -> float:
        return self.resets_at - self.rhythm.reserve_share * self.length

    def _even(self, progress: Progress, now: float) -> float:
        if now >= self.resets_at:
            gap = self.rhythm.next_window_gap if progress.edits else self.rhythm.first_edit_gap
            return progress.shown_at + gap * self.length
        interval = (self._reserve_free_at() - progress.shown_at) / self.remaining
        opening = self.rhythm.opening
        if 0 < progress.edits <= len(opening):
            interval *= opening[progress.edits - 1]
        return progress.shown_at + interval

    def learn(self, limit: int, remaining: int, reset_after: float, now: float) -> None:
        """Take in the headers of an answer, which may overtake each other."""
        same_window = now + reset_after < self.resets_at + self.length / 2
        self.limit = limit
        self.remaining = min(self.remaining, remaining) if same_window else remaining
        if not same_window:
            self.length = reset_after
        self.resets_at = now + reset_after

    def miss(self, now: float) -> None:
        """An answer without figures, or none: the request may have been counted all the same."""
        if self.limit is None:
            return
        if now >= self.resets_at:
            self.remaining, self.resets_at = self.limit, now + self.length
        self.remaining = max(0, self.remaining - 1)


class BotWide:
    """At most so many requests in any second, as Discord sees them arrive.

    A request arrives somewhere between its start and its answer. A quick round trip shows what the
    way there and back takes at least: whatever starts a second after an answer, less that time,
    arrives at least a second after what was answered. What fails without an answer may still be on
    its way then: it is given the time of a round trip.
    """

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self.blocked_until = 0.0
        self._held = 0
        self._held_at = 0.0
        self._quickest = float("inf")
        self._arrived_by: deque[float] = deque()  # in order

    def hold(self, now: float) -> None:
        """A request was permitted or has started."""
        self._held += 1
        self._held_at = now

    def release(self) -> None:
        """A permit was not used."""
        self._held -= 1

    def end(self, now: float, took: float | None = None) -> None:
        """A request has been answered, so many seconds after its start; None: it has failed."""
        self._held -= 1
        if took is not None:
            self._quickest = min(self._quickest, took)
        insort(self._arrived_by, now if took is not None else now + 2 * self._way)

    def in_use(self, now: float) -> int:
        """Requests that count against this second."""
        while self._arrived_by and self._counts_until(self._arrived_by[0]) <= now:
            self._arrived_by.popleft()
        return self._held + len(self._arrived_by)

    def frees_at(self, now: float) -> float:
        """When the next request may start; infinity if that depends on an answer."""
        if self.blocked_until > now:
            return self.blocked_until
        in_use = self.in_use(now)
        if in_use < self.per_second:
            crowded = in_use * 2 >= self.per_second
            return max(now, self._held_at + 1 / self.per_second) if crowded else now
        return self._counts_until(self._arrived_by[0]) if self._arrived_by else float("inf")

    @property
    def _way(self) -> float:
        return self._quickest if self._quickest < 1 else 0.0

    def _counts_until(self, arrived_by: float) -> float:
        """By what is known now of the way: it may have become shorter since."""
        return arrived_by + 1 - self._way
