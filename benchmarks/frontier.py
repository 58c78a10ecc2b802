"""Lag against the wait for the last frame: what keeping a request in reserve costs and gives.

The real `EditBudget` in virtual time, alone in its bucket, for answers of every length. No socket
and no other load: differences of a hundredth of a second show.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from benchmarks.measure import percentile
from benchmarks.optimum import ASK, MENTION, Bucket, least_lag
from bot.core.pacing import EditBudget
from bot.core.ports.discord_app import Lane
from bot.core.windows import Progress, Rhythm, Urgency

T = TypeVar("T")

LATENCY = 0.040  # seconds of a REST call
SECONDS = [2 + index * 0.37 for index in range(49)]  # of the answers: 2 to 20

RHYTHMS: dict[str, Rhythm] = {
    "always in reserve": Rhythm(reserve_share=0.0),
    "spent in the last 2 % of a window": Rhythm(reserve_share=0.02),
    "**spent in the last 5 %** (as built)": Rhythm(),
    "spent in the last 8 %": Rhythm(reserve_share=0.08),
    "spent in the last 20 %": Rhythm(reserve_share=0.20),
    "as built, no closer opening": Rhythm(opening=()),
    "as built, a much closer opening": Rhythm(opening=(0.35, 0.5, 0.8)),
}


@dataclass(frozen=True, slots=True)
class Point:
    """One rhythm's place on the frontier; times are seconds."""

    name: str
    ratio: float  # mean lag ÷ optimum
    final: float  # p95
    late: float  # the share of answers whose last frame waits over 0.1 s more than a call


def frontier(bucket: Bucket) -> list[Point]:
    """Every rhythm, and even edits with no reserve at all."""
    points = [_point(name, bucket, _answers(rhythm, bucket)) for name, rhythm in RHYTHMS.items()]
    return [_point("no reserve, even edits", bucket, [_even(s, bucket) for s in SECONDS]), *points]


def frontier_tables() -> list[str]:
    """Both buckets' frontiers, as Markdown."""
    lines = []
    for title, bucket in (("Mentions: 5 edits per 5 s", MENTION), ("/ask: 5 per 2 s", ASK)):
        lines += [f"### {title}", "", "| reserve | mean lag ÷ optimum | final p95 (s) | late |"]
        lines += ["|---|---:|---:|---:|"]
        lines += [
            f"| {p.name} | {p.ratio:.2f} | {p.final:.2f} | {p.late:.0%} |" for p in frontier(bucket)
        ]
        lines.append("")
    return lines


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer: how long it was, its mean lag, and how long its last text took (seconds)."""

    seconds: float
    lag: float
    final: float


def _point(name: str, bucket: Bucket, answers: Sequence[Shown]) -> Point:
    total = sum(one.seconds for one in answers)
    lag = sum(one.lag * one.seconds for one in answers) / total
    best = sum(least_lag(one.seconds, bucket, LATENCY) * one.seconds for one in answers) / total
    finals = [one.final for one in answers]
    late = sum(final > LATENCY + 0.1 for final in finals) / len(finals)
    return Point(name, lag / best, percentile(finals, 0.95), late)


def _summed(seconds: float, visible_at: Sequence[tuple[float, float]]) -> Shown:
    """From (text until then, visible at) to the mean lag of text that comes evenly."""
    lag = before = 0.0
    for until, at in visible_at:
        lag += (until - before) * (at - (until + before) / 2)
        before = until
    return Shown(seconds, lag / seconds, visible_at[-1][1] - seconds)


def _even(seconds: float, bucket: Bucket) -> Shown:
    """Edits at even intervals; the last one waits where it would be one too many for its window."""
    first = 0 if bucket.shared else 1
    edits = int(seconds / bucket.interval) + 1 - first
    used_up = edits > 0 and edits % bucket.limit == 0
    last = (edits + first) * bucket.interval if used_up else seconds
    visible = [
        ((n + first) * bucket.interval, (n + first) * bucket.interval + LATENCY)
        for n in range(edits)
    ]
    return _summed(seconds, [*visible, (seconds, last + LATENCY)])


def _answers(rhythm: Rhythm, bucket: Bucket) -> list[Shown]:
    async def all_of_them() -> list[Shown]:
        budget = EditBudget(requests_per_second=10_000, rhythm=rhythm)
        server = _Server(budget, bucket)
        await _answer(server, "warm-up", 3.0)  # the bucket's figures are learned once
        tasks = [_answer(server, str(seconds), seconds) for seconds in SECONDS]
        return list(await asyncio.gather(*tasks))

    return _in_virtual_time(all_of_them())


async def _answer(server: _Server, channel: str, seconds: float) -> Shown:
    loop = asyncio.get_running_loop()
    began = loop.time()
    progress = Progress(Urgency.FIRST)

    def end() -> None:
        progress.urgency = Urgency.FINAL
        server.budget.poke()

    loop.call_later(seconds, end)
    visible: list[tuple[float, float]] = []
    while not visible or visible[-1][0] < seconds:
        if visible and progress.urgency is Urgency.FIRST:
            progress.urgency = Urgency.ORDINARY
        progress.unseen = 1
        async with server.budget.leave(server.lane(channel, first=not visible), progress):
            progress.shown_at = loop.time()
            until = min(seconds, loop.time() - began)
            await server.request(server.lane(channel, first=not visible))
        progress.edits += bool(visible)
        visible.append((until, loop.time() - began))
    return _summed(seconds, visible)


class _Server:
    """Discord's windows, counted as its servers do."""

    def __init__(self, budget: EditBudget, bucket: Bucket) -> None:
        self.budget = budget
        self._bucket = bucket
        self._windows: dict[Lane, tuple[float, int]] = {}

    def lane(self, channel: str, *, first: bool) -> Lane:
        """The first text of a mention is a message of its own bucket."""
        route = "PATCH" if self._bucket.shared or not first else "POST"
        return Lane(route, channel, metered=False)

    async def request(self, lane: Lane) -> None:
        """One request: half the latency there, half of it back."""
        loop = asyncio.get_running_loop()
        self.budget.started(lane)
        await asyncio.sleep(LATENCY / 2)
        began, used = self._windows.get(lane, (float("-inf"), 0))
        if loop.time() >= began + self._bucket.window:
            began, used = loop.time(), 0
        used += 1
        if used > self._bucket.limit:
            raise AssertionError("the budget has drawn a 429")
        self._windows[lane] = (began, used)
        reset_after = began + self._bucket.window - loop.time()
        await asyncio.sleep(LATENCY / 2)
        self.budget.ended(
            lane,
            status=200,
            limit=self._bucket.limit,
            remaining=self._bucket.limit - used,
            reset_after=reset_after,
        )


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits; time jumps by as much as the loop would have waited."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            self.now += timeout or 0.0
        return ready


def _in_virtual_time(scenario: Coroutine[Any, Any, T]) -> T:
    selector = _JumpingSelector()

    def loop() -> asyncio.SelectorEventLoop:
        made = asyncio.SelectorEventLoop(selector)
        made.time = lambda: selector.now  # type: ignore[method-assign]  # its only clock
        return made

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(scenario)
