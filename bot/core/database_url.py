"""DATABASE_URL: what may stand there, and which database it means.

No message of this file repeats the address, because it may hold a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

# With SQLAlchemy's driver names and Heroku's short one, under which people have it at hand.
SQLITE_SCHEMES = {"sqlite", "sqlite+aiosqlite"}
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
        ValueError: the address is malformed or names another kind of database. Its message goes
            on after the name of the setting.
    """
    scheme, _, rest = url.strip().partition("://")
    if scheme in SQLITE_SCHEMES:
        return _sqlite_file(rest)
    if scheme in POSTGRES_SCHEMES:
        return _postgres_server(rest)
    raise ValueError("must begin with sqlite:/// or postgresql://")


def _sqlite_file(rest: str) -> SqliteFile:
    host, _, path = rest.partition("/")
    if host:
        raise ValueError("needs three slashes after sqlite: (four for a path from the root)")
    if not path:
        raise ValueError("does not say which file to use")
    if path == ":memory:":
        raise ValueError("names a database in memory, which forgets everything at a restart")
    if "?" in path:
        raise ValueError("must name a file alone, without a question mark")
    return SqliteFile(Path(path).expanduser())


def _postgres_server(rest: str) -> PostgresServer:
    dsn = f"postgresql://{rest}"
    try:
        parts = urlsplit(dsn)
        _ = parts.port  # read here because it is checked only when it is read
    except ValueError:
        raise ValueError("is not a well-formed address") from None
    if len(parts.path) < len("/x"):
        raise ValueError("does not say which database to use")
    if not parts.hostname and "host" not in parse_qs(parts.query):  # a Unix socket's folder
        raise ValueError("does not say on which host the database is")
    return PostgresServer(dsn)
