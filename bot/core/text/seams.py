"""Where a page is cut: at the best kind of place in its second half.

The kinds, best first: between paragraphs, between lines (both outside code blocks, so that a
block that still fits elsewhere stays whole), at an empty line and a line's end inside a block,
after a sentence, between words, and anywhere. Only when an address or the like fills the second
half is the page cut in its first half; and only what is longer than a page is cut itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.core.text.markdown import Markup

_PARAGRAPH = re.compile(r"(?<=\S)[^\S\n]*\n[^\S\n]*\n")
_LINE = re.compile(r"(?<=\S)[^\S\n]*\n")
_SENTENCE = re.compile(
    r"""
      (?<!\d)[.!?\u2026]["'\u201d\u2019)\]*_]*(?=\s)                # not "1." of a list
    | (?<=[\u3002\uff01\uff1f])[\u300d\u300f\u201d\u2019\uff09]*    # Chinese and Japanese
      (?![\u3002\uff01\uff1f\u300d\u300f\u201d\u2019\uff09])
    """,
    re.VERBOSE,
)
_WORD = re.compile(r"(?<=\S)\s|(?<=[\u3001\uff0c\uff1b\uff1a])(?=\S)")  # or their commas

# What is not to be cut, also where the known text ends inside it.
_WHOLE = re.compile(
    r"""
      <(?:a?:\w*:?\d*|[@\#][!&]?\d*|t:-?\d*:?\w?|/[^<>\n]{1,80}|https?://[^\s<>]*)(?:>|\Z)
    | !?\[[^\[\]\n]{0,200}(?:\](?:\((?:[^\s()]|\([^\s()]*\))*(?:[ ](?:"[^"\n]*"?)?)?(?:\)|\Z))|\]?\Z)
    | https?://[^\s<>]*
    | [`*_~|]+
    | \\[\s\S]
    """,
    re.VERBOSE,
)
# A bullet, or what opens a style, goes with the first character of its text.
_LEADING = re.compile(
    r"""
    (?: ^[ \t]*(?:[-*+]|\#{1,3}|-\#|>{1,3}|\d{1,3}[.)])[ \t]+
      | (?<!\S)[`*_~|]+
    )\S
    """,
    re.VERBOSE | re.MULTILINE,
)
_OPENED = re.compile(r"```[A-Za-z0-9_+\-.#]*\s*\S?")  # a block's opening and its first character
# What is better not cut, for it would be closed and opened again: a few styled words, short code.
_STYLED = re.compile(
    r"""
      `[^`\n]{1,80}(?:`|\Z)
    | (?<![*_~|])(\*{1,3}|~~|\|\|)(?![\s*_~|])[^\n*_~|`]{1,80}(?<!\s)\1(?![*_~|])
    | (?<![\w*~|])(_{1,3})(?![\s*_~|])[^\n*_~|`]{1,80}(?<!\s)\2(?![\w*~|])
    """,
    re.VERBOSE,
)

# The kinds of places, and whether they are sought inside code blocks.
_KINDS = (
    (_PARAGRAPH, False),
    (_LINE, False),
    (_PARAGRAPH, True),
    (_LINE, True),
    (_SENTENCE, False),
    (_WORD, False),
    (_WORD, True),
)
_CLUSTER_STEPS = 64  # no character that anybody writes is composed of more code points


def best_seam(content: str, low: int, high: int, markup: Markup) -> int:
    """The best index to cut `content` at, with `low` < index ≤ `high`.

    Args:
        content: the page, with some look-ahead behind `high`.
        low: where the source's own text begins; before it stands what was opened again.
        high: as much as fits on the page.
        markup: what `content` holds, as `read` found it.
    """
    whole = [match.span() for pattern in (_WHOLE, _LEADING) for match in pattern.finditer(content)]
    for start, _ in markup.blocks:
        whole += [match.span() for match in [_OPENED.match(content, start)] if match]
    styled = [match.span() for match in _STYLED.finditer(content)]
    middle = low + (high - low) // 2
    for first, last, uncut in (
        (middle, high, whole + styled),
        (middle, high, whole),
        (low, middle, whole),
    ):
        for pattern, in_code in _KINDS:
            for index in _places(pattern, content, first, last):
                if (
                    low < index
                    and not _inside(index, uncut)
                    and _inside(index, markup.blocks) == in_code
                ):
                    return index
        forced = _forced(content, last, uncut)
        if forced > max(first, low):
            return forced
    return max(_between_characters(content, high), low + 1)


def _places(pattern: re.Pattern[str], content: str, first: int, last: int) -> Iterator[int]:
    """The places of one kind, last first: where the white space begins."""
    found = []
    for match in pattern.finditer(content, first):
        index = match.start() if match[0].isspace() else match.end()
        if index > last:
            break
        found.append(index)
    return reversed(found)


def _inside(index: int, spans: list[tuple[int, int]]) -> bool:
    return any(start < index < end for start, end in spans)


def _forced(content: str, index: int, whole: list[tuple[int, int]]) -> int:
    """The last place up to `index` that is merely between two characters."""
    before = -1
    while before != index:
        before = index
        index = min((start for start, end in whole if start < index < end), default=index)
        index = _between_characters(content, index)
    return index


def _between_characters(content: str, index: int) -> int:
    """The last place up to `index` that is not inside a character as a person sees it."""
    for step in range(min(_CLUSTER_STEPS, index)):
        if not _belong_together(content, index - step):
            return index - step
    return index


def _belong_together(content: str, index: int) -> bool:
    """Whether one character, as a person sees it, goes on at `index`.

    This is the part of Unicode's grapheme clusters (UAX #29) that occurs in what people write:
    combining marks, joined emoji and their colours, and flags.
    """
    before, after = content[index - 1 : index], content[index : index + 1]
    if not before or not after:
        return False
    if _is_flag_letter(before) and _is_flag_letter(after):
        letters = 0
        while letters < index and _is_flag_letter(content[index - 1 - letters]):
            letters += 1
        return letters % 2 == 1
    return (
        unicodedata.category(after).startswith("M")
        or "\u200d" in (before, after)  # the joiner of emoji
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # skin colours
        or "\U000e0020" <= after <= "\U000e007f"  # tags of regional flags
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")
    )


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
