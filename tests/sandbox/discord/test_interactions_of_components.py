"""Buttons, forms and suggestions over bare REST: what may answer them, and what it changes."""

from __future__ import annotations

import pytest

from bot.sandbox.discord.handles import InteractionHandle
from bot.sandbox.discord.server import DiscordSandbox
from tests.sandbox.discord.clients import Rest
from tests.sandbox.discord.conftest import Home
from tests.sandbox.discord.interacting import EPHEMERAL, STOP, Answers

FORM = {
    "title": "Ask",
    "custom_id": "form",
    "components": [
        {
            "type": 1,
            "components": [{"type": 4, "custom_id": "q", "label": "Question", "style": 1}],
        }
    ],
}


@pytest.mark.parametrize("kind", [6, 7, 8])
async def test_a_command_takes_no_callback_of_a_button(answers: Answers, kind: int) -> None:
    reply = await answers.callback(kind, content="x", choices=[])
    assert reply.code == 50035
    assert (await answers.callback(4, content="x")).status == 204


async def test_a_button_may_update_its_message(
    sandbox: DiscordSandbox, rest: Rest, asked: InteractionHandle, answers: Answers, home: Home
) -> None:
    row = {"type": 1, "components": [STOP]}
    await answers.callback(4, content="here", components=[row])
    assert asked.response is not None

    deferred = await home.mo.click(asked.response, "Stop")
    pressed = Answers(rest, deferred, sandbox.application_id)
    assert (await pressed.callback(6)).status == 204
    assert deferred.response is asked.response
    await pressed.edit(content="changed")
    assert asked.response.content == "changed"

    updated = await home.mo.click(asked.response, "Stop")
    pressed = Answers(rest, updated, sandbox.application_id)
    await pressed.callback(7, content="stopped", components=[])
    assert (asked.response.content, asked.response.components) == ("stopped", [])
    replied = await pressed.follow_up(content="by Mo", flags=EPHEMERAL)
    assert replied.body["flags"] == EPHEMERAL


async def test_a_form_is_opened_and_sent(
    sandbox: DiscordSandbox, rest: Rest, asked: InteractionHandle, answers: Answers, home: Home
) -> None:
    assert (await answers.callback(9, **FORM)).status == 204
    assert asked.modal is not None
    sent = await home.ada.submit(asked, q="why?")
    (row,) = sent.interaction.data["components"]
    assert row["components"][0]["value"] == "why?"
    submitted = Answers(rest, sent, sandbox.application_id)
    assert (await submitted.callback(9, **FORM)).code == 50035
    assert (await submitted.callback(4, content="because")).status == 204


@pytest.mark.usefixtures("asked")
async def test_only_choices_answer_an_autocomplete(
    sandbox: DiscordSandbox, rest: Rest, home: Home
) -> None:
    handle = home.ada.begin_autocomplete(home.channel, "ask", "prompt", "wh")
    typed = Answers(rest, handle, sandbox.application_id)
    (option,) = handle.interaction.data["options"]
    assert (option["value"], option["focused"]) == ("wh", True)
    assert (await typed.callback(4, content="x")).code == 50035
    many = [{"name": str(n), "value": str(n)} for n in range(26)]
    assert (await typed.callback(8, choices=many)).code == 50035
    assert (await typed.callback(8, choices=many[:25])).status == 204
    assert handle.interaction.choices == many[:25]


async def test_a_form_opened_by_a_button_may_update_its_message(
    sandbox: DiscordSandbox, rest: Rest, answers: Answers, asked: InteractionHandle, home: Home
) -> None:
    await answers.callback(4, content="here", components=[{"type": 1, "components": [STOP]}])
    assert asked.response is not None
    pressed = await home.ada.click(asked.response, "Stop")
    await Answers(rest, pressed, sandbox.application_id).callback(9, **FORM)
    sent = await home.ada.submit(pressed, q="really")
    submitted = Answers(rest, sent, sandbox.application_id)
    assert (await submitted.callback(7, content="gone")).status == 204
    assert asked.response.content == "gone"


async def test_a_form_opened_by_a_command_has_no_message_to_update(
    sandbox: DiscordSandbox, rest: Rest, answers: Answers, asked: InteractionHandle, home: Home
) -> None:
    await answers.callback(9, **FORM)
    sent = await home.ada.submit(asked, q="really")
    submitted = Answers(rest, sent, sandbox.application_id)
    assert (await submitted.callback(6)).code == 50035
