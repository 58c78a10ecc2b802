"""What an answer starts from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.core.replies import Frame, Variant
from bot.core.structured import PROSE, Form

MAX_MESSAGES = 5  # after so many, the whole text comes as a file


async def _nothing() -> None:
    """Nothing else is being shown."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an answer starts from.

    Attributes:
        text: is there already, when an answer goes on.
        opening: is shown at once, when an old answer is to be replaced.
        max_messages: longer answers end with the whole as a file.
        form: what the answer is to look like.
        asked: how many variants are asked for.
        known: the variants of an answer that goes on; `variant` is the index of the one that does.
        after: returns when nothing else is being shown in its messages.
    """

    text: str = ""
    opening: Frame | None = None
    max_messages: int = MAX_MESSAGES
    form: Form = PROSE
    asked: int = 1
    known: tuple[Variant, ...] = ()
    variant: int = 0
    after: Callable[[], Awaitable[None]] = _nothing
