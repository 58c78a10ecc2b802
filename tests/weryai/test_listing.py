from __future__ import annotations

import json
from typing import Any

import pytest

from bot.core.errors import ModelError, ModelUnavailable, RateLimited
from bot.core.ports.weryai import ModelInfo
from bot.sandbox.weryai import Listing, Model, WeryAISandbox
from bot.weryai.client import WeryAIClient
from bot.weryai.known_models import KNOWN_MODELS
from bot.weryai.listing import read_models

ENTRY = {"id": "A_1", "name": "A-1"}
A1 = ModelInfo("A_1", "A-1")


def listed(content: object) -> list[ModelInfo]:
    return read_models(json.dumps(content).encode(), {})


@pytest.mark.parametrize(
    "content",
    [
        [ENTRY],
        {"object": "list", "data": [ENTRY]},
        {"status": 0, "desc": "success", "data": [ENTRY]},
        {"status": 200, "data": {"models": [ENTRY]}},
        {"models": [ENTRY]},
        {"data": {"list": [ENTRY], "total": 1}},
        [None, 17, {}, {"id": 4}, {"id": " "}, ENTRY, ENTRY],
    ],
)
def test_the_list_is_found_wherever_it_is(content: object) -> None:
    assert listed(content) == [A1]


@pytest.mark.parametrize("key", ["id", "key", "model", "model_key", "model_name"])
@pytest.mark.parametrize("name", ["name", "label", "display_name", "title"])
@pytest.mark.parametrize("output", ["max_tokens", "max_output_tokens", "max_completion_tokens"])
@pytest.mark.parametrize("context", ["context_length", "context_window", "max_input_tokens"])
def test_each_fact_is_read_under_each_of_its_names(
    key: str, name: str, output: str, context: str
) -> None:
    entry = {key: "A_1", name: "A-1", output: 5, context: "70"}
    assert listed([entry]) == [ModelInfo("A_1", "A-1", 5, 70)]


def test_a_number_is_a_row_and_no_key() -> None:
    assert listed([{"id": 17, "model": "A_1", "name": "A-1"}]) == [A1]


def test_a_list_of_keys_is_enough() -> None:
    assert listed(["GPT_5_1", "NEW_1"]) == [
        ModelInfo("GPT_5_1", "GPT-5.1"),
        ModelInfo("NEW_1", "NEW_1"),
    ]


@pytest.mark.parametrize("limit", [0, -1, None, True, "many", [], 1.5])
def test_a_limit_that_makes_no_sense_is_unknown(limit: Any) -> None:
    assert listed([ENTRY | {"max_tokens": limit, "context_length": limit}]) == [A1]


@pytest.mark.parametrize(
    "content", [[], {}, None, 7, "models", {"data": []}, {"data": None}, [{}], {"weather": ["x"]}]
)
def test_a_list_without_models_is_a_failure(content: object) -> None:
    with pytest.raises(ModelUnavailable):
        listed(content)


def test_an_envelope_of_failure_is_that_failure() -> None:
    with pytest.raises(RateLimited):
        listed({"status": 1001, "desc": "", "data": None})


async def test_every_listing_of_the_sandbox_is_read_or_refused(
    weryai: WeryAISandbox, client: WeryAIClient
) -> None:
    weryai.models = [Model("A_1", "A-1", 5, 70), Model("GPT_5", "GPT-5", 6, 80)]
    whole = [ModelInfo("A_1", "A-1", 5, 70), ModelInfo("GPT_5", "GPT-5", 6, 80)]
    expected: dict[Listing, list[ModelInfo] | None] = {
        Listing.OPENAI: whole,
        Listing.ENVELOPE: whole,
        Listing.BARE: whole,
        Listing.KEYS_ONLY: [ModelInfo("A_1", "A_1"), ModelInfo("GPT_5", "GPT-5")],
        Listing.EMPTY: None,
        Listing.NONSENSE: None,
        Listing.HTML: None,
        Listing.REFUSED: None,
    }
    assert expected.keys() == set(Listing)
    for listing, models in expected.items():
        weryai.listing = listing
        if models is not None:
            assert await client.models() == models
        else:
            with pytest.raises(ModelError):
                await client.models()


def test_the_known_models_are_those_of_the_documentation() -> None:
    keys = [model.key for model in KNOWN_MODELS]
    assert len(set(keys)) == len(keys) == 28
    assert ModelInfo("GEMINI_25_FLASH", "Gemini-2.5-Flash") in KNOWN_MODELS
