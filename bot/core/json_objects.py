"""JSON objects that people may have written themselves, in an import: checked as they are read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bot.core.errors import InvalidOption

LARGEST = 2**63  # the database's integers have 64 bits
LONGEST_ID = len(str(LARGEST))  # digits


def object_of(where: str, value: Any, known: Collection[str] | None = None) -> Mapping[str, Any]:
    """A JSON object; with `known`, one that has no other keys.

    Raises:
        InvalidOption: it is none; `where` names it.
    """
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise InvalidOption(where, "a JSON object", value)
    unknown = [] if known is None else sorted(value.keys() - set(known))
    if unknown:
        raise InvalidOption(where, "made of " + ", ".join(sorted(known or ())), unknown[0])
    return value


def id_of(where: str, value: Any) -> int:
    """One of Discord's ids, as a number or (as a key is one) as a text.

    Raises:
        InvalidOption: it is none.
    """
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= LONGEST_ID:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < LARGEST:
        return value
    raise InvalidOption(where, "made of Discord's ids", value)
