from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.discord.rules import (
    check_autocomplete,
    check_callback,
    check_command,
    check_commands,
)
from tests.sandbox.discord.refusals import Json, problems

EPHEMERAL = 1 << 6


def test_twenty_five_choices_pass_and_one_more_does_not() -> None:
    choices = [{"name": "n", "value": str(n)} for n in range(26)]
    assert problems(lambda: check_autocomplete(choices[:25])) == {}
    assert problems(lambda: check_autocomplete(choices)) == {"choices": "BASE_TYPE_MAX_LENGTH"}


@pytest.mark.parametrize(
    ("choice", "path"),
    [
        ({"name": "", "value": "v"}, "name"),
        ({"name": "x" * 101, "value": "v"}, "name"),
        ({"name": "n", "value": "x" * 101}, "value"),
        ({"name": "n", "value": None}, "value"),
        ({"name": "n", "value": 2**53 + 1}, "value"),
    ],
)
def test_a_choice_beyond_a_limit_is_refused_there(choice: Json, path: str) -> None:
    assert list(problems(lambda: check_autocomplete([choice]))) == [f"choices.0.{path}"]


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ({"type": 4, "data": {"content": "hi", "flags": EPHEMERAL}}, []),
        ({"type": 5, "data": {"flags": EPHEMERAL}}, []),
        ({"type": 5}, []),
        ({"type": 6}, []),
        ({"type": 7, "data": {"content": ""}}, []),
        ({"type": 8, "data": {"choices": []}}, []),
        ({"type": 4, "data": {"content": "x" * 2001}}, ["content"]),
        ({"type": 8, "data": {}}, ["choices"]),
        ({"type": 9, "data": {"title": "t", "custom_id": "c"}}, ["components"]),
        ({"type": 4}, ["data"]),
        ({"type": 3}, ["type"]),
        ({}, ["type"]),
    ],
)
def test_a_callback_is_checked_by_its_type(payload: Json, found: list[str]) -> None:
    assert list(problems(lambda: check_callback(payload)))[:1] == found


# --- commands ---


def command(*options: Json, **members: Any) -> Json:
    return {"name": "ask", "description": "Ask.", "options": list(options), **members}


def option(name: str = "prompt", kind: int = 3, **members: Any) -> Json:
    return {"type": kind, "name": name, "description": "d", **members}


def test_commands_with_groups_and_every_type_of_option_pass() -> None:
    group = option("set", 2, options=[option("model", 1, options=[option(required=True)])])
    check_commands(
        [
            command(*(option(f"o{kind}", kind) for kind in range(3, 12))),
            command(group, option("show", 1), name="config"),
            {"type": 3, "name": "Ask about this"},
            {"type": 2, "name": "ask", "description": "", "options": []},
        ]
    )


@pytest.mark.parametrize("name", ["ask", "modèle", "质问", "a_b-c'1", "คำถาม", "हिन्दी"])
def test_names_of_any_script_pass(name: str) -> None:
    assert problems(lambda: check_command(command(name=name))) == {}


@pytest.mark.parametrize(
    ("payload", "path"),
    [
        (command(name="Ask"), "name"),
        (command(name="two words"), "name"),
        (command(name="x" * 33), "name"),
        (command(name=""), "name"),
        (command(description=""), "description"),
        (command(description="x" * 101), "description"),
        (command(type=4), "type"),
        (command(*(option(f"o{n}") for n in range(26))), "options"),
        (command(option("a"), option("a")), "options.1.name"),
        (command(option("a"), option("b", required=True)), "options.1"),
        (command(option("A")), "options.0.name"),
        (command(option(description=None)), "options.0.description"),
        (command(option(kind=12)), "options.0.type"),
        (command(option(type=None)), "options.0.type"),
        (command(option("a", 1), option("b", 3)), "options"),
        (command(option("a", 2, options=[option("b", 3)])), "options.0.options.0.type"),
        (
            command(option("a", 2, options=[option("b", 2)])),
            "options.0.options.0.type",
        ),
        (command(option("a", 1, options=[option("b", 1)])), "options.0.options.0.type"),
        (
            command(option(choices=[{"name": "n", "value": str(n)} for n in range(26)])),
            "options.0.choices",
        ),
        (command(option(choices=[{"name": "n", "value": 1}])), "options.0.choices.0.value"),
        (
            command(option(choices=[{"name": "n", "value": "v"}], autocomplete=True)),
            "options.0.autocomplete",
        ),
        (command(option("a", 5, autocomplete=True)), "options.0.autocomplete"),
        (command(option("a", 3, min_value=1)), "options.0.min_value"),
        (command(option("a", 4, max_length=1)), "options.0.max_length"),
        (command(option("a", 3, max_length=6001)), "options.0.max_length"),
        (command(type=3), "description"),
    ],
)
def test_a_command_that_breaks_a_rule_is_refused_there(payload: Json, path: str) -> None:
    assert list(problems(lambda: check_command(payload)))[:1] == [path]


def test_every_required_option_after_an_optional_one_is_refused() -> None:
    options = [option("a"), option("b", required=True), option("c", required=True)]
    found = problems(lambda: check_command(command(*options)))
    assert list(found) == ["options.1", "options.2"]


def test_a_bulk_overwrite_says_which_command_is_wrong() -> None:
    assert list(problems(lambda: check_commands([command(), command(name="A")]))) == ["1.name"]


def test_two_commands_of_one_type_have_two_names() -> None:
    assert list(problems(lambda: check_commands([command(), command()]))) == ["1.name"]


def test_a_hundred_commands_pass_and_one_more_does_not() -> None:
    commands = [command(name=f"c{n}") for n in range(101)]
    assert problems(lambda: check_commands(commands[:100])) == {}
    assert problems(lambda: check_commands(commands)) == {"": "BASE_TYPE_MAX_LENGTH"}


def test_a_command_has_at_most_eight_thousand_characters() -> None:
    choices = [{"name": "x" * 99, "value": "y" * 99} for _ in range(25)]
    full = command(option("a", choices=choices), name="n", description="d")
    assert problems(lambda: check_command(full)) == {}
    over = command(option("a", choices=choices), option("b", choices=choices))
    assert problems(lambda: check_command(over)) == {"": "APPLICATION_COMMAND_TOO_LARGE"}


def test_localizations_count_with_their_longest() -> None:
    localized = {"de": "x" * 90, "fr": "y" * 10}
    options = [
        option(f"o{n}", description_localizations=localized, choices=[
            {"name": "n", "value": "v" * 100, "name_localizations": {"de": "x" * 100}}
        ])
        for n in range(25)
    ]  # fmt: skip
    assert problems(lambda: check_command(command(*options))) == {}
    for each in options:
        each["choices"] *= 2
    assert problems(lambda: check_command(command(*options))) == {
        "": "APPLICATION_COMMAND_TOO_LARGE"
    }
