"""The options themselves: what each is called, which values it takes, and how they are written.

A value is what JSON can hold: it is stored, exported and imported as such. People type text and
read text: `parsed` and `told` stand between.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.core.access import tell_access, verified_access
from bot.core.conversation import HISTORY_LIMIT
from bot.core.errors import InvalidOption
from bot.core.limit_rules import tell_limits, verified_limits
from bot.core.options import Scope
from bot.core.requests import RANGES, Range
from bot.core.text import utf16_len

ON = frozenset({"on", "yes", "true", "1"})
OFF = frozenset({"off", "no", "false", "0"})
EVERYWHERE = (Scope.SERVER, Scope.CHANNEL, Scope.THREAD)
SERVER_ALONE = (Scope.SERVER,)
ALL, NONE = "all", "none"  # of the models that members may pick


class Kind(StrEnum):
    """What values look like; the panel shows a select for some and a text field for others."""

    SWITCH = "on or off"
    CHOICE = "one of several words"
    TEXT = "a text"
    INTEGER = "a whole number"
    NUMBER = "a number"
    MODEL = "a model's key"
    MODELS = "models' keys, in order"
    ALLOWANCE = "all, none, or models' keys"
    CHANNEL = "a channel's id"
    RULES = "rules, changed by commands of their own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something that can be chosen.

    Attributes:
        name: as it is stored, exported and typed.
        title: as people read it.
        about: what it does, in one sentence.
        range: of a number; of a text's length in characters; of how many models there are.
        words: those of a `CHOICE`.
        scopes: where it can be chosen.
        verify: checks the value of `RULES` and returns it; raises `InvalidOption`.
        tell: says a value of `RULES` in words.
    """

    name: str
    title: str
    about: str
    kind: Kind
    range: Range | None = None
    words: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = EVERYWHERE
    verify: Callable[[Any], Any] | None = None
    tell: Callable[[Any], str] = str

    @property
    def expected(self) -> str:
        """Which values it takes, in words."""
        if self.kind is Kind.CHOICE:
            return f"{', '.join(self.words[:-1])} or {self.words[-1]}"
        if self.range is None:
            return str(self.kind)
        counted = {Kind.TEXT: " characters", Kind.MODELS: " models", Kind.ALLOWANCE: " of them"}
        return f"{self.kind}, {self.range}{counted.get(self.kind, '')}"

    def checked(self, value: Any) -> Any:
        """A value as it is stored: of the right type and in its range.

        That a model exists is not known here; `Choices` looks it up.

        Raises:
            InvalidOption: names the option and what it takes.
        """
        if self.kind is Kind.RULES:
            assert self.verify is not None
            return self.verify(value)
        if not _CHECKS[self.kind](self, value):
            raise InvalidOption(self.name, self.expected, value)
        return value.strip() if self.kind is Kind.TEXT else value

    def parsed(self, text: str) -> Any:
        """The value that somebody typed.

        Raises:
            InvalidOption: as in `checked`.
        """
        try:
            return self.checked(_PARSERS[self.kind](text.strip()))
        except (ValueError, InvalidOption):  # told with what was typed, not what became of it
            raise InvalidOption(self.name, self.expected, text) from None

    def told(self, value: Any) -> str:
        """A value as people read it, in one line; None is "not set"."""
        if value is None:
            return "not set"
        match self.kind:
            case Kind.SWITCH:
                text = "on" if value else "off"
            case Kind.CHANNEL:
                text = f"<#{value}>"
            case Kind.NUMBER:
                text = f"{value:.15g}"  # as it was typed: a form is filled with it
            case Kind.RULES:
                text = self.tell(value)
            case _:
                text = ", ".join(value) if isinstance(value, list) else str(value)
        return " ".join(text.split())


def _is_switch(_: Option, value: Any) -> bool:
    return isinstance(value, bool)


def _is_word(option: Option, value: Any) -> bool:
    return value in option.words


def _is_text(option: Option, value: Any) -> bool:
    return (
        isinstance(value, str)
        and option.range is not None
        and _can_be_sent(value)
        and utf16_len(value.strip()) in option.range
    )


