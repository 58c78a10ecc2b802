"""`make sandbox ASK="…"`: one question, its answer as it grows, and whether it came."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from bot.sandbox.discord.errors import ApiError
from bot.sandbox.discord.handles import NotPossible
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel
from bot.sandbox.terminal.exchange import Exchange, Patience, ask
from bot.sandbox.terminal.screens import LiveScreen, PlainScreen, Screen


async def ask_once(
    sandbox: DiscordSandbox,
    person: Person,
    channel: Channel,
    question: str,
    write: Callable[[str], object],
    *,
    redraw: bool = False,
    patience: Patience | None = None,
) -> bool:
    """Ask as a member would, show the reply growing, and sum up how it went.

    Args:
        sandbox: the local Discord, with the bot connected.
        person: who asks.
        channel: where.
        question: a slash command such as `/ask …`, or a message, which mentions the bot.
        write: writes text to where it is read, at once.
        redraw: whether that is a terminal on which a growing message may be drawn in place.
        patience: how long to wait.

    Returns:
        Whether the reply is complete; False if there was none or it says that it failed.
    """
    screen = screen_for(write, redraw=redraw)
    screen.note(f"{person.user.display_name}: {question}")
    try:
        exchange = await ask(sandbox, person, channel, question)
    except (NotPossible, ApiError) as error:
        screen.note(f"✗ not sent: {error}")
        return False

    def look() -> None:
        for picture in exchange.pictures:
            screen.show(picture)

    there = await exchange.ended(look, patience or Patience())
    return _sum_up(exchange, screen, there=there)


def screen_for(write: Callable[[str], object], *, redraw: bool) -> Screen:
    """The screen to show messages on."""
    return LiveScreen(write, shutil.get_terminal_size) if redraw else PlainScreen(write)


def _sum_up(exchange: Exchange, screen: Screen, *, there: bool) -> bool:
    edits = f"after {exchange.edits} edits"
    if exchange.failed:
        screen.note("✗ The application did not respond.")
    elif not there:
        begun = "stopped growing" if exchange.answers else "never came"
        screen.note(f"✗ the reply {begun}")
    elif any(picture.failed for picture in exchange.pictures):
        screen.note(f"✗ failed {edits}")
    else:
        screen.note(f"✓ complete {edits}")
        return True
    return False
