"""httpx's connections to WeryAI: as many as there are answers under way, used again and again."""

from __future__ import annotations

import ipaddress
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import partial
from typing import cast
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from bot.weryai.connection import Connection, Network

KEEP_ALIVE = 30.0  # seconds an idle connection is kept: load balancers drop theirs after 60


class _Body(httpx.AsyncByteStream):
    """A response's body; closing it ends the use of its connection, once."""

    def __init__(self, stream: httpx.AsyncByteStream, closed: Callable[[], None]) -> None:
        self._stream = stream
        self._closed: Callable[[], None] | None = closed

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._stream.__aiter__()

    async def aclose(self) -> None:
        closed, self._closed = self._closed, None
        if closed is not None:
            try:
                await self._stream.aclose()
            finally:
                closed()


class Transport(httpx.AsyncBaseTransport):
    """Connections to one server, as many as there are requests under way.

    Finished connections are kept for the next requests. httpcore's own pool looks at every pair
    of its connections for every request, 10 ms of CPU when there are 300; this one looks at the
    last one that was used.

    A proxy named by `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY` is used, except for this machine
    and what `NO_PROXY` names.

    Failures are httpcore's exceptions; the client translates them into the bot's.

    Raises:
        ValueError: the environment's proxy cannot be used.
    """

    def __init__(self, server: httpx.URL) -> None:
        self._factory = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context() if server.scheme == "https" else None,
            proxy=_proxy(server),
            keepalive_expiry=KEEP_ALIVE,
            network_backend=Network(),
        )
        self._busy: set[httpcore.AsyncConnectionInterface] = set()
        self._idle: deque[httpcore.AsyncConnectionInterface] = deque()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; the response comes back with its headers, its body yet to be read."""
        url = request.url
        core_request = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        connection, response = await self._respond(core_request)
        socket = response.extensions["network_stream"]
        closed = partial(self._give_back, connection, socket)
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(cast("httpx.AsyncByteStream", response.stream), closed),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        connections = [*self._busy, *self._idle]
        self._busy.clear()
        self._idle.clear()
        for connection in connections:
            await connection.aclose()

    async def _respond(
        self, request: httpcore.Request
    ) -> tuple[httpcore.AsyncConnectionInterface, httpcore.Response]:
        while (connection := await self._kept()) is not None:
            # A server may drop a kept connection in the very moment it is used again.
            with suppress(httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError):
                return connection, await self._use(connection, request)
        connection = self._factory.create_connection(request.url.origin)
        return connection, await self._use(connection, request)

    async def _use(
        self, connection: httpcore.AsyncConnectionInterface, request: httpcore.Request
    ) -> httpcore.Response:
        self._busy.add(connection)
        try:
            return await connection.handle_async_request(request)
        except BaseException:
            self._busy.discard(connection)
            raise

    async def _kept(self) -> httpcore.AsyncConnectionInterface | None:
        while self._idle and self._idle[0].has_expired():  # the longest idle
            await self._idle.popleft().aclose()
        while self._idle:
            connection = self._idle.pop()
            if not connection.has_expired():
                return connection
            await connection.aclose()
        return None

    def _give_back(self, connection: httpcore.AsyncConnectionInterface, socket: Connection) -> None:
        self._busy.discard(connection)
        if connection.is_idle():
            self._idle.append(connection)
        else:
            socket.abort()  # httpcore has done so, unless it was cancelled in between


def wait_at_most(response: httpx.Response, seconds: float) -> None:
    """Limit each further read of a response's body; see `Connection.wait_at_most`."""
    connection: Connection = response.extensions["network_stream"]
    connection.wait_at_most(seconds)


def _proxy(server: httpx.URL) -> httpcore.Proxy | None:
    proxies = getproxies()
    address = proxies.get(server.scheme) or proxies.get("all")
    if not address or _is_here(server.host) or proxy_bypass(server.host):
        return None
    proxy = httpx.Proxy(address)
    if proxy.url.scheme not in {"http", "https"}:
        raise ValueError(f"a proxy must be http or https; the environment's is {proxy.url.scheme}")
    return httpcore.Proxy(str(proxy.url), auth=proxy.raw_auth)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
