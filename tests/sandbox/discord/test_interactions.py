"""Interactions over bare REST: callbacks, deadlines, followups, and who sees what."""

from __future__ import annotations

import pytest

from bot.sandbox.discord.handles import InteractionHandle
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import MessageFlag, MessageType
from tests.sandbox.discord.clients import Reply, Rest
from tests.sandbox.discord.conftest import Home

ASK = {
    "name": "ask",
    "description": "Ask",
    "options": [{"type": 3, "name": "prompt", "description": "What", "autocomplete": True}],
}
EPHEMERAL = int(MessageFlag.EPHEMERAL)
STOP = {"type": 2, "style": 2, "label": "Stop", "custom_id": "stop"}
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


@pytest.fixture
async def asked(sandbox: DiscordSandbox, rest: Rest, home: Home) -> InteractionHandle:
    await rest.put(f"/applications/{sandbox.application_id}/commands", [ASK])
    return await home.ada.slash(home.channel, "ask", prompt="why?")


class Answers:
    """The answers to one interaction."""

    def __init__(self, rest: Rest, handle: InteractionHandle, application_id: int) -> None:
        self._rest = rest
        one = handle.interaction
        self.callback_path = f"/interactions/{one.id}/{one.token}/callback"
        self.webhook = f"/webhooks/{application_id}/{one.token}"
        rest.headers = {}  # the token in the path is enough

    async def callback(self, kind: int, **data: object) -> Reply:
        return await self._rest.post(self.callback_path, {"type": kind, "data": data})

    async def follow_up(self, **body: object) -> Reply:
        return await self._rest.post(self.webhook, body)

    async def edit(self, message: str = "@original", **body: object) -> Reply:
        return await self._rest.patch(f"{self.webhook}/messages/{message}", body)

    async def show(self, message: str = "@original") -> Reply:
        return await self._rest.get(f"{self.webhook}/messages/{message}")

    async def delete(self, message: str = "@original") -> Reply:
        return await self._rest.delete(f"{self.webhook}/messages/{message}")


@pytest.fixture
def answers(sandbox: DiscordSandbox, rest: Rest, asked: InteractionHandle) -> Answers:
    return Answers(rest, asked, sandbox.application_id)


async def test_a_message_answers_at_once(
    asked: InteractionHandle, answers: Answers, home: Home
) -> None:
    assert asked.state.value == "pending"
    assert (await answers.callback(4, content="because")).status == 204
    assert asked.state.value == "acknowledged"
    (message,) = home.mo.sees(home.channel)
    assert message is asked.response
    assert (message.content, message.type) == ("because", MessageType.CHAT_INPUT_COMMAND)


async def test_the_response_is_told_when_asked_for(rest: Rest, answers: Answers) -> None:
    reply = await rest.call(
        "POST", answers.callback_path, {"type": 5}, params={"with_response": "true"}
    )
    told = reply.body["interaction"]
    assert reply.status == 200
    assert told["response_message_loading"] is True
    assert told["response_message_id"] == reply.body["resource"]["message"]["id"]
    metadata = reply.body["resource"]["message"]["interaction_metadata"]
    assert (metadata["name"], metadata["user"]["username"]) == ("ask", "ada")


async def test_a_second_callback_is_refused(answers: Answers) -> None:
    await answers.callback(5)
    again = await answers.callback(4, content="again")
    assert (again.status, again.code) == (400, 40060)


async def test_three_seconds_without_a_callback_fail(
    sandbox: DiscordSandbox, asked: InteractionHandle, answers: Answers
) -> None:
    sandbox.clock.advance(2.9)
    assert asked.state.value == "pending"
    sandbox.clock.advance(0.2)
    assert asked.failed
    late = await answers.callback(4, content="late")
    assert (late.status, late.code) == (404, 10062)


async def test_a_wrong_token_is_unknown(
    sandbox: DiscordSandbox, rest: Rest, asked: InteractionHandle
) -> None:
    path = f"/interactions/{asked.interaction.id}/wrong/callback"
    assert (await rest.post(path, {"type": 5})).code == 10062
    webhook = f"/webhooks/{sandbox.application_id}/wrong"
    unknown = await rest.post(webhook, {"content": "x"})
    assert (unknown.status, unknown.code) == (401, 50027)
    elsewhere = await rest.post(f"/webhooks/1/{asked.interaction.token}", {"content": "x"})
    assert elsewhere.code == 10015


async def test_a_deferred_answer_is_thinking_until_its_first_text(
    asked: InteractionHandle, answers: Answers, home: Home
) -> None:
    await answers.callback(5)
    assert asked.state.value == "deferred"
    (message,) = home.ada.sees(home.channel)
    await answers.edit(content="because")
    assert asked.state.value == "acknowledged"
    assert [one.thinking for one in message.versions] == [True, False]
    assert (await answers.show()).body["content"] == "because"


async def test_the_first_followup_fills_a_deferred_answer(
    asked: InteractionHandle, answers: Answers, home: Home
) -> None:
    await answers.callback(5, flags=EPHEMERAL)
    first = await answers.follow_up(content="one")
    second = await answers.follow_up(content="two")
    assert first.body["id"] == str(asked.responses[0].id)
    assert first.body["flags"] == EPHEMERAL
    assert second.body["message_reference"]["message_id"] == first.body["id"]
    assert [one.content for one in home.ada.sees(home.channel)] == ["one", "two"]
    assert [one.content for one in home.mo.sees(home.channel)] == ["two"]


