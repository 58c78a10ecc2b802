"""Interactions over bare REST in channels that are gone and threads that are archived."""

from __future__ import annotations

import pytest

from bot.sandbox.discord.handles import InteractionHandle
from bot.sandbox.discord.server import DiscordSandbox
from tests.sandbox.discord.clients import Rest
from tests.sandbox.discord.conftest import Home
from tests.sandbox.discord.interacting import Answers


async def test_in_a_channel_that_is_gone_nothing_can_be_answered(
    sandbox: DiscordSandbox, home: Home, answers: Answers
) -> None:
    await answers.callback(5)
    sandbox.world.remove_channel(home.channel)
    replies = [
        await answers.edit(content="late"),
        await answers.follow_up(content="late"),
        await answers.show(),
        await answers.delete(),
    ]
    assert [(one.status, one.code) for one in replies] == [(404, 10003)] * 4


async def test_an_interaction_in_a_channel_that_is_gone_cannot_be_acknowledged(
    sandbox: DiscordSandbox, home: Home, answers: Answers
) -> None:
    sandbox.world.remove_channel(home.channel)
    assert (await answers.callback(5)).code == 10003


@pytest.mark.parametrize(
    ("asker", "locked", "opens"), [("ada", False, True), ("ada", True, False), ("mo", True, True)]
)
async def test_an_answer_in_an_archived_thread_cannot_be_edited_but_a_new_one_opens_it(
    sandbox: DiscordSandbox,
    rest: Rest,
    home: Home,
    asked: InteractionHandle,
    *,
    asker: str,
    locked: bool,
    opens: bool,
) -> None:
    assert asked.interaction.channel is home.channel  # its command is there
    person = getattr(home, asker)
    thread = await home.mo.start_thread(home.channel, "Talk")
    answers = Answers(
        rest, await person.slash(thread, "ask", prompt="why?"), sandbox.application_id
    )
    await answers.callback(4, content="because")
    await home.mo.change_thread(thread, archived=True, locked=locked)

    edited = await answers.edit(content="because of this")
    followed = await answers.follow_up(content="and that")

    assert (edited.status, edited.code) == (400, 50083)
    assert followed.status == (200 if opens else 400)
    assert thread.archived is not opens


async def test_a_command_in_an_archived_and_locked_thread_cannot_be_answered(
    sandbox: DiscordSandbox, rest: Rest, home: Home, asked: InteractionHandle
) -> None:
    assert asked.interaction.channel is home.channel
    thread = await home.mo.start_thread(home.channel, "Talk")
    await home.mo.change_thread(thread, archived=True, locked=True)
    late = Answers(rest, await home.ada.slash(thread, "ask", prompt="why?"), sandbox.application_id)
    assert (await late.callback(5)).code == 50083
