"""Clients for the local Discord: bare HTTP, a bare WebSocket, and a real discord.py bot."""

from __future__ import annotations

import asyncio
import io
import json
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
import discord
import zstandard
from discord import app_commands

from bot.sandbox.discord.dispatch import Intent
from bot.sandbox.discord.server import DiscordSandbox

TIMEOUT = 10.0
USUAL = Intent.GUILDS | Intent.GUILD_MESSAGES | Intent.DIRECT_MESSAGES | Intent.MESSAGE_CONTENT


@dataclass(frozen=True)
class Reply:
    """How a REST request was answered."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> int:
        return int(self.body["code"])


class Rest:
    """A bot's REST calls, without a library in between."""

    def __init__(self, session: aiohttp.ClientSession, sandbox: DiscordSandbox) -> None:
        self._session = session
        self._url = sandbox.api_url
        self.headers = {"Authorization": f"Bot {sandbox.token}"}

    async def call(self, method: str, path: str, body: object = None, **kwargs: Any) -> Reply:
        if body is not None:
            kwargs["json"] = body
        kwargs.setdefault("headers", self.headers)
        async with self._session.request(method, self._url + path, **kwargs) as response:
            text = await response.text()
            is_json = response.content_type == "application/json"
            return Reply(response.status, json.loads(text) if is_json else text, response.headers)

    async def get(self, path: str, **query: str) -> Reply:
        return await self.call("GET", path, params=query)

    async def post(self, path: str, body: object) -> Reply:
        return await self.call("POST", path, body)

    async def patch(self, path: str, body: object) -> Reply:
        return await self.call("PATCH", path, body)

    async def put(self, path: str, body: object = None) -> Reply:
        return await self.call("PUT", path, body)

    async def delete(self, path: str) -> Reply:
        return await self.call("DELETE", path)

    async def upload(self, method: str, path: str, body: object, **files: bytes) -> Reply:
        form = aiohttp.FormData()
        form.add_field("payload_json", json.dumps(body), content_type="application/json")
        for number, (name, data) in enumerate(files.items()):
            filename = name.replace("_", ".")
            field, file = f"files[{number}]", io.BytesIO(data)
            form.add_field(field, file, filename=filename, content_type="text/plain")
        return await self.call(method, path, data=form)


class Gateway:
    """A bot's WebSocket, payload by payload."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, compress: str) -> None:
        self._socket = socket
        streams: dict[str, Callable[[bytes], bytes]] = {
            "zlib-stream": zlib.decompressobj().decompress,
            "zstd-stream": zstandard.ZstdDecompressor().decompressobj().decompress,
        }
        self._read = streams.get(compress)
        self.sequence: int | None = None
        self.seen: list[dict[str, Any]] = []

    @classmethod
    @asynccontextmanager
    async def open(
        cls, session: aiohttp.ClientSession, sandbox: DiscordSandbox, compress: str = ""
    ) -> AsyncIterator[Self]:
        query = {"v": "10", "encoding": "json"} | ({"compress": compress} if compress else {})
        async with session.ws_connect(sandbox.gateway.url, params=query) as socket:
            yield cls(socket, compress)

    async def send(self, op: int, body: object) -> None:
        await self._socket.send_json({"op": op, "d": body})

    async def send_text(self, text: str) -> None:
        await self._socket.send_str(text)

    async def identify(self, token: str, intents: int, shard: tuple[int, int] = (0, 1)) -> None:
        properties = {"os": "linux", "browser": "test", "device": "test"}
        body = {"token": token, "intents": intents, "shard": shard, "properties": properties}
        await self.send(2, body)

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(TIMEOUT):
            frame = await self._socket.receive()
        if frame.type is aiohttp.WSMsgType.BINARY:
            assert self._read is not None
            payload = json.loads(self._read(frame.data))
        else:
            assert frame.type is aiohttp.WSMsgType.TEXT, frame
            payload = json.loads(frame.data)
        self.sequence = payload["s"] or self.sequence
        self.seen.append(payload)
        return dict(payload)

    async def event(self, name: str) -> dict[str, Any]:
        """The next event of that name; others are passed over, and kept in `seen`."""
        while (payload := await self.next())["t"] != name:
            pass
        return dict(payload["d"])

    async def op(self, number: int) -> Any:
        """The `d` of the next payload with that opcode."""
        while (payload := await self.next())["op"] != number:
            pass
        return payload["d"]

    async def closed(self) -> int | None:
        """Read until the server closes; the close code (None: it was cut off)."""
        async with asyncio.timeout(TIMEOUT):
            while (await self._socket.receive()).type not in (
                aiohttp.WSMsgType.CLOSE,
                aiohttp.WSMsgType.CLOSED,
                aiohttp.WSMsgType.ERROR,
            ):
                pass
        return self._socket.close_code

    async def close(self, code: int) -> None:
        await self._socket.close(code=code)


class Bot(discord.AutoShardedClient):
    """The smallest discord.py bot with commands; a test hangs its listeners on it."""

    def __init__(self, intents: discord.Intents | None = None, **options: Any) -> None:
        if intents is None:
            intents = discord.Intents.default()
            intents.message_content = True
        # How long to wait for one more guild before ready: discord.py takes two seconds.
        super().__init__(intents=intents, guild_ready_timeout=0.01, **options)
        self.tree = app_commands.CommandTree(self)
        self.logged_in = asyncio.Event()

    async def setup_hook(self) -> None:
        await self.tree.sync()
        self.logged_in.set()


Connect = Callable[[Bot], Any]
