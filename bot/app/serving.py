"""Serves Discord from the first connection until the last answer has ended."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress
from typing import Any

from stamina.instrumentation import set_on_retry_hooks

from bot.app.wiring import joined
from bot.core.recovery import Recovery
from bot.discord_app.client import WeryBot
from bot.ops.logging import configure_logging
from bot.ops.process import event_loop, spare_the_collector
from bot.settings import Settings

log = logging.getLogger(__name__)


def run(settings: Settings) -> int:
    """Serve Discord until SIGTERM or Ctrl+C; the exit code."""
    configure_logging(
        log_format=settings.log_format, level=settings.log_level, secrets=settings.secrets()
    )
    with asyncio.Runner(loop_factory=event_loop) as runner:
        runner.run(_serve(settings))
    return 0


async def _serve(settings: Settings) -> None:
    stopping = asyncio.Event()
    _on_signals(stopping)
    set_on_retry_hooks(())  # the client logs its retries itself, with the request's id
    async with joined(settings) as parts:
        token = settings.discord_token.get_secret_value()
        tasks = {
            asyncio.create_task(parts.bot.serve(token), name="connection"),
            asyncio.create_task(parts.catalogue.keep_fresh(), name="catalogue"),
            asyncio.create_task(parts.credits.keep_watching(), name="credits"),
            asyncio.create_task(_recover(parts.bot, parts.recovery), name="recovery"),
        }
        stop = asyncio.create_task(stopping.wait(), name="stop")
        try:
            await _until_stopped(tasks, stop)
            log.info("shutting down: running answers have %g s", settings.shutdown_grace)
            await parts.answering.shut_down(settings.shutdown_grace)
        finally:
            await parts.bot.close()
            for task in (*tasks, stop):
                task.cancel()
            await asyncio.gather(*tasks, stop, return_exceptions=True)
    log.info("stopped")


async def _until_stopped(tasks: set[asyncio.Task[None]], stop: asyncio.Task[Any]) -> None:
    """Wait for the signal; a task that fails before it ends the process with its error."""
    waiting: set[asyncio.Task[Any]] = {stop, *tasks}
    while not stop.done():
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
            if task.get_name() == "connection":
                return


async def _recover(bot: WeryBot, recovery: Recovery) -> None:
    await bot.wait_until_ready()
    log.info("ready; servers: %d", len(bot.guilds))
    spare_the_collector()
    await recovery.recover()
    await recovery.show_late()


def _on_signals(stopping: asyncio.Event) -> None:
    """The first signal stops in order; a second one is the system's again and ends at once."""
    loop = asyncio.get_running_loop()

    def stop(number: signal.Signals) -> None:
        stopping.set()
        loop.remove_signal_handler(number)
        # Not Python's own for Ctrl+C: its exception breaks off whatever runs at that moment, and
        # what waits for that waits for ever.
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows has only Ctrl+C's exception
            loop.add_signal_handler(number, stop, number)
