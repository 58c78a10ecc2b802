"""A command's answer goes by its token as long as that lives, and by the channel afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.core.conversation import ChannelId, EventId, MessageId, ReplyId
from bot.core.errors import ReplyDelayed, ReplyGone
from bot.core.replies import Controls, Frame
from bot.discord_app.own_messages import OwnMessages
from bot.discord_app.replies import TOKEN_LIFETIME, InteractionAccess, MessageChain
from bot.discord_app.rest import DiscordRest
from bot.discord_app.routes import ChannelRoutes, TokenRoutes
from bot.sandbox.discord.components import labels
from bot.sandbox.discord.server import DiscordSandbox
from tests.discord_app.conftest import Home, Observer
from tests.discord_app.interactions import deferred

EDITING = "PATCH /channels/{channel_id}/messages/{message_id}"
CREATING = "POST /channels/{channel_id}/messages"


class Time:
    """Unix seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Asked:
    """A command that was deferred, and the chain that answers it."""

    chain: MessageChain
    time: Time
    event: EventId
    own: OwnMessages


@pytest.fixture
async def asked(sandbox: DiscordSandbox, rest: DiscordRest, home: Home) -> Asked:
    return await ask(sandbox, rest, home, private=False)


async def ask(sandbox: DiscordSandbox, rest: DiscordRest, home: Home, *, private: bool) -> Asked:
    interaction = await deferred(sandbox, home, private=private)
    time = Time()
    routes = TokenRoutes(rest, sandbox.application_id, interaction.token, ephemeral=private)
    access = InteractionAccess(routes, interaction.token, time.now, time, original=True)
    chain = MessageChain(
        ChannelRoutes(rest, ChannelId(home.channel.id)),
        EventId(interaction.id),
        private=private,
        access=access,
        own=(own := OwnMessages()),
    )
    chain.bind(ReplyId(8))
    return Asked(chain, time, EventId(interaction.id), own)


async def test_a_command_is_answered_in_its_own_response_and_followups(
    asked: Asked, home: Home, observer: Observer
) -> None:
    await asked.chain.show(0, Frame("One", Controls.STREAMING))
    await asked.chain.show(1, Frame("Two", Controls.STREAMING))
    await asked.chain.show(0, Frame("One.", Controls.NONE))
    await asked.chain.show(1, Frame("Two.", Controls.ENDED))

    one, two = home.answers()
    assert (one.content, two.content) == ("One.", "Two.")
    assert (labels(one), labels(two)) == ([], ["Regenerate"])
    assert asked.chain.address.message_ids == (one.id, two.id)
    assert not any(lane.metered for lane in observer.started_lanes)


async def test_the_token_goes_with_the_address_but_not_into_logs(asked: Asked) -> None:
    address = asked.chain.address

    assert address.token
    assert address.token_from == 1_000_000.0
    assert address.token not in repr(address)


async def test_the_thinking_response_is_filled_in_the_lane_of_edits(asked: Asked) -> None:
    assert asked.chain.lane(0).route.startswith("PATCH /webhooks/")
    assert asked.chain.lane(1).route.startswith("PATCH /webhooks/")
    await asked.chain.show(0, Frame("One"))
    assert asked.chain.lane(1).route.startswith("POST /webhooks/")


async def test_after_fifteen_minutes_an_answer_goes_on_through_the_channel(
    asked: Asked, home: Home, observer: Observer
) -> None:
    await asked.chain.show(0, Frame("One"))
    asked.time.now += TOKEN_LIFETIME

    assert asked.chain.lane(0).route == EDITING
    await asked.chain.show(0, Frame("One."))
    assert asked.chain.lane(1).route == CREATING
    await asked.chain.show(1, Frame("Two"))

    assert [message.content for message in home.answers()] == ["One.", "Two"]
    assert [lane.metered for lane in observer.started_lanes] == [False, True, True]


