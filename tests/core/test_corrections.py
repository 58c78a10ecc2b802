"""What was chosen and does not fit any more."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.choices import Choices
from bot.core.corrections import Eligible, eligible, fitted
from bot.core.errors import ModelNotSupported
from bot.core.options import Resolved, Scope, resolve
from bot.core.ports.weryai import ModelInfo
from tests.core.fake_model import FakeCatalogue
from tests.core.fake_stores import FakeOptions
from tests.core.samples import FLASH, MINI

GROK = ModelInfo("GROK_4", "Grok-4")
SCHEMA = {"type": "json_schema", "json_schema": {}}
CHOICES = Choices(FakeOptions(), FakeCatalogue(FLASH, MINI, GROK), {"model": FLASH.key})


def applies(**by_scope: dict[str, Any]) -> Resolved:
    """Options by the scope that sets them, over the operator's default model."""
    order = {scope.value: scope for scope in Scope}
    layers = [(order[scope], by_scope.get(scope, {})) for scope in order if scope != "default"]
    default = {"model": FLASH.key, "member_models": "all", **by_scope.get("default", {})}
    return resolve([*layers, (Scope.DEFAULT, default)])


# --- the model ------------------------------------------------------------------------------------


def told(options: Resolved) -> list[tuple[str, str]]:
    return [(one.model.key, one.instead) for one in eligible(options, CHOICES)]


def test_the_chosen_model_is_asked_and_says_nothing() -> None:
    assert told(applies(server={"model": MINI.key})) == [(MINI.key, "")]


def test_the_fallback_models_come_after_it_each_once_and_without_those_that_are_gone() -> None:
    stand_ins = [GROK.key, MINI.key, "GPT_1", FLASH.key, GROK.key]
    options = applies(server={"model": MINI.key, "fallback_models": stand_ins})
    assert told(options) == [(MINI.key, ""), (GROK.key, ""), (FLASH.key, "")]


@pytest.mark.parametrize(
    ("by_scope", "answers"),
    [
        ({"thread": {"model": "GPT_1"}, "server": {"model": MINI.key}}, MINI.key),
        ({"thread": {"model": "GPT_1"}}, FLASH.key),
        ({"thread": {"model": "GPT_1"}, "server": {"fallback_models": [GROK.key]}}, GROK.key),
        ({"thread": {"model": "GPT_1"}, "server": {"fallback_models": ["GPT_2"]}}, FLASH.key),
        ({"ask": {"model": "GPT_1"}, "channel": {"model": MINI.key}}, MINI.key),
    ],
)
def test_for_a_vanished_model_the_first_fallback_answers_or_what_is_inherited(
    by_scope: dict[str, dict[str, Any]], answers: str
) -> None:
    assert told(applies(**by_scope)) == [(answers, "GPT_1 is gone")]


def test_where_no_model_is_left_that_is_said() -> None:
    with pytest.raises(ModelNotSupported):
        eligible(applies(default={"model": "GPT_1"}), CHOICES)


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        ("all", (GROK.key, "")),
        ([GROK.key], (GROK.key, "")),
        ([FLASH.key], (MINI.key, "Grok-4 is not allowed here any more")),
        ("none", (MINI.key, "Grok-4 is not allowed here any more")),
    ],
)
def test_a_members_own_model_counts_only_while_it_is_allowed(
    allowed: object, expected: tuple[str, str]
) -> None:
    options = applies(
        member={"model": GROK.key}, server={"model": MINI.key, "member_models": allowed}
    )
    assert told(options) == [expected]


def test_what_is_not_allowed_may_give_way_to_what_is_gone() -> None:
    options = applies(
        member={"model": GROK.key}, server={"model": "GPT_1", "member_models": "none"}
    )
    reason = "Grok-4 is not allowed here any more, GPT_1 is gone"
    assert told(options) == [(FLASH.key, reason)]


def test_a_long_name_is_shortened_for_the_small_print() -> None:
    assert (
        Eligible(ModelInfo("X", "Very\nlong " * 20)).name
        == "Very long Very long Very long Very long…"
    )


# --- the other options ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "wanted", "model", "sent", "note"),
    [
        ("server", 1000, MINI, 1000, None),
        ("server", 1001, MINI, 1000, "Longest answer lowered to 1,000 tokens"),
        ("ask", 5000, MINI, 1000, "Longest answer lowered to 1,000 tokens"),
        ("default", 5000, MINI, 1000, None),  # which no moderator chose
        ("server", 5000, FLASH, 5000, None),
        ("server", 999, ModelInfo("S", "S", context_tokens=1000), 999, None),
        (
            "server",
            1000,
            ModelInfo("S", "S", context_tokens=1000),
            500,
            "Longest answer lowered to 500 tokens",
        ),
        ("server", None, MINI, None, None),
    ],
)
def test_no_model_is_asked_for_a_longer_answer_than_it_gives(
    scope: str, wanted: int | None, model: ModelInfo, sent: int | None, note: str | None
) -> None:
    fit = fitted(applies(**{scope: {"max_tokens": wanted}}), model)
    assert fit.values.get("max_tokens") == sent
    assert fit.notes == (() if note is None else (note,))


@pytest.mark.parametrize(
    ("policy", "asked", "searched", "notes"),
    [
        ("off", False, False, ()),
        ("off", True, False, ("Web search is off here",)),
        ("on", False, True, ()),
        ("on", True, True, ()),
        ("members", False, False, ()),
        ("members", True, True, ()),
    ],
)
def test_the_web_is_searched_as_the_server_and_the_asker_want_it(
    policy: str, *, asked: bool, searched: bool, notes: tuple[str, ...]
) -> None:
    own = {"web": True} if asked else {}
    fit = fitted(applies(ask=own, server={"web_search": policy}), FLASH)
    assert (fit.values["web"], fit.notes) == (searched, notes)


def test_gemini_follows_a_schema_without_the_web_and_says_so() -> None:
    options = applies(ask={"response_format": SCHEMA}, server={"web_search": "on"})
    fit = fitted(options, FLASH)
    assert not fit.values["web"]
    assert fit.notes == ("No web search: Gemini cannot combine it with a schema",)
    other = fitted(options, GROK)
    assert (other.values["web"], other.notes) == (True, ())
