from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import httpcore
import httpx
import pytest

from bot.weryai.connection import MAX_UNREAD, Connection, Network
from bot.weryai.transport import Transport
from tests.weryai.asking import served, speaking


class Wire:
    """What asyncio hands a connection, as far as it is used: takes bytes, reads or pauses."""

    def __init__(self) -> None:
        self.written = b""
        self.told: list[str] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written += data

    def pause_reading(self) -> None:
        self.told.append("pause")

    def resume_reading(self) -> None:
        self.told.append("resume")

    def is_closing(self) -> bool:
        return self.closed


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[Connection, asyncio.StreamWriter]]:
    """A connection over a real socket, and the server's end of it."""
    accepted: asyncio.Future[asyncio.StreamWriter] = asyncio.get_running_loop().create_future()

    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.set_result(writer)

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        connection = cast("Connection", await Network().connect_tcp("127.0.0.1", port))
        there = await accepted
        try:
            yield connection, there
        finally:
            await connection.aclose()
            there.close()


def on(wire: Wire) -> Connection:
    connection = Connection()
    connection.connection_made(cast("asyncio.Transport", wire))
    return connection


async def test_an_old_alarm_does_not_end_a_new_wait() -> None:
    async with connected() as (connection, there), connected() as (silent, _):
        there.write(b"one")
        assert await connection.read(100, timeout=0.05) == b"one"
        again = asyncio.create_task(connection.read(100, timeout=60))
        for _ in range(2):
            with pytest.raises(httpcore.ReadTimeout):
                await silent.read(100, timeout=0.06)  # by now the old alarm has rung
        there.write(b"two")
        assert await again == b"two"


async def test_a_wait_without_limit_outlasts_an_old_alarm() -> None:
    async with connected() as (connection, there), connected() as (silent, _):
        there.write(b"one")
        assert await connection.read(100, timeout=0.05) == b"one"
        again = asyncio.create_task(connection.read(100))
        with pytest.raises(httpcore.ReadTimeout):
            await silent.read(100, timeout=0.1)
        there.write(b"two")
        assert await again == b"two"


async def test_an_ended_connection_is_readable_and_an_open_one_is_not() -> None:
    async with connected() as (connection, there):
        assert not connection.get_extra_info("is_readable")
        there.close()
        assert await connection.read(100) == b""
        assert connection.get_extra_info("is_readable")


async def test_a_reset_connection_is_a_failure_to_read() -> None:
    async with connected() as (connection, there):
        reading = asyncio.create_task(connection.read(100))
        there.transport.abort()
        connection.connection_lost(ConnectionResetError("reset by peer"))
        with pytest.raises(httpcore.ReadError, match="reset"):
            await reading


async def test_what_is_unread_holds_the_server_back() -> None:
    wire = Wire()
    connection = on(wire)
    connection.data_received(b"x" * MAX_UNREAD)
    assert wire.told == []
    connection.data_received(b"y")
    assert wire.told == ["pause"]
    assert len(await connection.read(100)) == MAX_UNREAD + 1
    assert wire.told == ["pause", "resume"]


async def test_a_server_that_takes_no_bytes_is_not_waited_for_forever() -> None:
    connection = on(Wire())
    connection.pause_writing()
    with pytest.raises(httpcore.WriteTimeout):
        await connection.write(b"x", timeout=0.05)


async def test_a_server_that_catches_up_is() -> None:
    wire = Wire()
    connection = on(wire)
    connection.pause_writing()
    writing = asyncio.create_task(connection.write(b"x"))
    await asyncio.sleep(0)
    assert not writing.done()
    connection.resume_writing()
    await writing
    assert wire.written == b"x"


async def test_a_closed_connection_takes_no_bytes() -> None:
    wire = Wire()
    wire.closed = True
    with pytest.raises(httpcore.WriteError):
        await on(wire).write(b"x")


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n"])
async def test_a_request_that_fails_leaves_no_connection_behind(answer: bytes) -> None:
    async with served(speaking(answer)) as url:
        transport = Transport(httpx.URL(url))
        with pytest.raises(httpcore.RemoteProtocolError):
            await transport.handle_async_request(httpx.Request("GET", url))
        assert not transport._busy
        assert not transport._idle
        await transport.aclose()


class Kept:
    """An idle connection."""

    def __init__(self, *, expired: bool) -> None:
        self._expired = expired
        self.closed = False

    def has_expired(self) -> bool:
        return self._expired

    async def aclose(self) -> None:
        self.closed = True


async def test_the_newest_connection_that_still_stands_is_used() -> None:
    kept = [Kept(expired=expired) for expired in (True, False, False, True)]
    transport = Transport(httpx.URL("http://127.0.0.1:9"))
    transport._idle.extend(cast("list[httpcore.AsyncConnectionInterface]", kept))
    taken: object = await transport._kept()
    assert taken is kept[2]
    assert [connection.closed for connection in kept] == [True, False, False, True]
    await transport.aclose()
    assert [connection.closed for connection in kept] == [True, True, False, True]
