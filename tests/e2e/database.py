"""What the bot has stored, read as an operator could."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def stored(database: Path, query: str, *values: object) -> list[tuple[object, ...]]:
    """What a database holds, read as an operator could."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()
