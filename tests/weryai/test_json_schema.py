"""Schemas from strangers, checked in processes of their own."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.core.errors import Unchecked
from bot.weryai.json_schema import SchemaProcesses

PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
EVIL = {"type": "string", "pattern": r"^(a+)+$"}


@pytest.fixture
def schemas() -> SchemaProcesses:
    return SchemaProcesses()


@pytest.mark.parametrize(
    "schema",
    [
        {},
        PERSON,
        {"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}},
        {"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {}},
        {"properties": {"$ref": {"type": "string"}}},
        {"const": {"$ref": "https://example.com/this-is-data"}},
        {"properties": {"next": {"$ref": "#"}}},
    ],
)
async def test_a_schema_that_can_be_used(schemas: SchemaProcesses, schema: dict[str, Any]) -> None:
    assert await schemas.flaw(schema) is None


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "integr"}, ["$.type", "integr"]),
        ({"properties": {"a": {"minimum": "0"}}}, ["$.properties.a.minimum", "'0'"]),
        ({"pattern": "("}, ["$.pattern", "regex"]),
        ({"$ref": "https://example.com/x.json"}, ["$.$ref", "not in this file"]),
        ({"items": [{"$ref": "file:///etc/passwd"}]}, ["file:///etc/passwd"]),
        ({"$ref": "#/$defs/none"}, ["$.$ref", "leads nowhere"]),
        ({"$ref": 7}, ["7"]),
    ],
)
async def test_what_is_wrong_with_a_schema_is_named(
    schemas: SchemaProcesses, schema: dict[str, Any], words: list[str]
) -> None:
    found = await schemas.flaw(schema)
    assert found is not None
    for word in words:
        assert word in found


@pytest.mark.parametrize("draft", ["https://example.com/mine", "not even an address"])
async def test_an_unknown_draft_is_not_fetched(schemas: SchemaProcesses, draft: str) -> None:
    assert await schemas.flaw({"$schema": draft, "type": "object"}) is None


async def test_an_answer_that_follows_has_no_problem(schemas: SchemaProcesses) -> None:
    assert await schemas.problem(PERSON, {"name": "Ada", "age": 36}) is None


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"name": "Ada", "age": "36"}, ["$.age", "'36' is not of type 'integer'"]),
        ({"name": "Ada"}, ["$", "'age' is a required property"]),
        ([], ["$", "is not of type 'object'"]),
    ],
)
async def test_the_first_problem_has_its_path(
    schemas: SchemaProcesses, answer: Any, words: list[str]
) -> None:
    found = await schemas.problem(PERSON, answer)
    assert found is not None
    for word in words:
        assert word in found


async def test_a_pattern_that_takes_years_is_given_up(schemas: SchemaProcesses) -> None:
    assert await schemas.flaw(EVIL) is None
    with pytest.raises(Unchecked):
        await schemas.problem(EVIL, "a" * 64 + "b")


async def test_patience_ends_as_well(schemas: SchemaProcesses) -> None:
    with pytest.raises(Unchecked):
        await SchemaProcesses(patience=0.0).problem(EVIL, "a")
    assert await schemas.problem(EVIL, "a") is None


async def test_a_schema_that_unfolds_without_measure_is_given_up(schemas: SchemaProcesses) -> None:
    doubling: dict[str, Any] = {"$defs": {"d0": {"type": "integer"}}, "$ref": "#/$defs/d40"}
    for level in range(40):
        half = {"$ref": f"#/$defs/d{level}"}
        doubling["$defs"][f"d{level + 1}"] = {"allOf": [half, half]}
    assert await schemas.flaw(doubling) is None
    with pytest.raises(Unchecked):
        await schemas.problem(doubling, "x")


async def test_many_bad_schemas_do_not_pile_up() -> None:
    schemas = SchemaProcesses(patience=3.0)
    evil = [schemas.problem(EVIL, "a" * 64 + "b") for _ in range(20)]
    found = await asyncio.gather(*evil, return_exceptions=True)
    assert all(isinstance(one, Unchecked) for one in found)
    assert await schemas.problem(EVIL, "a") is None


async def test_a_schema_that_refers_to_itself_without_end_is_told(
    schemas: SchemaProcesses,
) -> None:
    found = await schemas.problem({"$ref": "#"}, 1)
    assert found is not None
    assert "without end" in found


async def test_a_schema_nested_too_deeply_is_told(schemas: SchemaProcesses) -> None:
    for depth in (800, 100_000):  # which the worker, and not even this process, can read
        schema: dict[str, Any] = {}
        for _ in range(depth):
            schema = {"not": schema}
        assert "nested too deeply" in (await schemas.flaw(schema) or "")
