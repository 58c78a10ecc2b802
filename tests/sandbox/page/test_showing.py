"""What an open page is told, and what it is not."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from bot.sandbox.discord import interactions, posting
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.posting import Draft
from bot.sandbox.discord.state import MessageFlag, MessageType
from bot.sandbox.page import outbox
from bot.sandbox.page.server import PageServer
from bot.sandbox.weryai import API_KEY, Fault, WeryAIRelay, WeryAISandbox
from tests.sandbox.page.stage import ABOUT, BUTTON, FORM, NOWHERE, Client, Opener, Stage


async def ask_weryai(
    weryai: WeryAISandbox | WeryAIRelay, http: aiohttp.ClientSession, question: str
) -> int:
    """A request such as the bot's; its status."""
    said = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": question}]
    body = {"model": "GPT_5", "messages": said, "stream": True, "temperature": 0.5}
    async with http.post(
        weryai.base_url + "/v1/chat/completions",
        json=body,
        headers={"Authorization": f"Bearer {API_KEY}"},
    ) as response:
        await response.read()
        return response.status


async def test_a_page_that_opens_is_shown_everything(opener: Opener, stage: Stage) -> None:
    stage.say("earlier")
    client = await opener.open()
    shown = await client.next()
    assert shown["type"] == "snapshot"
    assert shown["you"] == str(stage.ada.id)
    assert [(one["role"], one["name"]) for one in shown["people"]] == [
        ("member", "Ada"),
        ("moderator", "Mo"),
    ]
    (guild,) = shown["places"]["guilds"]
    assert (guild["name"], [one["name"] for one in guild["channels"]]) == ("Home", ["general"])
    assert "SEND_MESSAGES" in guild["channels"][0]["can"]
    assert "MANAGE_GUILD" not in guild["can"]
    assert shown["places"]["users"][shown["bot"]]["bot"] is True
    assert shown["real_models"] is False
    assert shown["saved_in"] is None
    assert shown["max_messages"] == 50
    assert "a table, compare …" in [one["words"] for one in shown["answers"]]


