"""Everything that is set in a server as one JSON file, and the way back.

    {"version": 1, "server": {…}, "channels": {"<id>": {…}}, "threads": {"<id>": {…}}}

Each `{…}` holds values by the options' names. An import is taken as a whole or not at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.core.conversation import ChannelId, GuildId
from bot.core.errors import InvalidFile, InvalidInput
from bot.core.option_kinds import OPTIONS, Kind
from bot.core.options import Change, Scope, ScopeId
from bot.core.phrases import quotable

VERSION = 1
LARGEST_FILE = 256 * 1024  # bytes; what a server of 500 channels sets takes less
DEEPEST = 16  # levels of nesting; Python's parser fails at some thousand
LONGEST_ID = 20  # digits of a 64-bit number
SECTIONS: Mapping[str, Scope] = {"channels": Scope.CHANNEL, "threads": Scope.THREAD}

Check = Callable[[Scope, str, Any], tuple[object, Any]]
_TOKENS = re.compile(r'"(?:\\.|[^"\\])*+"|[\[\]{}]')  # possessive: nothing to try again

TOO_LARGE = f"The file is larger than {LARGEST_FILE // 1024} KB. What I export is far smaller."
NOT_TEXT = "The file is not text in UTF-8. Save it as UTF-8 and try again."
NOT_JSON = "The file is not JSON: {reason}. Get one with `/config export` to see how it looks."
TOO_DEEP = f"The file is nested more than {DEEPEST} levels deep, which nothing of mine is."
NOT_AN_OBJECT = 'The file must be an object, such as `{{"version": {version}, "server": {{}}}}`.'
WRONG_VERSION = f"`version` must be {VERSION}, as in the files I export."


@dataclass(frozen=True, slots=True)
class Places:
    """The channels and threads that are known to belong to a server."""

    channels: frozenset[ChannelId] = frozenset()
    threads: frozenset[ChannelId] = frozenset()

    def of(self, scope: Scope) -> frozenset[ChannelId]:
        """Those of a scope."""
        return self.channels if scope is Scope.CHANNEL else self.threads


def exported(chosen: Sequence[Change]) -> bytes:
    """The file for everything that is set in a server, for people to read, too."""
    server: dict[str, Any] = {}
    sections: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in SECTIONS}
    names = {scope: name for name, scope in SECTIONS.items()}
    for one in chosen:
        if one.scope in names:
            values = sections[names[one.scope]].setdefault(str(one.scope_id), {})
        else:
            values = server
        values[one.name] = one.value
    document = {"version": VERSION, "server": server, **sections}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def parsed(data: bytes) -> Mapping[str, Any]:
    """The document in a file.

    Raises:
        InvalidFile: it is too large, not UTF-8, not JSON, or no object; a name appears twice.
    """
    if len(data) > LARGEST_FILE:
        raise InvalidFile([TOO_LARGE])
    try:
        text = data.decode("utf-8-sig")  # some editors begin a file with a mark
    except UnicodeDecodeError:
        raise InvalidFile([NOT_TEXT]) from None
    if _depth(text) > DEEPEST:
        raise InvalidFile([TOO_DEEP])
    try:
        document = json.loads(
            text, object_pairs_hook=_without_duplicates, parse_constant=_no_constant
        )
    except json.JSONDecodeError as error:
        reason = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise InvalidFile([NOT_JSON.format(reason=reason)]) from None
    except ValueError:  # a number of more than 4,300 digits
        raise InvalidFile([NOT_JSON.format(reason="it has a number that is too long")]) from None
    if not isinstance(document, dict):
        raise InvalidFile([NOT_AN_OBJECT.format(version=VERSION)])
    if not _encodes(document):
        raise InvalidFile([NOT_TEXT])
    return document


def planned(
    document: Mapping[str, Any],
    *,
    guild: GuildId,
    chosen: Sequence[Change],
    places: Places,
    check: Check,
) -> list[Change]:
    """What an import changes: each scope that the document names sets what is there, no more.

    Args:
        document: as `parsed`.
        guild: the server to import into.
        chosen: everything that is set in it now.
        places: the channels and threads it is known to have.
        check: `Choices.checked`.

    Raises:
        InvalidFile: names everything that is wrong.
    """
    return _Reading(guild, chosen, places, check).changes(document)


@dataclass
class _Reading:
    """One document being read; what is wrong with it is collected."""

    guild: GuildId
    chosen: Sequence[Change]
    places: Places
    check: Check
    problems: list[str] = field(default_factory=list)
    _known: dict[Scope, set[int]] = field(init=False)

    def __post_init__(self) -> None:
        """What is set somewhere already belongs to the server, wherever that is now."""
        self._known = {scope: set(self.places.of(scope)) for scope in SECTIONS.values()}
        for one in self.chosen:
            if one.scope in self._known:
                self._known[one.scope].add(one.scope_id)

    def changes(self, document: Mapping[str, Any]) -> list[Change]:
        version = document.get("version")
        if isinstance(version, bool) or version != VERSION:
            self.problems.append(WRONG_VERSION)
        known = {"version", "server", *SECTIONS}
        self.problems += [
            f"`{quotable(name)}` is none of the file's parts: `server`, `channels`, `threads`."
            for name in document
            if name not in known
        ]
        changes: list[Change] = []
        for scope, scope_id, where, values in self._scopes(document):
            changes += self._of_scope(scope, scope_id, where, values)
        if self.problems:
            raise InvalidFile(self.problems)
        return changes

    def _scopes(
        self, document: Mapping[str, Any]
    ) -> Iterator[tuple[Scope, ScopeId, str, Mapping[str, Any]]]:
        if "server" in document and self._is_object(document["server"], "`server`"):
            yield Scope.SERVER, self.guild, "server", document["server"]
        for section, scope in SECTIONS.items():
            if section not in document or not self._is_object(document[section], f"`{section}`"):
                continue
            for name, values in document[section].items():
                where = f"{scope.value} `{quotable(name)}`"
                scope_id = self._id(scope, name)
                if scope_id is None:
                    problem = f"{where}: this server has no such {scope.value} that I know of."
                    self.problems.append(problem)
                elif self._is_object(values, where):
                    yield scope, scope_id, where, values

    def _of_scope(
        self, scope: Scope, scope_id: ScopeId, where: str, values: Mapping[str, Any]
    ) -> Iterator[Change]:
        for name, value in values.items():
            if name not in OPTIONS:
                self.problems.append(f"{where}: there is no option `{quotable(name)}`.")
                continue
            try:
                _, checked = self.check(scope, name, value)
            except InvalidInput as error:
                self.problems.append(f"{where}: {error.text}")
                continue
            if OPTIONS[name].kind is Kind.CHANNEL and not self._has(checked):
                problem = f"`{name}` must be a channel of this server; you gave `{checked}`."
                self.problems.append(f"{where}: {problem}")
                continue
            yield Change(scope, scope_id, name, checked)
        for one in self.chosen:
            if (one.scope, one.scope_id) == (scope, scope_id) and one.name not in values:
                yield Change(scope, scope_id, one.name, None)

    def _id(self, scope: Scope, name: str) -> ChannelId | None:
        """The channel or thread of that id, if it belongs to the server."""
        if not (name.isascii() and name.isdigit() and len(name) <= LONGEST_ID):
            return None
        found = ChannelId(int(name))
        return found if str(found) == name and found in self._known[scope] else None

    def _has(self, channel: ChannelId) -> bool:
        return channel in self.places.channels | self.places.threads

    def _is_object(self, value: object, where: str) -> bool:
        if isinstance(value, dict):
            return True
        self.problems.append(f"{where} must be an object of values by their names.")
        return False


def _depth(text: str) -> int:
    """How deep brackets are nested, those inside strings not counted."""
    depth = deepest = 0
    for match in _TOKENS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        deepest = max(deepest, depth)
    return deepest


def _without_duplicates(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise InvalidFile([f"`{quotable(name)}` appears twice in the same place."])
        found[name] = value
    return found


def _encodes(document: object) -> bool:
    """Whether it is text throughout: JSON can name half a character, a lone surrogate."""
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_constant(name: str) -> None:
    raise InvalidFile([NOT_JSON.format(reason=f"{name} is no JSON")])
