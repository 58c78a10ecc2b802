"""WeryAI over HTTP: one client for the process, with one pool of connections."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
from httpx_aiohttp import HttpxAiohttpClient
from pydantic import SecretStr

from bot.core.errors import ModelError, QueueFull, RateLimited
from bot.core.ports.weryai import ChatEvent, ModelInfo, Strain
from bot.core.requests import WRITING, ChatRequest
from bot.weryai.exchange import NO_FIRST_BYTE, answer_of, body_of, translated, within
from bot.weryai.listing import read_balance, read_models
from bot.weryai.patience import Retries, Timeouts

BASE_URL = "https://api.weryai.com"
CHAT = "/v1/chat/completions"
MODELS = "/v1/chat/models"
BALANCE = "/v1/generation/balance"

KEEP_ALIVE = 30.0  # seconds an idle connection is kept: load balancers drop theirs after 60
UNLIMITED = 0  # aiohttp's word for it: there are as many connections as answers under way
# With many streams at once, each is read a little less often: nobody sees it, since then Discord
# takes no more than a frame per second of each, and the CPU of the whole is bounded.
FEW_STREAMS = 50
BREATH = 0.002  # seconds for each stream above these
LONGEST_BREATH = 0.05

Batches = AsyncGenerator[list[ChatEvent], None]
T = TypeVar("T")

log = logging.getLogger(__name__)


class WeryAIClient:
    """Speaks to WeryAI; implements `bot.core.ports.weryai.ChatModel`.

    Args:
        api_key: sent as the bearer; it appears in no log, repr or error.
        base_url: where WeryAI is, with or without the API's `/v1`.
        timeouts: how long to wait for what.
        retries: how often to try, and how long to wait in between.
        strain: told how each attempt at an answer went.

    Raises:
        ValueError: the key, the address or the environment's proxy cannot be used; it says why,
            without the key.
    """

    def __init__(
        self,
        api_key: SecretStr,
        base_url: str = BASE_URL,
        *,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        strain: Strain | None = None,
    ) -> None:
        self._strain = strain
        self._timeouts = timeouts or Timeouts()
        self._retries = retries or Retries()
        server = _server(base_url)
        self._http = HttpxAiohttpClient(
            base_url=server,
            headers={
                "Authorization": f"Bearer {_usable(api_key)}",
                "Accept": "text/event-stream, application/json",
                "Accept-Encoding": "identity",  # compression holds deltas back
                "User-Agent": "weryai-discord-bot",
            },
            timeout=httpx.Timeout(None, connect=self._timeouts.connect),
            limits=httpx.Limits(max_connections=UNLIMITED, keepalive_expiry=KEEP_ALIVE),
            verify=httpx.create_ssl_context(),
            trust_env=_through_proxy(server),
        )
        self._streams = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Answer a request, piece by piece.

        Every choice begun ends in a `Finish`; `Usage` comes last, where WeryAI tells it.
        Closing the generator, or cancelling its task, closes the connection at once.

        Raises:
            ModelError: each failure by its name. Before the first event, what may pass has been
                tried again.
        """
        body = json.dumps(payload(request)).encode()
        first, batches = await self._retried(CHAT, lambda: self._begin(body, request.n or 1))
        self._streams += 1
        try:
            async with aclosing(batches):
                for event in first:
                    yield event
                async for batch in batches:
                    for event in batch:
                        yield event
        finally:
            self._streams -= 1

    async def models(self) -> list[ModelInfo]:
        """The chat models WeryAI offers now, in its order.

        Raises:
            ModelError: the list cannot be had, or there is no model in it.
        """
        return await self._retried(MODELS, lambda: self._get(MODELS, read_models))

    async def balance(self) -> float:
        """The account's remaining credits.

        Raises:
            ModelError: they cannot be had.
        """
        return await self._retried(BALANCE, lambda: self._get(BALANCE, read_balance))

    async def _breathe(self) -> None:
        """Let deltas gather, so that each of many streams costs less than one of few."""
        if self._streams > FEW_STREAMS:
            await asyncio.sleep(min(LONGEST_BREATH, (self._streams - FEW_STREAMS) * BREATH))

    async def _begin(self, body: bytes, choices: int) -> tuple[list[ChatEvent], Batches]:
        """Ask, and wait for the first events: only up to there can it be tried again."""
        request = self._http.build_request(
            "POST", CHAT, content=body, headers={"Content-Type": "application/json"}
        )
        try:
            batches = answer_of(await self._send(request), choices, self._timeouts, self._breathe)
            first = await anext(batches)
        except (RateLimited, QueueFull):
            if self._strain is not None:
                self._strain.refused()
            raise
        if self._strain is not None:
            self._strain.eased()
        return first, batches

    async def _get(self, path: str, read: Callable[[bytes, httpx.Headers], T]) -> T:
        response = await self._send(self._http.build_request("GET", path))
        return read(await body_of(response, self._timeouts), response.headers)

    async def _send(self, request: httpx.Request) -> httpx.Response:
        with translated():
            sending = self._http.send(request, stream=True)
            return await within(self._timeouts.first_byte, sending, NO_FIRST_BYTE)

    async def _retried(self, path: str, ask: Callable[[], Awaitable[T]]) -> T:
        async for attempt in self._retries.each_attempt():
            with attempt:
                try:
                    return await ask()
                except ModelError as error:
                    log.warning(
                        "WeryAI: attempt %d at %s failed: %s (%s), request %s",
                        attempt.num,
                        path,
                        type(error).__name__,
                        error,
                        error.request_id,
                    )
                    raise
        raise AssertionError("the last attempt returns or raises")


def payload(request: ChatRequest) -> dict[str, Any]:
    """The body of a request for a streamed answer; what is None is left out.

    The documentation knows no `stream_options`, so usage is not asked for: it comes unasked.
    """
    content: dict[str, Any] = {
        "model": request.model,
        "messages": [
            {"role": message.role.value, "content": message.content} for message in request.messages
        ],
        "stream": True,
    }
    for name in (*WRITING, "n"):
        if (value := getattr(request, name)) is not None:
            content[name] = value
    if request.web:
        content["plugins"] = [{"id": "web"}]
    if request.response_format is not None:
        content["response_format"] = dict(request.response_format)
    return content


def _usable(api_key: SecretStr) -> str:
    key = api_key.get_secret_value().strip()
    if not key:
        raise ValueError("the WeryAI API key is empty")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ValueError("the WeryAI API key has characters that no key has")
    return key


def _server(base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url.strip())
    except httpx.InvalidURL as error:
        raise ValueError(f"WeryAI's address cannot be read: {error}") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError(f"WeryAI's address must be like {BASE_URL}")
    if url.userinfo or url.query or url.fragment:
        raise ValueError(f"WeryAI's address must be only an address, like {BASE_URL}")
    return url.copy_with(path=url.path.rstrip("/").removesuffix("/v1") or "/")


def _through_proxy(server: httpx.URL) -> bool:
    """Whether the environment's proxy, if there is one, leads to the server: not on this machine.

    Raises:
        ValueError: it is of a kind that cannot be used.
    """
    if _is_here(server.host) or proxy_bypass(server.host):
        return False
    proxies = getproxies()
    proxy = urlsplit(proxies.get(server.scheme) or proxies.get("all") or "http:")
    if proxy.scheme not in {"http", "https"}:
        raise ValueError(f"a proxy must be http or https; the environment's is {proxy.scheme}")
    return True


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
