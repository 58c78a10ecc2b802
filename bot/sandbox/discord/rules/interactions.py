"""What may answer an interaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any

from bot.sandbox.discord.rules.form import REQUIRED, Form
from bot.sandbox.discord.rules.messages import check_message
from bot.sandbox.discord.rules.modals import check_modal

MAX_CHOICES = 25
MAX_CHOICE = 100
MAX_NUMBER = 2**53


class Callback(IntEnum):
    """Discord's interaction callback types."""

    PONG = 1
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    AUTOCOMPLETE = 8
    MODAL = 9


def check_callback(payload: Mapping[str, Any], *, files: int = 0, flags: int = 0) -> None:
    """The body of `POST /interactions/{id}/{token}/callback`.

    `flags` are those of the message that a component belongs to, for an update of it.
    """
    form = Form(payload)
    kind = form.choice("type", list(map(int, Callback)))
    if kind is None:
        form.require("type")
    if kind in (Callback.MESSAGE, Callback.AUTOCOMPLETE, Callback.MODAL):
        form.require("data")
    data = form.part("data")
    form.finish()
    if data is None:
        return
    if kind == Callback.MESSAGE:
        check_message(data.value, files=files, interaction=True)
    elif kind == Callback.UPDATE:
        check_message(data.value, files=files, editing=True, interaction=True, flags=flags)
    elif kind == Callback.AUTOCOMPLETE:
        check_autocomplete(data.value.get("choices"))
    elif kind == Callback.MODAL:
        check_modal(data.value)


def check_autocomplete(choices: Sequence[Mapping[str, Any]] | None) -> None:
    """The choices offered while a person types."""
    form = Form({"choices": choices})
    if choices is None:
        form.wrong(*REQUIRED, "choices")
    for choice in form.parts("choices", MAX_CHOICES):
        check_choice(choice)
    form.finish()


def check_choice(choice: Form) -> None:
    """A choice of an option: its name, and a string or number for its value."""
    choice.text("name", MAX_CHOICE, low=1)
    if isinstance(choice.value.get("value"), str):
        choice.text("value", MAX_CHOICE)
    else:
        choice.require("value")
        choice.number("value", -MAX_NUMBER, MAX_NUMBER)
