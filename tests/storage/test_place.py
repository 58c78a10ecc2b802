"""Where an SQLite file may lie: what cannot be written is said before the first question."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.errors import DatabaseUnavailable
from bot.storage.engine import open_database
from bot.storage.place import examine_place
from bot.storage.schema import check

NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a database, for a user who is held to permissions, as root is not."""
    if sys.platform == "win32":
        pytest.skip("it has other permissions")
    with tempfile.TemporaryDirectory(prefix="place-") as made:
        folder = Path(made)
        (folder / "bot.db").touch()
        before = os.geteuid()
        ordinary = before or NOBODY
        for path in (folder, folder / "bot.db"):
            os.chown(path, ordinary, -1)
        os.seteuid(ordinary)
        try:
            yield folder
        finally:
            os.seteuid(before)
            folder.chmod(0o700)


def refusal(path: Path) -> str:
    with pytest.raises(DatabaseUnavailable) as caught:
        examine_place(path)
    assert "DATABASE_URL" in str(caught.value)
    return str(caught.value)


def test_a_writable_file_and_a_missing_one_are_taken(folder: Path) -> None:
    for name in ("bot.db", "another.db", "some/where/bot.db"):
        examine_place(folder / name)
    assert [path.name for path in folder.iterdir()] == ["bot.db"]


def test_a_read_only_file_is_refused(folder: Path) -> None:
    (folder / "bot.db").chmod(0o400)
    assert f"the file {folder}/bot.db cannot be written" in refusal(folder / "bot.db")


def test_what_another_user_has_left_beside_it_is_refused(folder: Path) -> None:
    (folder / "bot.db-wal").touch(0o400)
    assert f"the file {folder}/bot.db-wal cannot be written" in refusal(folder / "bot.db")


@pytest.mark.parametrize("name", ["bot.db", "another.db", "new/bot.db"])
def test_a_read_only_folder_is_refused(folder: Path, name: str) -> None:
    folder.chmod(0o500)
    assert f"the folder {folder} cannot be written" in refusal(folder / name)


def test_a_folder_that_may_not_be_entered_is_refused(folder: Path) -> None:
    folder.chmod(0o000)
    assert "Permission denied" in refusal(folder / "bot.db")


async def test_the_check_promises_no_start_that_will_fail(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    url = f"sqlite:///{tmp_path}/file/data/bot.db"
    finding = await check(url)
    assert finding.status == "problem"
    assert f"{tmp_path}/file is no folder" in finding.sentence
    with pytest.raises(DatabaseUnavailable):
        async with open_database(url):
            pass
