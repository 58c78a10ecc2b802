"""The stores in memory, true to their ports: what one process leaves, the next one finds."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.core.conversation import (
    HISTORY_LIMIT,
    ChannelId,
    EventId,
    GuildId,
    MessageId,
    ReplyId,
    Role,
    Said,
    Turn,
    UserId,
)
from bot.core.errors import DatabaseUnavailable, LimitReached
from bot.core.options import Change, Changed, Layers, Scope, ScopeId
from bot.core.quotas import Counter, Quota, What, begins, ends
from bot.core.replies import Address, Ending, ReplyRecord, ReplyState, Usage

LATENCY = 0.002  # seconds that every access takes


@dataclass
class Memory:
    """What is stored.

    Attributes:
        failing: the methods that find no database.
        journal: what was stored in which order, shared with the fake surfaces.
    """

    rows: dict[ReplyId, ReplyRecord] = field(default_factory=dict)
    history: defaultdict[ChannelId, list[tuple[ReplyId, Said]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    not_shown: set[ReplyId] = field(default_factory=set)
    endings: dict[ReplyId, list[Ending]] = field(default_factory=lambda: defaultdict(list))
    counters: dict[tuple[GuildId, What, UserId | None], Counter] = field(default_factory=dict)
    clock: Callable[[], float] = field(default=lambda: asyncio.get_running_loop().time())
    failing: set[str] = field(default_factory=set)
    journal: list[str] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def access(self, method: str, note: str = "") -> None:
        await asyncio.sleep(LATENCY)
        if method in self.failing:
            raise DatabaseUnavailable(method)
        self.journal.append(f"{method} {note}".strip())
        async with self._news:
            self._news.notify_all()

    async def happened(self, method: str) -> None:
        """Wait until a method has been used."""
        async with self._news:
            await self._news.wait_for(lambda: any(e.startswith(method) for e in self.journal))

    def said(self, conversation: int) -> list[str]:
        """A conversation's history, as texts."""
        return [said.text for _, said in self.history[ChannelId(conversation)]]

    def append(self, reply: ReplyId, conversation: ChannelId, said: Sequence[Said]) -> None:
        entries = self.history[conversation]
        known = {(entry.message_id, entry.role) for _, entry in entries}
        entries += [(reply, one) for one in said if (one.message_id, one.role) not in known]
        del entries[:-HISTORY_LIMIT]

    def remove_answer(self, reply: ReplyId) -> None:
        for conversation, entries in self.history.items():
            self.history[conversation] = [
                entry for entry in entries if entry[0] != reply or entry[1].role is Role.USER
            ]

    def count(self, guild: GuildId, whose: UserId | None, what: What, used: int) -> Counter:
        """Add to a counter, or begin it anew; what it was before."""
        now = self.clock()
        before = self.counters.get((guild, what, whose))
        if before is None or ends(what, before.started) <= now:
            before = Counter(what, whose, begins(what, now), 0)
        self.counters[guild, what, whose] = replace(before, used=before.used + used)
        return before

    def count_question(self, quota: Quota | None) -> None:
        if quota is None:
            return
        whose = [one.whose for one in quota.ceilings if one.what is What.QUESTIONS]
        as_it_was = dict(self.counters)
        try:
            before = [self.count(quota.guild, one, What.QUESTIONS, 1) for one in whose]
            quota.check(before, self.clock())
        except LimitReached:
            self.counters = as_it_was
            raise

    def count_tokens(self, turn: Turn, usage: Usage | None) -> None:
        guild = turn.place.guild_id
        if guild is None or usage is None:
            return
        for whose in (None, turn.asker.id):
            for what in (What.TOKENS_A_DAY, What.TOKENS_A_MONTH):
                self.count(guild, whose, what, usage.total_tokens)


