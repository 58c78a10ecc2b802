"""What the bot counts, for Prometheus: numbers and model keys only, nobody's ids or words.

`Metrics` is the core's `Meter`, and can observe the requests to Discord as `EditBudget` does;
`MeteredModel` stands before a `ChatModel` and counts what comes through.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from math import nan

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.core.errors import ModelError
from bot.core.ports.discord_app import Lane
from bot.core.ports.weryai import ChatEvent, ChatModel, Delta
from bot.core.replies import Ending
from bot.core.requests import ChatRequest

CONTENT_TYPE = CONTENT_TYPE_LATEST  # of `Metrics.exposition`

# Seconds. A person notices a quarter of a second, and models that think take minutes.
FIRST_TEXT_BUCKETS = (0.25, 0.5, 1, 1.5, 2, 3, 5, 8, 13, 21, 34, 60, 120)
REPLY_BUCKETS = (1, 2, 4, 8, 15, 30, 60, 120, 240, 480, 960)


class Metrics:
    """The bot's counters, in a registry of their own: two bots in one process do not clash."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._replies = Counter(
            "bot_replies", "Replies by how they ended.", ["state", "model"], registry=registry
        )
        self._running = Gauge("bot_replies_running", "Replies being given.", registry=registry)
        self._waiting = Gauge(
            "bot_replies_waiting", "Questions that wait for their turn.", registry=registry
        )
        self._allowed = Gauge(
            "bot_replies_allowed",
            "Replies that may be given at once; fewer after WeryAI has refused some.",
            registry=registry,
        )
        self._seconds = Histogram(
            "bot_reply_seconds",
            "From a question to the end of its answer.",
            buckets=REPLY_BUCKETS,
            registry=registry,
        )
        self._first_text = Histogram(
            "bot_first_text_seconds",
            "From a question to the first visible text of its answer.",
            buckets=FIRST_TEXT_BUCKETS,
            registry=registry,
        )
        self._tokens = Counter(
            "bot_tokens", "Tokens by model and kind.", ["model", "kind"], registry=registry
        )
        self._credits = Gauge(
            "bot_weryai_credits",
            "Credits left in the WeryAI account; NaN until they are known.",
            registry=registry,
        )
        self._credits.set(nan)
        self._deltas = Counter("bot_deltas", "Pieces of text from WeryAI.", registry=registry)
        self._model_errors = Counter(
            "bot_model_errors", "WeryAI's failures by kind.", ["kind"], registry=registry
        )
        self._breakers = Gauge(
            "bot_model_breaker",
            "Whether a model is left alone for failing: 0 asked, 1 tried once, 2 skipped.",
            ["model"],
            registry=registry,
        )
        self._requests = Counter(
            "bot_discord_requests",
            "Requests to Discord by route and HTTP status: 429 is a rate limit, 0 no answer.",
            ["route", "status"],
            registry=registry,
        )
        self._in_flight = Gauge(
            "bot_discord_requests_running",
            "Requests that Discord has yet to answer.",
            registry=registry,
        )

    def reply_ended(self, ending: Ending) -> None:
        """A reply has ended."""
        model = ending.model or "none"  # it ended before one was chosen
        self._replies.labels(ending.state.value, model).inc()
        self._seconds.observe(ending.seconds)
        if ending.usage is not None:
            self._tokens.labels(model, "prompt").inc(ending.usage.prompt_tokens)
            self._tokens.labels(model, "completion").inc(ending.usage.completion_tokens)

    def first_text(self, seconds: float) -> None:
        """The first text of an answer is visible, so many seconds after its question."""
        self._first_text.observe(seconds)

    def breaker(self, model: str, state: int) -> None:
        """A model's breaker has changed."""
        self._breakers.labels(model).set(state)

    def watch(
        self,
        *,
        running: Callable[[], float],
        waiting: Callable[[], float],
        allowed: Callable[[], float],
    ) -> None:
        """Ask these, whenever Prometheus asks, how many replies are being given, wait, and may be."""
        self._running.set_function(running)
        self._waiting.set_function(waiting)
        self._allowed.set_function(allowed)

    def credits_left(self, credits_: float) -> None:
        """WeryAI has told what is left in the account."""
        self._credits.set(credits_)

    def delta(self) -> None:
        """A piece of text has come from WeryAI."""
        self._deltas.inc()

    def model_failed(self, error: ModelError) -> None:
        """WeryAI has failed a request, after all attempts."""
        self._model_errors.labels(type(error).__name__).inc()

    def started(self, lane: Lane) -> None:
        """A request to Discord goes out."""
        self._in_flight.inc()

    def ended(self, lane: Lane, *, status: int, **_: object) -> None:
        """Discord has answered a request, or has not (status 0)."""
        self._in_flight.dec()
        self._requests.labels(lane.route, status).inc()

    def exposition(self) -> bytes:
        """All of it in Prometheus's text format (`CONTENT_TYPE`)."""
        return generate_latest(self._registry)


class MeteredModel:
    """A `ChatModel` whose deltas and failures are counted."""

    def __init__(self, model: ChatModel, metrics: Metrics) -> None:
        self._model = model
        self._metrics = metrics

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """The model's own answer, unchanged; closing it closes the model's."""
        try:
            async with aclosing(self._model.stream(request)) as events:
                async for event in events:
                    if type(event) is Delta:
                        self._metrics.delta()
                    yield event
        except ModelError as error:
            self._metrics.model_failed(error)
            raise
