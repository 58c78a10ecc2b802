"""The composition root: builds the parts, joins them, and takes them apart in order."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

from stamina.instrumentation import set_on_retry_hooks

from bot.charts.process import open_charts
from bot.core.checkup import Finding
from bot.core.choices import Choices
from bot.core.credits import CreditsWatch
from bot.core.limits import Limits
from bot.core.pacing import EditBudget
from bot.core.ports.weryai import Strain
from bot.core.recent_options import RecentOptions
from bot.core.service import Capacity, ChatService
from bot.core.throttle import Throttle
from bot.discord_app.application import identify, reads_everything
from bot.discord_app.checkup import examine_discord
from bot.discord_app.client import Collaborators, Shards, WeryBot, point_at
from bot.discord_app.config.log_channel import LogChannel
from bot.discord_app.operators_channel import OperatorsChannel
from bot.discord_app.rest import open_rest
from bot.discord_app.surfaces import ReplySurfaces
from bot.discord_app.tracing import trace_config
from bot.ops.checkup import examine, write_report
from bot.ops.health import serve_health
from bot.ops.logging import configure_logging
from bot.ops.metrics import MeteredModel, Metrics
from bot.ops.process import event_loop, spare_the_collector
from bot.settings import OfflineSettings, Settings
from bot.storage import schema
from bot.storage.engine import Database, open_database
from bot.storage.history import SqlHistoryStore
from bot.storage.limits import SqlCounterStore
from bot.storage.options import SqlOptionStore
from bot.storage.replies import SqlReplyStore
from bot.storage.threads import SqlThreadStore
from bot.storage.usage import SqlUsageStore
from bot.storage.wal import kept_short
from bot.weryai.catalogue import Catalogue
from bot.weryai.checkup import examine_weryai
from bot.weryai.client import WeryAIClient
from bot.weryai.json_schema import SchemaProcesses
from bot.weryai.patience import Retries, Timeouts

log = logging.getLogger(__name__)


def run(settings: Settings) -> int:
    """Serve Discord until SIGTERM or Ctrl+C; the exit code."""
    _configure_logging(settings)
    with asyncio.Runner(loop_factory=event_loop) as runner:
        runner.run(_run(settings))
    return 0


def check(settings: Settings) -> int:
    """Tell the operator what is missing or wrong; the exit code."""
    configure_logging(log_format="auto", level="ERROR")  # the report says all that there is to say
    return asyncio.run(_check(settings))


def migrate(settings: OfflineSettings) -> int:
    """Bring the database up to date; the exit code."""
    asyncio.run(_migrate(settings))
    sys.stdout.write("The database is up to date.\n")
    return 0


def migrate_check() -> int:
    """Compare the migrations' outcome with the tables in the code; the exit code."""
    differences = schema.drift()
    for difference in differences:
        sys.stderr.write(f"not in a migration: {difference}\n")
    if not differences:
        sys.stdout.write("The migrations and the tables agree.\n")
    return 1 if differences else 0


# --- serving ----------------------------------------------------------------------------------


async def _run(settings: Settings) -> None:
    stopping = asyncio.Event()
    _on_signals(stopping)
    set_on_retry_hooks(())  # the client logs its retries itself, with the request's id
    async with _joined(settings) as (bot, service, catalogue, watch):
        token = settings.discord_token.get_secret_value()
        tasks = {
            asyncio.create_task(bot.serve(token), name="connection"),
            asyncio.create_task(catalogue.keep_fresh(), name="catalogue"),
            asyncio.create_task(watch.keep_watching(), name="credits"),
            asyncio.create_task(_recover(bot, service), name="recovery"),
        }
        stop = asyncio.create_task(stopping.wait(), name="stop")
        try:
            await _until_stopped(tasks, stop)
            log.info("shutting down: running answers have %g s", settings.shutdown_grace)
            await service.shut_down(settings.shutdown_grace)
        finally:
            await bot.close()
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


async def _recover(bot: WeryBot, service: ChatService) -> None:
    await bot.wait_until_ready()
    log.info("ready; servers: %d", len(bot.guilds))
    spare_the_collector()
    await service.recover()


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


