"""The measurement of limit checks: it runs, and its figures are of what it says."""

from __future__ import annotations

from itertools import chain, repeat
from pathlib import Path

import pytest

from benchmarks import limits
from benchmarks.limits import Measured, measure, paced, report


async def test_every_way_to_check_is_measured_beside_replies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"PACE": 100, "SERVERS": 2, "MEMBERS": 3, "RUNNING": 2, "ANSWERED": 20, "ACCEPTED": 5}
    for name, number in few.items():
        monkeypatch.setattr(limits, name, number)

    measured = await measure(tmp_path, seconds=0.2)

    assert [len(one.times) for one in measured] == [5, 5, 5, 20, 20]
    rows = [line for line in report(measured, 0.2).splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + len(measured)
    assert all(row.count("|") == rows[0].count("|") for row in rows)


async def test_a_loop_that_wakes_late_makes_no_more_checks_than_are_announced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def check(*_: object) -> None:
        """It takes no time."""

    monkeypatch.setattr(limits, "PACE", 100)
    monkeypatch.setattr(limits, "perf_counter", chain([0.0], repeat(10.0)).__next__)

    assert len((await paced("a check", check, 0.2)).times) == 20


def test_a_row_tells_the_percentiles() -> None:
    row = Measured("a check", [float(number) for number in range(1, 101)], "7%").row()
    assert row == "| a check | 51.00 | 96.00 | 100.00 | 100.00 | 7% |"
