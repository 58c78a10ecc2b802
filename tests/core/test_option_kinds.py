"""What each option takes, how it is typed, and how it is told."""

from __future__ import annotations

import math
from typing import Any

import pytest

from bot.core.errors import InvalidOption
from bot.core.option_kinds import BUILT_IN, OPTIONS, Kind, option_named, options_at
from bot.core.options import Scope

TAKEN: list[tuple[str, Any]] = [
    ("model", "GPT_5"),
    ("fallback_models", ["GPT_5", "GROK_4"]),
    ("member_models", "all"),
    ("member_models", "none"),
    ("member_models", ["GPT_5"]),
    ("system_prompt", "x"),
    ("system_prompt", "x" * 4000),
    ("system_prompt", "😀" * 2000),
    ("history", 1),
    ("history", 50),
    ("max_tokens", 1),
    ("temperature", 0),
    ("temperature", 2),
    ("top_p", 0),
    ("top_p", 1),
    ("presence_penalty", -2),
    ("presence_penalty", 2),
    ("frequency_penalty", -2.0),
    ("frequency_penalty", 2.0),
    ("seed", -(2**63) + 1),
    ("seed", 2**63 - 1),
    ("web_search", "members"),
    ("footer", "details"),
    ("buttons", False),
    ("log_channel", 123),
]
REFUSED: list[tuple[str, Any]] = [
    ("model", ""),
    ("model", 5),
    ("fallback_models", []),
    ("fallback_models", ["A", "B", "C", "D", "E", "F"]),
    ("fallback_models", ["A", "A"]),
    ("member_models", []),
    ("member_models", "some"),
    ("system_prompt", "  "),
    ("system_prompt", "x" * 4001),
    ("system_prompt", "😀" * 2001),  # a form holds as many as Discord counts
    ("history", 0),
    ("history", 51),
    ("history", 3.5),
    ("max_tokens", 0),
    ("max_tokens", True),
    ("max_tokens", 2**63),
    ("temperature", math.nextafter(0, -1)),
    ("temperature", math.nextafter(2, 3)),
    ("temperature", math.nan),
    ("temperature", math.inf),
    ("temperature", 10**400),  # more than a float holds
    ("temperature", "1"),
    ("top_p", math.nextafter(1, 2)),
    ("presence_penalty", math.nextafter(-2, -3)),
    ("presence_penalty", math.nextafter(2, 3)),
    ("frequency_penalty", math.nextafter(-2, -3)),
    ("frequency_penalty", math.nextafter(2, 3)),
    ("seed", 2**63),
    ("seed", None),
    ("web_search", "maybe"),
    ("footer", True),
    ("buttons", 1),
    ("log_channel", 0),
    ("log_channel", "general"),
]


@pytest.mark.parametrize(("name", "value"), TAKEN)
def test_a_value_in_range_is_taken_as_it_is(name: str, value: Any) -> None:
    checked = OPTIONS[name].checked(value)
    assert checked == value
    assert type(checked) is type(value)


@pytest.mark.parametrize(("name", "value"), REFUSED, ids=lambda value: str(value)[:20])
def test_a_value_beyond_is_refused_with_what_the_option_takes(name: str, value: Any) -> None:
    with pytest.raises(InvalidOption) as refused:
        OPTIONS[name].checked(value)
    assert refused.value.field == name
    assert OPTIONS[name].expected in refused.value.text


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("model", " GPT_5 ", "GPT_5"),
        ("fallback_models", "GPT_5, GROK_4;GLM_5", ["GPT_5", "GROK_4", "GLM_5"]),
        ("member_models", "All", "all"),
        ("member_models", "GPT_5", ["GPT_5"]),
        ("history", "12", 12),
        ("temperature", "0.7", 0.7),
        ("seed", "-5", -5),
        ("web_search", "ON", "on"),
        ("buttons", "Off", False),
        ("log_channel", "<#42>", 42),
        ("system_prompt", "  Be kind.\nAlways. ", "Be kind.\nAlways."),
    ],
)
def test_what_is_typed_is_understood(name: str, typed: str, value: Any) -> None:
    assert OPTIONS[name].parsed(typed) == value


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("history", "many"),
        ("history", "1.5"),
        ("temperature", "hot"),
        ("temperature", "nan"),
        ("temperature", "3"),
        ("buttons", "perhaps"),
        ("log_channel", "#general"),
        ("member_models", ""),
    ],
)
def test_what_cannot_be_understood_is_refused_with_the_range(name: str, typed: str) -> None:
    with pytest.raises(InvalidOption, match=name) as refused:
        OPTIONS[name].parsed(typed)
    assert OPTIONS[name].expected in refused.value.text


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("temperature", 0.5, "0.5"),
        ("temperature", 0.123456789012345, "0.123456789012345"),
        ("temperature", 1.0, "1"),
        ("temperature", 1, "1"),
        ("buttons", True, "on"),
        ("buttons", False, "off"),
        ("fallback_models", ["A", "B"], "A, B"),
        ("system_prompt", "one\n two", "one two"),
        ("log_channel", 42, "<#42>"),
        ("seed", None, "not set"),
        ("member_models", "none", "none"),
    ],
)
def test_a_value_is_told_in_one_line(name: str, value: Any, told: str) -> None:
    assert OPTIONS[name].told(value) == told


def test_an_option_is_found_by_its_name_or_title() -> None:
    assert option_named("Top_P") is option_named(" top p ") is OPTIONS["top_p"]
    with pytest.raises(InvalidOption, match="one of model, "):
        option_named("colour")


def test_some_options_are_the_whole_servers() -> None:
    for scope in (Scope.CHANNEL, Scope.THREAD):
        assert OPTIONS["log_channel"] not in options_at(scope)
        assert OPTIONS["model"] in options_at(scope)
    assert OPTIONS["log_channel"] in options_at(Scope.SERVER)


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_what_applies_by_itself_could_have_been_chosen(name: str) -> None:
    assert OPTIONS[name].checked(BUILT_IN[name]) == BUILT_IN[name]


@pytest.mark.parametrize("option", OPTIONS.values(), ids=OPTIONS)
def test_every_option_reads_well(option: Any) -> None:
    assert option.about.endswith(".")
    assert len(option.about) <= 100, "Discord's limit for a choice's description"
    assert option.kind in Kind
    assert option.expected
