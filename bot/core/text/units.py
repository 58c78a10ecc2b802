"""Lengths as Discord may count them.

Discord documents 2,000 "characters" and does not say which. An emoji is one code point and two
UTF-16 units, so that counting units is safe on either reading.
"""

from __future__ import annotations

MAX_CONTENT = 2000  # Discord's limit for a message's content: Create Message, `content`

_HIGH_SURROGATES = range(0xD800, 0xDC00)


def utf16_len(text: str) -> int:
    """The length of `text` in UTF-16 units."""
    if text.isascii():
        return len(text)
    return len(_encoded(text)) // 2


def utf16_cut(text: str, units: int) -> int:
    """How many characters of `text` fit in `units` UTF-16 units; never half of one."""
    units = max(units, 0)
    text = text[:units]
    if text.isascii():
        return len(text)
    data = _encoded(text)[: 2 * units]
    if int.from_bytes(data[-2:], "little") in _HIGH_SURROGATES:
        data = data[:-2]
    return len(data.decode("utf-16-le", "surrogatepass"))


def _encoded(text: str) -> bytes:
    # A model may send lone surrogates; counting them must not fail.
    return text.encode("utf-16-le", "surrogatepass")
