"""Presses of a reply's buttons, today's and those from before a restart."""

from __future__ import annotations

import pytest

from bot.core.errors import NotAllowed
from bot.core.replies import Controls, Paging
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Message
from tests.discord_app.conftest import Home, Inside, Observer

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture
async def answer(sandbox: DiscordSandbox, home: Home, inside: Inside, bot: object) -> Message:
    """A finished answer that may go on."""
    assert bot is not None
    inside.service.controls = Controls.RESUMABLE
    await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
    await inside.news.until(lambda: inside.memory.rows)
    return home.answers()[0]


async def test_stop_is_acknowledged_and_passed_on(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    inside.service.controls = Controls.STREAMING
    await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
    await inside.news.until(lambda: inside.memory.rows)
    handle = await home.ada.click(home.answers()[0], "Stop")
    await inside.news.until(lambda: inside.service.presses)

    [(what, reply, by)] = inside.service.presses
    assert (what, reply, by.user, by.moderator) == ("stop", 1, home.ada.id, False)
    assert not handle.failed


async def test_arrows_lead_to_the_variants_beside_the_one_that_shows(
    sandbox: DiscordSandbox, home: Home, inside: Inside, observer: Observer
) -> None:
    inside.service.paging = Paging(1, 3)
    await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
    await inside.news.until(lambda: inside.memory.rows)
    [answer] = home.answers()
    observer.started_lanes.clear()

    await home.ada.click(answer, "▶")
    await sandbox.until(lambda: answer.content == "Variant 2")
    await home.ada.click(answer, "◀")
    await sandbox.until(lambda: answer.content == "Variant 1")
    await home.ada.click(answer, "◀")
    await sandbox.until(lambda: answer.content == "Variant 0")

    assert [what for what, _, _ in inside.service.presses] == [
        "variant 2",
        "variant 1",
        "variant 0",
    ]
    assert not any(lane.metered for lane in observer.started_lanes), "it goes by the press's token"


async def test_who_may_not_page_gets_a_private_notice(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    inside.service.paging = Paging(0, 2)
    await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
    await inside.news.until(lambda: inside.memory.rows)
    inside.service.refuses = NotAllowed(text="Only the person who asked can do that.")

    await home.mo.click(home.answers()[0], "▶")

    await sandbox.until(lambda: any(one.ephemeral_for for one in home.mo.sees(home.channel)))
    [notice] = [one for one in home.mo.sees(home.channel) if one.ephemeral_for]
    assert notice.content == "Only the person who asked can do that."


@pytest.mark.parametrize(
    ("button", "text"), [("Regenerate", "Anew {id}"), ("Continue", "It goes on")]
)
async def test_the_new_answer_comes_in_the_pressed_message_by_the_presss_token(
    sandbox: DiscordSandbox,
    home: Home,
    answer: Message,
    observer: Observer,
    button: str,
    text: str,
) -> None:
    observer.started_lanes.clear()
    handle = await home.ada.click(answer, button)
    await sandbox.until(lambda: answer.content == text.format(id=handle.interaction.id))

    assert len(home.answers()) == 1
    assert not any(lane.metered for lane in observer.started_lanes)


async def test_the_service_learns_who_moderates(
    home: Home, answer: Message, inside: Inside
) -> None:
    await home.mo.click(answer, "Regenerate")
    await inside.news.until(lambda: inside.service.presses)

    [(_, _, by)] = inside.service.presses
    assert (by.user, by.moderator) == (home.mo.id, True)


async def test_who_may_not_press_gets_a_private_notice(
    sandbox: DiscordSandbox, home: Home, answer: Message, inside: Inside
) -> None:
    inside.service.refuses = NotAllowed(text="Only the person who asked can do that.")
    await home.mo.click(answer, "Regenerate")
    await sandbox.until(lambda: any(one.ephemeral_for for one in home.mo.sees(home.channel)))

    [notice] = [one for one in home.mo.sees(home.channel) if one.ephemeral_for]
    assert notice.content == "Only the person who asked can do that."
    assert answer.content == "You said hello"


async def test_a_forged_button_does_nothing(home: Home, answer: Message, inside: Inside) -> None:
    await home.mo.forge_click(answer, "reply:1:delete")
    await home.mo.forge_click(answer, "reply:1:stop")
    await home.ada.click(answer, "Regenerate")
    await inside.news.until(lambda: inside.service.presses)

    assert [what for what, _, _ in inside.service.presses] == ["regenerate"]


async def test_the_service_learns_from_which_conversation_a_press_comes(
    home: Home, answer: Message, inside: Inside
) -> None:
    await home.mo.click(answer, "Regenerate")
    await inside.news.until(lambda: inside.service.presses)

    [(_, _, by)] = inside.service.presses
    assert by.at == home.channel.id
