"""A slash command as it is typed on one line, such as `/ask what is x model:GPT_5 web:true`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import zip_longest
from typing import Any

from bot.sandbox.discord.handles import NotPossible
from bot.sandbox.discord.rules.commands import Option
from bot.sandbox.discord.state import Command, Json

SLASH = 1
_KINDS = {
    Option.INTEGER: "a whole number",
    Option.NUMBER: "a number",
    Option.BOOLEAN: "true or false",
}
_TRUE, _FALSE = {"true", "yes", "on", "1"}, {"false", "no", "off", "0"}


def parse(line: str, offered: Iterable[Command]) -> tuple[str, dict[str, Any]]:
    """The command's name with its subcommands, and its options.

    Options are `name:value`, with quotes around a value of several words. Whatever else is typed
    goes to the first required text option, or to the first text option if none is required.

    Raises:
        NotPossible: text is left over, or a value does not fit its option.
    """
    name, _, rest = line.removeprefix("/").strip().partition(" ")
    path = [name]
    meant = [one for one in offered if one.type == SLASH and one.name == name]
    if not meant:
        return name, {}  # using it tells which commands there are
    options: list[Json] = meant[0].payload.get("options") or []
    while options and Option(options[0]["type"]) in (Option.SUBCOMMAND, Option.GROUP):
        word, _, after = rest.strip().partition(" ")
        chosen = next((one for one in options if one["name"] == word), None)
        if chosen is None:
            return " ".join([*path, word]), {}  # using it tells which subcommands there are
        path.append(word)
        options, rest = chosen.get("options") or [], after
    return " ".join(path), _options(rest, options)


def _options(text: str, declared: list[Json]) -> dict[str, Any]:
    by_name = {str(option["name"]): option for option in declared}
    main = _main(declared)
    names = "|".join(map(re.escape, by_name))
    marks = list(re.finditer(rf"(?<!\S)({names}):", text)) if by_name else []
    found: dict[str, Any] = {}
    free = [text[: marks[0].start()] if marks else text]
    for mark, following in zip_longest(marks, marks[1:]):
        name = mark.group(1)
        piece = text[mark.end() : following.start() if following else None]
        value, rest = (_unquoted(piece), "") if name == main else _first_word(piece)
        found[name] = _convert(value, by_name[name])
        free.append(rest)
    words = " ".join(piece.strip() for piece in free if piece.strip())
    if words and main is not None and main not in found:
        found[main] = words
    elif words:
        known = ", ".join(by_name) or "none"
        raise NotPossible(
            f"no option takes {words!r}; the options: {known} (several words go in quotes)"
        )
    return found


def _main(declared: list[Json]) -> str | None:
    """The option that free text goes to."""
    texts = [one for one in declared if one["type"] == Option.STRING]
    required = [one for one in texts if one.get("required")]
    return next((str(one["name"]) for one in (*required, *texts)), None)


def _unquoted(piece: str) -> str:
    piece = piece.strip()
    quoted = re.fullmatch(r'"([^"]*)"', piece)
    return piece if quoted is None else quoted.group(1)


def _first_word(piece: str) -> tuple[str, str]:
    """A value and what follows it; quotes hold several words together."""
    word = re.match(r'\s*("[^"]*"|\S*)', piece)
    assert word is not None  # it matches the empty text too
    return _unquoted(word.group()), piece[word.end() :]


def _convert(value: str, option: Json) -> Any:
    kind = Option(option["type"])
    if kind is Option.STRING or option.get("choices"):
        return value
    readers: dict[Option, Callable[[str], Any]] = {
        Option.INTEGER: int,
        Option.NUMBER: float,
        Option.BOOLEAN: _boolean,
    }
    if kind not in readers:
        raise NotPossible(f"{option['name']!r} cannot be typed here")
    try:
        return readers[kind](value)
    except ValueError:
        message = f"{option['name']!r} takes {_KINDS[kind]}, not {value!r}"
        raise NotPossible(message) from None


def _boolean(value: str) -> bool:
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise ValueError(value)
