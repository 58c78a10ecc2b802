"""Using what a message or a form shows: buttons, menus and text inputs.

Source: Discord's documentation, "Component Reference".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.sandbox.discord.handles import NotPossible
from bot.sandbox.discord.rules import length
from bot.sandbox.discord.rules.components import Kind
from bot.sandbox.discord.slash import Filler
from bot.sandbox.discord.state import Json, Message

LINK_STYLE, PREMIUM_STYLE = 5, 6
MAX_INPUT = 4000


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component of a tree, in reading order."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        for key in ("accessory", "component"):
            if isinstance(component.get(key), dict):
                yield from walk([component[key]])


def find_component(message: Message, name: str) -> Json:
    """The button or menu with this label, placeholder or custom id; raises `NotPossible`."""
    usable = [one for one in walk(message.components) if _names(one)]
    for component in usable:
        if name in _names(component):
            if component.get("disabled"):
                raise NotPossible(f"{name!r} is disabled")
            return component
    known = ", ".join(_names(one)[0] for one in usable) or "nothing"
    raise NotPossible(f"the message has no {name!r}; it has: {known}")


def labels(message: Message) -> list[str]:
    """The labels of a message's buttons that can be pressed, in reading order."""
    buttons = [one for one in walk(message.components) if one["type"] == Kind.BUTTON]
    return [str(one.get("label") or "") for one in buttons if not one.get("disabled")]


def words(message: Message) -> str:
    """What a message says: its content, or the texts of its components."""
    texts = [one["content"] for one in walk(message.components) if one["type"] == Kind.TEXT]
    return "\n".join([message.content, *texts] if message.content else texts)


def _names(component: Json) -> list[str]:
    keys = ("label", "placeholder", "custom_id")
    return [str(component[key]) for key in keys if component.get(key)]


def press_data(button: Json) -> Json:
    """The `data` of pressing a button."""
    if button["type"] != Kind.BUTTON or button.get("style") in (LINK_STYLE, PREMIUM_STYLE):
        raise NotPossible("that is not a button the bot hears of")
    return {
        "custom_id": button["custom_id"],
        "component_type": button["type"],
        "id": button["id"],
    }


def select_data(menu: Json, values: list[Any], filler: Filler) -> Json:
    """The `data` of choosing from a menu; for a text menu by value or label."""
    low, high = menu.get("min_values", 1), menu.get("max_values", 1)
    if not low <= len(values) <= high:
        raise NotPossible(f"the menu takes {low} to {high} values, not {len(values)}")
    data: Json = {
        "custom_id": menu["custom_id"],
        "component_type": menu["type"],
        "id": menu["id"],
    }
    if menu["type"] == Kind.STRING_SELECT:
        by_name = {one["label"]: one["value"] for one in menu["options"]}
        by_name |= {one["value"]: one["value"] for one in menu["options"]}
        if missing := [one for one in values if one not in by_name]:
            raise NotPossible(f"the menu has no {missing[0]!r}")
        return {**data, "values": [by_name[one] for one in values]}
    chosen = [filler.resolve(value) for value in values]
    return {**data, "values": chosen, "resolved": filler.resolved}


class Form:
    """A modal on somebody's screen."""

    def __init__(self, modal: Json) -> None:
        self._modal = modal

    def filled(self, values: Mapping[str, str]) -> Json:
        """The `data` of sending it; raises `NotPossible` where the app would not let it go."""
        inputs = [one for one in walk(self._modal["components"]) if one["type"] == Kind.TEXT_INPUT]
        known = {one["custom_id"] for one in inputs}
        if unknown := sorted(set(values) - known):
            raise NotPossible(f"the form has no field {unknown[0]!r}; it has: {sorted(known)}")
        components = [self._answer(one, values) for one in self._modal["components"]]
        return {"custom_id": self._modal["custom_id"], "components": components}

    def _answer(self, component: Json, values: Mapping[str, str]) -> Json:
        answer: Json = {"type": component["type"], "id": component.get("id", 0)}
        if component["type"] == Kind.TEXT_INPUT:
            name = component["custom_id"]
            return {**answer, "custom_id": name, "value": _typed(component, values.get(name))}
        if "components" in component:
            answer["components"] = [self._answer(one, values) for one in component["components"]]
        if "component" in component:
            answer["component"] = self._answer(component["component"], values)
        return answer


def _typed(field: Json, text: str | None) -> str:
    """What is in a text input: what was typed, or what was there."""
    text = field.get("value") or "" if text is None else text
    low, high = field.get("min_length") or 0, field.get("max_length") or MAX_INPUT
    if not text and field.get("required", True):
        raise NotPossible(f"the field {field['custom_id']!r} is required")
    if text and not low <= length(text) <= high:
        raise NotPossible(f"{field['custom_id']!r} takes {low} to {high} characters")
    return text
