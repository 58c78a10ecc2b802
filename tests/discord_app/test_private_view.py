"""Private messages with buttons: how long they live."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.discord_app import private_view
from bot.discord_app.private_view import LIFETIME, Press, PrivateView, only

TOKEN_LIVES = 15 * 60  # seconds, as Discord documents it


class OneButton(PrivateView):
    async def draw(self) -> discord.ui.Item[Any]:
        async def nothing(_: object) -> None: ...

        return discord.ui.ActionRow(Press("Press", self.custom_id("press"), nothing))

    def remains(self) -> discord.ui.Item[Any]:
        return discord.ui.TextDisplay("It was pressed.")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


async def nothing(*_: object, **__: object) -> None: ...


def acted() -> Any:
    """An interaction that Discord takes every answer to."""
    response = SimpleNamespace(defer=nothing, send_modal=nothing)
    return SimpleNamespace(id=1, response=response, edit_original_response=nothing)


async def test_a_form_that_is_left_open_does_not_let_the_buttons_outlive_the_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    monkeypatch.setattr(private_view, "time", clock)
    view = OneButton(only(1), run="now", again="`/again`")
    await view.open(acted())
    clock.now += 600

    await view.ask(acted(), cast("discord.ui.Modal", None))

    assert view.timeout == LIFETIME - 600
    await view.act(acted(), nothing)
    assert view.timeout == LIFETIME < TOKEN_LIVES