class FakeCounters:
    """`CounterStore` in memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def used(self, guild: GuildId, member: UserId) -> list[Counter]:
        await self._memory.access("used")
        return [
            counter
            for (where, _, whose), counter in self._memory.counters.items()
            if where == guild and whose in (None, member)
        ]


class FakeHistory:
    """`HistoryStore` in memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def recent(self, conversation: ChannelId, limit: int) -> list[Said]:
        await self._memory.access("recent")
        return [said for _, said in self._memory.history[conversation]][-limit:]

    async def edited(self, message: MessageId, text: str) -> None:
        await self._memory.access("edited")
        for conversation, entries in self._memory.history.items():
            self._memory.history[conversation] = [
                (reply, replace(said, text=text) if said.message_id == message else said)
                for reply, said in entries
            ]

    async def deleted(self, messages: Sequence[MessageId]) -> None:
        await self._memory.access("deleted")
        for reply, row in self._memory.rows.items():
            if set(messages).intersection(row.address.message_ids):
                self._memory.remove_answer(reply)
            left = tuple(said for said in row.turn.said if said.message_id not in messages)
            self._memory.rows[reply] = replace(row, turn=replace(row.turn, said=left))
        for conversation, entries in self._memory.history.items():
            self._memory.history[conversation] = [
                entry for entry in entries if entry[1].message_id not in messages
            ]

    async def forget(self, conversation: ChannelId) -> int:
        await self._memory.access("forget")
        for reply, row in list(self._memory.rows.items()):
            same = row.turn.place.conversation_id == conversation and row.turn.shared
            if same and row.state.ended and reply not in self._memory.not_shown:
                del self._memory.rows[reply]
        return len(self._memory.history.pop(conversation, []))


