"""What many scenarios of the streaming engine begin with: a question, an ending, a press."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from bot.sandbox.discord.handles import InteractionHandle
from bot.sandbox.discord.state import Message
from bot.sandbox.weryai import Pace
from bot.sandbox.weryai.faults import Fault
from bot.sandbox.weryai.recording import Gate
from tests.e2e.stage import Home, buttons

Asked = Message | InteractionHandle
Ask = Callable[[Home, str], Awaitable[Asked]]

COUNT = ["One ", "two ", "three ", "four."]
NOT_YOURS = "Only the person who asked, or a moderator, can do that."


async def by_mention(home: Home, text: str) -> Asked:
    """Ask by a mention, answered in a message."""
    return await home.mention(text)


async def by_command(home: Home, text: str) -> Asked:
    """Ask by `/ask`, answered in the command's response."""
    return await home.ask(text)


async def in_private(home: Home, text: str) -> Asked:
    """Ask by `/ask`, answered to the asker alone."""
    return await home.ask(text, private=True)


async def directly(home: Home, text: str) -> Asked:
    """Ask in a direct message."""
    return await home.ada.send(await home.ada.open_dm(), text)


async def in_a_thread(home: Home, text: str) -> Asked:
    """Ask by a mention in a thread of its own."""
    return await home.mention(text, channel=await home.ada.start_thread(home.channel, "Talk"))


both_ways = pytest.mark.parametrize("ask", [by_mention, by_command])
every_way = pytest.mark.parametrize("ask", [by_mention, by_command, in_private])
ALL_WAYS: tuple[Ask, ...] = (by_mention, by_command, in_private, directly, in_a_thread)

# How an answer that counts is brought to each of its endings; "stopped" takes a press besides.
FAULTS = {
    "complete": None,
    "stopped": None,
    "length": Fault.LENGTH,
    "filtered": Fault.FILTERED,
    "failed": Fault.NO_CREDITS,
    "interrupted": Fault.DROP,
}
ENDINGS = tuple(FAULTS)
every_ending = pytest.mark.parametrize("ending", ENDINGS)


async def growing(home: Home, ask: Ask = by_mention) -> tuple[Asked, Message, Gate]:
    """An answer in mid-stream, that shows "One two" and waits at a gate."""
    home.weryai.answer_next(COUNT)
    gate = home.weryai.hold_next(after=2)
    question = await ask(home, "Count!")
    answer = await home.begun(question)
    await home.until(lambda: answer.content == "One two", "One two")
    return question, answer, gate


def everywhere(home: Home) -> list[tuple[Home, Ask]]:
    """A channel of its own for each way to ask, so that none waits in line for another."""
    return [
        (replace(home, channel=home.discord.add_channel(home.guild, ask.__name__)), ask)
        for ask in ALL_WAYS
    ]


@contextmanager
def paced(home: Home, *, per_second: float) -> Iterator[None]:
    """Let the models answer at a pace for a while."""
    usual = home.weryai.pace
    home.weryai.pace = Pace(first_after=0, per_second=per_second)
    try:
        yield
    finally:
        home.weryai.pace = usual


async def ended_as(home: Home, ending: str, ask: Ask = by_mention) -> Message:
    """An answer to "Count!" that has ended so."""
    if ending == "stopped":
        question, answer, _ = await growing(home, ask)
        await home.ada.click(answer, "Stop")
        return await home.answered(question)
    if (fault := FAULTS[ending]) is not None:
        home.weryai.fail_next(fault)
    if ending != "failed":  # which takes no answer
        home.weryai.answer_next(COUNT)
    return await home.answered(await ask(home, "Count!"))


async def ends_again(home: Home, answer: Message, text: str) -> None:
    """Wait until an answer that was taken up again has ended with this text."""
    await home.until(
        lambda: answer.content.startswith(text) and "Regenerate" in buttons(answer),
        f"An answer that ends with {text!r}",
    )


async def told_privately(home: Home, pressed: InteractionHandle) -> str:
    """What only the person who pressed a button reads in answer to that."""
    await home.until(lambda: pressed.responses, "A private notice")
    [told] = pressed.responses
    assert told.ephemeral_for == pressed.interaction.user.id
    return told.content
