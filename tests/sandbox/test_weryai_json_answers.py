"""JSON by the local WeryAI: as a schema asks for it, or not, as the question asks for it."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from bot.sandbox.weryai.json_answers import json_answer

TREE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "minLength": 3, "maxLength": 5},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
            "required": ["name"],
        }
    },
}


def by_schema(schema: dict[str, Any], question: str = "Who?", number: int = 1) -> str:
    wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    return json_answer(wanted, question, number)


@pytest.mark.parametrize(
    "schema",
    [
        {},
        TREE,
        {"type": "integer", "minimum": 7, "maximum": 9},
        {"type": "number", "maximum": -1},
        {"type": ["null", "string"]},
        {"enum": ["a", 2]},
        {"const": {"a": [1]}},
        {"anyOf": [{"type": "boolean"}, {"type": "null"}]},
        {"type": "array", "items": {"type": "string"}, "minItems": 3},
        {"type": "array", "maxItems": 0},
        {"type": "object", "required": ["unheard of"]},
    ],
)
def test_it_follows_a_schema_simply(schema: dict[str, Any]) -> None:
    jsonschema.validate(json.loads(by_schema(schema)), schema)


def test_any_json_will_do_without_a_schema() -> None:
    told = json.loads(json_answer({"type": "json_object"}, "Who?"))
    assert told["question"] == "Who?"


def test_several_answers_differ() -> None:
    schema = {"enum": ["a", "b", "c"]}
    assert [by_schema(schema, number=number) for number in (1, 2, 3)] == ['"a"', '"b"', '"c"']


def test_a_bad_one_can_be_asked_for() -> None:
    wrong = json.loads(by_schema(TREE, "Give me a wrong one"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, TREE)
    assert by_schema(TREE, "A fenced one").startswith("```json\n{")
    with pytest.raises(json.JSONDecodeError):
        json.loads(by_schema(TREE, "Say it in prose"))
