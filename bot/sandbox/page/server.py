"""Serves the page on loopback, to whoever has its address and to nobody else."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import TracebackType
from typing import Self
from urllib.parse import quote

from aiohttp import WSCloseCode, web

from bot.sandbox.discord.message_payloads import ATTACHMENT_LIMIT
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.page.live import Live
from bot.sandbox.page.showing import Scene
from bot.sandbox.page.switches import Switches
from bot.sandbox.page.underneath import ModelRequests
from bot.sandbox.weryai import WeryAIRelay, WeryAISandbox

HOST = "127.0.0.1"
TOKEN_BYTES = 24
MAX_FRAME = 2 * ATTACHMENT_LIMIT  # base64 makes a third more of a file
_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}
_SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""What an attachment may be to be shown in place: nothing that could run as part of the page."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # the address holds the token
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_POLICY = (
    "default-src 'self'",
    "connect-src 'self' ws://{host}",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
)
_FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PageServer:
    """The page's server: `async with PageServer(…) as page: print(page.url)`.

    Whoever does not know the random token in the address is answered 404. As a browser sends other
    sites' pages to loopback as well, the Host must be this server's own (which a name that was
    rebound to loopback is not), and a WebSocket's Origin as well.

    Args:
        discord: the local Discord, already entered.
        people: whom one can be on the page, by what they are; the first one to begin with.
        weryai: the local WeryAI, or the relay before the real one; already entered.
        saved_in: where the state is kept from run to run, if it is.
        static: where the page's own files are.
        port: where to serve; 0 takes a free port.
    """

    def __init__(
        self,
        discord: DiscordSandbox,
        people: Mapping[str, Person],
        weryai: WeryAISandbox | WeryAIRelay,
        *,
        saved_in: str | None = None,
        static: Traversable | None = None,
        port: int = 0,
    ) -> None:
        self.token = secrets.token_urlsafe(TOKEN_BYTES)
        self._discord = discord
        local = weryai if isinstance(weryai, WeryAISandbox) else None
        self._scene = Scene(
            discord=discord,
            people=people,
            switches=Switches(discord, local),
            model_requests=ModelRequests(discord.world, weryai),
            real_models=local is None,
            saved_in=saved_in,
        )
        self._static = static or files("bot.sandbox.page") / "static"
        self._port = port
        self._open: set[web.WebSocketResponse] = set()
        self._runner: web.AppRunner | None = None
        self._following: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        application = web.Application(middlewares=[self._guard])
        base = f"/t/{self.token}"
        application.router.add_get(base + "/live", self._live)
        application.router.add_get(base + "/files/{file:[0-9]{1,20}}/{name}", self._file)
        application.router.add_get(base + "/{path:.*}", self._page)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        self._port = self._runner.addresses[0][1]
        self._following = asyncio.create_task(
            self._scene.model_requests.follow(), name="requests to WeryAI"
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._following is not None:
            self._following.cancel()
            await asyncio.wait([self._following])
        for socket in tuple(self._open):
            await socket.close(code=WSCloseCode.GOING_AWAY)
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The page's address, token and all."""
        return f"http://{self._host}/t/{self.token}/"

    @property
    def _host(self) -> str:
        return f"{HOST}:{self._port}"

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let only the page's own requests in, and no page of another site."""
        # Compared in constant time, as any secret: the router's own comparison may tell how far a
        # guess was right.
        _, _, token, *_ = [*request.path.split("/"), "", ""]
        if not secrets.compare_digest(token.encode(), self.token.encode()):
            raise web.HTTPNotFound(headers=_HEADERS)
        if request.host not in (self._host, f"localhost:{self._port}"):
            raise web.HTTPForbidden(text="This page answers to its own address only.")
        return await handler(request)

    async def _page(self, request: web.Request) -> web.Response:
        found, path = self._static, request.match_info["path"] or "index.html"
        for name in path.split("/"):
            if name in ("", ".", ".."):
                raise web.HTTPNotFound(headers=_HEADERS)
            found = found / name
        suffix = path[path.rfind(".") :]
        if suffix not in _TYPES or not found.is_file():
            raise web.HTTPNotFound(headers=_HEADERS)
        policy = "; ".join(_POLICY).format(host=request.host)
        return web.Response(
            body=found.read_bytes(),
            content_type=_TYPES[suffix],
            charset="utf-8",
            headers={**_HEADERS, "Content-Security-Policy": policy},
        )

    async def _file(self, request: web.Request) -> web.Response:
        file = self._discord.world.files.get(int(request.match_info["file"]))
        if file is None:
            raise web.HTTPNotFound(headers=_HEADERS)
        kind = file.content_type.partition(";")[0]
        shown = kind in _SHOWN
        place = "inline" if shown else "attachment"
        return web.Response(
            body=file.data,
            content_type=kind if shown else "application/octet-stream",
            headers={
                **_HEADERS,
                "Content-Security-Policy": _FILE_POLICY,
                "Content-Disposition": f"{place}; filename*=UTF-8''{quote(file.filename, safe='')}",
            },
        )

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        if request.headers.get("Origin") != f"http://{request.host}":
            raise web.HTTPForbidden(text="Only the page itself may open this.")
        socket = web.WebSocketResponse(max_msg_size=MAX_FRAME, heartbeat=30.0)
        await socket.prepare(request)
        self._open.add(socket)
        try:
            await Live(self._scene, socket).run()
        finally:
            self._open.discard(socket)
        return socket
