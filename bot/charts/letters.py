"""Labels as the font can write them: people's names come in every script there is."""

from __future__ import annotations

import unicodedata
from functools import cache

from matplotlib.font_manager import FontProperties, findfont, get_font

FAMILY = "DejaVu Sans"  # comes with matplotlib, so that it is the same everywhere
WRITTEN_FROM_THE_RIGHT = {"R", "AL", "AN"}  # which matplotlib would write backwards


def writable(label: str, fallback: str) -> str:
    """The label without what the font lacks; the fallback if no letter or digit is left of it."""
    kept = "".join(letter for letter in unicodedata.normalize("NFC", label) if _is_known(letter))
    words = " ".join(kept.split())
    return words if any(letter.isalnum() for letter in words) else fallback


def _is_known(letter: str) -> bool:
    if unicodedata.bidirectional(letter) in WRITTEN_FROM_THE_RIGHT:
        return False
    if letter.isspace():
        return True
    # Marks that combine would stand beside their letter, and controls would be shown as boxes.
    return unicodedata.category(letter)[0] not in "CM" and ord(letter) in _letters()


@cache
def _letters() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family=FAMILY))).get_charmap())
