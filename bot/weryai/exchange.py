"""One response of WeryAI: its bytes in time, its failures by name, its answer as events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from typing import TypeVar, cast

import aiohttp
import httpx

from bot.core.errors import ModelTimeout, ModelUnavailable
from bot.core.ports.weryai import ChatEvent
from bot.weryai.answer import StreamReader
from bot.weryai.failures import failure, request_id
from bot.weryai.patience import Timeouts
from bot.weryai.sse import SSEDecoder

NETWORK_FAILURES = (httpx.HTTPError, aiohttp.ClientError)  # the client speaks through aiohttp
NO_FIRST_BYTE = "no first byte in time"
SILENCE = "silence in the middle of the answer"
MAX_BODY = 8 * 1024 * 1024  # bytes of a body that is read whole; no answer is that long
# Seconds to wait for usage and [DONE] once every choice has ended: an answer that is all there
# does not have to look unfinished for as long as a silence may last.
FAREWELL = 2.0
# Seconds to wait after [DONE] for the end of the body, which comes with it: then the connection
# can serve the next request. A longer wait is worth less than a new connection.
LINGER = 0.05

T = TypeVar("T")
Breathe = Callable[[], Awaitable[None]]

# What may come before a body shows its kind: a BOM, the blank lines of a server still thinking.
_PREAMBLE = b"\xef\xbb\xbf \t\r\n"
_PLAIN = (b"{", b"[", b"<")  # no line of an event stream begins like JSON or HTML


@contextmanager
def translated(headers: Mapping[str, str] | None = None) -> Iterator[None]:
    """Turn the network's exceptions into the core's errors.

    Args:
        headers: the response's, once there is one, for the request's id.
    """
    request = request_id(headers or {})
    try:
        yield
    except (TimeoutError, *NETWORK_FAILURES) as error:
        # aiohttp's own exception, where there is one: it tells more than what httpx makes of it.
        cause = error.__cause__ if isinstance(error.__cause__, aiohttp.ClientError) else error
        kind = ModelTimeout if isinstance(cause, TimeoutError) else ModelUnavailable
        detail = f"{type(cause).__name__}: {cause}".rstrip(": ")
        raise kind(detail, request_id=request) from error


async def within(seconds: float, awaitable: Awaitable[T], late: str) -> T:
    """Wait for something, but not longer than so many seconds.

    Raises:
        TimeoutError: it has not come; `late` is what it says.
    """
    try:
        async with asyncio.timeout(seconds):
            return await awaitable
    except TimeoutError as error:
        raise TimeoutError(late) from error


async def body_of(response: httpx.Response, timeouts: Timeouts) -> bytes:
    """A whole body; closes the response.

    Args:
        response: with its body yet to be read.
        timeouts: how long to wait for its pieces.

    Raises:
        ModelError: the response is a refusal, breaks off, or does not come in time.
    """
    async with _reading(response) as chunks:
        body = await _rest(chunks, await _start(chunks, timeouts), timeouts)
    if response.status_code != httpx.codes.OK:
        raise failure(response.status_code, response.headers, body)
    return body


async def answer_of(
    response: httpx.Response,
    choices: int,
    timeouts: Timeouts,
    breathe: Breathe,
) -> AsyncGenerator[list[ChatEvent], None]:
    """The answer in a response: events, as many at a time as came together; closes the response.

    A plain body where a stream was asked for is read as a complete answer, whatever its content
    type says it is.

    Args:
        response: with its body yet to be read.
        choices: how many were asked for.
        timeouts: how long to wait for its pieces.
        breathe: waits a little before the next pieces are read, so that some gather.

    Raises:
        ModelError: each failure by its name.
    """
    if response.status_code != httpx.codes.OK:
        await body_of(response, timeouts)
    reader = StreamReader(response.headers, choices)
    decoder = SSEDecoder()
    async with _reading(response) as chunks:
        chunk = await _start(chunks, timeouts)
        if chunk.lstrip(_PREAMBLE).startswith(_PLAIN):
            yield reader.read_whole(await _rest(chunks, chunk, timeouts))
            return
        while chunk:
            if events := reader.read(decoder.feed(chunk)):
                yield events
            if reader.done:
                break
            if reader.told:
                chunk = await _formality(chunks, FAREWELL)
            else:
                await breathe()
                chunk = await _next(chunks, timeouts)
        if events := reader.read(decoder.end()):
            yield events
        if events := reader.end():
            yield events
        if reader.done:
            await _formality(chunks, LINGER)


@asynccontextmanager
async def _reading(response: httpx.Response) -> AsyncIterator[AsyncIterator[bytes]]:
    """The body's bytes as they come; at the end the response is closed."""
    encoded = "content-encoding" in response.headers  # though nobody asked for it
    chunks = response.aiter_bytes() if encoded else response.aiter_raw()
    try:
        with translated(response.headers):
            async with aclosing(cast("AsyncGenerator[bytes, None]", chunks)):
                yield chunks
    finally:
        await response.aclose()


async def _start(chunks: AsyncIterator[bytes], timeouts: Timeouts) -> bytes:
    """The first bytes, as many as it takes to see what kind of body it is."""
    start = await within(timeouts.first_byte, anext(chunks, b""), NO_FIRST_BYTE)
    chunk = start
    while chunk and not start.strip(_PREAMBLE):
        chunk = await _next(chunks, timeouts)
        start += chunk
    return start


async def _next(chunks: AsyncIterator[bytes], timeouts: Timeouts) -> bytes:
    """The next bytes, all that have come; none at the end."""
    return await within(timeouts.silence, anext(chunks, b""), SILENCE)


async def _rest(chunks: AsyncIterator[bytes], start: bytes, timeouts: Timeouts) -> bytes:
    body = bytearray(start)
    while len(body) <= MAX_BODY:
        chunk = await _next(chunks, timeouts)
        if not chunk:
            return bytes(body)
        body += chunk
    raise ModelUnavailable("a body that is too long")


async def _formality(chunks: AsyncIterator[bytes], seconds: float) -> bytes:
    """Bytes after the answer proper. That they do not come is no failure any more."""
    with suppress(TimeoutError, *NETWORK_FAILURES):
        return await within(seconds, anext(chunks, b""), "")
    return b""
