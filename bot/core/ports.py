"""What the core needs of the world, as protocols; the adapters around it implement them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.core.charts import Chart
from bot.core.conversation import (
    ChannelId,
    EventId,
    GuildId,
    MessageId,
    ReplyId,
    Said,
    Turn,
    UserId,
)
from bot.core.options import Change, Changed, Layers, Scope, ScopeId
from bot.core.quotas import Counter, Quota
from bot.core.replies import Address, Frame, ReplyRecord, ReplyState, Usage, Variant
from bot.core.requests import ChatRequest
from bot.core.usage import Account, By, Key, Spent, Sums

# --- WeryAI -----------------------------------------------------------------------------------


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


# --- storage ----------------------------------------------------------------------------------


class HistoryStore(Protocol):
    """What was said in each conversation: at most the newest 50 entries of it.

    Every method raises `StorageError` when the database does not answer.
    """

    async def recent(self, conversation: ChannelId, limit: int) -> list[Said]:
        """The newest `limit` entries, oldest first."""
        ...

    async def edited(self, message: MessageId, text: str) -> None:
        """A question was edited in Discord; one that is not stored is ignored."""
        ...

    async def deleted(self, messages: Sequence[MessageId]) -> None:
        """Messages were deleted in Discord: questions, or any message of an answer."""
        ...

    async def forget(self, conversation: ChannelId) -> int:
        """Delete a conversation's history; how many entries there were."""
        ...


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


class ReplyStore(Protocol):
    """The `replies` rows: every answer from its acceptance to its ending, across restarts.

    Every method raises `StorageError` when the database does not answer.
    """

    async def accept(
        self, turn: Turn, address: Address, quota: Quota | None = None
    ) -> ReplyId | None:
        """Write a row in state ACCEPTED; None if this event was accepted before.

        What is accepted is counted, in the same transaction.

        Raises:
            LimitReached: the quota has no room for it; nothing was written.
        """
        ...

    async def begin(self, reply: ReplyId, turn: Turn, gathered: Sequence[ReplyId] = ()) -> None:
        """Enter STREAMING with a turn, perhaps gathered from several.

        In one transaction: store `turn` in the row, append what was said to the history unless
        the turn is private, trim the history to 50, mark the rows `gathered` as GATHERED.
        """
        ...

    async def reopen(
        self, reply: ReplyId, trigger: EventId, *, keep: bool, quota: Quota | None = None
    ) -> ReplyRecord | None:
        """Enter STREAMING again from an ending.

        Regenerate is `keep` False: the old answer leaves the history, and the row's text and
        variants are emptied. Continue is `keep` True.

        Returns None, and nothing changed, if the reply is unknown, has not ended, is not the newest
        answer of its conversation, or `trigger` is not newer than the event that opened it last.

        What is reopened is counted, in the same transaction.

        Raises:
            LimitReached: the quota has no room for it; nothing was changed.
        """
        ...

    async def choose_variant(
        self, reply: ReplyId, variant: int, trigger: EventId
    ) -> ReplyRecord | None:
        """Let another variant be the answer: in the row and in the history, in one transaction.

        Its ending is not `shown` yet then. Returns None, and nothing changed, where `reopen`
        would, or if there is no such variant.
        """
        ...

    async def checkpoint(self, reply: ReplyId, text: str, address: Address) -> None:
        """Store what is about to be shown, so that a crash loses nothing that was visible."""
        ...

    async def finish(self, reply: ReplyId, ending: Ending) -> None:
        """Store how a reply ended, in one transaction.

        The answer enters the history (unless it is private or empty; a continued answer
        replaces its earlier part), the history is trimmed to 50, the usage is added.
        """
        ...

    async def shown(self, reply: ReplyId, address: Address) -> None:
        """The ending is visible, and nothing left to do after a restart: the token is dropped."""
        ...

    async def load(self, reply: ReplyId) -> ReplyRecord | None:
        """One row, if it is there."""
        ...

    async def unfinished(self) -> list[ReplyRecord]:
        """All rows ACCEPTED or STREAMING, or ended but not yet `shown`, oldest first."""
        ...

    async def showing(self, message: MessageId) -> ReplyRecord | None:
        """The reply that a Discord message belongs to, as its question or part of its answer."""
        ...

    async def previous(self, conversation: ChannelId, before: ReplyId) -> ReplyRecord | None:
        """The newest ended reply of a conversation before this one, whose buttons are to go."""
        ...


