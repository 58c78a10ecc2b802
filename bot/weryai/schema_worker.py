"""Checks one schema, or one answer against it, in a process of its own: a script, not imported.

It reads `{"schema": …}`, perhaps with an `"answer"`, from its input and writes `{"found": …}`:
null, or what is wrong in a few words. Schemas come from strangers. Nothing is ever fetched, and
what would take long or much memory ends this process and nothing else.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match
from jsonschema.validators import validator_for
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

CPU_SECONDS = 2
MEMORY = 512 * 1024 * 1024  # bytes
REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
DATA = frozenset({"const", "enum", "default", "examples"})  # keywords whose values are no schemas
LONGEST = 300  # characters told


def flaw(schema: dict[str, Any]) -> str | None:
    """What is wrong with a schema; None if it can be used."""
    kind = validator_for(schema, default=Draft202012Validator)
    try:
        kind.check_schema(schema)
    except SchemaError as error:
        return _told(error.json_path, error.message)
    for path, reference in _references(schema, "$"):
        if not isinstance(reference, str) or not reference.startswith("#"):
            return _told(path, f"{reference!r} is not in this file; nothing is fetched")
        if not _leads_somewhere(schema, reference):
            return _told(path, f"{reference!r} leads nowhere")
    return None


def problem(schema: dict[str, Any], answer: Any) -> str | None:
    """Where an answer does not follow a schema first, and how; None if it does."""
    kind = validator_for(schema, default=Draft202012Validator)
    found = best_match(kind(schema, registry=Registry()).iter_errors(answer))
    return None if found is None else _told(found.json_path, found.message)


def _references(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every reference in a schema, with its path."""
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from _references(child, f"{path}[{index}]")
    if not isinstance(node, dict):
        return
    for key, child in node.items():
        here = f"{path}.{key}"
        if key in REFERENCES and not isinstance(child, dict):  # a property may have this name
            yield here, child
        elif key not in DATA:
            yield from _references(child, here)


def _leads_somewhere(schema: dict[str, Any], reference: str) -> bool:
    resource = Resource.from_contents(schema, default_specification=DRAFT202012)
    try:
        Registry().with_resource("", resource).resolver().lookup(reference)
    except Unresolvable:
        return _has_its_own_base(schema)  # then it may be meant within a part of the schema
    return True


def _has_its_own_base(node: Any) -> bool:
    if isinstance(node, list):
        return any(map(_has_its_own_base, node))
    if not isinstance(node, dict):
        return False
    return isinstance(node.get("$id"), str) or any(map(_has_its_own_base, node.values()))


def _told(path: str, message: str) -> str:
    return f"{path}: {message}"[:LONGEST]


def _confine() -> None:
    """From now on neither much time nor much memory."""
    try:
        import resource  # noqa: PLC0415 - Windows has none: there the caller's patience alone ends it
    except ImportError:
        return
    for limit, most in ((resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_AS, MEMORY)):
        with suppress(ValueError, OSError):  # macOS does not take a limit of memory
            resource.setrlimit(limit, (most, most))


def main() -> None:
    """Answer the one question that comes in."""
    _confine()
    try:
        asked = json.load(sys.stdin.buffer)
        schema = asked["schema"]
        found = problem(schema, asked["answer"]) if "answer" in asked else flaw(schema)
    except RecursionError:
        found = "$: it refers to itself without end, or is nested too deeply"
    except Unresolvable as error:
        found = _told("$", f"{error.ref!r} leads nowhere")
    json.dump({"found": found}, sys.stdout)


if __name__ == "__main__":
    main()
