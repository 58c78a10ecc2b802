"""Suggestions while somebody types a model."""

from __future__ import annotations

from bot.core.ports import ModelInfo
from bot.discord_app.models import SUGGESTIONS, suggest
from tests.core.samples import FLASH, MINI

PRO = ModelInfo("GEMINI_25_PRO", "Gemini 2.5 Pro")
MODELS = [FLASH, MINI, PRO]


def test_nothing_typed_suggests_all_in_the_catalogues_order() -> None:
    assert suggest(MODELS, "") == MODELS


def test_all_words_must_fit_in_name_or_key() -> None:
    assert suggest(MODELS, "gemini 2.5") == [FLASH, PRO]
    assert suggest(MODELS, "PRO gemini") == [PRO]
    assert suggest(MODELS, "gemini_25_f") == [FLASH]
    assert suggest(MODELS, "claude") == []


def test_a_word_that_begins_so_goes_before_one_that_contains_it() -> None:
    assert suggest(MODELS, "mini") == [MINI, FLASH, PRO]


def test_there_are_no_more_than_discord_takes() -> None:
    many = [ModelInfo(f"MODEL_{number}", f"Model {number}") for number in range(100)]

    assert suggest(many, "model") == many[:SUGGESTIONS]
