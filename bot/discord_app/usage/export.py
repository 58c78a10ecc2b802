"""What answers have cost as a CSV file: a row for each answer, the newest first."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.core.ports.storage import UsageStore
from bot.core.usage import Account, Spent

COLUMNS = (
    "time",
    "member",
    "channel",
    "model",
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "estimated",
    "seconds",
    "ending",
)
PAGE = 1_000  # rows; between two pages others get their turn
# A spreadsheet takes a cell for a formula that begins with one of these. Source: OWASP, "CSV
# Injection".
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Export:
    """A file. `cut` says whether there are older rows for which it has no room."""

    content: bytes
    rows: int
    cut: bool


async def export(store: UsageStore, account: Account, since: float, *, room: int) -> Export:
    """The rows since a moment, as many of the newest ones as fit `room` bytes.

    Raises:
        StorageError: the database does not answer.
    """
    content = _line(COLUMNS)
    rows = 0
    last: Spent | None = None
    while page := await store.newest(account, since, limit=PAGE, before=last):
        for spent in page:
            line = _line(_cells(spent))
            if len(content) + len(line) > room:
                return Export(bytes(content), rows, cut=True)
            content += line
            rows += 1
        last = page[-1]
    return Export(bytes(content), rows, cut=False)


def _cells(spent: Spent) -> tuple[object, ...]:
    return (
        datetime.fromtimestamp(spent.at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        spent.member,
        spent.channel,
        harmless(spent.model),
        spent.usage.prompt_tokens,
        spent.usage.completion_tokens,
        spent.usage.total_tokens,
        "yes" if spent.usage.estimated else "no",
        round(spent.seconds, 2),
        spent.state.value,
    )


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULAS) else text


def _line(cells: tuple[object, ...]) -> bytearray:
    out = io.StringIO()
    csv.writer(out).writerow(cells)  # RFC 4180: quoted where need be, ended by CR LF
    return bytearray(out.getvalue().encode())
