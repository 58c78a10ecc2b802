"""How often what Discord does not take for now is tried, and after how long."""

from __future__ import annotations

import random

GIVE_UP_AFTER = 8  # temporary failures of Discord in a row
LONGEST_BACKOFF = 30.0  # seconds


def backoff(failures: int) -> float:
    """Seconds before the next try: doubling from half a second, with jitter."""
    ceiling = min(LONGEST_BACKOFF, 0.5 * 2**failures)
    return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - jitter, not a secret
