"""A PostgreSQL that does not let the bot in: what happened and what to do, without the password."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator

import pytest

from bot.core.errors import DatabaseUnavailable
from bot.storage.engine import open_database
from bot.storage.remedies import remedy_for
from bot.storage.schema import check, migrate

SECRET = "s3cret"
TRANSLATED = "%40, %3A or %2F"  # of the remedy for a wrong password


@pytest.fixture
async def without_tls() -> AsyncIterator[str]:
    """The address of a server that has no TLS, and wants none."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(8)  # an SSLRequest: PostgreSQL's documentation, "Message Formats"
        writer.write(b"N")
        await reader.read()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"postgresql://me:{SECRET}@127.0.0.1:{port}/bot?sslmode=require"


async def refused(url: str, remedy: str) -> None:
    """Whoever looks, migrates or works is told what to do, and never the password."""
    finding = await check(url)
    assert finding.status == "problem"
    assert "The database cannot be used: " in finding.sentence
    assert remedy in finding.remedy
    async with open_database(url) as database:
        with pytest.raises(DatabaseUnavailable) as unavailable:
            await migrate(database)
    assert remedy in unavailable.value.remedy
    assert SECRET not in f"{finding} {unavailable.value} {unavailable.value.remedy}"


@pytest.mark.parametrize(
    ("who", "database", "remedy"),
    [
        (f"guarded:{SECRET}", "postgres", TRANSLATED),
        (f"nobody-known:{SECRET}", "postgres", "let it in from this machine"),
        ("postgres", "nowhere", "CREATE DATABASE"),
    ],
    ids=["password", "user", "database"],
)
async def test_a_server_that_refuses(
    postgres_server: str, who: str, database: str, remedy: str
) -> None:
    url = postgres_server.format(database=database)
    await refused(url.replace("postgres@", f"{who}@"), remedy)


@pytest.mark.parametrize(
    "address", [f"me:{SECRET}@127.0.0.1:9/bot", f"me:{SECRET}@/bot?host=/nowhere"]
)
async def test_no_server(address: str) -> None:
    await refused(f"postgresql://{address}", "Check that PostgreSQL is running")


async def test_a_server_without_tls(without_tls: str) -> None:
    await refused(without_tls, "disable (no TLS)")


async def test_an_option_that_there_is_not() -> None:
    await refused(f"postgresql://me:{SECRET}@127.0.0.1:9/bot?sslmode=maybe", "question mark")


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (ssl.SSLCertVerificationError(1, "self-signed certificate"), "sslrootcert"),
        (socket.gaierror(-2, "Name or service not known"), "the host and the port"),
        (TimeoutError(), "the host and the port"),
        (ConnectionResetError("reset"), "the host and the port"),
        (RuntimeError("a bug"), ""),
    ],
)
def test_what_a_network_does(error: Exception, remedy: str) -> None:
    assert remedy in remedy_for(error)
    assert bool(remedy) is bool(remedy_for(error))
