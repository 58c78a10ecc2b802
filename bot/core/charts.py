"""What a picture of numbers is to show; how it looks is the painter's affair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its two parts stand on each other.

    `fallback` is its label where the painter's font has no letter of `label`.
    """

    label: str
    read: int
    written: int
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Tokens, read and written.

    `over_time`: the bars stand side by side, oldest first; else they lie beneath each other.
    """

    title: str
    subtitle: str
    bars: Sequence[Bar]
    over_time: bool
