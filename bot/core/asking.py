"""What WeryAI is asked: the options that apply, what was said before, the turn."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from bot.core.choices import Choices
from bot.core.conversation import HISTORY_LIMIT, Role, Said, Turn
from bot.core.corrections import eligible, short
from bot.core.endings import Signature
from bot.core.errors import BotError
from bot.core.fallback import Fallback
from bot.core.ports.storage import HistoryStore
from bot.core.ports.weryai import ChatEvent
from bot.core.replies import ReplyRecord
from bot.core.requesting import Question, candidates, signed
from bot.core.running import Running


def utc_today() -> date:
    """The date in UTC."""
    return datetime.now(UTC).date()


class Asking:
    """Turns a running reply into requests and streams the answer to one of them.

    Args:
        fallback: asks WeryAI's models.
        choices: the options that apply to a turn.
        history: what was said in each conversation.
        today: tells the date.
    """

    def __init__(
        self,
        fallback: Fallback,
        choices: Choices,
        history: HistoryStore,
        *,
        today: Callable[[], date] = utc_today,
    ) -> None:
        self._fallback = fallback
        self._choices = choices
        self._history = history
        self._today = today

    async def events(self, running: Running, partial: str = "") -> AsyncGenerator[ChatEvent, None]:
        """The model's answer, or how it goes on after `partial`.

        Raises:
            BotError: whatever goes wrong, before or after the first delta.
        """
        options = await self._choices.of_turn(running.turn)
        running.model = options.model  # if none can be asked, this one was meant
        running.signature = replace(signed(options), model=short(options.model))
        question = Question(*await self._conversation(running.turn), partial)
        asked = candidates(question, options, self._choices, self._today())
        async with self._fallback.answering(asked, running) as begun:
            if begun.first is not None:
                yield begun.first
            async for event in begun.rest:
                yield event

    async def signature_of(self, record: ReplyRecord) -> tuple[str, Signature]:
        """Which model has given an answer, by its key, and how it is signed; empty if not known.

        The model is stored with the ending. Without one it is what is chosen there: while no
        process lives, nobody chooses another. What the answer took is not known here.
        """
        try:
            options = await self._choices.of_turn(record.turn)
            key = record.model or eligible(options, self._choices)[0].model.key
        except BotError:
            return record.model or "", Signature(self._named(record.model))
        style = "off" if options.values.get("footer") == "off" else "on"
        return key, replace(signed(options), model=self._named(key), style=style)

    def _named(self, key: str | None) -> str:
        model = self._choices.find(key) if key else None
        return short(model.name if model is not None else key or "")

    async def _conversation(self, turn: Turn) -> tuple[Turn, list[Said]]:
        """The turn as it stands in the history (it may have been edited), and what was before."""
        if not turn.shared:
            return turn, []
        stored = await self._history.recent(turn.place.conversation_id, HISTORY_LIMIT)
        asked = {said.message_id for said in turn.said}
        as_stored = {said.message_id: said for said in stored if said.role is Role.USER}
        said = tuple(as_stored.get(entry.message_id, entry) for entry in turn.said)
        before = [s for s in stored if s.role is Role.ASSISTANT or s.message_id not in asked]
        return replace(turn, said=said), before
