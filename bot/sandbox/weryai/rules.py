"""What `POST /v1/chat/completions` accepts: every field, type and range of the documentation.

Stricter than the real service may be: a request that passes here passes there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.sandbox.weryai.faults import Refusal, openai_error
from bot.sandbox.weryai.models import Model

MAX_MESSAGES = 50
ROLES = frozenset({"system", "user", "assistant"})
FORMATS = frozenset({"text", "json_object", "json_schema"})


class Refused(Exception):
    """The request breaks a rule."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.body.decode())
        self.refusal = refusal


def check_request(request: object, models: Sequence[Model]) -> None:
    """Check a request's body.

    Raises:
        Refused: with the response that says which field is wrong.
    """
    if not isinstance(request, dict):
        raise _wrong(None, "the body must be an object")
    if unknown := sorted(request.keys() - _FIELDS.keys()):
        raise _wrong(unknown[0], "unknown field")
    for name in ("model", "messages"):
        if name not in request:
            raise _wrong(name, "required")
    for name, value in request.items():
        if (problem := _FIELDS[name](value)) is not None:
            raise _wrong(name, problem)
    model = next((model for model in models if model.key == request["model"]), None)
    if model is None:
        message = f"The model `{request['model']}` does not exist."
        raise Refused(openai_error(404, message, code="model_not_found", param="model"))
    if request.get("max_tokens", 1) > model.max_tokens:
        raise _wrong("max_tokens", f"at most {model.max_tokens} for this model")
    schema = request.get("response_format", {}).get("type") == "json_schema"
    if model.key.startswith("GEMINI") and request.get("plugins") and schema:
        raise _wrong("plugins", "web search cannot be combined with json_schema here")


def _wrong(field: str | None, problem: str) -> Refused:
    return Refused(openai_error(400, f"Invalid parameter {field}: {problem}.", param=field))


Check = Callable[[Any], str | None]


def _number(low: float, high: float) -> Check:
    def check(value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "must be a number"
        return None if low <= value <= high else f"must be {low:g} to {high:g}"

    return check


def _integer(low: float) -> Check:
    def check(value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int):
            return "must be an integer"
        return None if value >= low else f"must be {low:g} or more"

    return check


def _model(value: Any) -> str | None:
    return None if isinstance(value, str) and value else "must be a model's key"


def _boolean(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be a boolean"


def _messages(value: Any) -> str | None:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_MESSAGES:
        return f"must be an array of 1 to {MAX_MESSAGES} elements"
    for number, message in enumerate(value):
        if not isinstance(message, dict) or message.keys() != {"role", "content"}:
            return f"element {number} must have a role and a content"
        if message["role"] not in ROLES:
            return f"element {number} has an unknown role"
        if not isinstance(message["content"], str) or not message["content"].strip():
            return f"element {number} must have a text"
    return None


def _plugins(value: Any) -> str | None:
    if isinstance(value, list) and all(plugin == {"id": "web"} for plugin in value):
        return None
    return 'must be an array of {"id": "web"}'


def _response_format(value: Any) -> str | None:
    if not isinstance(value, dict) or value.get("type") not in FORMATS:
        return f"must be an object with a type of {', '.join(sorted(FORMATS))}"
    if value["type"] != "json_schema":
        return None if value.keys() == {"type"} else "has an unknown field"
    schema = value.get("json_schema")
    if not isinstance(schema, dict) or not {"name", "schema"} <= schema.keys():
        return "must have a json_schema with a name and a schema"
    return None


_FIELDS: Mapping[str, Check] = {
    "model": _model,
    "messages": _messages,
    "max_tokens": _integer(1),
    "temperature": _number(0, 2),
    "top_p": _number(0, 1),
    "presence_penalty": _number(-2, 2),
    "frequency_penalty": _number(-2, 2),
    "seed": _integer(float("-inf")),
    "n": _integer(1),
    "stream": _boolean,
    "plugins": _plugins,
    "response_format": _response_format,
}
