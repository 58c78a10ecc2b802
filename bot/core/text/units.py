"""Lengths as Discord may count them.

Discord documents 2,000 "characters" and does not say which. An emoji is one code point and two
UTF-16 units, so that counting units is safe on either reading.
"""

from __future__ import annotations

MAX_CONTENT = 2000  # Discord's limit for a message's content: Create Message, `content`


def utf16_len(text: str) -> int:
    """The length of `text` in UTF-16 units."""
    if text.isascii():
        return len(text)
    # A model may send half an emoji (a lone surrogate); counting it must not fail.
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_cut(text: str, units: int) -> int:
    """How many characters of `text` fit in `units` UTF-16 units."""
    units = max(units, 0)
    cut = min(len(text), units)
    while (excess := utf16_len(text[:cut]) - units) > 0:
        cut -= (excess + 1) // 2  # a character has one unit or two: this is never too much
    return cut
