"""The database's version: brought up to date at start, compared, and newer ones refused."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import autogenerate, command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.core.checkup import Finding, Status
from bot.core.database_url import SqliteFile, parse_database_url
from bot.core.errors import DatabaseTooNew, DatabaseUnavailable
from bot.storage.engine import Database, open_database
from bot.storage.place import examine_place
from bot.storage.tables import metadata

MIGRATIONS = Path(__file__).parents[2] / "migrations"  # beside `bot`, however it is installed
MIGRATION_LOCK = 0x77657279  # "wery": any number, the same in every process of the bot


async def migrate(database: Database) -> None:
    """Bring the database to this version's schema, in one transaction.

    Several processes may start at once: one migrates, the others wait and find it done.

    Raises:
        DatabaseTooNew: a newer version of the bot has been here.
        DatabaseUnavailable: the database does not answer or refuses.
    """

    def upgrade(connection: sa.Connection) -> None:
        if database.dialect == "postgresql":  # SQLite's `write` is a lock already
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        _upgrade(connection)

    await database.write(upgrade)


async def check(url: str) -> Finding:
    """Look at the database of a `DATABASE_URL` without changing it.

    Raises:
        ValueError: the address is malformed.
    """
    try:
        target = parse_database_url(url)
        if isinstance(target, SqliteFile):
            examine_place(target.path)
            if not target.path.exists():
                return _finding("ok", f"{target.path} is not there yet; the first start makes it.")
        async with open_database(url) as database:
            behind = await database.read(_pending)
    except DatabaseUnavailable as error:
        said = f"The database cannot be used: {error}."
        return _finding("problem", said, error.remedy or "See DATABASE_URL.")
    except DatabaseTooNew as error:
        return _finding("problem", f"{error}.", "Run that newer version, or restore a backup.")
    if behind:
        return _finding("ok", "The database answers; the next start brings it up to date.")
    return _finding("ok", "The database answers and is up to date.")


def _finding(status: Status, sentence: str, remedy: str = "") -> Finding:
    return Finding(status, "Database", sentence, remedy)


def drift() -> list[str]:
    """How the migrations' outcome differs from `tables.py`, on an SQLite database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        engine = sa.create_engine(f"sqlite:///{Path(folder) / 'drift.db'}")
        try:
            with engine.begin() as connection:
                _upgrade(connection)
                return differences(connection)
        finally:
            engine.dispose()


def differences(connection: sa.Connection) -> list[str]:
    """How a migrated database differs from `tables.py`; empty if it does not."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [str(difference) for difference in autogenerate.compare_metadata(context, metadata)]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _pending(connection: sa.Connection) -> bool:
    """Whether there are migrations to run.

    Raises:
        DatabaseTooNew: the database is at a version that this code does not know.
    """
    scripts = ScriptDirectory.from_config(_config())
    known = {script.revision for script in scripts.walk_revisions()}
    current = set(MigrationContext.configure(connection).get_current_heads())
    if current - known:
        raise DatabaseTooNew(
            f"the database is at version {', '.join(sorted(current - known))}, which this version "
            "of the bot does not know: a newer one has used it"
        )
    return current != set(scripts.get_heads())


def _upgrade(connection: sa.Connection) -> None:
    if _pending(connection):
        config = _config()
        attributes: dict[str, Any] = config.attributes
        attributes["connection"] = connection
        command.upgrade(config, "head")
