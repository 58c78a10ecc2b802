"""What the core needs of the database, by what is kept there.

Every method raises `StorageError` when the database does not answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

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
from bot.core.replies import Address, Ending, ReplyRecord
from bot.core.usage import Account, By, Key, Spent, Sums


class HistoryStore(Protocol):
    """What was said in each conversation: at most the newest 50 entries of it."""

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


class ReplyStore(Protocol):
    """The `replies` rows: every answer from its acceptance to its ending, across restarts."""

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
        """Store what is about to be shown, so that a crash loses nothing that was visible.

        Of a reply that has ended only where it is shown is stored: it stays as it ended.
        """
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
        """The counters of a member and of their server; windows that are over may be among them."""
        ...


class OptionStore(Protocol):
    """What was chosen for each server, channel and thread, and by whom."""

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
    """What answers have cost; nothing of it is ever deleted."""

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
