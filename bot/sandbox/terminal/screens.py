"""Two ways to show messages that grow: by adding to what is there, and by drawing in place."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from typing import Protocol

from bot.sandbox.terminal.pictures import Picture

# What may be no more than the closing mark of an unfinished text: shown once more text follows.
CLOSING = "`*_~|)]> \n"

CLEAR = "\x1b[J"  # from the cursor to the end of the screen
BOLD, DIM, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"
TAB = "    "

Write = Callable[[str], object]


class Screen(Protocol):
    """Where messages are shown."""

    def show(self, picture: Picture) -> None:
        """Show a message as it looks now; whatever looks the same as before is left out."""
        ...

    def note(self, text: str) -> None:
        """Say something that is no message, on a line of its own."""
        ...

    def prompt(self, text: str) -> None:
        """Invite to type."""
        ...

    def typed(self) -> None:
        """A line has been typed, so that the cursor is at the beginning of a new one."""
        ...


class PlainScreen:
    """Only ever adds: for pipes, files and terminals that cannot move the cursor."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._shown: dict[int, Picture] = {}
        self._printed: dict[int, str] = {}
        self._open: int | None = None  # the message whose last line is unfinished

    def show(self, picture: Picture) -> None:
        """Add what is new of a message; a text that does not go on as before comes anew."""
        before = self._shown.get(picture.id)
        if picture == before or (picture.growing and not picture.buttons):
            return  # nothing new, or a mere "is thinking"
        self._shown[picture.id] = picture
        text = picture.body.rstrip(CLOSING) if picture.growing else picture.body
        printed = self._printed.get(picture.id)
        again = printed is None or self._open != picture.id
        if printed is not None and (text == printed and again):
            return  # other buttons under what is there
        if printed is None or again or not text.startswith(printed):
            self._close()
            self._write(f"{picture.head}: {text}")
        else:
            self._write(text[len(printed) :])
        self._printed[picture.id], self._open = text, picture.id
        if not picture.growing:
            self._close()
            if picture.buttons:
                self._write(f"{picture.buttons}\n")

    def note(self, text: str) -> None:
        """Say something on a line of its own."""
        self._close()
        self._write(f"{text}\n")

    def prompt(self, text: str) -> None:
        """Whoever types into a pipe needs no invitation."""

    def typed(self) -> None:
        """What is typed into a pipe does not show."""

    def _close(self) -> None:
        if self._open is not None:
            self._write("\n")
            self._open = None


class LiveScreen:
    """Draws a growing message in place.

    Args:
        write: writes to a terminal that understands ANSI's control sequences.
        size: the terminal's columns and rows now.
    """

    def __init__(self, write: Write, size: Callable[[], tuple[int, int]]) -> None:
        self._write = write
        self._size = size
        self._shown: dict[int, Picture] = {}
        self._live: int | None = None
        self._rows = 0  # how many rows of the screen it takes
        self._prompted = False

    def show(self, picture: Picture) -> None:
        """Draw a message over its last drawing; the end of it, where it is taller than the screen.

        Once it no longer grows it is drawn in full, and stays.
        """
        before = self._shown.get(picture.id)
        if picture == before:
            return
        self._shown[picture.id] = picture
        if before is not None and self._live != picture.id and before.body == picture.body:
            return  # other buttons under what has scrolled away
        if self._live != picture.id:
            self._settle()
        columns, height = self._size()
        rows = list(_rows(picture, max(1, columns - 1)))
        if picture.growing:
            rows = rows[-max(1, height - 2) :]
        up = f"\x1b[{self._rows - 1}A" if self._rows > 1 else ""
        self._write(f"{up}\r{CLEAR}" + "\n".join(rows))
        self._live, self._rows, self._prompted = picture.id, len(rows), False
        if not picture.growing:
            self._settle()

    def note(self, text: str) -> None:
        """Say something on a line of its own."""
        self._settle()
        self._write(f"{DIM}{text}{PLAIN}\n")

    def prompt(self, text: str) -> None:
        """Invite to type, unless a message is being drawn there."""
        if self._live is None and not self._prompted:
            self._write(f"{BOLD}{text}{PLAIN} ")
            self._prompted = True

    def typed(self) -> None:
        """What was being drawn goes on below the typed line."""
        self._live, self._rows, self._prompted = None, 0, False

    def _settle(self) -> None:
        """Leave what is drawn where it is; a prompt gives way."""
        if self._prompted:
            self._write(f"\r{CLEAR}")
        elif self._live is not None:
            self._write("\n")
        self._live, self._rows, self._prompted = None, 0, False


def _rows(picture: Picture, columns: int) -> Iterator[str]:
    """A message as rows of the screen, none wider than `columns`."""
    for row in _wrapped(picture.head, columns):
        yield f"{BOLD}{row}{PLAIN}"
    for line in picture.body.splitlines():
        small = line.startswith("-# ")
        for row in _wrapped(line.removeprefix("-# "), columns):
            yield f"{DIM}{row}{PLAIN}" if small else row
    if picture.buttons:
        yield from _wrapped(picture.buttons, columns)


def _wrapped(line: str, columns: int) -> Iterator[str]:
    """A line as rows, broken at a space where there is one."""
    row = ""
    width = 0
    for character in line.replace("\t", TAB):
        row += character
        width += _width(character)
        if width > columns:
            end = row.rfind(" ") + 1 or len(row) - 1
            yield row[:end].rstrip()
            row = row[end:]
            width = sum(map(_width, row))
    yield row


def _width(character: str) -> int:
    """How many columns a terminal gives a character."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
