from __future__ import annotations

import re

import pytest

from bot.sandbox.terminal.pictures import Picture, draw
from bot.sandbox.terminal.screens import LiveScreen, PlainScreen
from tests.sandbox.terminal.conftest import Paper, Stage


def growing(body: str, number: int = 1) -> Picture:
    return Picture(number, "Wery", body, "[Stop]", growing=True)


def ended(body: str, buttons: str = "[Regenerate]", number: int = 1) -> Picture:
    return Picture(number, "Wery", body, buttons, growing=False)


# --- adding -----------------------------------------------------------------------------------


@pytest.fixture
def plain(paper: Paper) -> PlainScreen:
    return PlainScreen(paper.write)


def test_what_is_new_is_added(plain: PlainScreen, paper: Paper) -> None:
    plain.show(growing("One"))
    plain.show(growing("One two"))
    plain.show(ended("One two three.\n-# GPT"))
    assert paper.text == "Wery: One two three.\n-# GPT\n[Regenerate]\n"


def test_a_closing_mark_waits_until_more_follows(plain: PlainScreen, paper: Paper) -> None:
    plain.show(growing("```py\nprint(1)\n```"))
    plain.show(growing("```py\nprint(1)\nprint(2)\n```"))
    plain.show(ended("```py\nprint(1)\nprint(2)\n```", ""))
    assert paper.text == "Wery: ```py\nprint(1)\nprint(2)\n```\n"


def test_a_text_that_does_not_go_on_as_before_comes_anew(plain: PlainScreen, paper: Paper) -> None:
    plain.show(growing("One two"))
    plain.show(ended("Three", ""))
    assert paper.text == "Wery: One two\nWery: Three\n"


def test_thinking_and_mere_repetition_add_nothing(plain: PlainScreen, paper: Paper) -> None:
    plain.show(Picture(1, "Wery", "… is thinking", "", growing=True))
    plain.show(ended("One", ""))
    plain.show(ended("One", ""))
    assert paper.text == "Wery: One\n"


def test_buttons_that_go_away_later_add_nothing(plain: PlainScreen, paper: Paper) -> None:
    plain.show(ended("One"))
    plain.show(ended("One", ""))
    assert paper.text == "Wery: One\n[Regenerate]\n"


def test_a_note_has_a_line_of_its_own(plain: PlainScreen, paper: Paper) -> None:
    plain.show(growing("One"))
    plain.note("Look!")
    plain.show(growing("One two"))
    assert paper.text == "Wery: One\nLook!\nWery: One two"


def test_another_message_begins_a_line(plain: PlainScreen, paper: Paper) -> None:
    plain.show(growing("One"))
    plain.show(ended("Other", "", number=2))
    assert paper.text == "Wery: One\nWery: Other\n"


# --- drawing in place -------------------------------------------------------------------------


class Terminal:
    """Understands just what is written to it, and fails on anything else."""

    def __init__(self, columns: int = 20, height: int = 6) -> None:
        self.size = (columns, height)
        self.rows = [""]
        self.row = self.column = 0

    def write(self, text: str) -> None:
        for token in re.findall(r"\x1b\[\d*[A-Za-z]|[^\x1b]", text):
            if token == "\n":
                self.row, self.column = self.row + 1, 0
                if self.row == len(self.rows):
                    self.rows.append("")
            elif token == "\r":
                self.column = 0
            elif token == "\x1b[J":
                self.rows[self.row :] = [self.rows[self.row][: self.column]]
            elif up := re.fullmatch(r"\x1b\[(\d+)A", token):
                self.row -= int(up[1])
                assert self.row >= max(0, len(self.rows) - self.size[1]), "beyond the screen"
            elif not re.fullmatch(r"\x1b\[\d+m", token):
                assert len(token) == 1, f"unknown: {token!r}"
                line = self.rows[self.row]
                self.rows[self.row] = line[: self.column] + token + line[self.column + 1 :]
                self.column += 1
                assert self.column < self.size[0], "a row is wider than the terminal"


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.fixture
def live(terminal: Terminal) -> LiveScreen:
    return LiveScreen(terminal.write, lambda: terminal.size)


