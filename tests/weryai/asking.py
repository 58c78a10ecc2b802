"""What the tests of the client have in common: a question, and ways to hear its answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from typing import Any

from pydantic import SecretStr

from bot.core.conversation import ChatMessage, Role
from bot.core.errors import ModelError
from bot.core.ports.weryai import ChatEvent, ChatModel, Delta, Strain
from bot.core.requests import ChatRequest
from bot.sandbox.weryai import API_KEY
from bot.weryai.client import WeryAIClient
from bot.weryai.patience import Retries, Timeouts

AT_ONCE = Retries(wait_initial=0, wait_max=0, wait_jitter=0)
ONCE = Retries(attempts=1)


def question(text: str = "Hello", **options: Any) -> ChatRequest:
    options = {"model": "GEMINI_25_FLASH", **options}
    return ChatRequest(messages=(ChatMessage(Role.USER, text),), **options)


async def said(client: ChatModel, request: ChatRequest | None = None) -> list[ChatEvent]:
    async with aclosing(client.stream(request or question())) as events:
        return [event async for event in events]


async def said_until_failure(
    client: ChatModel, request: ChatRequest | None = None
) -> tuple[list[ChatEvent], ModelError | None]:
    """What was said, and the failure that ended it."""
    heard: list[ChatEvent] = []
    try:
        async with aclosing(client.stream(request or question())) as events:
            async for event in events:
                heard.append(event)  # noqa: PERF401 (what comes before the failure is the point)
    except ModelError as error:
        return heard, error
    return heard, None


def text_of(events: list[ChatEvent], index: int = 0) -> str:
    deltas = (event for event in events if isinstance(event, Delta))
    return "".join(delta.text for delta in deltas if delta.index == index)


def asking(
    base_url: str,
    *,
    retries: Retries = AT_ONCE,
    timeouts: Timeouts | None = None,
    strain: Strain | None = None,
) -> WeryAIClient:
    return WeryAIClient(
        SecretStr(API_KEY), base_url, retries=retries, timeouts=timeouts, strain=strain
    )


Handler = Callable[[bytes, asyncio.StreamWriter], Coroutine[Any, Any, None]]


@asynccontextmanager
async def served(handler: Handler) -> AsyncIterator[str]:
    """A server of bare bytes: it reads each request, and the handler, given its head, speaks."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if length := re.search(rb"(?i)content-length: (\d+)", head):
                await reader.readexactly(int(length[1]))
            await handler(head, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"


def speaking(*pieces: bytes) -> Handler:
    """A handler that says these bytes and closes the connection."""

    async def handler(_: bytes, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    return handler


def response(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body
