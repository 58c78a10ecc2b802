"""What the core needs of WeryAI, and of what judges its answers."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.core.replies import Usage
from bot.core.requests import ChatRequest


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of text of one choice."""

    text: str
    index: int = 0


@dataclass(frozen=True, slots=True)
class Finish:
    """A choice has ended: `stop`, `length`, `content_filter`, or whatever else the API says."""

    reason: str
    index: int = 0


ChatEvent = Delta | Finish | Usage


class ChatModel(Protocol):
    """WeryAI's chat completions."""

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Answer a request, piece by piece; closing the generator closes the connection.

        Raises:
            ModelError: each failure by its name. Retries have been made before the first delta;
                after it, the error comes at once and what was yielded stays valid.
        """
        ...


class Strain(Protocol):
    """Learns from each attempt how much WeryAI bears."""

    def refused(self) -> None:
        """WeryAI refused one because it is asked too much: HTTP 429, or a queue is full."""
        ...

    def eased(self) -> None:
        """WeryAI took one."""
        ...


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model of the catalogue. None: the API does not say."""

    key: str
    name: str
    max_output_tokens: int | None = None
    context_tokens: int | None = None


class ModelCatalogue(Protocol):
    """The models WeryAI offers now, from memory: no call waits."""

    def models(self) -> Sequence[ModelInfo]:
        """All models, in WeryAI's order."""
        ...

    def suggest(self, partial: str, limit: int) -> Sequence[ModelInfo]:
        """The models a half-typed name may mean, the likeliest first."""
        ...

    def find(self, name: str) -> ModelInfo | None:
        """A model by its key or name, whatever the case; None if there is none (any more)."""
        ...


class SchemaChecker(Protocol):
    """JSON Schema; schemas come from strangers, so that each check has its limits.

    Both methods raise `Unchecked` when those are reached.
    """

    async def flaw(self, schema: Mapping[str, Any]) -> str | None:
        """What is wrong with a schema, in a few words; None: it can be used."""
        ...

    async def problem(self, schema: Mapping[str, Any], answer: Any) -> str | None:
        """Where an answer does not follow the schema first, and how; None: it does."""
        ...
