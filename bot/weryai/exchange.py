"""One response of WeryAI: its bytes in time, its failures by name, its answer as events."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from typing import cast

import httpcore
import httpx

from bot.core.errors import ModelTimeout, ModelUnavailable
from bot.core.ports import ChatEvent
from bot.weryai.answer import StreamReader
from bot.weryai.failures import failure, request_id
from bot.weryai.sse import SSEDecoder
from bot.weryai.transport import wait_at_most

MAX_BODY = 8 * 1024 * 1024  # bytes of a body that is read whole; no answer is that long
# Seconds to wait for usage and [DONE] once every choice has ended: an answer that is all there
# does not have to look unfinished for as long as a silence may last.
FAREWELL = 2.0
# Seconds to wait after [DONE] for the end of the body, which comes with it: then the connection
# can serve the next request. A longer wait is worth less than a new connection.
LINGER = 0.05

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
    except httpcore.TimeoutException as error:
        raise ModelTimeout(str(error), request_id=request) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as error:
        raise ModelUnavailable(_named(error), request_id=request) from error
    except httpx.HTTPError as error:  # an encoded body that cannot be decoded
        raise ModelUnavailable(_named(error), request_id=request) from error


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")


async def body_of(response: httpx.Response, silence: float) -> bytes:
    """A whole body; closes the response.

    Args:
        response: with its body yet to be read.
        silence: seconds to wait for each further piece of it.

    Raises:
        ModelError: the response is a refusal, breaks off, or does not come in time.
    """
    async with _reading(response) as chunks:
        body = await _rest(chunks, await _start(response, chunks, silence))
    if response.status_code != httpx.codes.OK:
        raise failure(response.status_code, response.headers, body)
    return body


async def answer_of(
    response: httpx.Response, choices: int, silence: float
) -> AsyncGenerator[list[ChatEvent], None]:
    """The answer in a response: events, as many at a time as came together; closes the response.

    A plain body where a stream was asked for is read as a complete answer, whatever its content
    type says it is.

    Args:
        response: with its body yet to be read.
        choices: how many were asked for.
        silence: seconds to wait for each further piece of it.

    Raises:
        ModelError: each failure by its name.
    """
    if response.status_code != httpx.codes.OK:
        await body_of(response, silence)
    reader = StreamReader(response.headers, choices)
    decoder = SSEDecoder()
    async with _reading(response) as chunks:
        chunk = await _start(response, chunks, silence)
        if chunk.lstrip(_PREAMBLE).startswith(_PLAIN):
            yield reader.read_whole(await _rest(chunks, chunk))
            return
        while chunk:
            if events := reader.read(decoder.feed(chunk)):
                yield events
            if reader.done:
                break
            if reader.told:
                chunk = await _formality(response, chunks, FAREWELL)
            else:
                chunk = await anext(chunks, b"")
        if events := reader.read(decoder.end()):
            yield events
        if events := reader.end():
            yield events
        if reader.done:
            await _formality(response, chunks, LINGER)


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


async def _start(response: httpx.Response, chunks: AsyncIterator[bytes], silence: float) -> bytes:
    """The first bytes, as many as it takes to see what kind of body it is."""
    start = b""
    while not start.strip(_PREAMBLE) and (chunk := await anext(chunks, b"")):
        wait_at_most(response, silence)
        start += chunk
    return start


async def _rest(chunks: AsyncIterator[bytes], start: bytes) -> bytes:
    body = bytearray(start)
    while len(body) <= MAX_BODY:
        chunk = await anext(chunks, b"")
        if not chunk:
            return bytes(body)
        body += chunk
    raise ModelUnavailable("a body that is too long")


async def _formality(
    response: httpx.Response, chunks: AsyncIterator[bytes], seconds: float
) -> bytes:
    """Bytes after the answer proper. That they do not come is no failure any more."""
    wait_at_most(response, seconds)
    with suppress(httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException):
        return await anext(chunks, b"")
    return b""