class CounterStore(Protocol):
    """What members and servers have used, as limits count it.

    It is counted by `ReplyStore`: a question when it is accepted, its tokens when it ends.
    """

    async def used(self, guild: GuildId, member: UserId) -> Sequence[Counter]:
        """The counters of a member and of their server; windows that are over may be among them.

        Raises:
            StorageError: the database does not answer.
        """
        ...


class OptionStore(Protocol):
    """What was chosen for each server, channel and thread, and by whom.

    Every method raises `StorageError` when the database does not answer.
    """

    async def layers(self, scopes: Mapping[Scope, ScopeId]) -> Layers:
        """What each of these scopes sets, in the order given."""
        ...

    async def change(
        self, guild: GuildId | None, changes: Sequence[Change], *, by: UserId
    ) -> list[Changed]:
        """Set options of a server's scopes in one transaction, and write the server's log.

        None: a member's own choice, which no log tells. Returns what is different now.
        """
        ...

    async def chosen_in(self, guild: GuildId) -> list[Change]:
        """Everything that is set in a server, by scope, id and name."""
        ...

    async def changes(self, guild: GuildId, *, limit: int, skip: int = 0) -> list[Changed]:
        """The newest entries of a server's log, newest first, after the first `skip`."""
        ...


class UsageStore(Protocol):
    """What answers have cost; nothing of it is ever deleted.

    Every method raises `StorageError` when the database does not answer.
    """

    async def sums(self, account: Account, since: float, by: By) -> dict[Key, Sums]:
        """What was used since a moment, in Unix seconds, by day, model, member or channel."""
        ...

    async def newest(
        self, account: Account, since: float, *, limit: int, before: Spent | None = None
    ) -> list[Spent]:
        """The newest rows since a moment, newest first; those before another row, if given."""
        ...


@dataclass(frozen=True, slots=True)
class ListenedThread:
    """A thread in which everybody is answered without a mention."""

    id: ChannelId
    opener: UserId


class ThreadStore(Protocol):
    """The threads the bot was asked into."""

    async def listen(self, thread: ListenedThread) -> None:
        """From now on answer everybody there."""
        ...

    async def find(self, thread: ChannelId) -> ListenedThread | None:
        """The thread, if the bot listens there."""
        ...

    async def leave(self, thread: ChannelId) -> None:
        """The thread was deleted."""
        ...


# --- Discord ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lane:
    """A rate-limit bucket of Discord's, as it is known before a request.

    It is named by its route and major parameter. `metered` lanes count towards the bot-wide 50
    requests per second (an interaction's do not).
    """

    route: str
    major: str
    metered: bool = True


class ReplySurface(Protocol):
    """Where one reply is shown: a chain of messages in one channel."""

    @property
    def address(self) -> Address:
        """Where the reply is now."""
        ...

    def lane(self, index: int) -> Lane:
        """The bucket that the next `show(index, …)` takes a request from."""
        ...

    async def show(self, index: int, frame: Frame) -> None:
        """Create message `index` of the chain, or edit it.

        Returns as soon as Discord has taken the frame, even if its bucket is empty then.

        Raises:
            ReplyDelayed: temporary; ask the budget again and show the newest text.
            ReplyGone: final.
        """
        ...

    def bind(self, reply: ReplyId) -> None:
        """The reply has been accepted: its buttons carry this id from now on."""
        ...

    @property
    def typing_lane(self) -> Lane | None:
        """The bucket of `typing`; None where Discord has no such way to show it."""
        ...

    async def typing(self) -> None:
        """Show that an answer is coming; never raises."""
        ...

    async def keep(self, count: int) -> None:
        """Delete the chain's messages after the first `count`; never raises."""
        ...

    async def retire(self) -> None:
        """Take the buttons off: a newer answer exists; never raises."""
        ...


class Surfaces(Protocol):
    """Finds again where a stored reply is shown."""

    def of(self, record: ReplyRecord) -> ReplySurface | None:
        """The reply's surface; None if its place is gone or belongs to another process."""
        ...


class Painter(Protocol):
    """Draws pictures."""

    async def draw(self, chart: Chart) -> bytes:
        """A chart as a PNG.

        Raises:
            PictureFailed: it could not be drawn in time.
        """
        ...


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
