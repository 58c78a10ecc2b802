"""`python -m benchmarks [--quick]`: measure, print, and write `benchmarks/RESULTS.md`."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from benchmarks.answers import plan
from benchmarks.processes import OURS, PLAIN, Contestant
from benchmarks.report import line, results
from benchmarks.stage import Round, staged

RESULTS = Path(__file__).with_name("RESULTS.md")
AT_ONCE = (1, 8, 32, 100, 300)
REPEATED = {1: 2}  # rounds: a single answer says little alone


async def compete(contestant: Contestant, sizes: Sequence[int]) -> list[Round]:
    """All rounds of one contestant, in a process of its own."""
    rounds = []
    numbers = count(1, 1000)
    async with staged(contestant) as stage:
        for way in ("mention", "/ask"):
            for size in sizes:
                for _ in range(REPEATED.get(size, 1)):
                    first = next(numbers)
                    played = await stage.play(way, plan(size, first))
                    print(line(played), flush=True)
                    rounds.append(played)
    return rounds


async def compete_all(*, quick: bool) -> list[Round]:
    """Everybody, one after the other."""
    return [
        played
        for who in (OURS, PLAIN)
        for played in await compete(who, (8, 32) if quick else AT_ONCE)
    ]


def main() -> None:
    """Measure, print, and write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="8 and 32 channels, no report")
    quick = parser.parse_args().quick
    report = results(asyncio.run(compete_all(quick=quick)))
    print(report)
    if not quick:
        RESULTS.write_text(report)


if __name__ == "__main__":
    main()
