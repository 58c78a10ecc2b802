"""Stands before the real WeryAI: passes everything on, and notes down what goes through.

So people who use the sandbox with a key of their own see what the bot sends there, too.
"""

from __future__ import annotations

import asyncio
import json
from typing import Self

import aiohttp
from aiohttp import web

from bot.sandbox.weryai.recording import Log, Recorded

HOST = "127.0.0.1"
_PASSED_ON = ("Authorization", "Content-Type", "Accept", "User-Agent")
_PASSED_BACK = ("Content-Type", "Retry-After", "X-Request-Id", "Request-Id")
_EVENT = b"data: {"
"""How each event of a stream begins, but the last one, which is no JSON."""


class WeryAIRelay(Log):
    """`async with WeryAIRelay("https://api.weryai.com") as relay: …relay.base_url…`.

    Args:
        upstream: the real WeryAI's address, with or without the API's `/v1`.

    Attributes:
        base_url: what to give the bot as WeryAI's address, once it has been entered.
    """

    def __init__(self, upstream: str) -> None:
        super().__init__()
        self.base_url = ""
        self._upstream = upstream.rstrip("/").removesuffix("/v1")
        self._runner: web.AppRunner | None = None
        self._client: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._noted)
        app.router.add_get("/{path:.*}", self._passed)
        # The handler is cancelled when the bot goes away: so the real one learns of it, too.
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1)
        # How long to wait is the bot's business.
        self._client = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=None), trust_env=True
        )
        self._runner = runner
        await runner.setup()
        await web.TCPSite(runner, HOST, 0).start()
        self.base_url = f"http://{HOST}:{runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        if self._client is not None:
            await self._client.close()

    async def _passed(self, request: web.Request) -> web.StreamResponse:
        return await self._pass(request, b"", Recorded(self.now()))

    async def _noted(self, request: web.Request) -> web.StreamResponse:
        recorded = Recorded(self.now())
        body = await request.read()
        try:
            recorded.json = json.loads(body)
        except ValueError:
            recorded.json = None
        await self.note(recorded)
        try:
            response = await self._pass(request, body, recorded)
        except (asyncio.CancelledError, ConnectionError):
            recorded.closed_by_client = True
            raise
        else:
            return response
        finally:
            recorded.ended.set()

    async def _pass(
        self, request: web.Request, body: bytes, recorded: Recorded
    ) -> web.StreamResponse:
        assert self._client is not None
        headers = {one: request.headers[one] for one in _PASSED_ON if one in request.headers}
        headers["Accept-Encoding"] = "identity"  # what passes can be counted then
        address = self._upstream + request.path_qs
        try:
            async with self._client.request(
                request.method, address, data=body or None, headers=headers
            ) as answer:
                recorded.status = answer.status
                back = {one: answer.headers[one] for one in _PASSED_BACK if one in answer.headers}
                response = web.StreamResponse(status=answer.status, headers=back)
                await response.prepare(request)
                async for piece in answer.content.iter_any():
                    await response.write(piece)
                    if events := piece.count(_EVENT):
                        recorded.sent += events
                        recorded.written.append(self.now())
                await response.write_eof()
        except aiohttp.ClientError:
            # Whatever happened to the connection there happens to the bot's here.
            if request.transport is not None:
                request.transport.abort()
            return web.StreamResponse()
        recorded.finished = True
        return response
