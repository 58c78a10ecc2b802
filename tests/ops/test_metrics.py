from collections.abc import AsyncGenerator
from contextlib import aclosing
from math import isnan

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.core.conversation import ChatMessage, Role
from bot.core.errors import QueueFull
from bot.core.ports.discord_app import Lane
from bot.core.ports.ops import Meter
from bot.core.ports.weryai import ChatEvent, ChatModel, Delta, Finish
from bot.core.replies import Address, Ending, ReplyState, Usage
from bot.core.requests import ChatRequest
from bot.ops.metrics import MeteredModel, Metrics

EDIT = Lane("PATCH /channels/{channel_id}/messages/{message_id}", "12")
QUESTION = ChatRequest(model="GPT_5", messages=(ChatMessage(Role.USER, "Why?"),))


class Script:
    """A model that says its lines, and fails at the end if it is told to."""

    def __init__(self, *events: ChatEvent, failure: Exception | None = None) -> None:
        self.events = events
        self.failure = failure
        self.closed = False

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        try:
            for event in self.events:
                yield event
            if self.failure is not None:
                raise self.failure
        finally:
            self.closed = True


def value(metrics: Metrics, sample: str, **labels: str) -> float | None:
    for family in text_string_to_metric_families(metrics.exposition().decode()):
        for found in family.samples:
            if found.name == sample and found.labels == labels:
                return float(found.value)
    return None


def ending(state: ReplyState = ReplyState.COMPLETE, usage: Usage | None = None) -> Ending:
    return Ending(state, "Because.", "GPT_5", Address(), usage, seconds=2.5)


def test_the_core_takes_it_for_its_meter() -> None:
    meter: Meter = Metrics()
    meter.reply_ended(ending())


def test_a_reply_is_counted_by_how_it_ended_with_its_tokens() -> None:
    metrics = Metrics()
    metrics.reply_ended(ending(usage=Usage(10, 3)))
    assert value(metrics, "bot_replies_total", state="complete", model="GPT_5") == 1
    assert value(metrics, "bot_reply_seconds_sum") == 2.5
    assert value(metrics, "bot_tokens_total", model="GPT_5", kind="prompt") == 10
    assert value(metrics, "bot_tokens_total", model="GPT_5", kind="completion") == 3


def test_a_reply_without_usage_counts_no_tokens() -> None:
    metrics = Metrics()
    metrics.reply_ended(ending(ReplyState.FAILED))
    assert value(metrics, "bot_tokens_total", model="GPT_5", kind="prompt") is None
    assert value(metrics, "bot_replies_total", state="failed", model="GPT_5") == 1


def test_a_reply_that_never_reached_a_model_is_counted_too() -> None:
    metrics = Metrics()
    metrics.reply_ended(Ending(ReplyState.FAILED, "", "", Address()))
    assert value(metrics, "bot_replies_total", state="failed", model="none") == 1


def test_the_wait_for_the_first_text_falls_into_its_bucket() -> None:
    metrics = Metrics()
    metrics.first_text(0.3)
    assert value(metrics, "bot_first_text_seconds_count") == 1
    assert value(metrics, "bot_first_text_seconds_bucket", le="0.5") == 1
    assert value(metrics, "bot_first_text_seconds_bucket", le="0.25") == 0


def test_running_and_waiting_replies_are_asked_for_when_they_are_read() -> None:
    metrics = Metrics()
    running: list[str] = []
    metrics.watch(running=lambda: len(running), waiting=lambda: 6, allowed=lambda: 7)
    running += ["one", "other"]
    assert value(metrics, "bot_replies_running") == 2
    assert value(metrics, "bot_replies_waiting") == 6
    assert value(metrics, "bot_replies_allowed") == 7


def test_rate_limits_are_told_from_edits_that_went_well() -> None:
    metrics = Metrics()
    for status in (200, 200, 429):
        metrics.started(EDIT)
        metrics.ended(EDIT, status=status, limit=5, remaining=0, reset_after=5.0)
    metrics.started(EDIT)
    assert value(metrics, "bot_discord_requests_total", route=EDIT.route, status="200") == 2
    assert value(metrics, "bot_discord_requests_total", route=EDIT.route, status="429") == 1
    assert value(metrics, "bot_discord_requests_running") == 1


async def test_deltas_are_counted_and_passed_on_unchanged() -> None:
    metrics = Metrics()
    said: list[ChatEvent] = [Delta("Be"), Delta("cause"), Finish("stop"), Usage(10, 2)]
    model: ChatModel = MeteredModel(Script(*said), metrics)
    async with aclosing(model.stream(QUESTION)) as events:
        assert [event async for event in events] == said
    assert value(metrics, "bot_deltas_total") == 2


async def test_a_failure_of_weryai_is_counted_by_kind_and_passed_on() -> None:
    metrics = Metrics()
    model = MeteredModel(Script(Delta("Be"), failure=QueueFull("12 before you")), metrics)
    with pytest.raises(QueueFull, match="12 before you"):
        [event async for event in model.stream(QUESTION)]
    assert value(metrics, "bot_model_errors_total", kind="QueueFull") == 1
    assert value(metrics, "bot_deltas_total") == 1


def test_the_breaker_of_each_model_is_told_as_it_is_now() -> None:
    metrics = Metrics()
    for model, state in (("GPT_5", 2), ("GROK_4", 2), ("GPT_5", 1)):
        metrics.breaker(model, state)
    assert value(metrics, "bot_model_breaker", model="GPT_5") == 1
    assert value(metrics, "bot_model_breaker", model="GROK_4") == 2
    assert value(metrics, "bot_model_breaker", model="GLM_5") is None


async def test_closing_a_counted_answer_closes_the_models_own_at_once() -> None:
    script = Script(Delta("Be"), Delta("cause"))
    async with aclosing(MeteredModel(script, Metrics()).stream(QUESTION)) as events:
        await anext(events)
        assert not script.closed
    assert script.closed


def test_credits_are_unknown_until_weryai_has_told_them() -> None:
    metrics = Metrics()
    unknown = value(metrics, "bot_weryai_credits")
    assert unknown is not None
    assert isnan(unknown)
    metrics.credits_left(12.5)
    assert value(metrics, "bot_weryai_credits") == 12.5


def test_two_bots_in_one_process_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.delta()
    assert value(other, "bot_deltas_total") == 0


def test_the_process_itself_is_measured() -> None:
    assert value(Metrics(), "process_resident_memory_bytes")
