"""A JSON Schema that somebody attached to a question: read, checked, made a part of a request."""

from __future__ import annotations

import re
from typing import Any

from bot.core.errors import InvalidInput
from bot.core.phrases import quotable
from bot.core.ports.weryai import SchemaChecker
from bot.core.structured import parsed

MAX_BYTES = 64 * 1024
LONGEST_TITLE = 64  # characters of a schema's name, by OpenAI's documentation of `response_format`
LONGEST_NAME = 60  # characters of a file's name that are told back
LONGEST_FLAW = 300  # characters of what is wrong in it
UNNAMED = "answer"
ANY_JSON = {"type": "json_object"}
"""The `response_format` of an answer in JSON without a schema."""


def check_size(name: str, size: int) -> None:
    """Refuse a file that is too large; before it is fetched.

    Raises:
        InvalidInput: names the file and its size.
    """
    if size > MAX_BYTES:
        told = f"it has {size / 1024:,.0f} KB; a schema may have {MAX_BYTES // 1024}"
        raise _unusable(name, told)


async def response_format(name: str, data: bytes, checker: SchemaChecker) -> dict[str, Any]:
    """The `response_format` of an answer that follows the schema in a file.

    Raises:
        InvalidInput: names what is wrong with the file.
        Unchecked: the schema takes too long to check.
    """
    schema = _schema(name, data)
    if (flaw := await checker.flaw(schema)) is not None:
        raise _unusable(
            name, f"it is no JSON Schema that I can use: `{quotable(flaw, LONGEST_FLAW)}`"
        )
    title = re.sub(r"[^A-Za-z0-9_-]+", "_", name.rpartition(".")[0])[:LONGEST_TITLE].strip("_")
    return {
        "type": "json_schema",
        "json_schema": {"name": title or UNNAMED, "schema": schema},
    }


def _schema(name: str, data: bytes) -> dict[str, Any]:
    check_size(name, len(data))
    try:
        schema = parsed(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _unusable(name, "it is not written in UTF-8") from None
    except ValueError as error:
        raise _unusable(name, f"it is not JSON: `{quotable(str(error), LONGEST_FLAW)}`") from None
    if not isinstance(schema, dict):
        raise _unusable(name, "it is JSON, but a schema is an object: `{…}`")
    return schema


def _unusable(name: str, why: str) -> InvalidInput:
    told = quotable(name, LONGEST_NAME)
    return InvalidInput("a schema that cannot be used", text=f"I cannot use `{told}`: {why}.")
