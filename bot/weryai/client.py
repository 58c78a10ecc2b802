"""WeryAI over HTTP: one pooled client for the process."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
import orjson
import stamina
from pydantic import SecretStr

from bot.core.errors import ModelError, ModelTimeout, ModelUnavailable
from bot.core.options import ChatRequest
from bot.core.ports import ChatEvent
from bot.weryai.answer import StreamReader
from bot.weryai.failures import failure
from bot.weryai.sse import SSEDecoder

BASE_URL = "https://api.weryai.com"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait. There is no limit on an answer's whole length.

    Attributes:
        connect: for TCP and TLS.
        first_byte: for the response's headers, and then for the first byte of its body: a model
            may think before it speaks.
        silence: between two pieces of the body. Any byte breaks the silence, so a heartbeat
            (an SSE comment) counts as life.
    """

    connect: float = 10.0
    first_byte: float = 120.0
    silence: float = 60.0


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a request is sent, and how long to wait in between, in seconds.

    The wait doubles from `wait_initial` up to `wait_max`, plus up to `wait_jitter` at random, or
    is what `Retry-After` asks for. If that is more than `retry_after_max`, nobody wants to wait
    so long for an answer: the failure is told at once.
    """

    attempts: int = 3
    wait_initial: float = 0.5
    wait_max: float = 8.0
    wait_jitter: float = 0.5
    retry_after_max: float = 20.0

    def backoff(self, error: Exception) -> bool | float:
        """Whether to try again after an error; a number is the seconds to wait instead."""
        if not (isinstance(error, ModelError) and error.retryable):
            return False
        if error.retry_after is None:
            return True
        if error.retry_after > self.retry_after_max:
            return False
        # Everybody was told the same time: do not come back all at once.
        return error.retry_after + random.uniform(0, self.wait_jitter)  # noqa: S311 (no secret)

    def context(self) -> Any:
        """Stamina's loop of attempts."""
        return stamina.retry_context(
            on=self.backoff,
            attempts=self.attempts,
            timeout=None,  # the number of attempts bounds it
            wait_initial=self.wait_initial,
            wait_max=self.wait_max,
            wait_jitter=self.wait_jitter,
        )


class WeryAIClient:
    """Implements `bot.core.ports.ChatModel`."""

    def __init__(
        self,
        api_key: SecretStr,
        base_url: str = BASE_URL,
        *,
        timeouts: Timeouts = Timeouts(),
        retries: Retries = Retries(),
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._timeouts = timeouts
        self._retries = retries
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={
                "Authorization": f"Bearer {api_key.get_secret_value()}",
                "Accept-Encoding": "identity",
            },
            timeout=httpx.Timeout(None, connect=timeouts.connect),
            limits=httpx.Limits(
                max_connections=None, max_keepalive_connections=1000, keepalive_expiry=30
            ),
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._http.aclose()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        body = orjson.dumps(
            {
                "model": request.model,
                "stream": True,
                "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            }
        )
        req = self._http.build_request(
            "POST",
            "/v1/chat/completions",
            content=body,
            headers={"Content-Type": "application/json"},
        )
        async with asyncio.timeout(self._timeouts.first_byte):
            response = await self._http.send(req, stream=True)
        reader = StreamReader(dict(response.headers))
        decoder = SSEDecoder()
        try:
            chunks = response.aiter_raw()
            while True:
                async with asyncio.timeout(self._timeouts.silence):
                    chunk = await anext(chunks, b"")
                if not chunk:
                    break
                for data in decoder.feed(chunk):
                    for event in reader.read(data):
                        yield event
            for data in decoder.end():
                for event in reader.read(data):
                    yield event
            for event in reader.end():
                yield event
        finally:
            await response.aclose()
