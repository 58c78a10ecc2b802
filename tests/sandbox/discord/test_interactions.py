"""Interactions over bare REST: callbacks, deadlines, followups, and who sees what."""

from __future__ import annotations

from bot.sandbox.discord.handles import InteractionHandle
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import MessageType
from tests.sandbox.discord.clients import Rest
from tests.sandbox.discord.conftest import Home
from tests.sandbox.discord.interacting import EPHEMERAL, STOP, Answers


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
