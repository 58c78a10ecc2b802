"""Models by vendor, for menus of 25."""

from __future__ import annotations

import pytest

from bot.core.ports.weryai import ModelInfo
from bot.discord_app.shelves import MENU, shelf_of, shelves


@pytest.mark.parametrize(
    ("key", "name", "vendor"),
    [
        ("GPT_5", "GPT-5", "GPT"),
        ("DEEPSEEK_R1", "DeepSeek-R1", "DeepSeek"),
        ("QWEN_3_5_PLUS", "Qwen3.5 Plus", "Qwen"),
        ("QWEN_QWQ_32B", "QwQ 32B", "Qwen"),
        ("claude-4-opus", "Opus", "Claude"),
        ("4O", "4o", "Others"),
    ],
)
def test_a_vendor_is_the_first_word_of_the_key(key: str, name: str, vendor: str) -> None:
    (shelf,) = shelves([ModelInfo(key, name)])
    assert shelf.name == vendor


def test_the_order_is_the_catalogues() -> None:
    keys = ["GPT_2", "GLM_1", "GPT_1", "GLM_2"]
    found = shelves([ModelInfo(key, key) for key in keys])

    assert [(one.name, [model.key for model in one.models]) for one in found] == [
        ("GPT", ["GPT_2", "GPT_1"]),
        ("GLM", ["GLM_1", "GLM_2"]),
    ]
    assert shelf_of("GLM_2", found) is found[1]
    assert shelf_of("X", found) is None


@pytest.mark.parametrize(("vendors", "each"), [(1, 25), (1, 26), (25, 1), (26, 1), (40, 15)])
def test_every_model_stands_on_one_of_at_most_25_shelves_of_at_most_25(
    vendors: int, each: int
) -> None:
    def word(number: int) -> str:
        return chr(65 + number // 26) + chr(65 + number % 26)

    models = [
        ModelInfo(f"{word(vendor)}_{number}", f"{word(vendor)} {number}")
        for vendor in range(vendors)
        for number in range(each)
    ]
    found = shelves(models)

    assert len(found) <= MENU
    assert max(len(one.models) for one in found) <= MENU
    assert len({one.name for one in found}) == len(found)
    placed = [model for one in found for model in one.models]
    assert sorted(placed, key=str) == sorted(models, key=str)
