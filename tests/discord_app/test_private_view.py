"""Private messages with buttons: how long they live."""

from __future__ import annotations

import asyncio
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


async def test_presses_are_done_one_after_the_other() -> None:
    view, gate = OneButton(only(1), run="now", again="`/again`"), asyncio.Event()
    began: list[str] = []
    await view.open(acted())

    async def slow() -> None:
        began.append("slow")
        await gate.wait()

    async def quick() -> None:
        began.append("quick")

    first = asyncio.create_task(view.act(acted(), slow))
    second = asyncio.create_task(view.act(acted(), quick))
    await asyncio.wait({first, second}, timeout=0)
    for _ in range(10):
        await asyncio.sleep(0)  # as far as they get
    assert began == ["slow"]

    gate.set()
    await asyncio.gather(first, second)
    assert began == ["slow", "quick"]


class NoButton(OneButton):
    async def draw(self) -> discord.ui.Item[Any]:
        return discord.ui.TextDisplay("That was all.")


async def test_what_has_no_buttons_left_is_not_closed_later() -> None:
    view = NoButton(only(1), run="now", again="`/again`")
    await view.open(acted())
    assert view.is_finished()


async def test_a_form_that_is_sent_after_the_message_was_closed_still_counts() -> None:
    view, done, shown = OneButton(only(1), run="now", again="`/again`"), asyncio.Event(), []

    async def edit(*, view: PrivateView) -> None:
        shown.append([str(getattr(one, "content", "a button")) for one in view.children])

    sent = acted()
    sent.edit_original_response = edit
    await view.open(sent)
    view.stop()
    await view.on_timeout()

    async def do() -> None:
        done.set()

    await view.act(sent, do)

    closed = ["It was pressed.", "-# Closed after 15 minutes. `/again` opens it again."]
    assert shown[1:] == [closed, closed], "buttons would lead nowhere"
    assert done.is_set()
