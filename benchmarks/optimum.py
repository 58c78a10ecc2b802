"""What no editor can beat: it knows beforehand how long each answer will be.

Within one bucket (so many edits per window, which begins with its first edit) the best edits are
known in closed form. Text comes evenly for `D` seconds and is shown first at 0 and last at `D`;
between two edits that lie `g` apart it waits g/2 on average, so that the sum of g² is to be
least. A window holds `L` edits, of which the next window's first ends the last gap; windows begin
`W` apart at least.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, pairwise

from benchmarks.answers import Planned

BOT_WIDE = 50  # requests per second


@dataclass(frozen=True, slots=True)
class Bucket:
    """`limit` edits per `window` seconds; `shared`: the first text counts as one of them."""

    limit: int
    window: float
    shared: bool = False

    @property
    def interval(self) -> float:
        """Seconds between edits in the long run."""
        return self.window / self.limit


MENTION = Bucket(5, 5.0)
ASK = Bucket(5, 2.0, shared=True)

# What the project's plan quotes: (answer's seconds, mean lag in seconds).
QUOTED = {MENTION: ((2.0, 0.17), (8.0, 0.42), (20.0, 0.49)), ASK: ((2.0, 0.20), (20.0, 0.20))}


def least_lag(seconds: float, bucket: Bucket, latency: float) -> float:
    """The least mean display lag per character (seconds) of an answer, alone in its bucket."""
    if seconds <= 0:
        return latency
    best = float("inf")
    for windows in count(1):
        full = windows - 1
        left = seconds - full * bucket.window
        if left < 0:
            break
        best = min(best, _least_squares(seconds, left, full, bucket))
    return best / (2 * seconds) + latency


def _least_squares(seconds: float, left: float, full: int, bucket: Bucket) -> float:
    """The least sum of squared gaps with `full` windows before the last one.

    A gap before the first edit (none, if the first text is one), `limit` gaps in each full
    window, `limit` - 1 in the last: all alike, unless that makes full windows too short.
    """
    before = 0 if bucket.shared else 1
    gaps = before + bucket.limit * full + bucket.limit - 1
    alike = seconds / gaps
    if alike * bucket.limit >= bucket.window or not full:
        return gaps * alike**2
    loose = before + bucket.limit - 1
    return loose * (left / loose) ** 2 + full * bucket.window**2 / bucket.limit


def quoted_lag(seconds: float, bucket: Bucket) -> float:
    """The plan's own figure for an answer, between those it quotes."""
    points = QUOTED[bucket]
    if seconds <= points[0][0]:
        return points[0][1]
    for (low, at_low), (high, at_high) in pairwise(points):
        if seconds <= high:
            return at_low + (at_high - at_low) * (seconds - low) / (high - low)
    return points[-1][1]


def fair_share_lag(plans: Sequence[Planned], latency: float, step: float = 0.05) -> float:
    """The mean lag when all running answers share the bot-wide limit equally (seconds).

    A fluid model over the real schedule: with n answers running, each is edited every n/50
    seconds, or as often as its bucket allows.
    """
    lag = weight = 0.0
    spans = [(plan.at, plan.at + plan.seconds) for plan in plans]
    last = max(end for _, end in spans)
    for tick in range(int(last / step) + 1):
        now = tick * step
        running = sum(start <= now <= end for start, end in spans)
        interval = max(MENTION.interval, running / BOT_WIDE)
        lag += running * interval / 2
        weight += running
    return lag / weight + latency


def mean_over(plans: Sequence[Planned], lags: Sequence[float]) -> float:
    """The mean per character of a lag that is known per answer."""
    total = sum(plan.deltas for plan in plans)
    return sum(lag * plan.deltas for plan, lag in zip(plans, lags, strict=True)) / total
