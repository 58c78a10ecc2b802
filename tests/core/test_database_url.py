"""What DATABASE_URL may say, and that nothing shows the password in it."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from bot.core.database_url import PostgresServer, SqliteFile, parse_database_url

PASSWORD = "hunter2"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///data/bot.db", "data/bot.db"),
        ("sqlite:////var/lib/bot.db", "/var/lib/bot.db"),
        ("sqlite+aiosqlite:///bot.db", "bot.db"),
        (" sqlite:///bot.db\n", "bot.db"),
    ],
)
def test_three_slashes_name_a_file_from_here_and_four_a_whole_path(url: str, path: str) -> None:
    assert parse_database_url(url) == SqliteFile(Path(path))


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_every_usual_name_of_postgresql_is_understood(scheme: str) -> None:
    assert parse_database_url(f"{scheme}://u:p@h:5432/d?sslmode=require") == PostgresServer(
        "postgresql://u:p@h:5432/d?sslmode=require"
    )


def test_a_server_may_be_found_at_a_socket_of_this_machine() -> None:
    url = "postgresql:///bot?host=/var/run/postgresql"
    assert parse_database_url(url) == PostgresServer(url)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "must begin with sqlite:/// or postgresql://"),
        ("bot.db", "must begin with sqlite:/// or postgresql://"),
        (f"mysql://user:{PASSWORD}@host/name", "must begin with sqlite:/// or postgresql://"),
        ("sqlite://", "does not say which file to use"),
        ("sqlite:///", "does not say which file to use"),
        ("sqlite:///:memory:", "names a database in memory"),
        ("sqlite://data/bot.db", "needs three slashes"),
        ("sqlite:///bot.db?mode=ro", "must name a file alone"),
        (f"postgresql://user:{PASSWORD}@host:port/name", "is not a well-formed address"),
        (f"postgresql://user:{PASSWORD}@host", "does not say which database to use"),
        (f"postgresql://user:{PASSWORD}@/name", "does not say on which host"),
    ],
)
def test_a_malformed_address_is_refused_with_what_is_wrong(url: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as caught:
        parse_database_url(url)
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


def test_an_address_is_never_shown() -> None:
    assert PASSWORD not in repr(parse_database_url(f"postgresql://user:{PASSWORD}@host/name"))
