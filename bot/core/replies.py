"""A reply: its states, what is stored of it, and what is shown of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from bot.core.conversation import MessageId, ReplyId, Turn


class ReplyState(StrEnum):
    """The life of a reply; all but the first two are endings a person can see."""

    ACCEPTED = "accepted"  # stored, waiting for its place in line
    STREAMING = "streaming"  # its question is in the history, its text is growing
    GATHERED = "gathered"  # answered as a part of a later turn
    WITHDRAWN = "withdrawn"  # taken back by a person before its turn came
    COMPLETE = "complete"
    STOPPED = "stopped"
    LENGTH = "length"
    FILTERED = "filtered"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def ended(self) -> bool:
        """Whether nothing more will come by itself."""
        return self not in {ReplyState.ACCEPTED, ReplyState.STREAMING}

    @property
    def is_answer(self) -> bool:
        """Whether it has ended as an answer of its own, which makes the one before it older."""
        return self.ended and self not in {ReplyState.GATHERED, ReplyState.WITHDRAWN}

    @property
    def resumable(self) -> bool:
        """Whether Continue makes sense: there may be more to say."""
        return self in {ReplyState.LENGTH, ReplyState.INTERRUPTED, ReplyState.STOPPED}


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one request, as WeryAI counts them (or as estimated where it gives none)."""

    prompt_tokens: int
    completion_tokens: int
    estimated: bool = False

    @property
    def total_tokens(self) -> int:
        """Both together."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class Address:
    """Where a reply is shown in Discord, enough to find it again after a restart.

    `message_ids` are the messages it fills, in order. An interaction's `token` is a secret that
    dies 15 minutes after `token_from` (Unix seconds); it is dropped when the ending is visible.
    """

    message_ids: tuple[MessageId, ...] = ()
    token: str | None = None
    token_from: float | None = None

    def __repr__(self) -> str:  # a token never reaches a log
        return f"Address(message_ids={self.message_ids}, token={'***' if self.token else None})"


@dataclass(frozen=True, slots=True)
class Variant:
    """One of several answers to a question that asked for several, with its own ending."""

    text: str
    state: ReplyState


@dataclass(frozen=True, slots=True)
class ReplyRecord:
    """A `replies` row.

    `text` is the model's whole text so far, `turn` what it answers, `trigger` the event that
    (re)opened it last or showed another variant. Of several `variants`, `variant` is the index of
    the one that shows.
    """

    id: ReplyId
    turn: Turn
    state: ReplyState
    model: str | None
    text: str
    address: Address
    trigger: int
    variants: tuple[Variant, ...] = ()
    variant: int = 0


@dataclass(frozen=True, slots=True)
class Ending:
    """What is stored when a reply ends."""

    state: ReplyState
    text: str
    model: str
    address: Address
    usage: Usage | None = None
    seconds: float = 0.0
    variants: tuple[Variant, ...] = ()  # `text` is that of `variant`, their index
    variant: int = 0


class Controls(Enum):
    """Which buttons a frame carries."""

    NONE = ()
    STREAMING = ("Stop",)
    ENDED = ("Regenerate",)
    RESUMABLE = ("Continue", "Regenerate")


@dataclass(frozen=True, slots=True)
class File:
    """A text to be attached to a message under a name, whose ending tells its type."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Paging:
    """Which of how many variants shows; `index` counts from 0."""

    index: int
    count: int


@dataclass(frozen=True, slots=True)
class Frame:
    """One message of a reply, as it is to be shown now: valid Markdown on its own.

    `content` has at most 2,000 UTF-16 units, footer included. `attachment` is what comes along as
    a file; with `paging` there are buttons to the other variants.
    """

    content: str
    controls: Controls = Controls.NONE
    attachment: File | None = None
    paging: Paging | None = None