def _can_be_sent(text: str) -> bool:
    """Whether a text can be stored and sent as UTF-8: JSON may name what cannot."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _is_integer(option: Option, value: Any) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and abs(value) < LARGEST and (option.range is None or value in option.range)


def _is_number(option: Option, value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    finite = number and abs(value) < math.inf  # `isfinite` fails on integers beyond a float
    return finite and (option.range is None or value in option.range)


def _is_model(_: Option, value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_KEY


def _are_models(option: Option, value: Any) -> bool:
    if not isinstance(value, list) or not all(_is_model(option, key) for key in value):
        return False
    return (option.range is None or len(value) in option.range) and len(set(value)) == len(value)


def _is_allowance(option: Option, value: Any) -> bool:
    return value in (ALL, NONE) or (bool(value) and _are_models(option, value))


def _is_channel(_: Option, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < LARGEST


LARGEST = 2**63  # the database's integers have 64 bits
LONGEST_KEY = 100
_CHECKS: Mapping[Kind, Callable[[Option, Any], bool]] = {
    Kind.SWITCH: _is_switch,
    Kind.CHOICE: _is_word,
    Kind.TEXT: _is_text,
    Kind.INTEGER: _is_integer,
    Kind.NUMBER: _is_number,
    Kind.MODEL: _is_model,
    Kind.MODELS: _are_models,
    Kind.ALLOWANCE: _is_allowance,
    Kind.CHANNEL: _is_channel,
}


def _switch(text: str) -> bool:
    if text.lower() in ON | OFF:
        return text.lower() in ON
    raise ValueError(text)


def _keys(text: str) -> list[str]:
    return [key.strip() for key in re.split(r"[,;\n]", text) if key.strip()]


def _allowance(text: str) -> str | list[str]:
    return text.lower() if text.lower() in (ALL, NONE) else _keys(text)


def _channel(text: str) -> int:
    return int(text.removeprefix("<#").removesuffix(">"))


def _rules(text: str) -> Any:
    raise ValueError(text)  # they have commands of their own


_PARSERS: Mapping[Kind, Callable[[str], Any]] = {
    Kind.SWITCH: _switch,
    Kind.CHOICE: str.lower,
    Kind.TEXT: str,
    Kind.INTEGER: int,
    Kind.NUMBER: float,
    Kind.MODEL: str,
    Kind.MODELS: _keys,
    Kind.ALLOWANCE: _allowance,
    Kind.CHANNEL: _channel,
    Kind.RULES: _rules,
}


SYSTEM_PROMPT_LENGTH = Range(1, 4000)  # UTF-16 units; 4,000 is Discord's limit for a text field
FALLBACKS = Range(1, 5)
MEMBERS_MODELS = Range(1, 25)

OPTIONS: Mapping[str, Option] = {
    option.name: option
    for option in (
        Option(
            name="model",
            title="Model",
            about="Who answers.",
            kind=Kind.MODEL,
            scopes=(*EVERYWHERE, Scope.MEMBER),
        ),
        Option(
            name="fallback_models",
            title="Fallback models",
            about="Who answers instead, in this order, while the model cannot.",
            kind=Kind.MODELS,
            range=FALLBACKS,
        ),
        Option(
            name="member_models",
            title="Models for members",
            about="Which models members may pick themselves: all, none, or some.",
            kind=Kind.ALLOWANCE,
            range=MEMBERS_MODELS,
        ),
        Option(
            name="system_prompt",
            title="System prompt",
            about="What the model is told before a conversation. "
            "{server}, {channel}, {date} and {user} are filled in.",
            kind=Kind.TEXT,
            range=SYSTEM_PROMPT_LENGTH,
        ),
        Option(
            name="history",
            title="History",
            about="How many messages the model is sent at most, the question among them.",
            kind=Kind.INTEGER,
            range=Range(1, HISTORY_LIMIT),
        ),
        Option(
            name="max_tokens",
            title="Longest answer",
            about="How many tokens an answer may have, where the model's own limit is not lower.",
            kind=Kind.INTEGER,
            range=RANGES["max_tokens"],
        ),
        Option(
            name="temperature",
            title="Temperature",
            about="How freely the model words its answers.",
            kind=Kind.NUMBER,
            range=RANGES["temperature"],
        ),
        Option(
            name="top_p",
            title="Top p",
            about="Which share of the likeliest words the model chooses from.",
            kind=Kind.NUMBER,
            range=RANGES["top_p"],
        ),
        Option(
            name="presence_penalty",
            title="Presence penalty",
            about="How much the model is pushed to new subjects.",
            kind=Kind.NUMBER,
            range=RANGES["presence_penalty"],
        ),
        Option(
            name="frequency_penalty",
            title="Frequency penalty",
            about="How much the model is kept from repeating words.",
            kind=Kind.NUMBER,
            range=RANGES["frequency_penalty"],
        ),
        Option(
            name="seed",
            title="Seed",
            about="The same seed and the same question give the same answer.",
            kind=Kind.INTEGER,
        ),
        Option(
            name="web_search",
            title="Web search",
            about="Whether answers may use the web: never, always, or when members ask for it.",
            kind=Kind.CHOICE,
            words=("off", "on", "members"),
        ),
        Option(
            name="footer",
            title="Footer",
            about="What an answer's last line tells: nothing, the model, or also tokens and time.",
            kind=Kind.CHOICE,
            words=("off", "on", "details"),
        ),
        Option(
            name="buttons",
            title="Buttons",
            about="Whether finished answers have buttons. Stop, and ◀ ▶ of variants, are always there.",
            kind=Kind.SWITCH,
        ),
        Option(
            name="limits",
            title="Limits",
            about="How much members, roles and the server may use. Changed by `/config limits`.",
            kind=Kind.RULES,
            scopes=SERVER_ALONE,
            verify=verified_limits,
            tell=tell_limits,
        ),
        Option(
            name="access",
            title="Access",
            about="Who may ask, and where. Changed by `/config access`.",
            kind=Kind.RULES,
            scopes=SERVER_ALONE,
            verify=verified_access,
            tell=tell_access,
        ),
        Option(
            name="log_channel",
            title="Log channel",
            about="Where changes of these options are announced.",
            kind=Kind.CHANNEL,
            scopes=SERVER_ALONE,
        ),
    )
}

BUILT_IN: Mapping[str, Any] = {
    "member_models": ALL,
    "history": HISTORY_LIMIT,
    "web_search": "members",
    "footer": "on",
    "buttons": True,
}
"""What applies where neither a moderator nor the operator has chosen anything."""


def option_named(name: str) -> Option:
    """An option by its name or title.

    Raises:
        InvalidOption: there is none; it names them all.
    """
    typed = name.strip().lower()
    for option in OPTIONS.values():
        if typed in (option.name, option.title.lower()):
            return option
    raise InvalidOption("option", "one of " + ", ".join(OPTIONS), name)


def options_at(scope: Scope) -> Sequence[Option]:
    """The options that can be chosen for a scope."""
    return [option for option in OPTIONS.values() if scope in option.scopes]