def test_a_growing_message_is_drawn_over_itself(live: LiveScreen, terminal: Terminal) -> None:
    live.show(growing("One\ntwo"))
    live.show(growing("One"))
    assert terminal.rows == ["Wery", "One", "[Stop]"]
    live.show(ended("One two\n-# GPT"))
    assert terminal.rows == ["Wery", "One two", "GPT", "[Regenerate]", ""]


def test_a_long_line_is_wrapped(live: LiveScreen, terminal: Terminal) -> None:
    live.show(growing("x" * 25))
    live.show(growing("y" * 25))
    assert terminal.rows == ["Wery", "y" * 19, "y" * 6, "[Stop]"]


def test_a_line_is_broken_between_words(live: LiveScreen, terminal: Terminal) -> None:
    live.show(growing("nineteen characters and more"))
    assert terminal.rows == ["Wery", "nineteen characters", "and more", "[Stop]"]
    live.show(growing("twenty of characters"))
    assert terminal.rows == ["Wery", "twenty of", "characters", "[Stop]"]


def test_wide_characters_take_two_columns_and_accents_none(paper: Paper) -> None:
    screen = LiveScreen(paper.write, lambda: (5, 10))
    screen.show(growing("漢漢漢" + "e\u0301" * 5))
    assert "\n漢漢\n漢e\u0301e\u0301\ne\u0301e\u0301e\u0301\n" in paper.text


def test_of_a_tall_message_the_end_is_drawn_until_it_is_complete(
    live: LiveScreen, terminal: Terminal
) -> None:
    for count in range(3, 12):
        live.show(growing("\n".join(map(str, range(count)))))
    assert terminal.rows == ["8", "9", "10", "[Stop]"]
    live.show(ended("\n".join(map(str, range(12))), ""))
    assert terminal.rows == ["Wery", *map(str, range(12)), ""]


def test_what_follows_leaves_a_message_where_it_is(live: LiveScreen, terminal: Terminal) -> None:
    live.show(growing("One"))
    live.note("Look!")
    live.show(growing("Two", number=2))
    live.show(ended("Three", "", number=2))
    assert terminal.rows == ["Wery", "One", "[Stop]", "Look!", "Wery", "Three", ""]


def test_a_prompt_gives_way_to_a_message_and_waits_while_it_grows(
    live: LiveScreen, terminal: Terminal
) -> None:
    live.prompt("Ada >")
    live.prompt("Ada >")
    assert terminal.rows == ["Ada > "]
    live.show(growing("One"))
    live.prompt("Ada >")
    assert terminal.rows == ["Wery", "One", "[Stop]"]
    live.show(ended("One", ""))
    live.prompt("Ada >")
    assert terminal.rows == ["Wery", "One", "Ada > "]


def test_after_a_typed_line_a_message_goes_on_below(live: LiveScreen, terminal: Terminal) -> None:
    live.show(growing("One"))
    terminal.write(":stop\n")
    live.typed()
    live.show(ended("One, stopped", ""))
    assert terminal.rows == ["Wery", "One", "[Stop]:stop", "Wery", "One, stopped", ""]


def test_buttons_that_go_away_later_draw_nothing(live: LiveScreen, terminal: Terminal) -> None:
    live.show(ended("One"))
    before = list(terminal.rows)
    live.show(ended("One", ""))
    assert terminal.rows == before


# --- pictures ---------------------------------------------------------------------------------


async def test_a_message_cannot_command_the_terminal(stage: Stage) -> None:
    picture = draw(stage.say("safe\x1b[2J\x07\r\n\ttext"))
    assert picture.body == "safe[2J\n\ttext"
