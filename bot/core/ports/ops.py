"""What the core tells operators."""

from __future__ import annotations

from typing import Protocol

from bot.core.replies import Ending


class Meter(Protocol):
    """Counts what operators want to see."""

    def first_text(self, seconds: float) -> None:
        """The first text of a reply is visible, so long after its acceptance."""
        ...

    def reply_ended(self, ending: Ending) -> None:
        """A reply has ended."""
        ...

    def breaker(self, model: str, state: int) -> None:
        """A model's breaker has changed: 0 closed, 1 half-open, 2 open."""
        ...
