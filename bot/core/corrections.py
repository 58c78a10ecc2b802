"""What was chosen and does not fit any more: corrected at use, and said so, never an error.

A model may have vanished since it was chosen, a value may be more than another model takes, what
a member chose for themselves may be allowed no more. The answer's small print tells each of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.choices import Choices
from bot.core.errors import ModelNotSupported
from bot.core.options import Resolved, Scope
from bot.core.phrases import shortened
from bot.core.ports.weryai import ModelInfo
from bot.core.requests import web_clashes_with_schema

LONGEST_NAME = 40  # characters of a model's name in the small print


@dataclass(frozen=True, slots=True)
class Eligible:
    """A model that may answer; `instead` says why it is not the one chosen, if it is not."""

    model: ModelInfo
    instead: str = ""

    @property
    def name(self) -> str:
        """Its name, fit for the small print."""
        return short(self.model.name)


def eligible(options: Resolved, choices: Choices) -> list[Eligible]:
    """The models to ask, in this order: the one chosen, then those that stand in for it.

    For a vanished one it is the first of the fallback models, else what is inherited.

    Raises:
        ModelNotSupported: none of all these is left.
    """
    chosen = options.every("model")
    instead = []
    scope, key = chosen[0]
    if scope is Scope.MEMBER and (own := choices.find(key)) and not _picked(own, options, choices):
        instead.append(f"{short(own.name)} is not allowed here any more")
        chosen = chosen[1:]
        scope, key = chosen[0]
    stand_ins = _offered(options.values.get("fallback_models", ()), choices)
    first = choices.find(key)
    if first is None:
        instead.append(f"{short(key)} is gone")
        left = [*stand_ins, *_offered([key for _, key in chosen[1:]], choices)]
        if not left:
            raise ModelNotSupported(f"{key} is not in the catalogue")
        first = left[0]
    reason = ", ".join(instead)
    others = [model for model in stand_ins if model.key != first.key]
    return [Eligible(model, reason) for model in (first, *others)]


def _picked(own: ModelInfo, options: Resolved, choices: Choices) -> bool:
    return any(model.key == own.key for model in choices.pickable(options))


def _offered(keys: Any, choices: Choices) -> list[ModelInfo]:
    found = [choices.find(key) for key in keys]
    return list({model.key: model for model in found if model is not None}.values())


@dataclass(frozen=True, slots=True)
class Fitted:
    """Options as one model takes them, and what there is to say of those that were changed."""

    values: Mapping[str, Any]
    notes: tuple[str, ...] = ()


def fitted(options: Resolved, model: ModelInfo) -> Fitted:
    """The options for a request to a model; `web` is whether the web is searched."""
    values = dict(options.values)
    notes = []
    wanted, most = values.get("max_tokens"), _longest_answer(wanted=values, model=model)
    if wanted is not None and most is not None and wanted > most:
        values["max_tokens"] = most
        if options.sources.get("max_tokens") is not Scope.DEFAULT:
            notes.append(f"Longest answer lowered to {most:,} tokens")
    policy, asked = values.get("web_search"), bool(values.get("web"))
    values["web"] = policy == "on" or (policy != "off" and asked)
    if asked and not values["web"]:
        notes.append("Web search is off here")
    if values["web"] and web_clashes_with_schema(model.key, values.get("response_format")):
        values["web"] = False
        notes.append("No web search: Gemini cannot combine it with a schema")
    return Fitted(values, tuple(notes))


def _longest_answer(*, wanted: Mapping[str, Any], model: ModelInfo) -> int | None:
    """How many tokens an answer of a model may have; None: as many as are wanted."""
    if model.max_output_tokens is not None:
        return model.max_output_tokens
    context = model.context_tokens
    if context is None or wanted.get("max_tokens", 0) < context:
        return None
    return max(1, context // 2)  # the question needs room, too


def short(name: str) -> str:
    """A model's name or key, fit for one line of small print."""
    return shortened(" ".join(name.split()), LONGEST_NAME)
