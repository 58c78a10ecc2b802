"""The pictures: their size, and that nothing lies on anything else. What they look like is in docs/."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Sequence
from typing import Any

import pytest

from bot.charts import drawing
from bot.charts.drawing import DOTS, WIDTH, Sheet, amount, draw
from bot.core.charts import Bar, Chart


def chart(count: int, *, over_time: bool, label: str = "{} Nov", most: int = 1_000) -> Chart:
    bars = [Bar(label.format(n), most * n // count, n) for n in range(1, count + 1)]
    return Chart("Tokens by day", "This server, the last 30 days (UTC)", bars, over_time)


def size_of(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.fixture
def sheets(monkeypatch: pytest.MonkeyPatch) -> list[Sheet]:
    """Every sheet that is drawn on."""
    made: list[Sheet] = []

    class Kept(Sheet):
        def __init__(self, height: float) -> None:
            super().__init__(height)
            made.append(self)

    monkeypatch.setattr(drawing, "Sheet", Kept)
    return made


def places_of(sheet: Sheet) -> list[Any]:
    """Where each text is, in dots."""
    return [text.get_window_extent() for text in sheet._axes.texts]


MANY: Sequence[Chart] = (
    *(chart(count, over_time=True) for count in (1, 2, 7, 30, 31, 62)),
    chart(120, over_time=True, label="Nov 20{}", most=3_000_000_000),
    *(chart(count, over_time=False) for count in (1, 2, 12, 25)),
    chart(12, over_time=False, label="W" * 32 + "{}", most=3_000_000_000),
)


@pytest.mark.parametrize("shown", MANY, ids=lambda shown: f"{len(shown.bars)} bars")
def test_no_text_lies_on_another_or_leaves_the_card(shown: Chart, sheets: list[Sheet]) -> None:
    width, height = size_of(draw(shown))
    [sheet] = sheets
    places = places_of(sheet)
    assert len(places) >= 4 + min(2, len(shown.bars))
    for place in places:
        assert place.x0 > 0
        assert place.y0 > 0
        assert place.x1 < width
        assert place.y1 < height
    for one, other in itertools.combinations(places, 2):
        assert not one.overlaps(other)


def test_a_picture_is_as_wide_as_discord_shows_it_at_twice_the_sharpness() -> None:
    assert size_of(draw(chart(7, over_time=True))) == (WIDTH * DOTS, 636)


def test_the_newest_bar_has_a_label_in_any_case(sheets: list[Sheet]) -> None:
    draw(chart(31, over_time=True))
    written = [text.get_text() for text in sheets[0]._axes.texts]
    assert "31 Nov" in written
    assert "30 Nov" not in written


def test_every_lying_bar_has_its_label_and_number(sheets: list[Sheet]) -> None:
    draw(chart(3, over_time=False, label="Member {}", most=3_000))
    written = [text.get_text() for text in sheets[0]._axes.texts]
    assert written[-6:] == ["Member 1", "1,001", "Member 2", "2,002", "Member 3", "3,003"]


def test_a_label_is_text_and_never_a_formula(sheets: list[Sheet]) -> None:
    draw(Chart("t", "s", [Bar(r"$\frac$", 1, 1)], over_time=False))  # no valid one, either
    assert r"$\frac$" in [text.get_text() for text in sheets[0]._axes.texts]


def test_a_label_that_cannot_be_written_goes_by_its_fallback(sheets: list[Sheet]) -> None:
    draw(Chart("t", "s", [Bar("日本", 1, 1, "Member …1234")], over_time=False))
    assert "Member …1234" in [text.get_text() for text in sheets[0]._axes.texts]


def test_bars_of_nothing_are_drawn() -> None:
    for over_time in (True, False):
        assert draw(Chart("t", "s", [Bar("x", 0, 0)], over_time)).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0"), (999, "999"), (12_345, "12,345"), (999_999, "999,999"), (1_234_567, "1.2 M")],
)
def test_numbers_have_their_thousands_apart(number: int, told: str) -> None:
    assert amount(number) == told
