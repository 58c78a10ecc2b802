"""What WeryAI is asked: the options that apply, the history that fits, the turn."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from bot.core.choices import Choices
from bot.core.conversation import HISTORY_LIMIT, MessageId, Role, Said, Turn
from bot.core.errors import BotError
from bot.core.options import Resolved
from bot.core.ports import ChatEvent, ChatModel, HistoryStore, ModelInfo
from bot.core.prompt import build_prompt
from bot.core.replies import ReplyRecord
from bot.core.requests import ChatRequest
from bot.core.running import Running

CONTINUE = (
    "Your last message was cut off. Go on from exactly where it ends, with the very next "
    "character. Repeat nothing, and add no introduction."
)
CHARACTERS_PER_TOKEN = 2  # a low estimate, so that a prompt fits its model's context


class Asking:
    """Turns a running reply into a request and streams the model's answer."""

    def __init__(self, model: ChatModel, choices: Choices, history: HistoryStore) -> None:
        self._model = model
        self._choices = choices
        self._history = history

    async def events(self, running: Running, partial: str = "") -> AsyncGenerator[ChatEvent, None]:
        """The model's answer, or how it goes on after `partial`.

        Raises:
            BotError: whatever goes wrong, before or after the first delta.
        """
        options = await self._choices.of_turn(running.turn)
        running.model = options.model
        running.detailed = options.values.get("footer") == "details"
        model = self._choices.offered(options.model)
        running.model = model.key  # it may have been asked for by its name
        turn, history = await self._conversation(running.turn)
        if partial:
            turn, history = continued(turn, history, partial)
        request = request_for(turn, history, options, model)
        running.prompt_characters = request.characters
        async with aclosing(self._model.stream(request)) as stream:
            async for event in stream:
                yield event

    async def model_of(self, record: ReplyRecord) -> str:
        """Which model has given an answer; empty if nobody knows.

        It is stored with the ending. Without one it is what is chosen there: while no process
        lives, nobody chooses another.
        """
        if record.model:
            return record.model
        try:
            options = await self._choices.of_turn(record.turn)
            return self._choices.offered(options.model).key
        except BotError:
            return ""

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


def continued(turn: Turn, history: list[Said], partial: str) -> tuple[Turn, list[Said]]:
    """The same conversation with its unfinished answer, and the request to go on with it."""
    answer = Said(MessageId(0), Role.ASSISTANT, partial)
    stored = history and (history[-1].role, history[-1].text) == (answer.role, partial)
    before = history[:-1] if stored else history
    go_on = Said(MessageId(0), Role.USER, CONTINUE)
    return replace(turn, said=(go_on,)), [*before, *turn.said, answer]


def request_for(
    turn: Turn, history: list[Said], options: Resolved, model: ModelInfo
) -> ChatRequest:
    """The request for a turn.

    Raises:
        PromptTooLong: the turn alone does not fit the model.
        InvalidOption: an option is outside its range.
    """
    values = options.values
    max_tokens = values.get("max_tokens")
    if max_tokens is not None and model.max_output_tokens is not None:
        max_tokens = min(max_tokens, model.max_output_tokens)
    room = None
    if model.context_tokens is not None:
        room = max(1, model.context_tokens - (max_tokens or 0)) * CHARACTERS_PER_TOKEN
    return ChatRequest(
        model=model.key,
        messages=build_prompt(
            history, turn, system=values.get("system_prompt"), max_characters=room
        ),
        max_tokens=max_tokens,
        temperature=values.get("temperature"),
        top_p=values.get("top_p"),
        presence_penalty=values.get("presence_penalty"),
        frequency_penalty=values.get("frequency_penalty"),
        seed=values.get("seed"),
        web=bool(values.get("web")),
    )
