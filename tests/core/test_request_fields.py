"""Every field of WeryAI's request, as it was chosen at each scope, and at the ends of its range.

The fields are those that `POST /v1/chat/completions` documents. The same goes through the whole
bot in `tests/e2e/test_request_fields.py`.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from bot.core.choices import Choices
from bot.core.conversation import ChatMessage, Role
from bot.core.errors import InvalidOption
from bot.core.option_kinds import OPTIONS
from bot.core.options import Change, Scope, scopes_of
from bot.core.requests import ChatRequest
from bot.weryai.client import payload
from tests.core.fake_model import FakeCatalogue
from tests.core.fake_stores import FakeOptions
from tests.core.samples import ADA, FLASH, MINI, SERVER, place
from tests.core.world import ANSWER, World
from tests.virtual_time import in_virtual_time

DOCUMENTED = {
    "model",
    "messages",
    "max_tokens",
    "temperature",
    "top_p",
    "presence_penalty",
    "frequency_penalty",
    "seed",
    "n",
    "stream",
    "plugins",
    "response_format",
}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "a", "schema": {}}}
THREAD = place(1, thread=2)
QUESTION = {"role": "user", "content": "Why?"}
WEB = [{"id": "web"}]

# An option, a value of it, and what WeryAI is to be sent for it.
CHOSEN: list[tuple[str, Any, str, Any]] = [
    ("model", MINI.key, "model", MINI.key),
    ("system_prompt", "Be {x}.", "messages", [{"role": "system", "content": "Be {x}."}, QUESTION]),
    ("history", 1, "messages", [QUESTION]),
    ("max_tokens", 1, "max_tokens", 1),
    ("max_tokens", 10**9, "max_tokens", 10**9),
    ("temperature", 0, "temperature", 0),
    ("temperature", 2, "temperature", 2),
    ("temperature", 0.7, "temperature", 0.7),
    ("top_p", 0, "top_p", 0),
    ("top_p", 1, "top_p", 1),
    ("presence_penalty", -2, "presence_penalty", -2),
    ("presence_penalty", 2, "presence_penalty", 2),
    ("frequency_penalty", -2, "frequency_penalty", -2),
    ("frequency_penalty", 2, "frequency_penalty", 2),
    ("seed", 0, "seed", 0),
    ("seed", -7, "seed", -7),
    ("seed", 2**63 - 1, "seed", 2**63 - 1),
    ("web_search", "on", "plugins", WEB),
]
ASKED: list[tuple[str, Any, str, Any]] = [
    ("n", 2, "n", 2),
    ("n", 4, "n", 4),
    ("response_format", {"type": "json_object"}, "response_format", {"type": "json_object"}),
    ("response_format", SCHEMA, "response_format", SCHEMA),
    ("web", True, "plugins", WEB),
]
SCOPES = (Scope.ASK, Scope.MEMBER, Scope.THREAD, Scope.CHANNEL, Scope.SERVER, Scope.DEFAULT)


async def sent(scope: Scope, name: str, value: Any) -> dict[str, Any]:
    """The body that WeryAI is sent when only this was chosen, for this scope."""
    world = World(ANSWER, defaults={name: value} if scope is Scope.DEFAULT else None)
    scopes = scopes_of(THREAD, ADA.id)
    if scope in scopes:
        change = Change(scope, scopes[scope], name, value)
        await world.options.change(SERVER, [change], by=ADA.id)
    own = {name: value} if scope is Scope.ASK else {}
    await world.ask("Why?", at=THREAD, shared=scope is not Scope.MEMBER, **own).task
    [request] = world.model.requests
    return payload(request)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(("name", "value", "field", "expected"), CHOSEN)
@in_virtual_time
async def test_what_was_chosen_at_a_scope_reaches_weryai_as_it_is_and_nothing_else_changes(
    name: str, value: Any, field: str, expected: Any, scope: Scope
) -> None:
    body = await sent(scope, name, value)
    assert body.pop(field) == expected
    usual = {"model": FLASH.key, "messages": [QUESTION], "stream": True}
    assert body == {known: usual[known] for known in usual if known != field}


@pytest.mark.parametrize(("name", "value", "field", "expected"), ASKED)
@in_virtual_time
async def test_what_a_question_asks_for_itself_reaches_weryai_as_it_is(
    name: str, value: Any, field: str, expected: Any
) -> None:
    assert (await sent(Scope.ASK, name, value))[field] == expected


def test_every_documented_field_is_tried_here() -> None:
    tried = {field for _, _, field, _ in [*CHOSEN, *ASKED]} | {"stream"}
    assert tried == DOCUMENTED


@pytest.mark.parametrize(
    ("nearer", "farther"),
    [(near, far) for at, near in enumerate(SCOPES) for far in SCOPES[at + 1 :]],
)
@in_virtual_time
async def test_of_two_scopes_the_more_particular_one_counts(nearer: Scope, farther: Scope) -> None:
    world = World(ANSWER, defaults={"seed": 2} if farther is Scope.DEFAULT else None)
    scopes = scopes_of(THREAD, ADA.id)
    changes = [
        Change(scope, scopes[scope], "seed", seed)
        for scope, seed in ((nearer, 1), (farther, 2))
        if scope in scopes
    ]
    await world.options.change(SERVER, changes, by=ADA.id)
    own: dict[str, Any] = {"seed": 1} if nearer is Scope.ASK else {}
    await world.ask("Why?", at=THREAD, shared=False, **own).task
    assert world.model.requests[0].seed == 1


# --- the ends of each range -----------------------------------------------------------------------

LARGEST = 2**63
REFUSED: list[tuple[str, Any, str]] = [
    ("temperature", math.nextafter(0, -1), "a number, 0 to 2"),
    ("temperature", math.nextafter(2, 3), "a number, 0 to 2"),
    ("temperature", True, "a number, 0 to 2"),
    ("temperature", math.nan, "a number, 0 to 2"),
    ("top_p", math.nextafter(0, -1), "a number, 0 to 1"),
    ("top_p", math.nextafter(1, 2), "a number, 0 to 1"),
    ("presence_penalty", math.nextafter(-2, -3), "a number, -2 to 2"),
    ("presence_penalty", math.nextafter(2, 3), "a number, -2 to 2"),
    ("frequency_penalty", math.nextafter(-2, -3), "a number, -2 to 2"),
    ("frequency_penalty", math.nextafter(2, 3), "a number, -2 to 2"),
    ("max_tokens", 0, "a whole number, 1 or more"),
    ("max_tokens", 1.5, "a whole number, 1 or more"),
    ("max_tokens", LARGEST, "a whole number, 1 or more"),
    ("seed", LARGEST, "a whole number"),
    ("seed", 0.5, "a whole number"),
    ("history", 0, "a whole number, 1 to 50"),
    ("history", 51, "a whole number, 1 to 50"),
    ("system_prompt", " ", "a text, 1 to 4000 characters"),
    ("system_prompt", "x" * 4001, "a text, 1 to 4000 characters"),
    ("web_search", "always", "off, on or members"),
]
TAKEN: list[tuple[str, Any]] = [
    *((name, value) for name, value, _, _ in CHOSEN if name != "model"),
    ("history", 50),
    ("system_prompt", "x"),
    ("system_prompt", "x" * 4000),
    ("web_search", "off"),
    ("web_search", "members"),
    ("max_tokens", LARGEST - 1),
]


def choices() -> Choices:
    return Choices(FakeOptions(), FakeCatalogue(FLASH, MINI), {"model": FLASH.key})


@pytest.mark.parametrize("scope", [Scope.THREAD, Scope.CHANNEL, Scope.SERVER])
@pytest.mark.parametrize(("name", "value"), TAKEN)
def test_the_ends_of_a_range_may_be_chosen(scope: Scope, name: str, value: Any) -> None:
    option, checked = choices().checked(scope, name, value)
    assert (option.name, checked) == (name, value)


@pytest.mark.parametrize("scope", [Scope.THREAD, Scope.CHANNEL, Scope.SERVER])
@pytest.mark.parametrize(("name", "value", "expected"), REFUSED)
def test_the_next_value_beyond_is_refused_with_its_range(
    scope: Scope, name: str, value: Any, expected: str
) -> None:
    with pytest.raises(InvalidOption) as refused:
        choices().checked(scope, name, value)
    assert refused.value.text.startswith(f"`{name}` must be {expected}; you gave `")


def test_the_ranges_are_those_that_a_request_takes() -> None:
    """What may be chosen is never refused by the request that is made of it."""
    for name, value in TAKEN:
        if name in ChatRequest.__dataclass_fields__:
            ChatRequest(
                model=FLASH.key, messages=(ChatMessage(Role.USER, "Why?"),), **{name: value}
            )
    assert {"temperature", "top_p", "max_tokens", "seed"} <= OPTIONS.keys()
