"""Reading what a server may say in any shape: whatever it is, nothing but a known answer comes out."""

from __future__ import annotations

import json

MOST = 2**31 - 1  # beyond it no number of WeryAI's makes sense


def json_of(text: bytes | str) -> object:
    """What a JSON text says.

    Raises:
        ValueError: it is none, or nested more deeply than can be read.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def whole_number(value: object) -> int | None:
    """A number from 0 on, which may be written as text; None if it is none, or makes no sense."""
    if isinstance(value, str) and value.isdecimal() and len(value) <= len(str(MOST)):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= MOST else None