class FakeReplies:
    """`ReplyStore` in memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def accept(
        self, turn: Turn, address: Address, quota: Quota | None = None
    ) -> ReplyId | None:
        await self._memory.access("accept", str(turn.event_id))
        rows = self._memory.rows
        if any(row.turn.event_id == turn.event_id for row in rows.values()):
            return None
        self._memory.count_question(quota)
        reply = ReplyId(max(rows, default=0) + 1)
        state = ReplyState.ACCEPTED
        rows[reply] = ReplyRecord(reply, turn, state, None, "", address, turn.event_id)
        return reply

    async def begin(self, reply: ReplyId, turn: Turn, gathered: Sequence[ReplyId] = ()) -> None:
        await self._memory.access("begin", str(turn.event_id))
        self._change(reply, turn=turn, state=ReplyState.STREAMING)
        for other in gathered:
            self._change(other, state=ReplyState.GATHERED)
        if turn.shared:
            self._memory.append(reply, turn.place.conversation_id, turn.said)

    async def reopen(
        self, reply: ReplyId, trigger: EventId, *, keep: bool, quota: Quota | None = None
    ) -> ReplyRecord | None:
        await self._memory.access("reopen")
        row = self._memory.rows[reply]
        if not self._may_change(row, trigger):
            return None
        self._memory.count_question(quota)
        self._change(reply, state=ReplyState.STREAMING, trigger=trigger)
        if not keep:
            self._change(reply, text="", variants=(), variant=0)
            self._memory.remove_answer(reply)
        return self._memory.rows[reply]

    async def choose_variant(
        self, reply: ReplyId, variant: int, trigger: EventId
    ) -> ReplyRecord | None:
        await self._memory.access("choose_variant", str(variant))
        row = self._memory.rows[reply]
        there = 0 <= variant < len(row.variants)
        if not there or not self._may_change(row, trigger):
            return None
        chosen = row.variants[variant]
        self._change(reply, text=chosen.text, state=chosen.state, variant=variant, trigger=trigger)
        self._memory.not_shown.add(reply)
        for conversation, entries in self._memory.history.items():
            self._memory.history[conversation] = [
                (owner, replace(said, text=chosen.text))
                if owner == reply and said.role is Role.ASSISTANT
                else (owner, said)
                for owner, said in entries
            ]
        return self._memory.rows[reply]

    async def checkpoint(self, reply: ReplyId, text: str, address: Address) -> None:
        await self._memory.access("checkpoint", text)
        if self._memory.rows[reply].state.ended:  # it stays as it ended
            self._change(reply, address=address)
        else:
            self._change(reply, text=text, address=address)

    async def finish(self, reply: ReplyId, ending: Ending) -> None:
        await self._memory.access("finish", ending.text)
        row = self._memory.rows[reply]
        self._change(
            reply,
            state=ending.state,
            text=ending.text,
            model=ending.model,
            variants=ending.variants,
            variant=ending.variant,
            address=ending.address,
        )
        self._memory.endings[reply].append(ending)
        self._memory.count_tokens(row.turn, ending.usage)
        self._memory.not_shown.add(reply)
        self._memory.remove_answer(reply)
        if row.turn.shared and ending.text.strip():
            shown_as = (*ending.address.message_ids, MessageId(row.turn.event_id))[0]
            answer = Said(shown_as, Role.ASSISTANT, ending.text)
            self._memory.append(reply, row.turn.place.conversation_id, [answer])

    async def shown(self, reply: ReplyId, address: Address) -> None:
        await self._memory.access("shown")
        self._change(reply, address=address)
        self._memory.not_shown.discard(reply)

    async def load(self, reply: ReplyId) -> ReplyRecord | None:
        await self._memory.access("load")
        return self._memory.rows.get(reply)

    async def unfinished(self) -> list[ReplyRecord]:
        await self._memory.access("unfinished")
        return [
            row
            for row in self._memory.rows.values()
            if not row.state.ended or row.id in self._memory.not_shown
        ]

    async def showing(self, message: MessageId) -> ReplyRecord | None:
        await self._memory.access("showing")
        for row in reversed(self._memory.rows.values()):
            asked = {said.message_id for said in row.turn.said}
            if message in asked.union(row.address.message_ids):
                return row
        return None

    async def previous(self, conversation: ChannelId, before: ReplyId) -> ReplyRecord | None:
        await self._memory.access("previous")
        for row in reversed(self._memory.rows.values()):
            same = row.turn.place.conversation_id == conversation and row.turn.shared
            ended = row.state.is_answer
            if same and ended and row.id < before:
                return row
        return None

    def _may_change(self, row: ReplyRecord, trigger: EventId) -> bool:
        superseded = row.turn.shared and any(
            later.turn.shared
            and later.id > row.id
            and (later.state.is_answer or not later.state.ended)
            and later.turn.place.conversation_id == row.turn.place.conversation_id
            for later in self._memory.rows.values()
        )
        return row.state.is_answer and not superseded and trigger > row.trigger

    def _change(self, reply: ReplyId, **changes: Any) -> None:
        self._memory.rows[reply] = replace(self._memory.rows[reply], **changes)


class FakeOptions:
    """`OptionStore` in memory."""

    def __init__(self) -> None:
        self._chosen: dict[tuple[Scope, ScopeId], dict[str, Any]] = defaultdict(dict)
        self._log: list[tuple[GuildId | None, Changed]] = []

    async def layers(self, scopes: Mapping[Scope, ScopeId]) -> Layers:
        return [(scope, self._chosen[scope, scope_id]) for scope, scope_id in scopes.items()]

    async def change(
        self, guild: GuildId | None, changes: Sequence[Change], *, by: UserId
    ) -> list[Changed]:
        changed = []
        for one in changes:
            values = self._chosen[one.scope, one.scope_id]
            before = values.pop(one.name, None)
            if one.value is not None:
                values[one.name] = one.value
            if before != one.value:
                moment = float(len(self._log))
                changed.append(
                    Changed(moment, by, one.scope, one.scope_id, one.name, before, one.value)
                )
                self._log.append((guild, changed[-1]))
        return changed

    async def chosen_in(self, guild: GuildId) -> list[Change]:
        mine = {(one.scope, one.scope_id) for where, one in self._log if where == guild}
        return [
            Change(scope, scope_id, name, value)
            for scope, scope_id in sorted(mine)
            for name, value in sorted(self._chosen[scope, scope_id].items())
        ]

    async def changes(self, guild: GuildId, *, limit: int, skip: int = 0) -> list[Changed]:
        mine = [one for where, one in self._log if where == guild]
        return mine[::-1][skip : skip + limit]
