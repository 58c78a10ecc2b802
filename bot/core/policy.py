"""What members may ask for in a question, besides the question itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.choices import Choices
from bot.core.corrections import eligible
from bot.core.errors import InvalidInput, NotAllowed
from bot.core.options import Resolved, Scope
from bot.core.ports.weryai import ModelInfo
from bot.core.requests import web_clashes_with_schema

NAMED = 10  # models that a refusal names
WEB_IS_OFF = "Web search is switched off here. Ask again without `web`."
WEB_OR_SCHEMA = (
    "Gemini models cannot search the web for an answer that follows a schema. Ask again without "
    "`web`, without `schema`, or with another `model`."
)
NO_CHOICE = "Members may not pick a model here. Ask again without `model`."


def permitted(
    options: Resolved, asked: Mapping[str, Any], choices: Choices, *, manager: bool
) -> None:
    """Refuse a question's own options where the server does not let members have them.

    Who may change the server's options may pick any model. The one that answers there anyway
    may be named by anybody.

    Args:
        options: those that apply to the question, its own among them.
        asked: the question's own.
        choices: knows the models.
        manager: whether whoever asks may change the server's options.

    Raises:
        NotAllowed: another model, or the web, is not for members there; it says what is.
        InvalidInput: the model cannot do both that is asked of it.
    """
    if asked.get("model") is not None and not manager:
        _may_pick(str(asked["model"]), options, choices)
    if not asked.get("web"):
        return
    if options.values.get("web_search") == "off":
        raise NotAllowed(text=WEB_IS_OFF)
    model = eligible(options, choices)[0].model
    if web_clashes_with_schema(model.key, asked.get("response_format")):
        raise InvalidInput(text=WEB_OR_SCHEMA)


def _may_pick(name: str, options: Resolved, choices: Choices) -> None:
    wanted = choices.find(name)
    pickable = choices.pickable(options)
    own = (Scope.ASK, Scope.MEMBER)  # which members give themselves, wherever they may
    inherited = [key for scope, key in options.every("model") if scope not in own]
    anyway = choices.find(inherited[0]) if inherited else None
    if wanted is None or wanted == anyway or wanted in pickable:
        return  # one that has vanished is corrected at use
    raise NotAllowed(text=_pick_among(pickable) if pickable else NO_CHOICE)


def _pick_among(models: Sequence[ModelInfo]) -> str:
    named = ", ".join(model.name for model in models[:NAMED])
    more = f" and {len(models) - NAMED} more" if len(models) > NAMED else ""
    return f"Members may pick only these models here: {named}{more}."
