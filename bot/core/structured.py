"""Answers that have a form: plain prose, or JSON that follows a schema."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.core.conversation import Turn
from bot.core.errors import Unchecked
from bot.core.phrases import quotable
from bot.core.ports.weryai import SchemaChecker
from bot.core.replies import File

ANSWER = "answer.json"
FOLLOWS = "✓ follows the schema"
DOES_NOT_FOLLOW = "⚠ does not follow the schema: `{problem}`"
VALID, INVALID = "✓ valid JSON", "⚠ not valid JSON"
UNCHECKED = "⚠ took too long to check against the schema"
LONGEST_PROBLEM = 80  # characters of the small print

_OPENING = re.compile(r"(?:\s*```[a-zA-Z]*[ \t]*\n)+")
_HALF_AN_OPENING = re.compile(r"\s*`{1,3}[a-zA-Z]*[ \t]*\Z")
_FENCE = "```"
_MAY_BE_A_CLOSING = " \t\r\n`"
_BACKTICKS = re.compile(r"`{3,}")
_APART = "\u200b"  # zero-width: three backticks with it in between end no code block


class Form(Protocol):
    """What an answer is to look like; each method takes the model's text."""

    def shown(self, text: str, *, final: bool) -> str:
        """The text as Discord's Markdown; what is longer only adds to it, unless `final`."""
        ...

    def bare(self, text: str) -> str:
        """The text as it is stored: without what does not belong to it."""
        ...

    def file(self, text: str) -> File | None:
        """What is attached to a text that has ended."""
        ...

    async def verdict(self, text: str) -> str:
        """What a check of a complete text finds, for the small print; never raises."""
        ...


class Prose:
    """Whatever the model writes."""

    def shown(self, text: str, *, final: bool) -> str:
        """It is Markdown already."""
        return text

    def bare(self, text: str) -> str:
        """All of it is the answer."""
        return text

    def file(self, text: str) -> File | None:
        """Nothing."""
        return None

    async def verdict(self, text: str) -> str:
        """There is nothing to check."""
        return ""


PROSE = Prose()


@dataclass(frozen=True, slots=True)
class Json:
    """JSON, shown in a code block; models like to fence it themselves, which is taken off."""

    checker: SchemaChecker
    schema: Mapping[str, Any] | None = None

    def shown(self, text: str, *, final: bool) -> str:
        """The JSON in a fence of its own, which the last message closes."""
        body = self.bare(text)
        if not final:
            if _HALF_AN_OPENING.match(_opened(text)):
                return ""
            body = body.rstrip(_MAY_BE_A_CLOSING)
        if not body.strip():
            return ""
        return "```json\n" + _BACKTICKS.sub(lambda run: _APART.join(run[0]), body)

    def bare(self, text: str) -> str:
        """The JSON alone."""
        body = _opened(text)
        fenced = body != text or body.lstrip().startswith(("{", "["))
        return _without_closing(body) if fenced else body

    def file(self, text: str) -> File | None:
        """The JSON as `answer.json`; none of what is no JSON."""
        try:
            parsed(text)
        except ValueError:
            return None
        return File(ANSWER, text)

    async def verdict(self, text: str) -> str:
        """Whether it is JSON, and follows the schema."""
        try:
            answer = parsed(text)
        except ValueError:
            return INVALID if text.strip() else ""
        if self.schema is None:
            return VALID
        try:
            problem = await self.checker.problem(self.schema, answer)
        except Unchecked:
            return UNCHECKED
        return (
            FOLLOWS
            if problem is None
            else DOES_NOT_FOLLOW.format(problem=quotable(problem, LONGEST_PROBLEM))
        )


def _opened(text: str) -> str:
    """What comes after the opening of a fence, if there is one."""
    opening = _OPENING.match(text)
    return text if opening is None else text[opening.end() :]


def _without_closing(text: str) -> str:
    """Step by step: a pattern that looks for the end takes for ever over much white space."""
    body = text.rstrip()
    if not body.endswith(_FENCE):
        return text
    while body.endswith(_FENCE):
        body = body.removesuffix(_FENCE).rstrip()
    return body


def form_of(turn: Turn, checker: SchemaChecker) -> Form:
    """What the answer to a turn is to look like."""
    wanted = turn.options.get("response_format")
    if not isinstance(wanted, Mapping):
        return PROSE
    return Json(checker, wanted.get("json_schema", {}).get("schema"))


def parsed(text: str) -> Any:
    """JSON as its standard has it: no NaN, and no deeper than can be read.

    Raises:
        ValueError: it is none.
    """
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
