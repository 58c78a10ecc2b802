"""What an orchestrator and Prometheus ask: is the process alive, can it serve, what has it done.

`/healthz` is answered by the bot's own event loop: no answer means that it hangs. `/readyz` asks
each probe (the gateway, the database) and is 200 only if all say yes. `/metrics` is Prometheus's.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

from bot.core.errors import BotError
from bot.ops.metrics import CONTENT_TYPE, Metrics

log = logging.getLogger(__name__)

PROBE_TIMEOUT = 5.0  # seconds; shorter than the ten that orchestrators commonly wait

Probe = Callable[[], Awaitable[bool]]


class HealthPortUnavailable(BotError):
    """The port of the health server is taken, or may not be used."""


@asynccontextmanager
async def serve_health(
    *,
    host: str,
    port: int,
    metrics: Metrics,
    probes: Mapping[str, Probe],
    probe_timeout: float = PROBE_TIMEOUT,
) -> AsyncGenerator[int, None]:
    """Serve health and metrics while the block runs; gives the port.

    Args:
        host: the address to listen at.
        port: the port; 0 takes any free one.
        metrics: what `/metrics` shows.
        probes: by name, whether a part is ready. One that raises or takes too long is not.
        probe_timeout: seconds a probe may take.

    Raises:
        HealthPortUnavailable: nobody can listen there.
    """

    async def metrics_page(_: web.Request) -> web.Response:
        return web.Response(body=metrics.exposition(), headers={"Content-Type": CONTENT_TYPE})

    async def ready(_: web.Request) -> web.Response:
        answers = await asyncio.gather(
            *(_is_ready(name, probe, probe_timeout) for name, probe in probes.items())
        )
        status = 200 if all(answers) else 503
        return web.json_response(dict(zip(probes, answers, strict=True)), status=status)

    application = web.Application()
    application.router.add_get("/healthz", _alive)
    application.router.add_get("/readyz", ready)
    application.router.add_get("/metrics", metrics_page)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        yield await _listen(runner, host, port)
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> int:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        detail = (
            f"nothing can listen at {host}:{port} ({error.strerror}); choose a free HEALTH_PORT"
        )
        raise HealthPortUnavailable(detail) from error
    taken: int = runner.addresses[0][1]
    log.info("health and metrics are served", extra={"host": host, "port": taken})
    return taken


async def _alive(_: web.Request) -> web.Response:
    return web.Response(text="alive\n")


async def _is_ready(name: str, probe: Probe, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await probe()
    except Exception:  # whatever a probe raises means: not ready
        log.warning("a readiness probe failed", extra={"probe": name}, exc_info=True)
        return False
