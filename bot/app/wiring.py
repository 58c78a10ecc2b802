"""The composition root: builds the parts, joins them, and takes them apart in order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.charts.process import open_charts
from bot.core.admission import Admission
from bot.core.answering import Answering
from bot.core.asking import Asking
from bot.core.breakers import Breakers
from bot.core.checkup import Finding
from bot.core.choices import Choices
from bot.core.credits import CreditsWatch
from bot.core.fallback import Fallback
from bot.core.limits import Limits
from bot.core.pacing import EditBudget
from bot.core.places import Places
from bot.core.ports.charts import Painter
from bot.core.ports.weryai import Strain
from bot.core.recent_options import RecentOptions
from bot.core.recovery import Recovery
from bot.core.retiring import Retiring
from bot.core.service import ChatService
from bot.core.throttle import Throttle
from bot.discord_app.application import Application, identify, reads_everything
from bot.discord_app.client import Collaborators, Shards, WeryBot, point_at
from bot.discord_app.config.log_channel import LogChannel
from bot.discord_app.operators_channel import OperatorsChannel
from bot.discord_app.rest import DiscordRest, open_rest
from bot.discord_app.surfaces import ReplySurfaces
from bot.discord_app.tracing import trace_config
from bot.ops.health import serve_health
from bot.ops.metrics import MeteredModel, Metrics
from bot.settings import Settings, SettingsProblem
from bot.storage import schema
from bot.storage.engine import Database, open_database
from bot.storage.history import SqlHistoryStore
from bot.storage.limits import SqlCounterStore
from bot.storage.options import SqlOptionStore
from bot.storage.replies import SqlReplyStore
from bot.storage.retention import replies_kept
from bot.storage.threads import SqlThreadStore
from bot.storage.usage import SqlUsageStore
from bot.storage.wal import kept_short
from bot.weryai.catalogue import Catalogue
from bot.weryai.client import WeryAIClient
from bot.weryai.json_schema import SchemaProcesses
from bot.weryai.patience import Retries, Timeouts


@dataclass(frozen=True, slots=True)
class Joined:
    """What runs: the bot, and what has work of its own beside it."""

    bot: WeryBot
    answering: Answering
    recovery: Recovery
    catalogue: Catalogue
    credits: CreditsWatch


@asynccontextmanager
async def joined(settings: Settings) -> AsyncIterator[Joined]:
    """The whole bot, ready to connect; whatever was opened is closed in the opposite order.

    Raises:
        StorageError: the database cannot be used.
        BotError: Discord does not take the token, or a port is not free.
    """
    async with _foundation(settings) as ground:
        application = await identify(ground.rest)
        shards = Shards(settings.shard_count, settings.shard_ids or None)
        parts, answering = _collaborators(settings, ground, application, shards)
        recovery = Recovery(answering, parts.replies, parts.surfaces)
        ground.metrics.watch(
            running=parts.service.running,
            waiting=parts.service.waiting,
            allowed=lambda: ground.throttle.allowed,
        )
        await recovery.load_unfinished()
        bot = WeryBot(
            application,
            parts,
            reads_everything=reads_everything(application, settings.message_content_intent),
            shards=shards,
            trace=ground.trace,
        )
        async with _health(settings, ground, bot):
            watch = _credits_watch(settings, ground, speaks=shards.own(None))
            yield Joined(bot, answering, recovery, ground.catalogue, watch)


@dataclass(frozen=True, slots=True)
class _Foundation:
    """The connections to the world, and what keeps count of them."""

    metrics: Metrics
    budget: EditBudget
    throttle: Throttle
    trace: aiohttp.TraceConfig
    database: Database
    weryai: WeryAIClient
    catalogue: Catalogue
    rest: DiscordRest
    painter: Painter


@asynccontextmanager
async def _foundation(settings: Settings) -> AsyncIterator[_Foundation]:
    metrics = Metrics()
    budget = EditBudget(settings.discord_requests_per_second)
    throttle = Throttle(settings.max_concurrent_replies)
    trace = trace_config(budget, metrics, turn=budget.turn)
    token = settings.discord_token.get_secret_value()
    point_at(settings.discord_api_url)
    async with (
        _up_to_date(settings) as database,
        weryai_client(settings, throttle) as weryai,
        open_rest(settings.discord_api_url, token, trace) as rest,
        open_charts() as painter,
    ):
        catalogue = Catalogue(weryai.models, interval=settings.catalogue_refresh_seconds)
        yield _Foundation(
            metrics, budget, throttle, trace, database, weryai, catalogue, rest, painter
        )


@asynccontextmanager
async def _up_to_date(settings: Settings) -> AsyncIterator[Database]:
    url = settings.database_url.get_secret_value()
    async with open_database(url) as database, kept_short(database):
        await schema.migrate(database)
        async with replies_kept(database, days=settings.replies_kept_days):
            yield database


def _collaborators(
    settings: Settings, ground: _Foundation, application: Application, shards: Shards
) -> tuple[Collaborators, Answering]:
    choices, log_channel = _choices(settings, ground)
    limits = Limits(choices, SqlCounterStore(ground.database))
    history, replies = SqlHistoryStore(ground.database), SqlReplyStore(ground.database)
    surfaces = ReplySurfaces(ground.rest, application.id, owns=shards.own)
    schemas = SchemaProcesses()
    answering = Answering(
        asking=Asking(_models(settings, ground), choices, history),
        history=history,
        replies=replies,
        budget=ground.budget,
        retiring=Retiring(replies, surfaces, ground.budget),
        meter=ground.metrics,
        schemas=schemas,
        max_messages=settings.max_reply_messages,
        places=Places(ground.throttle, limits.at_once),
    )
    admission = Admission(choices, limits, prompt_characters=settings.max_prompt_characters)
    collaborators = Collaborators(
        service=ChatService(
            admission=admission, answering=answering, history=history, replies=replies
        ),
        choices=choices,
        catalogue=ground.catalogue,
        threads=SqlThreadStore(ground.database),
        replies=replies,
        rest=ground.rest,
        surfaces=surfaces,
        schemas=schemas,
        usage=SqlUsageStore(ground.database),
        painter=ground.painter,
        log_channel=log_channel,
        limits=limits,
        budget=ground.budget,
    )
    return collaborators, answering


def _choices(settings: Settings, ground: _Foundation) -> tuple[Choices, LogChannel]:
    """What applies where, and the channel in which changes of it are told."""
    options = RecentOptions(SqlOptionStore(ground.database))
    log_channel = LogChannel(ground.rest, options, ground.budget)
    defaults = _defaults(settings)
    return Choices(options, ground.catalogue, defaults, announce=log_channel.announce), log_channel


def _models(settings: Settings, ground: _Foundation) -> Fallback:
    """WeryAI's models, one standing in for another."""
    return Fallback(
        MeteredModel(ground.weryai, ground.metrics),
        Breakers(ground.metrics.breaker),
        patience=settings.model_patience,
    )


