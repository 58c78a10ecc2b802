"""A connection of httpcore's, on asyncio's own transports.

httpx's usual network layer costs 30 µs of CPU for each delta of a stream, most of it for a new
timer and two calls to epoll at every read. Here a connection keeps one timer for all its reads
and leaves its socket registered, which halves what the whole client costs. HTTP itself and proxies
are still httpcore's, TLS is Python's.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any, cast

import httpcore

MAX_UNREAD = 256 * 1024  # bytes of a response held before the server has to wait
NO_CONNECTION = "no connection in time"
HAPPY_EYEBALLS = 0.25  # seconds before the next address is tried beside the first: RFC 8305


class Connection(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """One TCP or TLS connection."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._received: list[bytes] = []
        self._unread = 0
        self._reading: asyncio.Future[None] | None = None
        self._writing: asyncio.Future[None] | None = None
        self._ended = False
        self._error: Exception | None = None
        self._patience: float | None = None
        self._deadline = 0.0
        self._alarm: asyncio.TimerHandle | None = None

    def wait_at_most(self, seconds: float) -> None:
        """Limit each further read of this response.

        httpcore has one timeout for all reads of a response; the first byte may take longer
        than those after it. Sending the next request takes the limit back.
        """
        self._patience = seconds

    # --- what asyncio tells -------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        self._received.append(data)
        self._unread += len(data)
        if self._unread > MAX_UNREAD and self._transport is not None:
            self._transport.pause_reading()
        _wake(self._reading)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone; an end of the server's data comes here too."""
        self._ended = True
        self._error = exc
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        _wake(self._reading)
        _wake(self._writing)

    def pause_writing(self) -> None:
        """The server does not keep up with the request."""
        self._writing = self._loop.create_future()

    def resume_writing(self) -> None:
        """It has caught up."""
        _wake(self._writing)
        self._writing = None

    # --- what httpcore asks -------------------------------------------------------------------

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 (httpcore's signature)
        """The next bytes, all that are there; none at the end."""
        if not self._received and not self._ended:
            await self._wait(timeout if self._patience is None else self._patience)
        if self._received:
            return self._take()
        if self._error is not None:
            raise httpcore.ReadError(str(self._error)) from self._error
        return b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 (httpcore's signature)
        """Send bytes; waits while the server does not keep up."""
        self._patience = None
        transport = self._transport
        if transport is None or transport.is_closing():
            raise httpcore.WriteError("the connection is closed")
        if buffer:
            transport.write(buffer)
        if self._writing is not None:
            try:
                async with asyncio.timeout(timeout):
                    await self._writing
            except TimeoutError as error:
                raise httpcore.WriteTimeout("the request is not taken in time") from error

    async def aclose(self) -> None:
        """Close the connection, and the socket with it."""
        self.abort()
        await asyncio.sleep(0)  # asyncio closes the socket on its next turn

    def abort(self) -> None:
        """Close the connection; what is still unsent is dropped."""
        if self._transport is not None:
            self._transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's signature)
    ) -> httpcore.AsyncNetworkStream:
        """Go on in TLS."""
        plain = self._transport
        if plain is None:
            raise httpcore.ConnectError("the connection is closed")
        try:
            async with asyncio.timeout(timeout):
                self._transport = await self._loop.start_tls(
                    plain, self, ssl_context, server_hostname=server_hostname
                )
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(NO_CONNECTION) from error
        except OSError as error:  # a certificate that cannot be trusted is one too
            raise httpcore.ConnectError(str(error)) from error
        return self

    def get_extra_info(self, info: str) -> Any:
        """What httpcore wants to know of the socket."""
        if info == "is_readable":  # of an idle connection: something to read means it has ended
            return self._ended or bool(self._received)
        return None if self._transport is None else self._transport.get_extra_info(info)

    # ------------------------------------------------------------------------------------------

    def _take(self) -> bytes:
        data = self._received[0] if len(self._received) == 1 else b"".join(self._received)
        self._received.clear()
        if self._unread > MAX_UNREAD and self._transport is not None:
            self._transport.resume_reading()
        self._unread = 0
        return data

    async def _wait(self, seconds: float | None) -> None:
        """Wait for something to read.

        The alarm stays set when it comes: if it rings too early it is set anew. So a stream that
        never falls silent costs a timer per timeout, not per read.
        """
        self._reading = reading = self._loop.create_future()
        if seconds is None:
            self._deadline = float("inf")
        else:
            self._deadline = self._loop.time() + seconds
            if self._alarm is None or self._alarm.when() > self._deadline:
                self._set_alarm()
        try:
            await reading
        finally:
            self._reading = None

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = self._loop.call_at(self._deadline, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        if self._reading is None or self._reading.done() or self._deadline == float("inf"):
            return
        if self._loop.time() < self._deadline:
            self._set_alarm()
        else:
            first = self._patience is None
            waited = "no first byte in time" if first else "silence in the middle of the answer"
            self._reading.set_exception(httpcore.ReadTimeout(waited))


def _wake(waiting: asyncio.Future[None] | None) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)


class Network(httpcore.AsyncNetworkBackend):
    """Opens connections for the pool, which asks for no local address and no socket options."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's signature)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Open a connection.

        Raises:
            httpcore.ConnectTimeout: there is none in time.
            httpcore.ConnectError: there is none at all.
        """
        try:
            async with asyncio.timeout(timeout):
                _, connection = await asyncio.get_running_loop().create_connection(
                    Connection, host, port, happy_eyeballs_delay=HAPPY_EYEBALLS
                )
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(NO_CONNECTION) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        return connection
