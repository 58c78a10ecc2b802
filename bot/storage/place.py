"""Where an SQLite file lies: whether it can be made and written there.

SQLite opens a file that it may not write without a word, and refuses the first question. The
operator is told before, and what to do about it.
"""

from __future__ import annotations

import os
from pathlib import Path

from bot.core.errors import DatabaseUnavailable

REMEDY = "name another one in DATABASE_URL, or let the bot's user write there"
BESIDE = ("", "-wal", "-shm")  # what SQLite keeps in WAL mode, in the same folder


def examine_place(path: Path) -> None:
    """See that an SQLite file can be written, or made where it is not there; changes nothing.

    Raises:
        DatabaseUnavailable: it cannot.
    """
    try:
        folder = next(one for one in (path.parent, *path.parent.parents) if one.exists())
        files = [path.with_name(path.name + ending) for ending in BESIDE]
        locked = [one for one in (folder, *files) if one.exists() and not _is_writable(one)]
    except OSError as error:
        raise DatabaseUnavailable(f"{path} is out of reach ({error.strerror}): {REMEDY}") from error
    if not folder.is_dir():
        raise DatabaseUnavailable(f"{folder} is no folder: {REMEDY}")
    if locked:
        kind = "folder" if locked[0] == folder else "file"
        raise DatabaseUnavailable(f"the {kind} {locked[0]} cannot be written: {REMEDY}")


def _is_writable(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