async def test_with_the_real_models_the_page_says_so(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    async with PageServer(
        stage.sandbox, stage.people, WeryAIRelay(NOWHERE), saved_in="/home/ada/wery"
    ) as server:
        opener = Opener(http, server)
        shown = await (await opener.open()).next()
        await opener.close()
    assert shown["real_models"] is True
    assert shown["answers"] == []
    assert shown["switches"]["weryai"] is None
    assert shown["saved_in"] == "/home/ada/wery"


async def test_a_message_is_shown_as_it_is_sent_grows_and_goes(ada: Client, stage: Stage) -> None:
    message = stage.say("Hel", BUTTON)
    created = await ada.message("Hel")
    assert created["change"] == "created"
    assert created["message"]["components"][0]["components"][0]["label"] == "Stop"
    assert created["message"]["versions"] == 1
    stage.edit(message, "Hello")
    edited = await ada.message("Hello")
    assert edited["change"] == "edited"
    assert edited["message"]["versions"] == 2
    assert edited["message"]["edited_at"] == edited["message"]["version_at"]
    posting.delete(stage.world, stage.channel, [message], bulk=False)
    gone = await ada.frame("deleted")
    assert (gone["channel"], gone["messages"]) == (str(stage.channel.id), [str(message.id)])


async def test_a_message_that_changes_before_it_is_sent_comes_once_and_as_new(
    ada: Client, stage: Stage
) -> None:
    message = stage.say("a")
    for text in ("ab", "abc"):
        stage.edit(message, text)
    shown = [one for one in await ada.everything() if one["type"] == "message"]
    assert [(one["change"], one["message"]["content"]) for one in shown] == [("created", "abc")]


async def test_an_ephemeral_answer_is_shown_to_its_person_alone(
    ada: Client, mo: Client, stage: Stage
) -> None:
    await ada.act("slash", channel=str(stage.channel.id), command="ask", options={"prompt": "x"})
    private = stage.respond(stage.used, "for you", private=True)
    stage.say("for all")
    assert (await ada.message("for you"))["message"]["ephemeral"] is True
    posting.delete(stage.world, stage.channel, [private], bulk=False)
    assert (await ada.frame("deleted"))["messages"] == [str(private.id)]
    kinds = [(one["type"], one.get("message", {}).get("content")) for one in await mo.everything()]
    assert ("message", "for all") in kinds
    assert ("message", "for you") not in kinds
    assert not {"deleted", "interaction"} & {kind for kind, _ in kinds}
    history = await mo.act("history", channel=str(stage.channel.id))
    assert [one["content"] for one in history["messages"]] == ["for all"]


async def test_a_channel_one_may_not_view_is_not_shown(
    ada: Client, mo: Client, stage: Stage
) -> None:
    secret = stage.sandbox.add_channel(stage.guild, "secret")
    stage.sandbox.set_overwrite(secret, stage.guild, deny=Permission.VIEW_CHANNEL)
    stage.sandbox.set_overwrite(secret, stage.mo, allow=Permission.VIEW_CHANNEL)
    await ada.everything()
    await mo.everything()
    stage.say("psst", where=secret)
    await stage.mo.type(secret)
    stage.say("hi")
    assert (await mo.message("psst"))["message"]["channel"] == str(secret.id)
    seen = await ada.everything()
    assert [one["message"]["content"] for one in seen if one["type"] == "message"] == ["hi"]
    assert "typing" not in {one["type"] for one in seen}


async def test_reactions_and_typing_are_shown(ada: Client, stage: Stage) -> None:
    message = stage.say("nice")
    await ada.message("nice")
    await stage.mo.react(message, "👍")
    shown = await ada.frame("message")
    assert shown["change"] == "reactions"
    assert shown["message"]["reactions"] == [{"emoji": "👍", "count": 1, "mine": False}]
    await stage.mo.type(stage.channel)
    assert (await ada.frame("typing"))["user"] == str(stage.mo.id)
    await stage.ada.type(stage.channel)  # what one types oneself is not news
    assert "typing" not in {one["type"] for one in await ada.everything()}


async def test_channels_and_threads_come_and_go(ada: Client, stage: Stage) -> None:
    place = stage.sandbox.add_channel(stage.guild, "random")
    shown = await ada.frame("places")
    assert [one["name"] for one in shown["places"]["guilds"][0]["channels"]] == [
        "general",
        "random",
    ]
    thread = await stage.mo.start_thread(place, "Side", private=False)
    (one,) = (await ada.frame("places"))["places"]["guilds"][0]["threads"]
    assert (one["name"], one["parent"], one["members"]) == (
        "Side",
        str(place.id),
        [str(stage.mo.id)],
    )
    stage.world.remove_channel(thread)
    assert (await ada.frame("places"))["places"]["guilds"][0]["threads"] == []


async def test_a_reply_quotes_and_pings(ada: Client, stage: Stage) -> None:
    asked = await stage.ada.send(stage.channel, "question")
    draft = Draft(content="answer", reference=asked, type=MessageType.REPLY)
    posting.post(stage.world, stage.channel, stage.sandbox.bot_user, draft)
    shown = (await ada.message("answer"))["message"]
    assert (shown["reply_to"]["content"], shown["reply_to"]["display"]) == ("question", "Ada")
    assert shown["pings_you"] is True
    posting.delete(stage.world, stage.channel, [asked], bulk=False)
    history = await ada.act("history", channel=str(stage.channel.id))
    assert history["messages"][0]["reply_to"]["deleted"] is True
    assert history["messages"][0]["reply_to"]["content"] == ""


async def test_components_v2_and_thinking_are_told(ada: Client, stage: Stage) -> None:
    flags = MessageFlag.IS_COMPONENTS_V2
    draft = Draft(components=[{"type": 10, "content": "Text"}], flags=flags)
    posting.post(stage.world, stage.channel, stage.sandbox.bot_user, draft)
    shown = (await ada.frame("message"))["message"]
    assert (shown["v2"], shown["components"][0]["content"]) == (True, "Text")
    await ada.act("slash", channel=str(stage.channel.id), command="ask", options={"prompt": "x"})
    interactions.defer(stage.world, stage.used, 5, ephemeral=False)
    assert (await ada.frame("message"))["message"]["thinking"] is True


async def test_an_interaction_is_followed_to_its_end(ada: Client, stage: Stage) -> None:
    done = await ada.act(
        "slash", channel=str(stage.channel.id), command="ask", options={"prompt": "x"}, nonce="n1"
    )
    begun = (await ada.frame("interaction"))["interaction"]
    assert (begun["id"], begun["name"], begun["nonce"]) == (done["interaction"], "ask", "n1")
    assert begun["state"] == "pending"
    stage.sandbox.clock.advance(3.1)
    assert (await ada.frame("interaction"))["interaction"]["state"] == "failed"


async def test_a_form_is_opened_by_an_interaction(ada: Client, stage: Stage) -> None:
    message = stage.say("press", BUTTON)
    await ada.act("click", message=str(message.id), custom_id="stop")
    stage.used.modal = FORM
    interactions.acknowledge(stage.world, stage.used, 9)
    shown = await ada.frame("interaction", where=lambda one: one["interaction"]["modal"])
    assert shown["interaction"]["modal"]["title"] == "Ask again"
    assert shown["interaction"]["source"] == str(message.id)


async def test_new_commands_are_told(ada: Client, stage: Stage) -> None:
    stage.world.put_command(None, {**ABOUT, "name": "Explain"})
    await ada.frame("commands")


async def test_a_request_is_shown_with_its_bucket_and_what_is_left(
    ada: Client, stage: Stage, http: aiohttp.ClientSession
) -> None:
    url = f"{stage.sandbox.api_url}/channels/{stage.channel.id}/messages"
    headers = {"Authorization": f"Bot {stage.sandbox.token}"}
    async with http.post(url, json={"content": "hi"}, headers=headers) as response:
        assert response.status == 200
    shown = (await ada.frame("request"))["request"]
    assert (shown["method"], shown["route"]) == ("POST", "/channels/{channel_id}/messages")
    assert (shown["status"], shown["bucket"]) == (200, "create message")
    assert (shown["limit"], shown["remaining"]) == (5, 4)
    assert "switches" not in {one["type"] for one in await ada.everything()}  # none has changed


async def test_a_request_to_weryai_is_shown_from_its_coming_to_its_end(
    ada: Client, weryai: WeryAISandbox, http: aiohttp.ClientSession, stage: Stage
) -> None:
    weryai.answer_next(["a", "b", "c"])
    assert await ask_weryai(weryai, http, "hello") == 200
    shown = (await ada.frame("weryai", where=lambda one: one["request"]["state"] == "finished"))[
        "request"
    ]
    assert shown["model"] == "GPT_5"
    assert [one["role"] for one in shown["messages"]] == ["system", "user"]
    assert shown["options"] == {"temperature": 0.5}
    assert (shown["stream"], shown["deltas"], shown["status"]) == (True, 3, 200)
    now = stage.sandbox.clock.now()
    assert now - 60 < shown["at"] <= shown["first_at"] <= shown["last_at"] <= now + 1


async def test_requests_to_the_real_weryai_are_shown_as_well(
    stage: Stage, weryai: WeryAISandbox, http: aiohttp.ClientSession
) -> None:
    async with (
        WeryAIRelay(weryai.base_url) as relay,
        PageServer(stage.sandbox, stage.people, relay) as server,
    ):
        opener = Opener(http, server)
        client = await opener.open(stage.ada)
        assert await ask_weryai(relay, http, "hello") == 200
        await client.frame("weryai", where=lambda one: one["request"]["state"] == "finished")
        await opener.close()


async def test_how_far_an_answer_is_shows_with_each_version_of_the_message(
    ada: Client, weryai: WeryAISandbox, http: aiohttp.ClientSession, stage: Stage
) -> None:
    gate = weryai.hold_next(after=2)
    weryai.answer_next(["a", "b", "c"])
    asking = asyncio.create_task(ask_weryai(weryai, http, "hello"))
    await gate.reached()
    stage.say("ab")
    await ada.frame("weryai", where=lambda one: one["request"]["deltas"] == 2)
    gate.release()
    assert await asking == 200
    await ada.frame("weryai", where=lambda one: one["request"]["state"] == "finished")


async def test_a_request_that_failed_is_shown_with_its_fault(
    opener: Opener, stage: Stage, weryai: WeryAISandbox, http: aiohttp.ClientSession
) -> None:
    weryai.fail_next(Fault.NO_CREDITS)
    assert await ask_weryai(weryai, http, "hello") == 402
    client = await opener.open(stage.ada)
    await client.act("be", person=str(stage.mo.id))
    # It is in the first picture of a page that opens later as well.
    later = await (await opener.open()).next()
    (shown,) = later["weryai"]
    assert (shown["fault"], shown["status"], shown["state"]) == ("no_credits", 402, "broken")


async def test_a_page_that_does_not_keep_up_gets_a_new_picture(
    ada: Client, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sandbox.page.showing.MOST_WAITING", 10)
    assert outbox.MOST_WAITING > 10
    for number in range(12):
        stage.say(f"message {number}")
    assert (await ada.next()) == {"type": "busy", "dropped": 10}
    assert (await ada.next())["type"] == "snapshot"


async def test_a_mention_of_ones_role_pings(ada: Client, mo: Client, stage: Stage) -> None:
    role = stage.sandbox.add_role(stage.guild, "readers")
    role.mentionable = True
    stage.world.set_roles(stage.guild, stage.ada.user, [role.id])
    await stage.mo.send(stage.channel, f"<@&{role.id}> look")
    for client, pings in ((ada, True), (mo, False)):
        shown = await client.frame("message")
        assert shown["message"]["pings_you"] is pings
