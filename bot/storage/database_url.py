"""DATABASE_URL: what may stand there, and where it leads.

No message of this file repeats the address, because it may hold a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bot.core.errors import DatabaseUnavailable

EXAMPLES = "write sqlite:///data/bot.db or postgresql://user:password@host:5432/database"
POSTGRES_SCHEMES = {"postgresql", "postgres", "postgresql+asyncpg"}


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A database file of this machine."""

    path: Path


@dataclass(frozen=True, slots=True, repr=False)
class PostgresServer:
    """A PostgreSQL server; `dsn` is the address as asyncpg reads it, with its options."""

    dsn: str


def parse_database_url(url: str) -> SqliteFile | PostgresServer:
    """Find out which database is meant.

    Raises:
        DatabaseUnavailable: the address is malformed or names another kind of database.
    """
    scheme, separator, rest = url.strip().partition("://")
    if not separator:
        raise DatabaseUnavailable(f"DATABASE_URL is not an address: {EXAMPLES}")
    if scheme in {"sqlite", "sqlite+aiosqlite"}:
        return _sqlite_file(rest)
    if scheme in POSTGRES_SCHEMES:
        return _postgres_server(rest)
    raise DatabaseUnavailable(f"DATABASE_URL names a database the bot does not know: {EXAMPLES}")


def _sqlite_file(rest: str) -> SqliteFile:
    if not rest.startswith("/") or "?" in rest:
        raise DatabaseUnavailable(
            "DATABASE_URL must name a file: three slashes and its path from here "
            "(sqlite:///data/bot.db), or four and its whole path (sqlite:////var/lib/bot.db)"
        )
    path = rest.removeprefix("/")
    if path in {"", ":memory:"}:
        raise DatabaseUnavailable(
            "DATABASE_URL names a database in memory, which forgets everything at a restart: "
            "write sqlite:///data/bot.db"
        )
    return SqliteFile(Path(path).expanduser())


def _postgres_server(rest: str) -> PostgresServer:
    dsn = f"postgresql://{rest}"
    try:
        sa.make_url(dsn)
    except (sa.exc.ArgumentError, ValueError):
        raise DatabaseUnavailable(f"DATABASE_URL is malformed: {EXAMPLES}") from None
    return PostgresServer(dsn)
