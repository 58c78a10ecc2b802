"""How counts and other people's words stand in a sentence."""

from __future__ import annotations

import pytest

from bot.core.phrases import TOLD_BACK, counted, quotable, shortened


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "0 answers"), (1, "1 answer"), (2, "2 answers"), (2000, "2,000 answers")],
)
def test_only_one_is_singular(count: int, told: str) -> None:
    assert counted(count, "answer") == told


def test_a_long_text_says_that_there_was_more_and_a_fitting_one_is_whole() -> None:
    assert shortened("abcd", 4) == "abcd"
    assert shortened("abcde", 4) == "abc…"


def test_nothing_that_people_type_leaves_its_backticks_or_its_line() -> None:
    assert quotable(" a `b`\n  c ") == "a 'b' c"
    assert len(quotable("x" * 1000)) == TOLD_BACK
