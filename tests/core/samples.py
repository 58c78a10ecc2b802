"""People, places and turns for the core's tests."""

from __future__ import annotations

from itertools import count
from typing import Any

from bot.core.conversation import (
    ChannelId,
    EventId,
    GuildId,
    MessageId,
    Person,
    Place,
    Role,
    Said,
    Turn,
    UserId,
)
from bot.core.ports.weryai import ModelInfo

ADA = Person(UserId(11), "Ada")
BOB = Person(UserId(12), "Bob")
SERVER = GuildId(1)
FLASH = ModelInfo("GEMINI_25_FLASH", "Gemini 2.5 Flash")
MINI = ModelInfo("GPT_5_MINI", "GPT-5 mini", max_output_tokens=1000, context_tokens=4000)

_ids = count(500)


def place(channel: int = 1, thread: int | None = None) -> Place:
    return Place(SERVER, ChannelId(channel), None if thread is None else ChannelId(thread))


def turn(
    text: str = "Why?",
    *,
    event: int | None = None,
    by: Person = ADA,
    at: Place | None = None,
    shared: bool = True,
    gathers: bool = False,
    **options: Any,
) -> Turn:
    """Somebody asks something; later ones have higher ids."""
    event = next(_ids) if event is None else event
    said = Said(MessageId(event), Role.USER, text, by)
    where = at or place()
    return Turn(EventId(event), where, by, (said,), shared, gathers, options)
