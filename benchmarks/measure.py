"""From what the two servers recorded to figures: when was which character there, when visible?"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Sighting:
    """At a moment (seconds) so many characters were visible, blanks not counted."""

    at: float
    visible: int


@dataclass(frozen=True, slots=True)
class Measured:
    """One answer. Lags are seconds; `lags` has one for each character that is no blank."""

    first: float
    final: float
    lags: tuple[float, ...]
    correct: bool


def letters(text: str) -> int:
    """Characters that are no blanks: Discord trims those at the ends of a message."""
    return sum(not character.isspace() for character in text)


def measure(
    deltas: Sequence[str], written: Sequence[float], sightings: Sequence[Sighting], *, correct: bool
) -> Measured:
    """Compare when each delta was written with when it was seen.

    Raises:
        ValueError: the whole text was never visible.
    """
    there = list(accumulate(letters(delta) for delta in deltas))
    times, counts = [], []
    most = 0
    for sighting in sightings:
        if sighting.visible > most:
            most = sighting.visible
            times.append(sighting.at)
            counts.append(most)
    if most < there[-1]:
        raise ValueError(f"{most} of {there[-1]} characters were ever visible")
    lags: list[float] = []
    before = 0
    for count, at in zip(there, written, strict=True):
        lags += (times[bisect_left(counts, number)] - at for number in range(before + 1, count + 1))
        before = count
    return Measured(lags[0], lags[-1], tuple(lags), correct)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
