"""The words and the file of `/usage`, without Discord."""

from __future__ import annotations

import csv
import io

import pytest

from bot.core.conversation import GuildId
from bot.core.usage import Account, Period, Sums
from bot.discord_app.usage.breakdown import over_time
from bot.discord_app.usage.export import PAGE, export, harmless
from bot.discord_app.usage.view import View
from bot.discord_app.usage.wording import CUT, duration, entry, listing, summary
from tests.discord_app.fake_usage import FakeUsage

HOME = GuildId(9)
NOW = 1_795_000_000.0
SERVER = Account(HOME)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.0, "0.0 s"),
        (0.44, "0.4 s"),
        (1.2, "1 s"),
        (60.0, "1 min"),
        (123.0, "2 min 3 s"),
        (3600.0, "1 h"),
        (3725.0, "1 h 2 min"),
        (4_000_000.0, "1,111 h 6 min"),
    ],
)
def test_a_time_is_told_in_its_two_greatest_units(seconds: float, told: str) -> None:
    assert duration(seconds) == told


def test_one_is_no_plural() -> None:
    assert entry("x", Sums(1, 1, 0)) == "- x: 1 token, 1 answer"
    assert entry("x", Sums(2, 1_000, 234)) == "- x: 1,234 tokens, 2 answers"


def test_the_smallest_share_of_estimates_is_one_percent() -> None:
    said = summary(View(SERVER, Period.TODAY, NOW), Sums(2, 100_000, 0, 1, 1.0))
    assert "≈ 1% of" in said


def test_a_list_that_is_too_long_says_so() -> None:
    told = listing("By model:", ["- " + "x" * 98] * 10, 550)
    assert len(told) <= 550
    assert told.endswith(CUT)
    assert listing("By model:", ["- x"], 550) == "\n\nBy model:\n- x"


def test_of_many_days_the_newest_are_listed_and_the_rest_summed_up() -> None:
    view = View(SERVER, Period.MONTH, NOW)
    today = int(NOW // 86_400)
    told = over_time(view, {today - n: Sums(1, n, 0) for n in range(12)})
    assert told.lines[0].startswith("- 18 November 2026: 0 tokens")
    assert len(told.lines) == 11
    assert told.lines[-1] == "- 2 earlier days: 21 tokens, 2 answers"
    assert len(told.chart.bars) == 30


def test_a_long_time_is_told_by_month() -> None:
    view = View(SERVER, Period.YEAR, NOW)
    today = int(NOW // 86_400)
    told = over_time(view, {today: Sums(1, 1, 0), today - 100: Sums(1, 2, 0)})
    assert told.heading == "By month, the newest first:"
    assert told.lines == [
        "- November 2026: 1 token, 1 answer",
        "- August 2026: 2 tokens, 1 answer",
    ]
    assert told.chart.title == "Tokens by month"
    assert [bar.label for bar in told.chart.bars] == [
        "Aug 2026",
        "Sep 2026",
        "Oct 2026",
        "Nov 2026",
    ]


@pytest.mark.parametrize("model", ["=1+1", "+x", "-x", "@SUM(A1)", "\t=1", "\r=1"])
async def test_no_cell_of_the_file_is_a_formula(model: str) -> None:
    store = FakeUsage()
    store.spend(HOME, 1, at=1.0, model=model)
    made = await export(store, SERVER, 0, room=10_000)
    [row] = csv.DictReader(io.StringIO(made.content.decode(), newline=""))
    assert row["model"] == f"'{model}"


def test_what_is_no_formula_stays_as_it_is() -> None:
    assert harmless("GPT-5=x") == "GPT-5=x"


@pytest.mark.parametrize("count", [0, 1, PAGE, PAGE + 1, 2 * PAGE])
async def test_the_file_has_every_row_however_many_pages_it_takes(count: int) -> None:
    store = FakeUsage()
    for number in range(count):
        store.spend(HOME, 1, at=float(number // 3))
    made = await export(store, SERVER, 0, room=10**9)
    assert (made.rows, made.cut) == (count, False)
    assert len(made.content.splitlines()) == count + 1


async def test_a_file_with_no_room_for_all_has_the_newest_in_full() -> None:
    store = FakeUsage()
    for number in range(100):
        store.spend(HOME, 1, at=float(number))
    made = await export(store, SERVER, 0, room=2_000)
    assert made.cut
    assert 2_000 - 100 < len(made.content) <= 2_000
    times = [row["time"] for row in csv.DictReader(io.StringIO(made.content.decode()))]
    assert times[0] == "1970-01-01T00:01:39Z"
    assert len(times) == made.rows
