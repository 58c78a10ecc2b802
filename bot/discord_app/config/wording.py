"""How options, their values and where those come from are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.option_kinds import Kind, Option
from bot.core.options import Resolved, Scope
from bot.core.phrases import quotable, shortened
from bot.core.ports.weryai import ModelCatalogue
from bot.core.requests import RANGES
from bot.discord_app.models import named

HERE: Mapping[Scope, str] = {
    Scope.SERVER: "this server",
    Scope.CHANNEL: "this channel",
    Scope.THREAD: "this thread",
}
SHORT = 60  # characters of a value among others
LONG = 100  # characters of rules, which are sentences
FROM_PARTICULAR = (Scope.THREAD, Scope.CHANNEL, Scope.SERVER)

# What a choice's words mean to people.
MEANINGS: Mapping[str, Mapping[str, str]] = {
    "web_search": {"off": "Never", "on": "Always", "members": "When members ask for it"},
    "footer": {"off": "Nothing", "on": "The model", "details": "The model, tokens and seconds"},
}


def shown(option: Option, value: Any, *, length: int = SHORT) -> str:
    """A value in Discord's Markdown, in one line and not too long."""
    if value is None:
        return "not set"
    told = option.told(value)
    if option.kind is Kind.CHANNEL:
        return told
    return f"`{quotable(told, length)}`"


def changed(option: Option, before: Any, after: Any) -> str:
    """From what to what, in one line; of rules only those that are different."""
    if option.kind is not Kind.RULES:
        return f"{shown(option, before)} → {shown(option, after)}"
    old, new = (_rules(option, value) for value in (before, after))
    return (
        f"{_listed([r for r in old if r not in new])} → {_listed([r for r in new if r not in old])}"
    )


def _rules(option: Option, value: Any) -> list[str]:
    return [] if value is None else option.told(value).split("; ")


def _listed(rules: list[str]) -> str:
    return shortened("; ".join(rules) or "nothing", LONG)


def in_words(option: Option, value: Any, catalogue: ModelCatalogue, *, length: int = SHORT) -> str:
    """The same, with models by their names and words by what they mean."""
    if option.kind is Kind.MODEL and value is not None:
        return named(catalogue, value)
    if option.kind is Kind.CHOICE and value is not None:
        return f"`{value}` ({MEANINGS[option.name][value].lower()})"
    return shown(option, value, length=length)


def applying(
    option: Option, options: Resolved, catalogue: ModelCatalogue, *, length: int = SHORT
) -> str:
    """The value that applies, or what takes its place."""
    value = options.values.get(option.name)
    if value is None:
        return "WeryAI's default" if is_weryais(option) else "none"
    return in_words(option, value, catalogue, length=length)


def is_weryais(option: Option) -> bool:
    """Whether WeryAI has a value of its own where nothing is set."""
    return option.name in RANGES or option.name == "seed"


def goes_before(scope: Scope, other: Scope) -> bool:
    """Whether a choice for `scope` goes before one for `other`."""
    order = (Scope.MEMBER, *FROM_PARTICULAR, Scope.DEFAULT)
    return order.index(scope) < order.index(other)
