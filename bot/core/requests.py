"""One request to WeryAI: its fields, and the ranges in which the API takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.conversation import HISTORY_LIMIT, ChatMessage
from bot.core.errors import InvalidOption


@dataclass(frozen=True, slots=True)
class Range:
    """The closed interval a number must lie in; `high` None means no upper limit."""

    low: float
    high: float | None

    def __contains__(self, value: float) -> bool:
        return value >= self.low and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        return f"{self.low:g} or more" if self.high is None else f"{self.low:g} to {self.high:g}"


# WeryAI's documented ranges: POST /v1/chat/completions.
RANGES: Mapping[str, Range] = {
    "max_tokens": Range(1, None),
    "temperature": Range(0, 2),
    "top_p": Range(0, 1),
    "presence_penalty": Range(-2, 2),
    "frequency_penalty": Range(-2, 2),
    "n": Range(1, None),
    "messages": Range(1, HISTORY_LIMIT),
}


# The fields that say how a model writes, under WeryAI's names, which options have, too.
WRITING = (
    "max_tokens",
    "temperature",
    "top_p",
    "presence_penalty",
    "frequency_penalty",
    "seed",
)


def check_range(name: str, value: float | None) -> None:
    """Refuse a number outside its documented range.

    Raises:
        InvalidOption: names the field, its range and the value.
    """
    if value is not None and value not in RANGES[name]:
        raise InvalidOption(name, str(RANGES[name]), value)


def web_clashes_with_schema(model: str, response_format: Mapping[str, Any] | None) -> bool:
    """Whether a model cannot search the web for an answer of this format: WeryAI's Gemini rule."""
    schema = (response_format or {}).get("type") == "json_schema"
    return schema and model.upper().startswith("GEMINI")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """One request to WeryAI. None leaves a field out, so that the API's default applies.

    Raises:
        InvalidOption: a number is outside its range, there are no messages or more than 50, or
            a Gemini model is asked for both web search and a JSON schema.
    """

    model: str
    messages: tuple[ChatMessage, ...]
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None
    n: int | None = None
    web: bool = False
    response_format: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if not self.model.strip():
            raise InvalidOption("model", "a model's key", self.model)
        check_range("messages", len(self.messages))
        for name in RANGES.keys() - {"messages"}:
            check_range(name, getattr(self, name))
        if self.web and web_clashes_with_schema(self.model, self.response_format):
            raise InvalidOption("web", "off while a Gemini model follows a JSON schema", value=True)

    @property
    def characters(self) -> int:
        """How long everything is that the model is told."""
        return sum(len(message.content) for message in self.messages)
