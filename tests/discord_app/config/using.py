"""How tests use commands and panels."""

from __future__ import annotations

from typing import Any

from bot.core.options import Scope, ScopeId
from bot.sandbox.discord.components import walk, words
from bot.sandbox.discord.handles import TIMEOUT, InteractionHandle, wait_until
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.state import Channel, Json, Message
from tests.core.fake_stores import FakeOptions


async def told(person: Person, channel: Channel, command: str, /, **options: Any) -> str:
    """What somebody reads, in private, in answer to a command."""
    handle = await person.slash(channel, command, **options)
    answer = await handle.answered()
    assert handle.ephemeral
    assert not answer.pings
    return words(answer)


async def shown(person: Person, channel: Channel, command: str, /, **options: Any) -> Message:
    """The private message with buttons that answers a command, once the bot knows it is there."""
    answer = await (await person.slash(channel, command, **options)).answered()
    await settled(person, channel)
    return answer


async def settled(person: Person, channel: Channel) -> None:
    """Let the bot hear what became of its last request: nobody presses faster than that."""
    await person.autocomplete(channel, "ask", "model", "")


def part(message: Message, what: str) -> Json:
    """The button or menu whose custom id ends so."""
    found = [one for one in walk(message.components) if has_id(one, what)]
    assert len(found) == 1, (what, [one.get("custom_id") for one in walk(message.components)])
    return found[0]


def has_id(component: Json, what: str) -> bool:
    return str(component.get("custom_id", "")).endswith(f":{what}")


def parts(message: Message) -> list[str]:
    """What the buttons and menus of a message are for, in reading order."""
    ids = [str(one["custom_id"]) for one in walk(message.components) if one.get("custom_id")]
    return [one.split(":", 2)[2] for one in ids]


async def press(person: Person, message: Message, what: str) -> InteractionHandle:
    """Press a button and wait for what comes of it."""
    before = len(message.versions)
    handle = await person.click(message, part(message, what)["custom_id"])
    return await done(handle, message, before)


async def pick(person: Person, message: Message, what: str, *values: Any) -> InteractionHandle:
    """Choose from a menu and wait for what comes of it."""
    before = len(message.versions)
    handle = await person.select(message, part(message, what)["custom_id"], list(values))
    return await done(handle, message, before)


async def write(person: Person, message: Message, what: str, value: str) -> InteractionHandle:
    """Open a form, send a value with it and wait for what comes of it."""
    form = await press(person, message, what)
    before = len(message.versions)
    return await done(await person.submit(form, value=value), message, before)


async def done(handle: InteractionHandle, message: Message, before: int) -> InteractionHandle:
    """Wait until the message is drawn anew, a form is open, or something is said privately."""

    def is_done() -> bool:
        drawn = len(message.versions) > before
        return drawn or handle.modal is not None or bool(handle.responses)

    await wait_until(handle._world, is_done, timeout=TIMEOUT, what="What comes of a press")
    if handle.modal is not None:
        await settled(Person(handle._world, handle.interaction.user), handle.interaction.channel)
    return handle


async def private_word(handle: InteractionHandle) -> str:
    """The message a press was answered with, beside the panel."""
    (message,) = [one for one in handle.responses if one.ephemeral_for is not None]
    return words(message)


async def set_there(options: FakeOptions, scope: Scope, scope_id: int) -> dict[str, Any]:
    """What is stored for a scope."""
    where: ScopeId = scope_id  # type: ignore[assignment]  # whichever id it is
    ((_, values),) = await options.layers({scope: where})
    return dict(values)
