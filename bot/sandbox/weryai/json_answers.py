"""Answers in JSON, as a request's `response_format` asks for them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

DEEPEST = 8  # a schema may refer to itself: what is deeper is left out

_WRONG = re.compile(r"\bwrong\b", re.IGNORECASE)
_FENCED = re.compile(r"\bfenced?\b", re.IGNORECASE)
_PROSE = re.compile(r"\bnot json\b|\bprose\b", re.IGNORECASE)


def json_answer(response_format: Mapping[str, Any], question: str, number: int = 1) -> str:
    """JSON about a question, which follows the schema if there is one.

    For trying out what becomes of it, the question may ask for an answer that is "wrong" (it does
    not follow the schema), "fenced" or "not JSON".

    Args:
        response_format: the request's.
        question: what is asked.
        number: of the answer, where several are asked for.
    """
    if _PROSE.search(question):
        return "I would rather put it in words: no."
    schema = response_format.get("json_schema", {}).get("schema")
    if _WRONG.search(question):
        content: Any = {"unasked": ["for", None]} if _is_object(schema) else {"wrong": True}
    elif schema is None:
        content = {"question": question, "answer": number * 42, "sure": True}
    else:
        content = Example(schema, question, number).of(schema)
    text = json.dumps(content, indent=2, ensure_ascii=False)
    return f"```json\n{text}\n```" if _FENCED.search(question) else text


def _is_object(schema: Any) -> bool:
    return isinstance(schema, Mapping) and bool(schema.get("required"))


class Example:
    """Makes up values that follow a schema, as far as its plain keywords go.

    Args:
        root: the whole schema, which `$ref` refers to.
        text: for strings that may say anything.
        number: for numbers that may be anything.
    """

    def __init__(self, root: Any, text: str, number: int) -> None:
        self._root = root
        self._text = text
        self._number = number
        self._make: Mapping[str, Callable[[Mapping[str, Any], int], Any]] = {
            "object": self._object,
            "array": self._array,
            "string": self._string,
            "integer": self._integer,
            "number": self._integer,
            "boolean": lambda *_: True,
            "null": lambda *_: None,
        }

    def of(self, schema: Any, depth: int = 0) -> Any:
        """A value for a schema, or for a part of it."""
        if not isinstance(schema, Mapping) or depth > DEEPEST:
            return None
        if isinstance(reference := schema.get("$ref"), str):
            return self.of(self._referred(reference), depth + 1)
        if "const" in schema:
            return schema["const"]
        for choice in ("enum", "examples"):
            if schema.get(choice):
                return schema[choice][(self._number - 1) % len(schema[choice])]
        for several in ("oneOf", "anyOf", "allOf"):
            if schema.get(several):
                return self.of(schema[several][0], depth + 1)
        kind = schema.get("type", "object" if "properties" in schema else "string")
        kind = kind[0] if isinstance(kind, list) else kind
        return self._make.get(kind, self._string)(schema, depth)

    def _referred(self, reference: str) -> Any:
        found = self._root
        for part in reference.removeprefix("#").strip("/").split("/"):
            if part:
                name = part.replace("~1", "/").replace("~0", "~")
                found = found.get(name) if isinstance(found, Mapping) else None
        return found

    def _object(self, schema: Mapping[str, Any], depth: int) -> Any:
        properties = schema.get("properties", {})
        wanted = properties if depth < DEEPEST // 2 else {}
        names = dict.fromkeys([*wanted, *schema.get("required", ())])
        return {name: self.of(properties.get(name, {}), depth + 1) for name in names}

    def _array(self, schema: Mapping[str, Any], depth: int) -> Any:
        least = schema.get("minItems", 0)
        count = max(least, min(2, schema.get("maxItems", 2))) if depth < DEEPEST // 2 else least
        return [self.of(schema.get("items", {}), depth + 1) for _ in range(count)]

    def _string(self, schema: Mapping[str, Any], _: int) -> Any:
        text = self._text.ljust(schema.get("minLength", 0), ".")
        return text[: schema.get("maxLength", 80)]

    def _integer(self, schema: Mapping[str, Any], _: int) -> Any:
        low = schema.get("minimum", self._number)
        return min(max(low, self._number), schema.get("maximum", max(low, self._number)))
