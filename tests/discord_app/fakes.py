"""The bot's inside, as far as Discord's side of it can tell: what it was told, and when."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from bot.core.answering import SurfaceOf
from bot.core.conversation import ChannelId, EventId, MessageId, Place, Presser, ReplyId, Turn
from bot.core.errors import BotError, InvalidInput, NotAllowed
from bot.core.ports.discord_app import ReplySurface
from bot.core.ports.storage import ListenedThread
from bot.core.ports.weryai import ModelInfo
from bot.core.replies import Controls, Frame, Paging, ReplyRecord, ReplyState
from bot.core.service import ChatService
from tests.core.fake_stores import Memory
from tests.core.samples import FLASH, MINI


class News:
    """Wakes a test when something has happened inside the bot."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def tell(self) -> None:
        self._event.set()

    async def until(self, predicate: Callable[[], object], seconds: float = 10.0) -> None:
        async with asyncio.timeout(seconds):
            while not predicate():
                self._event.clear()
                await self._event.wait()


class FakeService(ChatService):
    """Answers every turn with "You said …", and takes down what else it is asked to do."""

    def __init__(self, memory: Memory, news: News) -> None:
        self.turns: list[Turn] = []
        self.askers: list[Presser] = []
        self.refuses: Exception | None = None
        self.denies: NotAllowed | None = None
        self.controls = Controls.ENDED
        self.paging: Paging | None = None
        self.deletions: list[MessageId] = []
        self.edits: list[tuple[MessageId, str]] = []
        self.presses: list[tuple[str, ReplyId, Presser]] = []
        self.forgotten: list[ChannelId] = []
        self._memory = memory
        self._news = news

    def check(self, turn: Turn) -> None:
        if isinstance(self.refuses, InvalidInput):
            raise self.refuses

    async def admit(self, place: Place, by: Presser, turn: Turn | None = None) -> None:
        if self.denies is not None:
            raise self.denies

    async def answer(self, turn: Turn, surface: ReplySurface, by: Presser) -> None:
        self.askers.append(by)
        self._news.tell()
        await self.admit(turn.place, by, turn)
        if self.refuses is not None:
            raise self.refuses
        if any(turn.event_id == known.event_id for known in self.turns):
            return
        self.turns.append(turn)
        reply = ReplyId(len(self.turns))
        surface.bind(reply)
        text = f"You said {turn.said[-1].text[:100]}"
        await surface.show(0, Frame(text, self.controls, paging=self.paging))
        self._memory.rows[reply] = ReplyRecord(
            reply, turn, ReplyState.COMPLETE, FLASH.key, text, surface.address, turn.event_id
        )
        self._news.tell()

    async def stop(self, reply: ReplyId, by: Presser) -> None:
        self._press("stop", reply, by)

    async def regenerate(
        self, reply: ReplyId, by: Presser, trigger: EventId, surface_of: SurfaceOf
    ) -> None:
        self._press("regenerate", reply, by)
        surface = surface_of(self._memory.rows[reply])
        surface.bind(reply)
        await surface.show(0, Frame(f"Anew {trigger}", self.controls))

    async def resume(
        self, reply: ReplyId, by: Presser, trigger: EventId, surface_of: SurfaceOf
    ) -> None:
        self._press("resume", reply, by)
        surface = surface_of(self._memory.rows[reply])
        surface.bind(reply)
        await surface.show(0, Frame("It goes on", self.controls))

    async def show_variant(
        self, reply: ReplyId, by: Presser, variant: int, trigger: EventId, surface_of: SurfaceOf
    ) -> None:
        self._press(f"variant {variant}", reply, by)
        surface = surface_of(self._memory.rows[reply])
        surface.bind(reply)
        await surface.show(0, Frame(f"Variant {variant}", self.controls, paging=Paging(variant, 3)))

    async def edited(self, message: MessageId, text: str) -> None:
        self._may_refuse()
        self.edits.append((message, text))
        self._news.tell()

    async def deleted(self, messages: Sequence[MessageId]) -> None:
        self._may_refuse()
        self.deletions.extend(messages)
        self._news.tell()

    async def forget(self, conversation: ChannelId) -> int:
        self._may_refuse()
        self.forgotten.append(conversation)
        return 3

    def _press(self, what: str, reply: ReplyId, by: Presser) -> None:
        self._may_refuse()
        self.presses.append((what, reply, by))
        self._news.tell()

    def _may_refuse(self) -> None:
        if self.refuses is not None:
            raise self.refuses


class FakeThreads:
    """A `ThreadStore` in memory, which counts how often it is asked."""

    def __init__(self, news: News) -> None:
        self._news = news
        self.threads: dict[ChannelId, ListenedThread] = {}
        self.asked = 0
        self.fails: BotError | None = None

    async def listen(self, thread: ListenedThread) -> None:
        self.threads[thread.id] = thread
        self._news.tell()

    async def find(self, thread: ChannelId) -> ListenedThread | None:
        self.asked += 1
        if self.fails is not None:
            raise self.fails
        return self.threads.get(thread)

    async def leave(self, thread: ChannelId) -> None:
        self.threads.pop(thread, None)
        self._news.tell()


class FakeCatalogue:
    """Two models, which may vanish."""

    def __init__(self) -> None:
        self.offered = [FLASH, MINI]

    def models(self) -> Sequence[ModelInfo]:
        return self.offered

    def suggest(self, partial: str, limit: int) -> Sequence[ModelInfo]:
        typed = partial.lower()
        fitting = [one for one in self.offered if typed in f"{one.key} {one.name}".lower()]
        return fitting[:limit]

    def find(self, name: str) -> ModelInfo | None:
        known = {key: one for one in self.offered for key in (one.key.lower(), one.name.lower())}
        return known.get(name.lower())
