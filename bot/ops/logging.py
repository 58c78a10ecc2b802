"""Logs: structlog's rendering on the standard library's logging, so that every library joins in.

Any module logs with `logging.getLogger(__name__)` and hands ids over as `extra`; ids bound with
`structlog.contextvars` are added to every line below them. No line carries what people write,
nor a secret; what slips through all the same is struck out of the finished line by `Redactor`.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Collection
from typing import TextIO
from urllib.parse import quote

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

STRUCK_OUT = "***"
SHORTEST_SECRET = 8  # a shorter one is too likely to be a common word

# Libraries whose finer lines carry what people write, or headers, or one line a request. Their
# floors hold even where LOG_LEVEL is DEBUG.
FLOORS = {
    "discord": logging.INFO,  # DEBUG shows every gateway event
    "httpx": logging.WARNING,
    "aiosqlite": logging.INFO,  # DEBUG shows every statement with its values
    "asyncpg": logging.INFO,
    "sqlalchemy.engine": logging.WARNING,  # INFO too
    "alembic": logging.WARNING,  # names its own parts at every start
    "aiohttp.access": logging.WARNING,
    "stamina": logging.ERROR,  # announces each retry, of which WeryAI's client says more
}

# Interaction and webhook tokens in Discord's URLs, passwords in other URLs, HTTP's credentials.
_TOKEN_IN_URL = re.compile(r"((?:webhooks|interactions)/\d+/)[^/\s?\"'\\]+")
_PASSWORD_IN_URL = re.compile(r"(://[^\s/:@]*:)[^\s/@]+(?=@)")
_CREDENTIALS = re.compile(r"(?i)\b(Bearer|Bot)(\s+)[\w.~+/=-]{20,}")


class Redactor:
    """The last of structlog's processors: strikes secrets out of a rendered line.

    Args:
        secrets: the texts to strike out wherever they appear, whole; those shorter than eight
            characters are left alone. Tokens in URLs are found by their place.
    """

    def __init__(self, secrets: Collection[str]) -> None:
        spellings = {
            spelling
            for secret in secrets
            if len(secret) >= SHORTEST_SECRET
            for spelling in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1])
        }
        longest_first = sorted(spellings, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def __call__(self, logger: WrappedLogger, method: str, line: str | EventDict) -> str:
        """The line without secrets; structlog calls its processors with these three."""
        text = self._secrets.sub(STRUCK_OUT, str(line))
        text = _TOKEN_IN_URL.sub(rf"\1{STRUCK_OUT}", text)
        text = _PASSWORD_IN_URL.sub(rf"\1{STRUCK_OUT}", text)
        return _CREDENTIALS.sub(rf"\1\2{STRUCK_OUT}", text)


def configure_logging(
    *,
    log_format: str,
    level: str,
    secrets: Collection[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send every log line of the process to one stream, in one form. May be called again.

    Args:
        log_format: `console`, `json`, or `auto`: console on a terminal, else json.
        level: the least important level that is shown, by its name.
        secrets: see `Redactor`.
        stream: where to; standard error if None.
    """
    stream = stream or sys.stderr
    as_json = log_format == "json" or (log_format == "auto" and not stream.isatty())
    before = _common_processors()
    renderer: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if as_json
        else [
            structlog.dev.ConsoleRenderer(
                colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *renderer,
                Redactor(secrets),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name, floor in FLOORS.items():
        logging.getLogger(name).setLevel(max(floor, logging.getLevelNamesMapping()[level]))
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _common_processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
