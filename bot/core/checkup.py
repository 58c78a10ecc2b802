"""What `python -m bot check` finds out, in one shape for all who look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at before the bot runs.

    Attributes:
        status: `ok`; `warning`: the bot runs, but something is off; `problem`: it cannot run.
        subject: what was looked at, in a word or two: "Discord token", "Database".
        sentence: what was found, as a whole sentence. Never a secret.
        remedy: what the operator does about it; empty when there is nothing to do.
    """

    status: Status
    subject: str
    sentence: str
    remedy: str = ""
