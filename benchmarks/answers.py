"""What is asked and answered: lengths and moments from a fixed seed, the same for everybody."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

SEED = 20
SHORTEST, LONGEST = 80, 800  # deltas
DELTA_SIZE = 4  # characters
DELTAS_PER_SECOND = 40.0
FIRST_AFTER = 0.3  # seconds from the request to the first delta
SPREAD = 2.0  # seconds over which the questions of a round come: nobody types in step
QUESTION = re.compile(r"bench (\d+)")


@dataclass(frozen=True, slots=True)
class Planned:
    """One question: its number, when it is asked (seconds), and its answer's length."""

    number: int
    at: float
    deltas: int

    @property
    def seconds(self) -> float:
        """From the first delta to the last."""
        return (self.deltas - 1) / DELTAS_PER_SECOND


def plan(count: int, first_number: int) -> list[Planned]:
    """So many questions, asked at random moments within `SPREAD` seconds."""
    dice = random.Random(SEED + first_number)  # noqa: S311 - a plan, not a secret
    return [
        Planned(first_number + n, dice.uniform(0, SPREAD), dice.randint(SHORTEST, LONGEST))
        for n in range(count)
    ]


def text_of(planned: Planned) -> str:
    """An answer of exactly its length: prose of numbered words, so that no part repeats."""
    size = planned.deltas * DELTA_SIZE
    words = (f"w{index:x}." if index % 12 == 11 else f"w{index:x}" for index in range(size))  # noqa: PLR2004 - a sentence has twelve words
    text = " ".join(words)[:size]
    return text[:-1] + "!" if text.endswith(" ") else text


def number_in(question: str) -> int:
    """Which question this is."""
    found = QUESTION.search(question)
    if found is None:
        raise ValueError(f"not a question of the benchmark: {question!r}")
    return int(found[1])