@asynccontextmanager
async def _joined(
    settings: Settings,
) -> AsyncIterator[tuple[WeryBot, ChatService, Catalogue, CreditsWatch]]:
    async with AsyncExitStack() as stack:
        opened = stack.enter_async_context
        metrics = Metrics()
        database = await opened(open_database(settings.database_url.get_secret_value()))
        await opened(kept_short(database))
        await schema.migrate(database)
        throttle = Throttle(settings.max_concurrent_replies)
        model = await opened(_weryai(settings, throttle))
        catalogue = Catalogue(model.models, interval=settings.catalogue_refresh_seconds)
        budget = EditBudget(settings.discord_requests_per_second)
        trace = trace_config(budget, metrics)
        point_at(settings.discord_api_url)
        token = settings.discord_token.get_secret_value()
        rest = await opened(open_rest(settings.discord_api_url, token, trace))
        application = await identify(rest)
        shards = Shards(settings.shard_count, settings.shard_ids or None)
        surfaces = ReplySurfaces(rest, application.id, owns=shards.own)
        replies = SqlReplyStore(database)
        options = RecentOptions(SqlOptionStore(database))
        log_channel = LogChannel(rest, options, budget)
        choices = Choices(options, catalogue, _defaults(settings), announce=log_channel.announce)
        limits = Limits(choices, SqlCounterStore(database))
        schemas = SchemaProcesses()
        service = ChatService(
            model=MeteredModel(model, metrics),
            choices=choices,
            limits=limits,
            history=SqlHistoryStore(database),
            replies=replies,
            budget=budget,
            surfaces=surfaces,
            meter=metrics,
            schemas=schemas,
            capacity=_capacity(settings),
            throttle=throttle,
        )
        metrics.watch(
            running=service.running, waiting=service.waiting, allowed=lambda: throttle.allowed
        )
        await service.load_unfinished()
        bot = WeryBot(
            application,
            Collaborators(
                service,
                choices,
                catalogue,
                SqlThreadStore(database),
                replies,
                rest,
                surfaces,
                schemas=schemas,
                log_channel=log_channel,
                limits=limits,
                budget=budget,
                usage=SqlUsageStore(database),
                painter=await opened(open_charts()),
            ),
            reads_everything=reads_everything(application, settings.message_content_intent),
            shards=shards,
            trace=trace,
        )
        if settings.health_port is not None:
            await opened(
                serve_health(
                    host=settings.health_host,
                    port=settings.health_port,
                    metrics=metrics,
                    probes={"gateway": _connected(bot), "database": _answers(database)},
                )
            )
        # One of several processes speaks for them all.
        operators = OperatorsChannel(rest, settings.credits_channel if shards.own(None) else None)
        yield bot, service, catalogue, _credits_watch(settings, model, metrics, operators)


def _weryai(settings: Settings, strain: Strain | None = None) -> WeryAIClient:
    return WeryAIClient(
        settings.weryai_api_key,
        settings.weryai_base_url,
        timeouts=Timeouts(
            settings.connect_timeout, settings.first_byte_timeout, settings.silence_timeout
        ),
        retries=Retries(attempts=settings.model_attempts),
        strain=strain,
    )


def _credits_watch(
    settings: Settings, weryai: WeryAIClient, metrics: Metrics, channel: OperatorsChannel
) -> CreditsWatch:
    return CreditsWatch(
        weryai.balance,
        show=metrics.credits_left,
        tell=channel.tell,
        warn_below=settings.credits_warning,
        interval=settings.credits_refresh_seconds,
    )


def _defaults(settings: Settings) -> Mapping[str, Any]:
    """The operator's options, which servers inherit."""
    return {
        "model": settings.default_model,
        "fallback_models": list(settings.fallback_models) or None,
        "system_prompt": settings.system_prompt,
        "max_tokens": settings.max_tokens,
        "temperature": settings.temperature,
        "web_search": settings.web_search,
    }


def _capacity(settings: Settings) -> Capacity:
    return Capacity(
        prompt_characters=settings.max_prompt_characters,
        reply_messages=settings.max_reply_messages,
        patience=settings.model_patience,
    )


def _connected(bot: WeryBot) -> Any:
    async def probe() -> bool:
        return bot.is_ready() and not bot.is_ws_ratelimited()

    return probe


def _answers(database: Database) -> Any:
    async def probe() -> bool:
        return await database.answers()

    return probe


def _configure_logging(settings: Settings) -> None:
    configure_logging(
        log_format=settings.log_format, level=settings.log_level, secrets=settings.secrets()
    )


# --- before the first run ---------------------------------------------------------------------


async def _check(settings: Settings) -> int:
    token = settings.discord_token.get_secret_value()
    async with open_rest(settings.discord_api_url, token) as rest, _weryai(settings) as weryai:

        async def discord() -> Sequence[Finding]:
            return await examine_discord(rest, settings.message_content_intent)

        async def database() -> Sequence[Finding]:
            return [await schema.check(settings.database_url.get_secret_value())]

        async def models() -> Sequence[Finding]:
            return await examine_weryai(
                weryai,
                settings.default_model,
                settings.fallback_models,
                credits_warning=settings.credits_warning or 0,
            )

        probes = {"Discord": discord, "WeryAI": models, "Database": database}
        return write_report(await examine(probes), sys.stdout)


async def _migrate(settings: OfflineSettings) -> None:
    async with open_database(settings.database_url.get_secret_value()) as database:
        await schema.migrate(database)
