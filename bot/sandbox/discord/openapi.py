"""Holds every request against Discord's own OpenAPI description of its REST API.

The description (https://github.com/discord/discord-api-spec) is a file whose path is given: it is
not part of this project. What it says is taken strictly: a member, a query parameter, a path or a
method it does not know is a violation, apart from what `_tolerate` lists.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Json = dict[str, Any]

ROOT = "urn:discord"  # the name of the description among the schemas
_VERSION = re.compile(r"^/api(/v\d+)?(?=/)")
_PARAMETER = re.compile(r"{(\w+)}")
_SHOWN = 80  # characters of an offending value that a violation quotes

# Documented ("Application Command Object"), but missing from the description.
_NSFW: Json = {"nsfw": {"type": ["boolean", "null"]}}
# discord.py says so in edits as well; Discord ignores it there.
_NOT_SPOKEN: Json = {"tts": {"const": False}}
_TOLERATED: Mapping[str, Json] = {
    "ApplicationCommandCreateRequest": _NSFW,
    "ApplicationCommandPatchRequestPartial": _NSFW,
    "ApplicationCommandUpdateRequest": _NSFW,
    "IncomingWebhookUpdateForInteractionCallbackRequestPartial": _NOT_SPOKEN,
    "IncomingWebhookUpdateRequestPartial": _NOT_SPOKEN,
    "MessageEditRequestPartial": _NOT_SPOKEN,
    # An embed's flags are Discord's to set; discord.py sends them along.
    "RichEmbed": {"flags": {"type": "integer"}},
}


class OpenApiChecker:
    """Says what is wrong with a request, in sentences.

    Making one reads the file the first time in a process; a schema is compiled when its
    operation is first used.

    Raises:
        RuntimeError: the package jsonschema, which only the tests need, is not installed.
    """

    def __init__(self, path: str | Path) -> None:
        self._description = _load(str(path))

    def check_request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        json_body: object = None,
    ) -> list[str]:
        """Every way in which a request departs from the description; [] if there is none.

        Args:
            method: the HTTP method.
            path: the path, with or without `/api/v10`; still percent-encoded.
            query: the query's parameters.
            json_body: the decoded JSON body, or a multipart body's `payload_json`; None if
                there is no body.
        """
        path = _VERSION.sub("", path)
        found = self._description.find(path)
        if found is None:
            return ["Discord has no such path"]
        template, parameters = found
        operation = self._description.operation(template, method)
        if operation is None:
            return [f"{template} does not take {method}"]
        return [
            *operation.check_path(parameters),
            *operation.check_query(query or {}),
            *operation.check_body(json_body),
        ]


class _Validator(Protocol):
    """What is used of a jsonschema validator."""

    def iter_errors(self, instance: object) -> Iterator[ValidationError]: ...

    def is_valid(self, instance: object) -> bool: ...


class _Operation:
    """One method of one path, with its compiled schemas."""

    def __init__(
        self,
        path: Mapping[str, _Validator],
        query: Mapping[str, _Validator],
        body: _Validator | None,
        *,
        body_required: bool,
    ) -> None:
        self._path = path
        self._query = query
        self._body = body
        self._body_required = body_required

    def check_path(self, parameters: Mapping[str, str]) -> Iterator[str]:
        for name, value in parameters.items():
            if name in self._path and not self._path[name].is_valid(value):
                yield f"the path's {name} may not be {value!r}"

    def check_query(self, query: Mapping[str, str]) -> Iterator[str]:
        for name, value in query.items():
            if name not in self._query:
                yield f"there is no query parameter {name!r}"
            elif not any(map(self._query[name].is_valid, _readings(value))):
                yield f"the query's {name} may not be {value!r}"

    def check_body(self, body: object) -> Iterator[str]:
        if body is None:
            if self._body_required:
                yield "the body is missing"
        elif self._body is None:
            yield "there is a body where none is taken"
        else:
            for error in self._body.iter_errors(body):
                yield _sentence(_cause(error))


class _Description:
    """The parsed file: finds paths, compiles operations and keeps them."""

    def __init__(self, document: Json) -> None:
        try:
            from jsonschema import Draft202012Validator  # noqa: PLC0415 - only tests have it
            from referencing import Registry, Resource  # noqa: PLC0415 - comes with jsonschema
        except ModuleNotFoundError as error:
            raise RuntimeError(
                "checking against Discord's OpenAPI description needs the package jsonschema"
                " (pip install '.[dev]')"
            ) from error
        _close(document)
        _tolerate(document)
        self._paths: Json = document["paths"]
        self._tree = _grow(self._paths)
        self._operations: dict[tuple[str, str], _Operation | None] = {}
        draft = Draft202012Validator.META_SCHEMA["$schema"]
        resource = Resource.from_contents({"$schema": draft, **document})
        self._registry = Registry().with_resource(ROOT, resource)
        self._validator = Draft202012Validator

    def find(self, path: str) -> tuple[str, dict[str, str]] | None:
        """The template a path follows and its parameters; a literal segment goes first."""
        found = _descend(self._tree, path.strip("/").split("/"))
        if found is None:
            return None
        template, values = found
        return template, dict(zip(_PARAMETER.findall(template), values, strict=True))

    def operation(self, template: str, method: str) -> _Operation | None:
        """A method of a path, compiled once; None if the path does not take it."""
        key = (template, method.lower())
        if key not in self._operations:
            self._operations[key] = self._make(*key)
        return self._operations[key]

    def _make(self, template: str, method: str) -> _Operation | None:
        item = self._paths[template]
        if method not in item:
            return None
        operation = item[method]
        described: dict[str, dict[str, _Validator]] = {"path": {}, "query": {}}
        for holder, place in ((item, (template,)), (operation, (template, method))):
            for at, parameter in enumerate(holder.get("parameters", ())):
                schema = self._compile(*place, "parameters", at, "schema")
                described[parameter["in"]][parameter["name"]] = schema
        request = operation.get("requestBody", {})
        body = None
        if "application/json" in request.get("content", {}):
            media = (template, method, "requestBody", "content", "application/json")
            body = self._compile(*media, "schema")
        required = body is not None and request.get("required", False)
        return _Operation(described["path"], described["query"], body, body_required=required)

    def _compile(self, *steps: str | int) -> _Validator:
        """The validator of a schema below `paths`, named by a JSON pointer to it."""
        escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
        reference = f"{ROOT}#/paths/{'/'.join(escaped)}"
        return self._validator({"$ref": reference}, registry=self._registry)


@cache
def _load(path: str) -> _Description:
    """Read the description; its megabyte is parsed once in a process."""
    return _Description(json.loads(Path(path).read_bytes()))


def _close(node: object) -> None:
    """Let every object take only the members that are described.

    Discord ignores what it does not know; a bot that sends it is mistaken all the same.
    """
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict) and node.get("type") == "object":
            node.setdefault("additionalProperties", False)
        for child in node.values():
            _close(child)
    elif isinstance(node, list):
        for child in node:
            _close(child)


def _tolerate(document: Json) -> None:
    """Add what Discord takes although the description does not say so."""
    schemas = document["components"]["schemas"]
    for name, members in _TOLERATED.items():
        if name in schemas:
            properties = schemas[name]["properties"]
            schemas[name]["properties"] = members | properties
    # Discord takes ids as numbers too, and discord.py sends them so in most places.
    if "SnowflakeType" in schemas:
        schemas["SnowflakeType"] = {"anyOf": [schemas["SnowflakeType"], {"type": "integer"}]}


# Paths as a tree of segments: "{}" stands for a parameter, None for the template that ends there.
_Tree = dict[str | None, Any]


def _grow(templates: Mapping[str, object]) -> _Tree:
    tree: _Tree = {}
    for template in templates:
        node = tree
        for segment in template.strip("/").split("/"):
            node = node.setdefault("{}" if _PARAMETER.fullmatch(segment) else segment, {})
        node[None] = template
    return tree


def _descend(node: _Tree, segments: list[str]) -> tuple[str, list[str]] | None:
    """The template of some segments below a node, with the values of its parameters."""
    if not segments:
        return (node[None], []) if None in node else None
    first, *rest = segments
    if first in node and (found := _descend(node[first], rest)):
        return found
    if first and "{}" in node and (found := _descend(node["{}"], rest)):
        return found[0], [first, *found[1]]
    return None


def _readings(value: str) -> Iterator[object]:
    """What a query's text may stand for."""
    yield value
    yield value.split(",")
    if value.lower() in ("true", "false", "1", "0"):
        yield value.lower() in ("true", "1")
    if re.fullmatch(r"-?\d+", value):
        yield int(value)


