import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.ops.health import HealthPortUnavailable, Probe, serve_health
from bot.ops.metrics import Metrics

HOST = "127.0.0.1"


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


async def broken() -> bool:
    raise ConnectionError


async def hanging() -> bool:
    await asyncio.Event().wait()
    return True


@asynccontextmanager
async def asking(
    metrics: Metrics | None = None, **probes: Probe
) -> AsyncIterator[aiohttp.ClientSession]:
    served = serve_health(
        host=HOST, port=0, metrics=metrics or Metrics(), probes=probes, probe_timeout=0.05
    )
    async with served as port, aiohttp.ClientSession(f"http://{HOST}:{port}") as session:
        yield session


async def test_a_living_process_says_so_even_when_it_is_not_ready() -> None:
    async with asking(gateway=no) as session, session.get("/healthz") as response:
        assert response.status == 200


async def test_it_is_ready_when_every_part_is() -> None:
    async with asking(gateway=yes, database=yes) as session, session.get("/readyz") as response:
        assert response.status == 200
        assert await response.json() == {"gateway": True, "database": True}


@pytest.mark.parametrize("probe", [no, broken, hanging])
async def test_one_part_that_is_not_ready_is_named(probe: Probe) -> None:
    async with asking(gateway=yes, database=probe) as session, session.get("/readyz") as response:
        assert response.status == 503
        assert await response.json() == {"gateway": True, "database": False}


async def test_prometheus_finds_the_metrics() -> None:
    metrics = Metrics()
    metrics.delta()
    async with asking(metrics) as session, session.get("/metrics") as response:
        assert response.status == 200
        assert response.content_type == "text/plain"
        assert "bot_deltas_total 1.0" in await response.text()


async def test_a_port_that_is_taken_is_a_clear_error() -> None:
    async with serve_health(host=HOST, port=0, metrics=Metrics(), probes={}) as port:
        second = serve_health(host=HOST, port=port, metrics=Metrics(), probes={})
        with pytest.raises(HealthPortUnavailable, match=f"{HOST}:{port}.*HEALTH_PORT"):
            await second.__aenter__()


async def test_the_port_is_free_again_afterwards() -> None:
    async with serve_health(host=HOST, port=0, metrics=Metrics(), probes={}) as port:
        pass
    async with serve_health(host=HOST, port=port, metrics=Metrics(), probes={}) as again:
        assert again == port
