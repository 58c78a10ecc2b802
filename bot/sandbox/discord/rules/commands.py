"""What an application command may look like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any

from bot.sandbox.discord.rules.form import Form, length
from bot.sandbox.discord.rules.interactions import check_choice

MAX_NAME = 32
MAX_DESCRIPTION = 100
MAX_OPTIONS = 25
MAX_CHOICES = 25
MAX_TEXT = 6000  # characters of a string option's value
MAX_SIZE = 8000  # names, descriptions and values of a command together

SLASH, USER, MESSAGE = 1, 2, 3
MAX_COMMANDS = {SLASH: 100, USER: 15, MESSAGE: 15}  # of each type, globally or in a guild


class Option(IntEnum):
    """Discord's option types."""

    SUBCOMMAND = 1
    GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


VALUES = frozenset(Option) - {Option.SUBCOMMAND, Option.GROUP}
WITH_CHOICES = frozenset({Option.STRING, Option.INTEGER, Option.NUMBER})
INVALID = "APPLICATION_COMMAND_OPTIONS_FIELD_INVALID"


def check_commands(commands: Sequence[Mapping[str, Any]]) -> None:
    """All commands of a bulk overwrite."""
    root = Form({})
    if not isinstance(commands, list):
        root.wrong("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        root.finish()
    seen: set[tuple[int, str]] = set()
    counts: Counter[int] = Counter()
    for at, command in enumerate(commands):
        form = root.inside(command, at)
        if form is None:
            continue
        _check_command(form)
        kind, name = _kind(form), str(form.value.get("name"))
        if (kind, name) in seen:
            message = "Application command names must be unique"
            form.wrong("APPLICATION_COMMANDS_DUPLICATE_NAME", message, "name")
        seen.add((kind, name))
        counts[kind] += 1
    for kind, most in MAX_COMMANDS.items():
        if counts[kind] > most:
            root.wrong("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
    root.finish()


def check_command(command: Mapping[str, Any]) -> None:
    """A single command."""
    form = Form(command)
    _check_command(form)
    form.finish()


def _check_command(form: Form) -> None:
    form.choice("type", tuple(MAX_COMMANDS))
    if _kind(form) == SLASH:
        _check_name(form)
        form.text("description", MAX_DESCRIPTION, low=1)
        _check_options(form, frozenset(Option))
    else:
        form.text("name", MAX_NAME, low=1)
        if form.value.get("description"):
            message = "Context menu commands cannot have description"
            form.wrong("APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", message, "description")
        if form.value.get("options"):
            message = "Context menu commands cannot have options"
            form.wrong("APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS", message, "options")
    if _size(form.value) > MAX_SIZE:
        message = f"Command exceeds maximum size ({MAX_SIZE})"
        form.wrong("APPLICATION_COMMAND_TOO_LARGE", message)


def _kind(form: Form) -> int:
    kind = form.value.get("type")
    return kind if isinstance(kind, int) else SLASH


def _check_name(form: Form) -> None:
    name = form.text("name", MAX_NAME, low=1)
    if name and (name != name.lower() or not all(map(_is_name_character, name))):
        form.wrong("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid", "name")


def _is_name_character(character: str) -> bool:
    """Letters and digits of any script, all of Devanagari and Thai, and a few signs."""
    deva_or_thai = "\u0900" <= character <= "\u097f" or "\u0e00" <= character <= "\u0e7f"
    return character.isalnum() or character in "-_'" or deva_or_thai


def _check_options(form: Form, allowed: frozenset[Option]) -> None:
    """The options of a command, a group or a subcommand, each of an allowed type."""
    names: set[str] = set()
    kinds: set[bool] = set()
    optional = False
    for option in form.parts("options", MAX_OPTIONS):
        kind = option.choice("type", sorted(allowed))
        if kind is None:
            option.require("type")
            continue
        kinds.add(kind in VALUES)
        _check_name(option)
        option.text("description", MAX_DESCRIPTION, low=1)
        name = str(option.value.get("name"))
        if name in names:
            message = "Option name already exists"
            option.wrong("APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message, "name")
        names.add(name)
        if kind in VALUES:
            required = bool(option.value.get("required"))
            if required and optional:
                message = "Required options must be placed before non-required options"
                option.wrong("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
            optional = optional or not required
        _check_option(option, Option(kind))
    if len(kinds) > 1:
        message = "Sub-command and sub-command group option types are mutually exclusive to others"
        form.wrong("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message, "options")


def _check_option(option: Form, kind: Option) -> None:
    if kind is Option.GROUP:
        _check_options(option, frozenset({Option.SUBCOMMAND}))
    elif kind is Option.SUBCOMMAND:
        _check_options(option, VALUES)
    else:
        option.boolean("required", "autocomplete")
        _check_choices(option, kind)
        _check_bounds(option, kind)


def _check_choices(option: Form, kind: Option) -> None:
    for choice in option.parts("choices", MAX_CHOICES):
        check_choice(choice)
        text = isinstance(choice.value.get("value"), str)
        if choice.has("value") and text != (kind is Option.STRING):
            message = f"Value must be a {'string' if kind is Option.STRING else 'number'}."
            choice.wrong("BASE_TYPE_CHOICES", message, "value")
    offered = [name for name in ("choices", "autocomplete") if option.value.get(name)]
    if kind not in WITH_CHOICES:
        option.forbid(INVALID, "This type of option offers no choices", *offered)
    elif len(offered) > 1:
        option.wrong(INVALID, "Choices and autocomplete exclude each other", "autocomplete")


def _check_bounds(option: Form, kind: Option) -> None:
    if kind is Option.STRING:
        option.number("min_length", 0, MAX_TEXT)
        option.number("max_length", 1, MAX_TEXT)
    else:
        option.forbid(INVALID, "Only string options have a length", "min_length", "max_length")
    if kind not in (Option.INTEGER, Option.NUMBER):
        option.forbid(INVALID, "Only numbers have a range", "min_value", "max_value")


def _size(node: Mapping[str, Any]) -> int:
    """Characters of names, descriptions and values, with the longest localization of each."""
    total = 0
    for name in ("name", "description", "value"):
        texts = [node.get(name), *(node.get(f"{name}_localizations") or {}).values()]
        total += max(length(text) if isinstance(text, str) else 0 for text in texts)
    for name in ("options", "choices"):
        children = node.get(name)
        for child in children if isinstance(children, list) else ():
            total += _size(child) if isinstance(child, Mapping) else 0
    return total
