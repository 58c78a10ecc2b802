"""What members may ask for in a question, besides the question itself."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.choices import Choices
from bot.core.errors import BotError, InvalidInput, NotAllowed
from bot.core.options import Scope
from bot.core.policy import NO_CHOICE, WEB_IS_OFF, WEB_OR_SCHEMA, permitted
from bot.core.ports.weryai import ModelInfo
from tests.core.fake_model import FakeCatalogue
from tests.core.fake_stores import FakeOptions
from tests.core.samples import ADA, FLASH, MINI, place

GROK = ModelInfo("GROK_4", "Grok-4")
SCHEMA = {"type": "json_schema", "json_schema": {}}


async def refusal(
    asked: dict[str, Any], *, manager: bool = False, **defaults: Any
) -> BotError | None:
    catalogue = FakeCatalogue(FLASH, MINI, GROK)
    choices = Choices(FakeOptions(), catalogue, {"model": FLASH.key, **defaults})
    options = await choices.of(place(), asked)
    try:
        permitted(options, asked, choices, manager=manager)
    except BotError as error:
        return error
    return None


@pytest.mark.parametrize("key", [FLASH.key, MINI.key, GROK.key, "GPT_1"])
async def test_where_all_models_may_be_picked_any_may(key: str) -> None:
    assert await refusal({"model": key}) is None


@pytest.mark.parametrize(
    ("allowed", "key", "text"),
    [
        ([MINI.key], MINI.key, None),
        ([MINI.key], "gpt-5 MINI", None),
        ([MINI.key], FLASH.key, None),  # it answers there anyway
        ([MINI.key], GROK.key, "Members may pick only these models here: GPT-5 mini."),
        (["GPT_1"], GROK.key, NO_CHOICE),  # the only one has vanished
        ("none", GROK.key, NO_CHOICE),
        ("none", FLASH.key, None),
    ],
)
async def test_members_may_pick_what_is_on_the_list(
    allowed: object, key: str, text: str | None
) -> None:
    refused = await refusal({"model": key}, member_models=allowed)
    assert (refused and refused.text) == text
    assert refused is None or isinstance(refused, NotAllowed)
    assert await refusal({"model": key}, member_models=allowed, manager=True) is None


async def test_what_somebody_chose_for_themselves_elsewhere_is_no_leave_to_name_it_here() -> None:
    options, asked = FakeOptions(), {"model": GROK.key}
    choices = Choices(options, FakeCatalogue(FLASH, GROK), {"model": FLASH.key})
    await choices.choose(place(), Scope.MEMBER, "model", GROK.key, by=ADA.id)
    await choices.choose(place(), Scope.SERVER, "member_models", "none", by=ADA.id)
    applying = await choices.of(place(), asked, member=ADA.id)

    with pytest.raises(NotAllowed):
        permitted(applying, asked, choices, manager=False)


@pytest.mark.parametrize(("policy", "allowed"), [("on", True), ("members", True), ("off", False)])
async def test_the_web_is_searched_for_members_unless_that_is_off(
    policy: str, *, allowed: bool
) -> None:
    refused = await refusal({"web": True}, web_search=policy)
    assert (refused is None) is allowed
    if refused is not None:
        assert refused.text == WEB_IS_OFF
        assert await refusal({"web": True}, web_search=policy, manager=True)
    assert await refusal({}, web_search=policy) is None


async def test_who_asks_gemini_for_the_web_and_a_schema_reads_why_not() -> None:
    both = {"web": True, "response_format": SCHEMA}
    refused = await refusal(both)
    assert isinstance(refused, InvalidInput)
    assert refused.text == WEB_OR_SCHEMA
    assert await refusal({**both, "model": GROK.key}) is None
    assert await refusal({"web": True, "response_format": {"type": "json_object"}}) is None


async def test_where_the_web_is_always_searched_a_schema_is_not_refused() -> None:
    assert await refusal({"response_format": SCHEMA}, web_search="on") is None