async def test_a_token_that_discord_refuses_early_changes_the_way_too(
    asked: Asked, sandbox: DiscordSandbox, home: Home
) -> None:
    await asked.chain.show(0, Frame("One"))
    sandbox.clock.advance(15 * 60 + 1)

    with pytest.raises(ReplyDelayed) as delayed:
        await asked.chain.show(0, Frame("One."))
    assert delayed.value.retry_after == 0
    assert asked.chain.lane(0).route == EDITING
    await asked.chain.show(0, Frame("One."))

    assert home.answers()[0].content == "One."


async def test_a_private_answer_is_seen_by_its_asker_alone(
    sandbox: DiscordSandbox, rest: DiscordRest, home: Home
) -> None:
    asked = await ask(sandbox, rest, home, private=True)

    await asked.chain.show(0, Frame("One"))
    await asked.chain.show(1, Frame("Two"))

    assert [message.content for message in home.answers()] == ["One", "Two"]
    assert [one for one in home.mo.sees(home.channel) if one.author.bot and not one.thinking] == []


@pytest.mark.parametrize("by", ["the bot's clock", "Discord's clock"])
async def test_a_private_answer_ends_with_its_token(
    sandbox: DiscordSandbox, rest: DiscordRest, home: Home, by: str
) -> None:
    asked = await ask(sandbox, rest, home, private=True)
    await asked.chain.show(0, Frame("One"))
    if by == "the bot's clock":
        asked.time.now += TOKEN_LIFETIME
    else:
        sandbox.clock.advance(15 * 60 + 1)

    with pytest.raises(ReplyGone):
        await asked.chain.show(0, Frame("One."))
    with pytest.raises(ReplyGone):
        await asked.chain.show(1, Frame("Two"))
    assert [one for one in home.mo.sees(home.channel) if one.author.bot] == []


async def test_nothing_is_typed_where_discord_shows_thinking(asked: Asked) -> None:
    assert asked.chain.typing_lane is None


@pytest.mark.parametrize("private", [False, True])
async def test_a_followup_whose_confirmation_was_lost_is_known_by_the_gateway(
    sandbox: DiscordSandbox, rest: DiscordRest, home: Home, *, private: bool
) -> None:
    asked = await ask(sandbox, rest, home, private=private)
    await asked.chain.show(0, Frame("One"))
    sandbox.faults.drop("POST", "/webhooks/", after=True)

    with pytest.raises(ReplyDelayed):
        await asked.chain.show(1, Frame("Two"))
    told(asked, home)
    with pytest.raises(ReplyDelayed, match="other text"):
        await asked.chain.show(1, Frame("Two."))
    await asked.chain.show(1, Frame("Two."))
    await asked.chain.show(2, Frame("Three"))

    assert [message.content for message in home.answers()] == ["One", "Two.", "Three"]
    assert asked.chain.address.message_ids == tuple(one.id for one in home.answers())


async def test_a_followup_that_is_told_of_too_late_takes_no_later_ones_place(
    sandbox: DiscordSandbox, home: Home, asked: Asked
) -> None:
    await asked.chain.show(0, Frame("One"))
    sandbox.faults.drop("POST", "/webhooks/", after=True)
    with pytest.raises(ReplyDelayed):
        await asked.chain.show(1, Frame("Lost"))
    await asked.chain.show(1, Frame("Two"))
    told(asked, home)

    await asked.chain.show(2, Frame("Three"))

    assert [one.content for one in home.answers()] == ["One", "Lost", "Two", "Three"]


async def test_what_answers_another_interaction_or_was_taken_away_is_no_followup(
    home: Home, asked: Asked
) -> None:
    await asked.chain.show(0, Frame("One"))
    newer = MessageId(home.answers()[0].id + 1)
    asked.own.saw(newer, EventId(1))
    asked.own.saw(MessageId(newer + 1), asked.event)
    asked.own.remove(MessageId(newer + 1))

    await asked.chain.show(1, Frame("Two"))

    assert [one.content for one in home.answers()] == ["One", "Two"]


def told(asked: Asked, home: Home) -> None:
    """The gateway has told of everything by now, some of it twice."""
    for _ in range(2):
        for message in home.answers():
            asked.own.saw(MessageId(message.id), asked.event)
