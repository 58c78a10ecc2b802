from prometheus_client.parser import text_string_to_metric_families

from bot.core.errors import QueueFull
from bot.core.ports import Lane
from bot.core.replies import ReplyState, Usage
from bot.ops.metrics import Metrics

EDIT = Lane("PATCH /channels/{channel_id}/messages/{message_id}", "12")


def value(metrics: Metrics, sample: str, **labels: str) -> float | None:
    for family in text_string_to_metric_families(metrics.exposition().decode()):
        for found in family.samples:
            if found.name == sample and found.labels == labels:
                return float(found.value)
    return None


def test_a_reply_is_running_until_it_ends() -> None:
    metrics = Metrics()
    metrics.reply_began()
    metrics.reply_began()
    metrics.reply_ended(ReplyState.COMPLETE, "GPT_5", 2.5, Usage(10, 3))
    assert value(metrics, "bot_replies_running") == 1
    assert value(metrics, "bot_replies_total", state="complete", model="GPT_5") == 1
    assert value(metrics, "bot_reply_seconds_sum") == 2.5
    assert value(metrics, "bot_tokens_total", model="GPT_5", kind="prompt") == 10
    assert value(metrics, "bot_tokens_total", model="GPT_5", kind="completion") == 3


def test_a_reply_without_usage_counts_no_tokens() -> None:
    metrics = Metrics()
    metrics.reply_began()
    metrics.reply_ended(ReplyState.FAILED, "GPT_5", 1)
    assert value(metrics, "bot_tokens_total", model="GPT_5", kind="prompt") is None
    assert value(metrics, "bot_replies_total", state="failed", model="GPT_5") == 1


def test_what_streams_is_counted() -> None:
    metrics = Metrics()
    metrics.deltas()
    metrics.deltas(4)
    metrics.frame_shown()
    metrics.first_text(0.3)
    metrics.waiting(6)
    assert value(metrics, "bot_deltas_total") == 5
    assert value(metrics, "bot_frames_total") == 1
    assert value(metrics, "bot_first_text_seconds_count") == 1
    assert value(metrics, "bot_first_text_seconds_bucket", le="0.5") == 1
    assert value(metrics, "bot_first_text_seconds_bucket", le="0.25") == 0
    assert value(metrics, "bot_replies_waiting") == 6


def test_rate_limits_are_told_from_edits_that_went_well() -> None:
    metrics = Metrics()
    metrics.discord_answered(EDIT, 200)
    metrics.discord_answered(EDIT, 200)
    metrics.discord_answered(EDIT, 429)
    assert value(metrics, "bot_discord_requests_total", route=EDIT.route, status="200") == 2
    assert value(metrics, "bot_discord_requests_total", route=EDIT.route, status="429") == 1


def test_failures_of_weryai_are_counted_by_kind() -> None:
    metrics = Metrics()
    metrics.model_failed(QueueFull("queue 12"))
    assert value(metrics, "bot_model_errors_total", kind="QueueFull") == 1


def test_two_bots_in_one_process_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.frame_shown()
    assert value(other, "bot_frames_total") == 0


def test_the_process_itself_is_measured() -> None:
    assert value(Metrics(), "process_resident_memory_bytes")
