"""Discord's Markdown, as far as cutting a text needs it: what is open where the text ends.

Discord tries its rules at each place in a fixed order: an escape, a code block (three backticks
anywhere, at least one character inside, closed by the next three), inline code (a run of
backticks, closed by a run of the same length), then the styles. Nothing is open to Discord
unless it is closed later; a text that still grows needs a guess, and this is it:

- three backticks open a block until they are closed;
- a style opens where a word follows its marker, and not inside a word for `_` and `|`;
- an unclosed style, or inline code, is plain text once its paragraph has ended. A spoiler stays
  open, for a secret may have paragraphs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.core.text.opening import FENCE, Opening, gap

SPOILER = "||"

_BLOCK_START = r"[ \t\r]*(?:\n|```|\#{1,3}[ ]|[-*+][ ]|\d{1,3}[.)][ ]|\|[^|])"
_BLOCK_END = re.compile(rf"\n(?={_BLOCK_START})", re.VERBOSE)
_TOKEN = re.compile(
    rf"""
      \\[^0-9A-Za-z\s]                                    # an escape
    | `+ | \*+ | _+ | ~~+ | \|\|+                         # runs of markers
    | https?://[^\s<>*|`~]*[^\s<>*|`~_.,:;"')\]]          # an address may hold markers
    | \]\([^\s()<>]*\)                                    # so may a link's target
    | <a?:\w+:\d+>                                        # and an emoji's name
    | \n(?={_BLOCK_START})
    | ^[ ]*>>>[ ]                                         # a quote to the message's end
    """,
    re.VERBOSE | re.MULTILINE,
)
_FENCE_OPENING = re.compile(r"```(?:([A-Za-z0-9_+\-.#]+)\n)?\n*")
_FENCE_WITHOUT_CODE = re.compile(r"```[A-Za-z0-9_+\-.#]*\s*\Z")
_CODE_END = {1: re.compile(r"(?<!`)`(?!`)"), 2: re.compile(r"(?<!`)``(?!`)")}
_QUOTED_LINE = re.compile(r" *> ")
_MAX_LANGUAGE = 20  # a longer "language" is no language, and would fill each page it is repeated on
_LONGEST_RUN = 3  # ***bold and italic***; more is a ruler


class Mark(NamedTuple):
    """A style that is open, or inline code: its marker and where that stands."""

    marker: str
    start: int


class Fence(NamedTuple):
    """A code block that is open: where, in which language, inside which quote."""

    start: int
    language: str
    quote: str


@dataclass(slots=True)
class Markup:
    """What is open at the end of a message's content, and where its code blocks are.

    `settled` is the last place before which nothing matters any more, however the content grows:
    nothing is open there, and a word begins.
    """

    fence: Fence | None = None
    marks: list[Mark] = field(default_factory=list)
    blocks: list[tuple[int, int]] = field(default_factory=list)
    quoted: bool = False  # by ">>> ", which lasts to the message's end
    settled: int = 0
    loose: bool = False  # there are backticks that later ones may pair with after all

    def closers(self, content: str, *, before: int | None = None) -> str:
        """What closes everything, or the block and the marks that stand `before` an index."""
        if self.fence is not None:
            return ("" if content.endswith("\n") else "\n") + self.fence.quote + FENCE
        marks = [mark.marker for mark in self.marks if before is None or mark.start < before]
        closing = "".join(reversed(marks))
        return gap(content, closing) + closing

    def dangling(self, content: str) -> int | None:
        """Where a block or a style begins that has nothing in it yet, at the very end."""
        if self.fence is not None:
            empty = _FENCE_WITHOUT_CODE.match(content, self.fence.start)
            return self.fence.start if empty else None
        if self.marks and self.marks[-1].start + len(self.marks[-1].marker) == len(content):
            return self.marks[-1].start
        return None

    def opening(self, content: str) -> Opening:
        """What opens again, on the next page, what is open here."""
        quote = ""
        if self.quoted:
            quote = ">>> "
        elif self.fence is not None:
            quote = self.fence.quote
        elif _QUOTED_LINE.match(content, content.rfind("\n") + 1):
            quote = "> "
        language = None if self.fence is None else self.fence.language
        marks = [] if self.fence is not None else [mark.marker for mark in self.marks]
        if SPOILER in marks:  # the secret matters more than the style around it
            marks = marks[marks.index(SPOILER) :]
        return Opening(quote, language, tuple(marks))

    @property
    def idle(self) -> bool:
        """Whether nothing is open, and no backtick waits for its pair."""
        return not self.marks and not self.loose and self.fence is None

    def end_block(self) -> None:
        """A paragraph has ended: what it left open, outside a spoiler, is plain text."""
        while self.marks and self.marks[-1].marker != SPOILER:
            self.marks.pop()

    def meet(self, run: str, start: int, before: str, after: str) -> None:
        """Take a run of `*`, `_`, `~` or `|` as an opener, a closer or plain text."""
        kind, length = run[0], len(run)
        if length > _LONGEST_RUN or (kind in "~|" and length != len(SPOILER)):
            return
        opens = bool(after) and not after.isspace()
        closes = length > 1 or not before.isspace()
        if kind in "_|":
            opens = opens and not _in_word(before)
        if run == "_":
            closes = closes and not _in_word(after)
        both = kind * _LONGEST_RUN
        partners = [
            index
            for index, (marker, _) in enumerate(self.marks)
            if marker in (run, both) or (run == both and marker[0] == kind)
        ]
        if closes and partners:
            self._close(run, partners)
        elif opens and not partners:
            self.marks.append(Mark(run, start))

    def _close(self, run: str, partners: list[int]) -> None:
        """Close, from the innermost partner outwards, as many marks as the run pays for."""
        for index in reversed(partners):
            marker, start = self.marks[index]
            if len(marker) <= len(run):
                del self.marks[index:]
                run = run[len(marker) :]
            elif len(marker) == _LONGEST_RUN:
                self.marks[index:] = [Mark(marker[len(run) :], start)]
                run = ""
            if not run:
                return


def read(content: str, settled: int = 0) -> Markup:
    """Find what is open at the end of a message's content.

    Args:
        content: the content, or its beginning.
        settled: where to begin, as an earlier reading of less of the same content found it.
            What stands before is not found again.
    """
    found = Markup(settled=settled)
    position = settled
    while match := _TOKEN.search(content, position):
        run, start, position = match[0], match.start(), match.end()
        before = content[start - 1 : start] or " "
        if before.isspace() and found.idle:
            found.settled = start
        if run[0] == "`":
            position = _read_code(content, start, position, found)
        elif run[0] in "*_~|":
            found.meet(run, start, before, content[position : position + 1])
        elif run == "\n":
            found.end_block()
        elif run.endswith(">>> "):
            found.quoted = True
    if found.idle:
        found.settled = max(found.settled, content.rfind(" ", position))
    return found


def paragraph_end(content: str) -> int | None:
    """Where the first paragraph ends, if another block follows."""
    match = _BLOCK_END.search(content)
    return match.start() if match else None


def _read_code(content: str, start: int, after: int, found: Markup) -> int:
    """Take in what begins with backticks; returns where to go on."""
    length = after - start
    if length >= len(FENCE):
        end, sure = _block_end(content, start)
        found.blocks.append((start, len(content) if end is None else end))
        found.loose |= not sure
        if end is None:
            found.fence = _fence(content, start)
        return found.blocks[-1][1]
    if end_of_code := _CODE_END[length].search(content, after):
        return end_of_code.end()
    if not _BLOCK_END.search(content, after):
        found.marks.append(Mark(content[start:after], start))
        return len(content)
    found.loose = True
    if length > 1 and (end_of_code := _CODE_END[1].search(content, after)):
        return end_of_code.end()  # the second backtick counts as code
    return after


def _block_end(content: str, start: int) -> tuple[int | None, bool]:
    """The end of the code block that begins at `start`, and whether it stays there.

    There has to be a character inside that is no newline, and may be a backtick. What would be
    the language is the code of a block that has nothing else, unless there are three more
    backticks later.
    """
    opening = _FENCE_OPENING.match(content, start)
    assert opening is not None
    for code, sure in ((opening.end(), True), (start + len(FENCE), False)):
        end = content.find(FENCE, code + 1)
        if end >= 0 and content[code] != "\n":
            return end + len(FENCE), sure
    return None, True


def _fence(content: str, start: int) -> Fence:
    opening = _FENCE_OPENING.match(content, start)
    language = (opening[1] if opening else None) or ""
    line = content.rfind("\n", 0, start) + 1
    return Fence(
        start,
        language if len(language) <= _MAX_LANGUAGE else "",
        "> " if _QUOTED_LINE.match(content, line, start) else "",
    )


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"