def _cause(error: ValidationError) -> ValidationError:
    """The error that explains best why no alternative of a union fits.

    Discord tells the alternatives apart by the member `type`: the one whose `type` fits was meant;
    where there is none, the one that fails deepest.
    """
    while error.context and not _constants(error):
        alternatives: dict[object, list[ValidationError]] = {}
        for inner in error.context:
            alternatives.setdefault(inner.relative_schema_path[0], []).append(inner)
        meant = max(alternatives.values(), key=_closeness)
        error = max(meant, key=_depth)
    return error


def _closeness(failures: list[ValidationError]) -> tuple[bool, bool, int]:
    """How close an alternative comes: of the right JSON type, of the right `type`, how deep."""
    wrong_json = any(error.validator == "type" and not error.relative_path for error in failures)
    wrong_kind = any(list(error.relative_path) == ["type"] for error in failures)
    return not wrong_json, not wrong_kind, max(map(_depth, failures))


def _depth(error: ValidationError) -> int:
    return len(error.relative_path)


def _constants(error: ValidationError) -> list[object]:
    """The values of an enumeration, which the description writes as a union of constants."""
    alternatives = error.validator_value if error.validator == "oneOf" else None
    values = [each.get("const") for each in alternatives] if isinstance(alternatives, list) else []
    return [] if None in values else values


def _sentence(error: ValidationError) -> str:
    message = error.message
    if values := _constants(error):
        message = f"{error.instance!r} is none of {', '.join(map(repr, values))}"
    shown = repr(error.instance)
    if len(shown) > _SHOWN:
        message = message.replace(shown, shown[:_SHOWN] + "…")
    return f"{error.json_path}: {message}"
