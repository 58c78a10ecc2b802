"""A reply is found again: from a press of its button, or from what was stored."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.core.conversation import (
    ChannelId,
    EventId,
    GuildId,
    MessageId,
    Person,
    Place,
    ReplyId,
    Role,
    Said,
    Turn,
    UserId,
)
from bot.core.errors import ReplyGone
from bot.core.replies import Address, Controls, Frame, ReplyRecord, ReplyState
from bot.discord_app.replies import MessageChain
from bot.discord_app.rest import DiscordRest
from bot.discord_app.surfaces import ReplySurfaces
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Interaction
from tests.discord_app.conftest import Home, Observer
from tests.discord_app.interactions import deferred, pressed


def record(home: Home, event_id: int, address: Address, *, shared: bool = True) -> ReplyRecord:
    asker = Person(UserId(home.ada.id), "Ada")
    said = Said(MessageId(event_id), Role.USER, "What is that?", asker)
    place = Place(GuildId(home.guild.id), ChannelId(home.channel.id))
    turn = Turn(EventId(event_id), place, asker, (said,), shared=shared)
    return ReplyRecord(ReplyId(7), turn, ReplyState.STREAMING, "GPT_5", "Hello", address, event_id)


class Seen:
    """What the surfaces need to know of discord.py's interaction."""

    def __init__(self, interaction: Interaction) -> None:
        self.id = interaction.id
        self.token = interaction.token
        self.message = interaction.source


def as_discord_py_sees(interaction: Interaction) -> discord.Interaction[Any]:
    return Seen(interaction)  # type: ignore[return-value] # only these three are asked


@pytest.fixture
def surfaces(sandbox: DiscordSandbox, rest: DiscordRest) -> ReplySurfaces:
    return ReplySurfaces(rest, sandbox.application_id, clock=sandbox.clock.now)


def unseen(surfaces: ReplySurfaces, stored: ReplyRecord) -> MessageChain:
    """Where a reply that nobody has seen yet will be shown."""
    surface = surfaces.of(stored)
    assert surface is not None
    surface.bind(stored.id)
    return surface


async def test_a_stored_reply_to_a_message_is_edited_where_it_is(
    surfaces: ReplySurfaces, rest: DiscordRest, home: Home
) -> None:
    sent = await rest.send("POST", f"/channels/{home.channel.id}/messages", {"content": "Hel"})

    surface = surfaces.of(record(home, 5, Address((MessageId(int(sent["id"])),))))
    assert surface is not None
    await surface.show(0, Frame("Hello"))

    assert [message.content for message in home.answers()] == ["Hello"]


async def test_a_stored_reply_that_nobody_has_seen_replies_to_its_question(
    surfaces: ReplySurfaces, home: Home
) -> None:
    question = await home.ada.send(home.channel, "What is that?")

    surface = surfaces.of(record(home, question.id, Address()))
    assert surface is not None
    await surface.show(0, Frame("Hello"))

    assert home.answers()[0].reference is question


@pytest.mark.parametrize("private", [False, True])
async def test_a_stored_reply_to_a_command_still_fills_its_response(
    surfaces: ReplySurfaces, sandbox: DiscordSandbox, home: Home, *, private: bool
) -> None:
    interaction = await deferred(sandbox, home, private=private)
    address = Address((), interaction.token, interaction.created_at)

    surface = surfaces.of(record(home, interaction.id, address, shared=not private))
    assert surface is not None
    assert surface.lane(0).route.startswith("PATCH"), "the response is thinking"
    await surface.show(0, Frame("Hello"))
    await surface.show(1, Frame("And more"))

    assert [message.content for message in home.answers()] == ["Hello", "And more"]
    assert bool(home.answers()[1].ephemeral_for) is private


async def test_a_stored_private_reply_is_edited_by_its_token(
    surfaces: ReplySurfaces, sandbox: DiscordSandbox, home: Home
) -> None:
    interaction = await deferred(sandbox, home, private=True)
    address = Address((), interaction.token, interaction.created_at)
    before = surfaces.of(record(home, interaction.id, address, shared=False))
    assert before is not None
    await before.show(0, Frame("Hel"))

    after = surfaces.of(record(home, interaction.id, before.address, shared=False))
    assert after is not None
    await after.show(0, Frame("Hello"))

    assert [message.content for message in home.answers()] == ["Hello"]


async def test_a_stored_private_reply_without_its_token_is_gone(
    surfaces: ReplySurfaces, home: Home
) -> None:
    surface = surfaces.of(record(home, 5, Address((MessageId(6),)), shared=False))
    assert surface is not None

    with pytest.raises(ReplyGone):
        await surface.show(0, Frame("Hello"))
    await surface.retire()
    await surface.keep(0)


