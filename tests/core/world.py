"""Everything around `ChatService`, in virtual time: people, a Discord, a model, and a database.

The world outlives the processes of the bot: what one leaves, the next one finds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.core.admission import Admission
from bot.core.answering import Answering
from bot.core.asking import Asking
from bot.core.breakers import Breakers
from bot.core.choices import Choices
from bot.core.conversation import EventId, Place, Presser, ReplyId, Turn, UserId
from bot.core.draft import MAX_MESSAGES
from bot.core.fallback import Fallback
from bot.core.limits import Limits
from bot.core.pacing import EditBudget
from bot.core.patience import PATIENCE
from bot.core.places import Places
from bot.core.ports.weryai import Finish
from bot.core.recovery import Recovery
from bot.core.replies import Address, Ending, ReplyRecord, ReplyState
from bot.core.requests import ChatRequest
from bot.core.retiring import Retiring
from bot.core.service import ChatService
from bot.core.throttle import Throttle
from tests.core.fake_discord import FakeDiscord, FakeSurface
from tests.core.fake_model import FOREVER, FakeCatalogue, FakeModel, Step
from tests.core.fake_schemas import FakeSchemas
from tests.core.fake_stores import FakeCounters, FakeHistory, FakeOptions, FakeReplies, Memory
from tests.core.samples import ADA, FLASH, MINI, place, turn

# An answer, and what is shown of it in the end; and one without end.
ANSWER: list[Step] = [0.5, "Because", 0.5, " so.", Finish("stop")]
ENDLESS: list[Step] = [0.5, "Because", FOREVER]
SHOWN = f"Because so.\n-# {FLASH.name}"
MODERATOR = Presser(UserId(99), moderator=True)
THREAD = place(1, thread=2)
MAX_PROMPT = 4000  # characters of a question


@dataclass
class FakeMeter:
    """What operators would see."""

    first_texts: list[float] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    breakers: list[tuple[str, int]] = field(default_factory=list)

    def first_text(self, seconds: float) -> None:
        self.first_texts.append(seconds)

    def reply_ended(self, ending: Ending) -> None:
        self.endings.append(ending)

    def breaker(self, model: str, state: int) -> None:
        self.breakers.append((model, state))


@dataclass
class Asked:
    """A question and what comes of it."""

    turn: Turn
    surface: FakeSurface
    task: asyncio.Task[None]

    @property
    def reply(self) -> ReplyId:
        assert self.surface.bound is not None
        return self.surface.bound

    async def answered(self) -> str:
        await self.task
        return self.surface.text


class World:
    """A Discord with people in it, a model, and one process of the bot at a time.

    Attributes:
        gone: the replies whose place there is no more.
    """

    def __init__(
        self,
        *scripts: list[Step],
        max_messages: int = MAX_MESSAGES,
        places: int = 500,
        defaults: Mapping[str, Any] | None = None,
    ) -> None:
        self.memory = Memory()
        self.model = FakeModel(*scripts)
        self.options = FakeOptions()
        self.catalogue = FakeCatalogue(FLASH, MINI)
        self.discord = FakeDiscord(EditBudget())
        self.meter = FakeMeter()
        self.schemas = FakeSchemas()
        self.gone: set[ReplyId] = set()
        self.found: dict[ReplyId, FakeSurface] = {}
        self.asked: list[Asked] = []
        self._max_messages = max_messages
        self._places = places
        self._defaults = {"model": FLASH.key, **(defaults or {})}
        self._start()

    # --- what people do ---------------------------------------------------------------------------

    def ask(self, text: str = "Why?", *, surface: FakeSurface | None = None, **how: Any) -> Asked:
        """Ask, and do not wait for the answer."""
        return self.send(turn(text, **how), surface)

    def send(
        self, asked: Turn, surface: FakeSurface | None = None, by: Presser | None = None
    ) -> Asked:
        where = surface or self.surface(asked.place)
        task = asyncio.create_task(
            self.service.answer(asked, where, by or Presser(asked.asker.id, moderator=False))
        )
        self.asked.append(Asked(asked, where, task))
        return self.asked[-1]

    async def press(self, button: str, asked: Asked, **how: Any) -> FakeSurface:
        """Press Regenerate, Continue or a `variant`, and wait for what comes of it; where it shows."""
        places: list[FakeSurface] = []

        def surface_of(record: ReplyRecord) -> FakeSurface:
            places.append(self.surface(record.turn.place, record.address))
            return places[-1]

        how.setdefault("by", Presser(ADA.id, moderator=False))
        how.setdefault("trigger", turn().event_id)
        if "variant" in how:
            by, trigger = how["by"], EventId(how["trigger"])
            await self.service.show_variant(asked.reply, by, how["variant"], trigger, surface_of)
            return places[-1]
        do = self.service.resume if button == "Continue" else self.service.regenerate
        await do(asked.reply, how["by"], EventId(how["trigger"]), surface_of)
        return places[-1]

    async def everybody(self) -> None:
        """Wait until everybody is answered."""
        await asyncio.gather(*(asked.task for asked in self.asked))

    # --- the bot's process ------------------------------------------------------------------------

    async def killed(self) -> None:
        """The process dies without a word, and the next one starts."""
        for asked in self.asked:
            asked.task.cancel()
        await asyncio.gather(*(asked.task for asked in self.asked), return_exceptions=True)
        await self.restarted()

    async def restarted(self) -> None:
        self.discord.budget = EditBudget()
        self._start()
        await self.recovery.load_unfinished()

    def _start(self) -> None:
        choices = Choices(self.options, self.catalogue, self._defaults)
        limits = Limits(choices, FakeCounters(self.memory), clock=self.memory.clock)
        history, replies = FakeHistory(self.memory), FakeReplies(self.memory)
        fallback = Fallback(self.model, Breakers(self.meter.breaker), patience=PATIENCE)
        self.throttle = Throttle(self._places)
        self.answering = Answering(
            asking=Asking(fallback, choices, history),
            history=history,
            replies=replies,
            budget=self.discord.budget,
            retiring=Retiring(replies, self, self.discord.budget),
            meter=self.meter,
            schemas=self.schemas,
            max_messages=self._max_messages,
            places=Places(self.throttle, limits.at_once),
        )
        admission = Admission(choices, limits, prompt_characters=MAX_PROMPT)
        self.service = ChatService(
            admission=admission, answering=self.answering, history=history, replies=replies
        )
        self.recovery = Recovery(self.answering, replies, self)

    # --- what there is to see ---------------------------------------------------------------------

    def surface(self, where: Place, address: Address | None = None) -> FakeSurface:
        channel = str(where.conversation_id)
        return FakeSurface(self.discord, channel, address=address, journal=self.memory.journal)

    def of(self, record: ReplyRecord) -> FakeSurface | None:
        """`Surfaces`: where a stored reply is shown."""
        if record.id in self.gone:
            return None
        self.found[record.id] = self.surface(record.turn.place, record.address)
        return self.found[record.id]

    def state(self, asked: Asked) -> ReplyState:
        return next(
            row.state
            for row in self.memory.rows.values()
            if row.turn.event_id == asked.turn.event_id or row.id == asked.surface.bound
        )

    @property
    def prompts(self) -> list[list[str]]:
        """What the model was told, request by request."""
        return [contents(request) for request in self.model.requests]


def contents(request: ChatRequest) -> list[str]:
    return [message.content for message in request.messages]
