"""One reply and everything around its editor, in virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.core.conversation import ChatMessage, Role
from bot.core.draft import Draft
from bot.core.heard import Heard
from bot.core.pacing import EditBudget
from bot.core.ports.weryai import Finish
from bot.core.replies import Controls, ReplyState
from bot.core.requests import ChatRequest
from bot.core.streaming import StreamEditor
from tests.core.fake_discord import FakeDiscord, FakeSurface
from tests.core.fake_model import Step, play

LATENCY = FakeDiscord.latency
COMPLETE: list[Step] = [Finish("stop")]
NO_REQUEST = ChatRequest(model="FLASH", messages=(ChatMessage(Role.USER, "Why?"),))


@dataclass
class FakeChronicle:
    """Writes everything down in the surface's journal."""

    journal: list[str]
    saved: list[str] = field(default_factory=list)
    closed: list[ReplyState] = field(default_factory=list)
    room: str = ""

    async def save(self, text: str) -> None:
        if self.closed:  # only where it is shown
            self.journal.append("save")
            return
        self.saved.append(text)
        self.journal.append(f"save {text}")

    async def close(self, heard: Heard) -> None:
        self.closed.append(heard.state)
        self.journal.append(f"close {heard.text}")

    def footer(self, heard: Heard) -> str:
        return self.room or f"-# {heard.state.value}"

    def controls(self, heard: Heard) -> Controls:
        return Controls.RESUMABLE if heard.state.resumable else Controls.ENDED


class Stage:
    """One reply and everything around it."""

    def __init__(self, draft: Draft | None = None, *, room: str = "") -> None:
        self.budget = EditBudget()
        self.discord = FakeDiscord(self.budget)
        self.surface = FakeSurface(self.discord)
        self.book = FakeChronicle(self.surface.journal, room=room)
        self.editor = self.edit(draft or Draft())

    def edit(self, draft: Draft) -> StreamEditor:
        return StreamEditor(self.surface, self.budget, self.book, draft)

    async def tell(self, *script: Step) -> Heard:
        return await self.editor.run(play(script))

    def shown(self, index: int) -> list[str]:
        """Every text that message `index` has shown."""
        return [sent.frame.content for sent in self.surface.sent if sent.index == index]


def now() -> float:
    return asyncio.get_running_loop().time()


def number_of_words(text: str) -> int:
    return len([word for word in text.split() if word.isdigit()])
