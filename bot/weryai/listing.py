"""What the two small endpoints say: the list of models, whose shape nobody documents, and credits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from math import isfinite, nan

from bot.core.errors import ModelError, ModelUnavailable
from bot.core.ports.weryai import ModelInfo
from bot.weryai.failures import failure, request_id
from bot.weryai.known_models import KNOWN_MODELS
from bot.weryai.lenient import json_of, whole_number

# Where each fact may be, the surest name first. An `id` may also be a row's number: only text
# counts as a key.
_KEY = ("model_key", "key", "id", "model", "model_name")
_NAME = ("display_name", "label", "title", "name", "model_name")
_OUTPUT = ("max_output_tokens", "max_completion_tokens", "max_tokens")
_CONTEXT = ("context_length", "context_window", "max_input_tokens")
_LISTS = ("data", "models", "list", "items", "records")

_NAMES = {model.key: model.name for model in KNOWN_MODELS}


def read_models(body: bytes, headers: Mapping[str, str]) -> list[ModelInfo]:
    """The models in a list of any known shape, in its order; what has no key is left out.

    Raises:
        ModelError: it is a failure of the vendor's, or there is no model in it.
    """
    content = _parsed(body)
    models: dict[str, ModelInfo] = {}
    for entry in _entries(content):
        if (model := _model(entry)) is not None:
            models.setdefault(model.key, model)
    if not models:
        raise _unreadable("a list without models", content, headers)
    return list(models.values())


def read_balance(body: bytes, headers: Mapping[str, str]) -> float:
    """The credits in the vendor's envelope.

    Raises:
        ModelError: it is a failure of the vendor's, or there is no number in it.
    """
    content = _parsed(body)
    data = content.get("data") if isinstance(content, dict) else content
    try:
        if isinstance(data, str):
            data = json_of(data)
        if isinstance(data, bool) or not isinstance(data, int | float):
            data = nan
        credits_left = float(data)
    except (ValueError, OverflowError):
        credits_left = nan
    if not isfinite(credits_left):
        raise _unreadable("a balance without a number", content, headers)
    return credits_left


def _parsed(body: bytes) -> object:
    try:
        return json_of(body)
    except ValueError:
        return None


def _unreadable(problem: str, content: object, headers: Mapping[str, str]) -> ModelError:
    if isinstance(content, dict) and (
        content.get("error") or content.get("status") not in (None, 0, HTTPStatus.OK)
    ):
        return failure(HTTPStatus.OK, headers, content)
    return ModelUnavailable(problem, request_id=request_id(headers))


def _entries(content: object) -> Iterable[object]:
    """The list in it, which may be wrapped more than once."""
    if isinstance(content, list):
        return content
    if isinstance(content, dict):
        for name in _LISTS:
            if entries := _entries(content.get(name)):
                return entries
    return ()


def _model(entry: object) -> ModelInfo | None:
    if isinstance(entry, str):
        entry = {"key": entry}
    if not isinstance(entry, dict):
        return None
    key = _text(entry, _KEY)
    if key is None:
        return None
    return ModelInfo(
        key=key,
        name=_text(entry, _NAME) or _NAMES.get(key, key),
        max_output_tokens=_number(entry, _OUTPUT),
        context_tokens=_number(entry, _CONTEXT),
    )


def _text(entry: Mapping[str, object], names: Iterable[str]) -> str | None:
    for name in names:
        value = entry.get(name)
        if isinstance(value, str) and value.strip() and value.isprintable():
            return value.strip()
    return None


def _number(entry: Mapping[str, object], names: Iterable[str]) -> int | None:
    for name in names:
        if number := whole_number(entry.get(name)):
            return number
    return None
