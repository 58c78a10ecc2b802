"""Every request to Discord: when it starts, and what its answer says of the rate limits.

An `aiohttp.TraceConfig` sees every request of a session, so that discord.py's own requests
(through its documented `http_trace`) and the bot's are counted alike.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from time import monotonic
from types import SimpleNamespace
from typing import Any, Protocol

import aiohttp

from bot.core.ports.discord_app import Lane
from bot.discord_app.lanes import is_file, lane_of

LONGEST_TURN = 15.0  # seconds a request waits; aiohttp counts this as a part of its own time


class RequestObserver(Protocol):
    """Told of each request, as it starts and as it ends."""

    def started(self, lane: Lane) -> None:
        """A request goes out."""
        ...

    def ended(  # noqa: PLR0913 - one argument for each of Discord's headers
        self,
        lane: Lane,
        *,
        status: int,
        limit: int | None = None,
        remaining: int | None = None,
        reset_after: float | None = None,
        retry_after: float | None = None,
        bucket: str | None = None,
        is_global: bool = False,
        took: float | None = None,
    ) -> None:
        """It was answered, or has failed without an answer (status 0). Times are in seconds."""
        ...


Turn = Callable[[Lane], AbstractAsyncContextManager[None]]
"""Waits until a request may start, which it does inside the block."""


def trace_config(*observers: RequestObserver, turn: Turn | None = None) -> aiohttp.TraceConfig:
    """A trace that lets each request of the sessions it is given to wait its turn, and reports it.

    A request may bring its own `Lane` as aiohttp's `trace_request_ctx`; it is read from the path
    otherwise. The gateway's websocket and people's files are no REST requests and are left out.
    One whose turn does not come fails with a `TimeoutError`, as one that is not answered.
    """
    take_turn: Turn = turn or (lambda _: nullcontext())

    async def on_start(
        _: aiohttp.ClientSession, context: SimpleNamespace, start: aiohttp.TraceRequestStartParams
    ) -> None:
        context.lane = None
        if "Sec-WebSocket-Key" not in start.headers and not is_file(start.url.path):
            known = getattr(context, "trace_request_ctx", None)
            lane = known or lane_of(start.method, start.url.path)
            async with AsyncExitStack() as started:
                async with asyncio.timeout(LONGEST_TURN):
                    await started.enter_async_context(take_turn(lane))
                context.lane = lane
                context.began = monotonic()
                for observer in observers:
                    observer.started(lane)

    async def on_end(
        _: aiohttp.ClientSession, context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        if context.lane is not None:
            told = _told(end.response.status, end.response.headers)
            for observer in observers:
                observer.ended(context.lane, **told, took=monotonic() - context.began)

    async def on_exception(
        _: aiohttp.ClientSession, context: SimpleNamespace, __: aiohttp.TraceRequestExceptionParams
    ) -> None:
        if context.lane is not None:
            for observer in observers:
                observer.ended(context.lane, status=0)

    config = aiohttp.TraceConfig()
    config.on_request_start.append(on_start)
    config.on_request_end.append(on_end)
    config.on_request_exception.append(on_exception)
    return config


def _told(status: int, headers: Mapping[str, str]) -> dict[str, Any]:
    """What an answer says, as `RequestObserver.ended` takes it."""
    limit = _number(headers, "X-RateLimit-Limit")
    remaining = _number(headers, "X-RateLimit-Remaining")
    return {
        "status": status,
        "limit": None if limit is None else int(limit),
        "remaining": None if remaining is None else int(remaining),
        "reset_after": _number(headers, "X-RateLimit-Reset-After"),
        "retry_after": _number(headers, "Retry-After"),
        "bucket": headers.get("X-RateLimit-Bucket"),
        "is_global": headers.get("X-RateLimit-Scope") == "global"
        or headers.get("X-RateLimit-Global") == "true",
    }


def _number(headers: Mapping[str, str], name: str) -> float | None:
    try:
        return float(headers[name])
    except (KeyError, ValueError):  # a proxy in between may answer with a date
        return None