async def test_nothing_can_follow_before_the_acknowledgement(answers: Answers) -> None:
    for reply in (await answers.follow_up(content="x"), await answers.edit(content="x")):
        assert (reply.status, reply.code) == (404, 10015)


async def test_ephemeral_messages_are_unknown_to_the_channels_routes(
    sandbox: DiscordSandbox, rest: Rest, asked: InteractionHandle, answers: Answers, home: Home
) -> None:
    await answers.callback(4, content="psst", flags=EPHEMERAL)
    assert asked.response is not None
    assert home.mo.sees(home.channel) == []
    rest.headers = {"Authorization": f"Bot {sandbox.token}"}
    path = f"/channels/{home.channel.id}/messages"
    assert (await rest.get(path)).body == []
    url = f"{path}/{asked.response.id}"
    for reply in (await rest.get(url), await rest.patch(url, {"content": "x"})):
        assert reply.code == 10008
    assert (await answers.edit(content="still here")).status == 200


async def test_the_token_ends_after_fifteen_minutes(
    sandbox: DiscordSandbox, answers: Answers
) -> None:
    await answers.callback(4, content="soon")
    sandbox.clock.advance(14 * 60)
    assert (await answers.edit(content="now")).status == 200
    sandbox.clock.advance(61)
    for reply in (await answers.edit(content="late"), await answers.follow_up(content="late")):
        assert (reply.status, reply.code) == (401, 50027)


async def test_a_deferred_answer_that_never_comes_fails(
    sandbox: DiscordSandbox, asked: InteractionHandle, answers: Answers
) -> None:
    await answers.callback(5)
    sandbox.clock.advance(15 * 60 + 1)
    assert asked.failed


async def test_followups_are_edited_and_deleted_by_their_ids(answers: Answers, home: Home) -> None:
    await answers.callback(4, content="one")
    message_id = (await answers.follow_up(content="two")).body["id"]
    assert (await answers.edit(message_id, content="2")).body["content"] == "2"
    assert (await answers.delete(message_id)).status == 204
    assert (await answers.show(message_id)).code == 10008
    assert (await answers.delete()).status == 204
    assert (await answers.edit(content="x")).code == 10008
    assert home.ada.sees(home.channel) == []


async def test_other_interactions_messages_are_unknown(
    sandbox: DiscordSandbox, rest: Rest, asked: InteractionHandle, answers: Answers, home: Home
) -> None:
    await answers.callback(4, content="one")
    other = Answers(
        rest, await home.mo.slash(home.channel, "ask", prompt="x"), sandbox.application_id
    )
    await other.callback(5)
    assert asked.response is not None
    assert (await other.show(str(asked.response.id))).code == 10008


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


async def test_interaction_answers_carry_files(
    rest: Rest, asked: InteractionHandle, answers: Answers
) -> None:
    body = {"type": 4, "data": {"content": "see", "attachments": [{"id": 0}]}}
    assert (await rest.upload("POST", answers.callback_path, body, a_md=b"# A")).status == 204
    assert asked.response is not None
    await rest.upload("PATCH", answers.webhook + "/messages/@original", {}, b_md=b"# B")
    assert [one.filename for one in asked.response.attachments] == ["a.md", "b.md"]


async def test_interaction_routes_do_not_count_towards_the_global_limit(
    sandbox: DiscordSandbox, answers: Answers
) -> None:
    await answers.callback(5)
    replies = [await answers.edit(content=str(n)) for n in range(6)]
    assert [one.status for one in replies] == [200] * 5 + [429]
    assert sandbox.rate_limited == 1
    limited = replies[-1]
    assert float(limited.headers["X-RateLimit-Reset-After"]) <= 2
    assert limited.body["global"] is False
    sandbox.clock.advance(2)
    assert (await answers.edit(content="now")).status == 200


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


async def test_every_answer_says_what_it_answers(
    sandbox: DiscordSandbox, rest: Rest, answers: Answers, asked: InteractionHandle, home: Home
) -> None:
    row = {"type": 1, "components": [STOP]}
    await answers.callback(4, content="here", components=[row])
    followed = await answers.follow_up(content="more")
    assert asked.response is not None
    pressed = Answers(rest, await home.ada.click(asked.response, "Stop"), sandbox.application_id)
    await pressed.callback(4, content="pressed")
    first = (await answers.show()).body["interaction_metadata"]
    second = followed.body["interaction_metadata"]
    third = (await pressed.show()).body["interaction_metadata"]
    original = str(asked.response.id)
    assert first["authorizing_integration_owners"] == {"0": str(home.guild.id)}
    assert "original_response_message_id" not in first
    assert second["original_response_message_id"] == original
    assert third["interacted_message_id"] == original
    reply = (await pressed.show()).body
    assert (reply["type"], reply["referenced_message"]["id"]) == (MessageType.REPLY, original)
    assert "name" not in third


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


async def test_the_first_text_of_a_deferred_answer_notifies_as_a_new_message_does(
    answers: Answers, home: Home
) -> None:
    await answers.callback(5)
    await answers.edit(content=f"hello {home.mo.mention}")
    later = await answers.follow_up(content="and hello")
    await answers.edit(later.body["id"], content=f"and hello {home.ada.mention}")

    first, second = home.ada.sees(home.channel)
    assert first.pings.users == (home.mo.id,)
    assert home.ada.id not in second.pings.users
