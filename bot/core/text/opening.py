"""What a page begins with, because the page before it was cut in the middle of something."""

from __future__ import annotations

import re
from dataclasses import dataclass

FENCE = "```"

_CLOSED = re.compile(rf"\s*{FENCE}")
_CLOSED_IN_QUOTE = re.compile(rf"\s*(?:> ?)?{FENCE}")
_BLANK_LINES = re.compile(r"(?:[^\S\n]*\n)*")


@dataclass(frozen=True, slots=True)
class Opening:
    """What a page begins with, because the page before it was cut there.

    `language` is None outside a code block and may be empty in one.
    """

    quote: str = ""
    language: str | None = None
    marks: tuple[str, ...] = ()

    def enter(self, tail: str) -> tuple[Opening, int]:
        """Begin a page with the source's `tail`: what is opened, and how much is skipped.

        Skipped is the white space of the seam (the first line's indentation stays in a code
        block), and a closing marker that stands right there: the page before has closed it.
        """
        opening, skipped = self, 0
        if self.language is not None:
            closed = (_CLOSED_IN_QUOTE if self.quote else _CLOSED).match(tail)
            if closed is None:
                blank = _BLANK_LINES.match(tail)
                return self, blank.end() if blank else 0
            opening, skipped = Opening(self.quote), closed.end()
        skipped += _spaces(tail, skipped)
        for outer in range(len(self.marks)):
            closers = "".join(reversed(self.marks[outer:]))
            end = skipped + len(closers)
            if tail.startswith(closers, skipped) and tail[end : end + 1] != closers[-1]:
                opening = Opening(self.quote, marks=self.marks[:outer])
                skipped = end + _spaces(tail, end)
                break
        if opening.quote == "> " and "\n" in tail[:skipped]:
            opening = Opening("", marks=opening.marks)  # the new line says itself what it is
        return opening, skipped

    def before(self, body: str) -> str:
        """The text that goes before `body`."""
        if self.language is not None:
            return f"{self.quote}{FENCE}{self.language}\n"
        marks = self.quote + "".join(self.marks)
        return marks + gap(marks, body)

    @property
    def closers(self) -> str:
        """What would close the marks again."""
        return "".join(reversed(self.marks))


def gap(left: str, right: str) -> str:
    """The space it takes to keep two runs of backticks from melting into one."""
    return " " if left.endswith("`") and right.startswith("`") else ""


def _spaces(text: str, start: int) -> int:
    rest = text[start:]
    return len(rest) - len(rest.lstrip())
