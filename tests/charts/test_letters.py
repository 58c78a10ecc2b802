"""People's names in whatever script, as the pictures' font can write them."""

from __future__ import annotations

import pytest

from bot.charts.letters import writable


@pytest.mark.parametrize(
    "name", ["Ada", "Ümläut Ñandú", "Ελένη", "Иван", "GPT_5.1", "#general", "Bob $x^2$", "…x"]
)
def test_what_the_font_has_stays_as_it_is(name: str) -> None:
    assert writable(name, "fallback") == name


def test_an_accent_of_its_own_is_joined_to_its_letter() -> None:
    assert writable("Zoe\u0308", "fallback") == "Zoë"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("日本 Ann", "Ann"),
        ("Ann 🫠 Lee", "Ann Lee"),
        ("A\nnn\tLee\x00", "A nn Lee"),
        ("Ann\u202e\u200b", "Ann"),
        ("x\u20dd", "x"),
    ],
)
def test_what_it_lacks_or_would_spoil_the_line_is_left_out(name: str, kept: str) -> None:
    assert writable(name, "fallback") == kept


@pytest.mark.parametrize("name", ["", "日本語", "🫠🫠", "محمد", "דוד", "...", "\u0301"])
def test_a_name_of_which_nothing_is_left_goes_by_its_fallback(name: str) -> None:
    assert writable(name, "Member …1234") == "Member …1234"