async def test_the_reply_of_another_process_is_left_alone(
    sandbox: DiscordSandbox, rest: DiscordRest, home: Home
) -> None:
    others = ReplySurfaces(rest, sandbox.application_id, owns=lambda guild: guild != home.guild.id)

    assert others.of(record(home, 5, Address())) is None


async def test_a_press_shows_the_new_answer_in_the_pressed_message_by_its_token(
    surfaces: ReplySurfaces, sandbox: DiscordSandbox, home: Home, observer: Observer
) -> None:
    question = await home.ada.send(home.channel, "What is that?")
    first = unseen(surfaces, record(home, question.id, Address()))
    await first.show(0, Frame("Hello", Controls.ENDED))
    interaction = await pressed(sandbox, home, home.answers()[0])
    observer.started_lanes.clear()

    again = surfaces.to_press(
        as_discord_py_sees(interaction), record(home, question.id, first.address), goes_on=False
    )
    await again.show(0, Frame("Hello anew"))
    await again.show(1, Frame("And more"))

    assert [message.content for message in home.answers()] == ["Hello anew", "And more"]
    assert not any(lane.metered for lane in observer.started_lanes)


async def test_a_press_reaches_the_other_messages_of_a_public_reply_through_the_channel(
    surfaces: ReplySurfaces, sandbox: DiscordSandbox, home: Home
) -> None:
    question = await home.ada.send(home.channel, "What is that?")
    first = unseen(surfaces, record(home, question.id, Address()))
    await first.show(0, Frame("One"))
    await first.show(1, Frame("Two", Controls.ENDED))
    interaction = await pressed(sandbox, home, home.answers()[1])

    again = surfaces.to_press(
        as_discord_py_sees(interaction), record(home, question.id, first.address), goes_on=False
    )
    pressed_one = MessageId(home.answers()[1].id)
    await again.keep(1)
    await again.show(0, Frame("Anew"))

    assert [message.content for message in home.answers()] == ["Anew"]
    assert surfaces.own.removed(pressed_one)


async def test_to_what_is_older_than_an_hour_the_new_answer_is_a_reply_that_takes_its_buttons(
    surfaces: ReplySurfaces, sandbox: DiscordSandbox, home: Home
) -> None:
    question = await home.ada.send(home.channel, "What is that?")
    first = unseen(surfaces, record(home, question.id, Address()))
    await first.show(0, Frame("Hello", Controls.ENDED))
    sandbox.clock.advance(3601)
    interaction = await pressed(sandbox, home, home.answers()[0])

    again = surfaces.to_press(
        as_discord_py_sees(interaction), record(home, question.id, first.address), goes_on=False
    )
    again.bind(ReplyId(7))
    await again.show(0, Frame("Hello anew", Controls.ENDED))

    old, new = home.answers()
    assert (old.content, new.content) == ("Hello", "Hello anew")
    assert new.reference is old
    assert not old.components
    assert new.components
    assert again.address.message_ids == (new.id,)
    assert not [one for one in sandbox.requests if one.status >= 400]


async def test_a_page_is_turned_in_a_message_however_old_it_is(
    surfaces: ReplySurfaces, sandbox: DiscordSandbox, home: Home
) -> None:
    question = await home.ada.send(home.channel, "What is that?")
    first = unseen(surfaces, record(home, question.id, Address()))
    await first.show(0, Frame("Hello", Controls.ENDED))
    sandbox.clock.advance(3601)
    interaction = await pressed(sandbox, home, home.answers()[0])

    page = surfaces.to_page(
        as_discord_py_sees(interaction), record(home, question.id, first.address)
    )
    await page.show(0, Frame("Hello as well", Controls.ENDED))

    assert [message.content for message in home.answers()] == ["Hello as well"]


async def test_a_press_on_a_private_reply_writes_anew_in_the_pressed_message(
    surfaces: ReplySurfaces, sandbox: DiscordSandbox, home: Home
) -> None:
    asked = await deferred(sandbox, home, private=True)
    address = Address((), asked.token, asked.created_at)
    first = unseen(surfaces, record(home, asked.id, address, shared=False))
    await first.show(0, Frame("One"))
    await first.show(1, Frame("Two", Controls.RESUMABLE))
    interaction = await pressed(sandbox, home, home.answers()[1])

    private = record(home, asked.id, first.address, shared=False)
    again = surfaces.to_press(as_discord_py_sees(interaction), private, goes_on=False)
    await again.keep(1)
    await again.show(0, Frame("Anew"))

    assert [message.content for message in home.answers()] == ["One", "Anew"]
