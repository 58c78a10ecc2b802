"""Models sorted by who makes them, so that each fits into one of Discord's menus."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.ports.weryai import ModelInfo

MENU = 25  # Discord's limit for a menu's entries
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Some models under one name; at most as many as a menu holds."""

    name: str
    models: tuple[ModelInfo, ...]


def shelves(models: Sequence[ModelInfo]) -> list[Shelf]:
    """All models by their vendors, in the catalogue's order; at most as many as a menu holds.

    A vendor is the first word of a model's key. One with many models has several shelves; of
    more vendors than a menu holds, the models stand by their names. (Beyond 625 models, the rest
    can still be typed.)
    """
    by_vendor: dict[str, list[ModelInfo]] = {}
    for model in models:
        by_vendor.setdefault(_vendor(model), []).append(model)
    found = [shelf for name, some in by_vendor.items() for shelf in _of_vendor(name, some)]
    if len(found) <= MENU:
        return found
    by_name = sorted(models, key=lambda model: model.name.casefold())
    return [Shelf(f"{some[0].name} to {some[-1].name}", some) for some in _parts(by_name)][:MENU]


def shelf_of(key: str, among: Sequence[Shelf]) -> Shelf | None:
    """The shelf a model stands on."""
    return next((one for one in among if any(model.key == key for model in one.models)), None)


def _vendor(model: ModelInfo) -> str:
    """The first word of the key, spelled as in the name if that begins with it."""
    word = _LETTERS.match(model.key)
    if word is None:
        return "Others"
    named = _LETTERS.match(model.name)
    spelled_so = named is not None and named[0].casefold() == word[0].casefold()
    return named[0] if named is not None and spelled_so else word[0].title()


def _of_vendor(name: str, models: Sequence[ModelInfo]) -> list[Shelf]:
    parts = _parts(models)
    if len(parts) == 1:
        return [Shelf(name, parts[0])]
    return [Shelf(f"{name} ({number})", part) for number, part in enumerate(parts, 1)]


def _parts(models: Sequence[ModelInfo]) -> list[tuple[ModelInfo, ...]]:
    return [tuple(models[start : start + MENU]) for start in range(0, len(models), MENU)]
