"""From the options that apply and what was said to the requests that ask for an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.core.choices import Choices
from bot.core.conversation import HISTORY_LIMIT, MessageId, Role, Said, Turn
from bot.core.corrections import Eligible, eligible, fitted
from bot.core.endings import Signature
from bot.core.errors import BotError
from bot.core.options import Resolved
from bot.core.placeholders import filled_in
from bot.core.ports.weryai import ModelInfo
from bot.core.prompt import build_prompt
from bot.core.requests import WRITING, ChatRequest

CONTINUE = (
    "Your last message was cut off. Go on from exactly where it ends, with the very next "
    "character. Repeat nothing, and add no introduction."
)
CHARACTERS_PER_TOKEN = 2  # a low estimate, so that a prompt fits its model's context
TO_GO_ON = 4  # messages: system prompt, question, the unfinished answer, the request to go on
OF_A_WHOLE_ANSWER = ("n", "response_format")  # nothing for the rest of one


@dataclass(frozen=True, slots=True)
class Candidate:
    """A request that may be made, and what its answer is signed with."""

    request: ChatRequest
    signature: Signature


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be answered: a turn, what was said before it, and how far it has been answered.

    `partial` is the answer so far, where it is to go on.
    """

    turn: Turn
    history: list[Said]
    partial: str = ""


def candidates(
    question: Question, options: Resolved, choices: Choices, today: date
) -> list[Candidate]:
    """The requests to make, in this order, until one of them is answered.

    Raises:
        ModelNotSupported: no model that might answer is left.
        PromptTooLong: the question alone does not fit the model.
        InvalidOption: an option is outside its range.
    """
    first, *others = eligible(options, choices)
    found = [_candidate(question, options, first, today)]
    for other in others:
        try:
            found.append(_candidate(question, options, other, today))
        except BotError:  # it is too small for this question
            continue
    return found


def _candidate(question: Question, options: Resolved, asked: Eligible, today: date) -> Candidate:
    fit = fitted(options, asked.model)
    request = request_for(question, fit.values, asked.model, today)
    signature = replace(signed(options), model=asked.name, instead=asked.instead, notes=fit.notes)
    return Candidate(request, signature)


def signed(options: Resolved) -> Signature:
    """How answers are signed there, before anybody is asked."""
    values = options.values
    return Signature(style=values.get("footer", "on"), buttons=values.get("buttons", True))


def request_for(
    question: Question, values: Mapping[str, Any], model: ModelInfo, today: date
) -> ChatRequest:
    """The request for a question, given options that fit the model.

    Raises:
        PromptTooLong: the question alone does not fit the model.
        InvalidOption: an option is outside its range.
    """
    turn, history = question.turn, question.history
    limit = values.get("history", HISTORY_LIMIT)
    if question.partial:
        turn, history = continued(turn, history, question.partial)
        limit = max(limit, TO_GO_ON)
        values = {name: value for name, value in values.items() if name not in OF_A_WHOLE_ANSWER}
    room = None
    if model.context_tokens is not None:
        answer = values.get("max_tokens") or 0
        room = max(1, model.context_tokens - answer) * CHARACTERS_PER_TOKEN
    return ChatRequest(
        model=model.key,
        messages=build_prompt(
            history,
            turn,
            system=filled_in(values.get("system_prompt") or "", turn, today),
            limit=limit,
            max_characters=room,
        ),
        web=bool(values.get("web")),
        **{name: values.get(name) for name in (*WRITING, *OF_A_WHOLE_ANSWER)},
    )


def continued(turn: Turn, history: list[Said], partial: str) -> tuple[Turn, list[Said]]:
    """The same conversation with its unfinished answer, and the request to go on with it."""
    answer = Said(MessageId(0), Role.ASSISTANT, partial)
    stored = history and (history[-1].role, history[-1].text) == (answer.role, partial)
    before = history[:-1] if stored else history
    go_on = Said(MessageId(0), Role.USER, CONTINUE)
    return replace(turn, said=(go_on,)), [*before, *turn.said, answer]
