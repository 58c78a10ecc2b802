"""What the local models say when nobody has told them: thought up, cut, and ended in time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.sandbox.weryai.answers import answer
from bot.sandbox.weryai.json_answers import json_answer
from bot.sandbox.weryai.models import Model
from bot.sandbox.weryai.script import Choice
from bot.sandbox.weryai.texts import ANOTHER_WAY

DEFAULT_MAX_TOKENS = 1024  # the documentation's


def thought_up(request: dict[str, Any], models: Sequence[Model], size: int) -> list[Choice]:
    """As many answers as a request asks for, in deltas of so many characters."""
    return [_choice(request, models, size, number) for number in range(1, request.get("n", 1) + 1)]


def cut(text: str, size: int) -> list[str]:
    """A text as deltas."""
    return [text[at : at + size] for at in range(0, len(text), size)]


def last_question(request: dict[str, Any]) -> str:
    """What was asked last in a request."""
    said = [message for message in request["messages"] if message["role"] == "user"]
    return str(said[-1]["content"]) if said else ""


def _choice(request: dict[str, Any], models: Sequence[Model], size: int, number: int) -> Choice:
    """One of the answers, counted from 1."""
    wanted = request.get("response_format", {})
    if wanted.get("type", "text") != "text":
        text = json_answer(wanted, last_question(request), number)
    else:
        names = {model.key: model.name for model in models}
        text = answer(request["messages"], names[request["model"]])
        if number > 1:
            text = ANOTHER_WAY.format(number=number) + text
    deltas = cut(text, size)
    limit = request.get("max_tokens", DEFAULT_MAX_TOKENS)
    return Choice(deltas[:limit], "length" if len(deltas) > limit else "stop")
