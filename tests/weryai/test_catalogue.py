from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.core.errors import ModelUnavailable
from bot.core.ports.weryai import ModelCatalogue, ModelInfo
from bot.sandbox.weryai import Listing, WeryAISandbox
from bot.weryai.catalogue import FIRST_RETRY, Catalogue
from bot.weryai.client import WeryAIClient
from bot.weryai.known_models import KNOWN_MODELS

A, B = ModelInfo("A_1", "Alpha 1.0"), ModelInfo("B_2", "Beta-2")


class Offer:
    """A WeryAI that offers these models; None: it does not answer."""

    def __init__(self, *models: ModelInfo) -> None:
        self.models: Sequence[ModelInfo] | None = models

    async def __call__(self) -> Sequence[ModelInfo]:
        if self.models is None:
            raise ModelUnavailable("HTTP 502")
        return self.models


async def offering(*models: ModelInfo) -> Catalogue:
    catalogue = Catalogue(Offer(*models))
    assert await catalogue.refresh()
    return catalogue


def keys(models: Sequence[ModelInfo]) -> list[str]:
    return [model.key for model in models]


def test_the_known_models_serve_until_weryai_is_heard() -> None:
    catalogue = Catalogue(Offer())
    port: ModelCatalogue = catalogue
    assert port.find("GEMINI_25_FLASH") is not None
    assert tuple(catalogue.models()) == KNOWN_MODELS


@pytest.mark.parametrize(
    "name",
    ["GPT_5_1", "gpt_5_1", "GPT-5.1", "gpt-5.1", "gpt 5.1", " GPT 5 1 ", "gpt5.1", "Gpt51"],
)
def test_a_model_is_found_however_its_name_is_written(name: str) -> None:
    found = Catalogue(Offer()).find(name)
    assert found is not None
    assert found.key == "GPT_5_1"


@pytest.mark.parametrize("name", ["", " ", "-", "GPT", "GPT_5_11", "no such model"])
def test_what_is_no_model_is_not_found(name: str) -> None:
    assert Catalogue(Offer()).find(name) is None


async def test_what_is_exact_wins_over_what_is_alike() -> None:
    alike = [
        ModelInfo("GPT_51", "Other"),
        ModelInfo("GPT_5_1", "GPT-5.1"),
        ModelInfo("X", "gpt_51"),
    ]
    catalogue = await offering(*alike)
    assert [catalogue.find(name) for name in ("GPT_51", "gpt_5_1", "gpt-5.1", "x")] == [
        alike[0],
        alike[1],
        alike[1],
        alike[2],
    ]


def test_nothing_typed_suggests_the_first_models() -> None:
    suggested = Catalogue(Offer()).suggest("", 25)
    assert tuple(suggested) == KNOWN_MODELS[:25]


def test_suggestions_that_begin_so_come_before_those_that_contain_it() -> None:
    catalogue = Catalogue(Offer())
    assert keys(catalogue.suggest("gpt-5", 25)) == ["GPT_5_5", "GPT_5_4", "GPT_5_1", "GPT_5"]
    assert keys(catalogue.suggest("Q", 25)) == [
        "QWEN_QWQ_32B",
        "QWEN_3_5_PLUS",
    ]
    assert keys(catalogue.suggest("k2", 25)) == ["KIMI_K2_THINKING", "KIMI_K2_5"]
    assert keys(catalogue.suggest("4.", limit=2)) == ["GPT_5_4", "CLAUDE_4_8_OPUS"]


def test_suggestions_may_be_typed_in_words() -> None:
    catalogue = Catalogue(Offer())
    assert keys(catalogue.suggest("opus claude", 25)) == [
        "CLAUDE_4_8_OPUS",
        "CLAUDE_4_6_OPUS",
        "CLAUDE_4_5_OPUS",
        "CLAUDE_4_OPUS",
    ]
    assert catalogue.suggest("no such model", 25) == []


async def test_a_refresh_takes_what_weryai_offers_in_its_order() -> None:
    catalogue = await offering(B, A)
    assert list(catalogue.models()) == [B, A]
    assert catalogue.find("alpha 1.0") == A
    assert catalogue.find("GPT_5") is None


async def test_a_model_that_vanished_is_not_found_any_more_and_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    offer = Offer(A, B)
    catalogue = Catalogue(offer)
    await catalogue.refresh()
    caplog.clear()
    offer.models = [A]
    await catalogue.refresh()
    await catalogue.refresh()
    assert catalogue.find("B_2") is None
    assert [record.getMessage() for record in caplog.records] == [
        "WeryAI does not offer these models any more: B_2"
    ]
    offer.models = [A, B]
    await catalogue.refresh()
    assert catalogue.find("B_2") == B


async def test_a_list_that_cannot_be_had_leaves_the_last_good_one_and_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    offer = Offer(A)
    catalogue = Catalogue(offer)
    await catalogue.refresh()
    caplog.clear()
    offer.models = None
    assert not await catalogue.refresh()
    assert not await catalogue.refresh()
    assert list(catalogue.models()) == [A]
    assert len(caplog.records) == 1
    assert "HTTP 502" in caplog.text
    offer.models = [B]
    await catalogue.refresh()
    offer.models = None
    await catalogue.refresh()
    assert len(caplog.records) == 3  # A is gone, and a new failure


async def test_it_is_kept_fresh_at_every_interval_and_sooner_after_a_failure() -> None:
    offer = Offer(A)
    offer.models = None
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        offer.models = None if len(waits) < 8 else [A]
        if len(waits) == 10:
            raise asyncio.CancelledError

    catalogue = Catalogue(offer, interval=1000, sleep=sleep)
    with pytest.raises(asyncio.CancelledError):
        await catalogue.keep_fresh()
    expected = [FIRST_RETRY * 2**n for n in range(5)] + [1000] * 5
    assert waits == pytest.approx(expected, rel=0.1)
    assert len(set(waits[5:])) > 1  # not all processes at the same moment
    assert list(catalogue.models()) == [A]


async def test_nonsense_from_weryai_changes_nothing(
    weryai: WeryAISandbox, client: WeryAIClient
) -> None:
    weryai.models = weryai.models[:3]
    catalogue = Catalogue(client.models)
    assert await catalogue.refresh()
    for listing in (Listing.EMPTY, Listing.NONSENSE, Listing.HTML, Listing.REFUSED):
        weryai.listing = listing
        assert not await catalogue.refresh()
        assert len(catalogue.models()) == 3


def test_a_word_that_begins_so_is_likelier_than_one_that_contains_it() -> None:
    catalogue = Catalogue(Offer())

    suggested = keys(catalogue.suggest("mini", 25))

    assert suggested[0] == "SEED_2_0_MINI"
    assert "GEMINI_25_PRO" in suggested[1:]