def _health(
    settings: Settings, ground: _Foundation, bot: WeryBot
) -> AbstractAsyncContextManager[object]:
    if settings.health_port is None:
        return nullcontext()

    async def connected() -> bool:
        return bot.is_ready() and not bot.is_ws_ratelimited()

    return serve_health(
        host=settings.health_host,
        port=settings.health_port,
        metrics=ground.metrics,
        probes={"gateway": connected, "database": ground.database.answers},
    )


def _credits_watch(settings: Settings, ground: _Foundation, *, speaks: bool) -> CreditsWatch:
    """Of several processes each watches, and one `speaks` for them all."""
    channel = OperatorsChannel(ground.rest, settings.credits_channel if speaks else None)
    return CreditsWatch(
        ground.weryai.balance,
        show=ground.metrics.credits_left,
        tell=channel.tell,
        warn_below=settings.credits_warning,
        interval=settings.credits_refresh_seconds,
    )


def weryai_client(settings: Settings, strain: Strain | None = None) -> WeryAIClient:
    """WeryAI as the settings say; `strain` learns how much it bears.

    Raises:
        SettingsProblem: the environment's proxy cannot be used: the rest has been checked.
    """
    try:
        return WeryAIClient(
            settings.weryai_api_key,
            settings.weryai_base_url,
            timeouts=Timeouts(
                settings.connect_timeout, settings.first_byte_timeout, settings.silence_timeout
            ),
            retries=Retries(attempts=settings.model_attempts),
            strain=strain,
        )
    except ValueError as error:
        said = f"WeryAI cannot be asked: {error}."
        remedy = "Set HTTPS_PROXY to an http:// address, or NO_PROXY to WeryAI's host."
        raise SettingsProblem([Finding("problem", "WeryAI", said, remedy)]) from error


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
