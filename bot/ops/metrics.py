"""What the bot counts, for Prometheus: numbers and model keys only, nobody's ids or words.

The methods are plain callables of plain values, so that the core and the adapters can be handed
them without knowing Prometheus. All are cheap enough for every delta and take no lock for long.
"""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.core.errors import BotError
from bot.core.ports import Lane
from bot.core.replies import ReplyState, Usage

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
        self._deltas = Counter("bot_deltas", "Pieces of text from WeryAI.", registry=registry)
        self._frames = Counter("bot_frames", "Frames shown in Discord.", registry=registry)
        self._model_errors = Counter(
            "bot_model_errors", "WeryAI's failures by kind.", ["kind"], registry=registry
        )
        self._requests = Counter(
            "bot_discord_requests",
            "Requests to Discord by route and HTTP status; 429 is a rate limit.",
            ["route", "status"],
            registry=registry,
        )

    def reply_began(self) -> None:
        """A reply has its place in line; exactly one `reply_ended` follows."""
        self._running.inc()

    def reply_ended(
        self, state: ReplyState, model: str, seconds: float, usage: Usage | None = None
    ) -> None:
        """A reply that began has ended.

        Args:
            state: how.
            model: the key of the model that answered.
            seconds: since the question came.
            usage: its tokens, if they are known.
        """
        self._running.dec()
        self._replies.labels(state.value, model).inc()
        self._seconds.observe(seconds)
        if usage is not None:
            self._tokens.labels(model, "prompt").inc(usage.prompt_tokens)
            self._tokens.labels(model, "completion").inc(usage.completion_tokens)

    def waiting(self, count: int) -> None:
        """So many questions wait for their turn now."""
        self._waiting.set(count)

    def first_text(self, seconds: float) -> None:
        """The first text of an answer is visible, so many seconds after its question."""
        self._first_text.observe(seconds)

    def deltas(self, count: int = 1) -> None:
        """Pieces of text have come from WeryAI."""
        self._deltas.inc(count)

    def frame_shown(self) -> None:
        """Discord has taken a frame of an answer."""
        self._frames.inc()

    def model_failed(self, error: BotError) -> None:
        """WeryAI has failed a question, after all attempts."""
        self._model_errors.labels(type(error).__name__).inc()

    def discord_answered(self, lane: Lane, status: int) -> None:
        """Discord has answered a request."""
        self._requests.labels(lane.route, status).inc()

    def exposition(self) -> bytes:
        """All of it in Prometheus's text format (`CONTENT_TYPE`)."""
        return generate_latest(self._registry)
