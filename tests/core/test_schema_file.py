"""A schema in a file of somebody's: what of it reaches the request, and what is refused."""

from __future__ import annotations

import json

import pytest

from bot.core.errors import InvalidInput, Unchecked
from bot.core.schema_file import MAX_BYTES, check_size, response_format
from tests.core.fake_schemas import FakeSchemas
from tests.virtual_time import in_virtual_time

SCHEMA = {"required": ["name"]}
DATA = json.dumps(SCHEMA).encode()


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("person.json", "person"),
        ("my schema v2.1.json", "my_schema_v2_1"),
        ("übergröße.json", "bergr_e"),
        ("人.json", "answer"),
        (".json", "answer"),
        ("no ending", "answer"),
        ("x" * 300 + ".json", "x" * 64),
    ],
)
@in_virtual_time
async def test_a_schema_is_named_after_its_file(name: str, title: str) -> None:
    assert await response_format(name, DATA, FakeSchemas()) == {
        "type": "json_schema",
        "json_schema": {"name": title, "schema": SCHEMA},
    }


@in_virtual_time
async def test_the_largest_file_is_taken() -> None:
    assert await response_format("x.json", DATA.ljust(MAX_BYTES), FakeSchemas())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b" " * (MAX_BYTES + 1), "a schema may have 64"),
        (b"\xff\xfe{}", "not written in UTF-8"),
        (b"", "not JSON"),
        (b"{,}", "not JSON: `Expecting property name"),
        (b'{"a": Infinity}', "Infinity is no JSON"),
        (b'{"a":' * 9000, "nested too deeply"),
        (b"true", "an object"),
        (b"{}", "no JSON Schema that I can use: `required: must be a list`"),
    ],
)
@in_virtual_time
async def test_each_refusal_names_what_is_wrong(data: bytes, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await response_format("x.json", data, FakeSchemas())
    assert refused.value.text.startswith("I cannot use `x.json`: ")
    assert words in refused.value.text


def test_a_large_file_is_refused_before_it_is_fetched() -> None:
    check_size("x.json", MAX_BYTES)
    with pytest.raises(InvalidInput) as refused:
        check_size("x.json", 10 * 1024 * 1024)
    assert "it has 10,240 KB; a schema may have 64" in refused.value.text


@in_virtual_time
async def test_a_files_name_is_told_back_in_one_short_line() -> None:
    with pytest.raises(InvalidInput) as refused:
        await response_format("a`b\n" + "x" * 500, b"", FakeSchemas())
    line, _, _ = refused.value.text.partition(": it is")
    assert line.startswith("I cannot use `a'b x")
    assert len(line) < 90


@in_virtual_time
async def test_a_schema_that_takes_too_long_to_check_is_told_of() -> None:
    schemas = FakeSchemas()
    schemas.stuck = True
    with pytest.raises(Unchecked, match="in time"):
        await response_format("x.json", DATA, schemas)
