import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.ops.logging import FLOORS, configure_logging

TOKEN = "MTIz.made-up.token"


@pytest.fixture(autouse=True)
def _logging_restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in FLOORS:
        logging.getLogger(name).setLevel(logging.NOTSET)
    structlog.reset_defaults()


def written(*, log_format: str = "json", level: str = "INFO", secrets: tuple[str, ...] = ()) -> Any:
    stream = io.StringIO()
    configure_logging(log_format=log_format, level=level, secrets=secrets, stream=stream)
    return stream


def test_a_json_line_carries_event_level_logger_time_and_ids() -> None:
    stream = written()
    logging.getLogger("bot.core").info("reply %s ended", 7, extra={"channel": 12})
    line = json.loads(stream.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "reply 7 ended", "level": "info", "logger": "bot.core", "channel": 12}


def test_ids_bound_to_a_task_are_on_every_line_below() -> None:
    stream = written()
    with structlog.contextvars.bound_contextvars(guild=5):
        logging.getLogger("bot.storage").info("stored")
    logging.getLogger("bot.storage").info("stored")
    inside, outside = map(json.loads, stream.getvalue().splitlines())
    assert inside["guild"] == 5
    assert "guild" not in outside


def test_the_console_gets_a_line_to_read() -> None:
    stream = written(log_format="console")
    logging.getLogger("bot").warning("slow", extra={"shard": 3})
    assert "slow" in stream.getvalue()
    assert "shard=3" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_auto_is_json_where_nobody_reads_along() -> None:
    stream = written(log_format="auto")
    logging.getLogger("bot").info("started")
    assert json.loads(stream.getvalue())["event"] == "started"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_auto_is_the_console_on_a_terminal() -> None:
    terminal = Terminal()
    configure_logging(log_format="auto", level="INFO", stream=terminal)
    logging.getLogger("bot").info("started")
    assert "started" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")


def test_lines_below_the_level_are_left_out() -> None:
    stream = written(level="WARNING")
    logging.getLogger("bot").info("chatter")
    logging.getLogger("discord").info("chatter")
    assert stream.getvalue() == ""


def test_libraries_never_log_what_people_write_even_at_debug() -> None:
    stream = written(level="DEBUG")
    logging.getLogger("discord.gateway").debug("WebSocket Event: {'content': 'my diary'}")
    logging.getLogger("httpx").info("HTTP Request: POST")
    assert stream.getvalue() == ""
    logging.getLogger("bot.core").debug("seen")
    assert json.loads(stream.getvalue())["event"] == "seen"


def test_structlog_and_the_standard_library_write_the_same_lines() -> None:
    stream = written()
    structlog.get_logger("bot").info("started", shard=1)
    logging.getLogger("bot").info("started", extra={"shard": 1})
    ours, theirs = (
        {**json.loads(line), "timestamp": ""} for line in stream.getvalue().split("\n")[:2]
    )
    assert ours == theirs


def test_a_second_call_replaces_the_first() -> None:
    first = written()
    second = written()
    logging.getLogger("bot").info("once")
    assert first.getvalue() == ""
    assert len(second.getvalue().splitlines()) == 1


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize(
    ("secret", "text"),
    [
        (TOKEN, f"logged in with {TOKEN}"),
        ('pass"wörd', 'cannot log in with pass"wörd'),
        ("quite/secret", "GET /?key=quite%2Fsecret"),
        ("", "PATCH https://discord.com/api/v10/webhooks/12/aW50ZXJhY3Rpb24_-x/messages/@original"),
        ("", "POST /interactions/12/aW50ZXJhY3Rpb24_-x/callback"),
        ("", "no answer of postgresql://bot:aW50ZXJhY3Rpb24_-x@host/bot"),
        ("", "Authorization: Bearer sk-aW50ZXJhY3Rpb24_-x"),
        ("", "Authorization: Bot MTIz.aW50ZXJhY3Rpb24_-x.abc"),
    ],
)
def test_secrets_are_struck_out(log_format: str, secret: str, text: str) -> None:
    stream = written(log_format=log_format, secrets=(secret,))
    logging.getLogger("discord.http").warning(text)
    logging.getLogger("bot").warning("with %s", text, extra={"url": text})
    logging.getLogger("bot").error("failed", exc_info=ValueError(text))
    log = stream.getvalue()
    assert log.count("***") == 4
    for part in (secret or "aW50ZXJhY3Rpb24", json.dumps(secret)[1:-1], "quite%2F"):
        assert not part or part not in log


def test_a_struck_out_json_line_is_still_json() -> None:
    stream = written(secrets=(TOKEN,))
    logging.getLogger("bot").warning("said %s", TOKEN, extra={"key": TOKEN})
    line = json.loads(stream.getvalue())
    assert line["event"] == "said ***"
    assert line["key"] == "***"


def test_a_short_secret_does_not_ruin_the_log() -> None:
    stream = written(secrets=("bot", ""))
    logging.getLogger("bot").info("the bot started")
    assert json.loads(stream.getvalue())["event"] == "the bot started"
