"""What people do with messages and places from the page."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from bot.sandbox.discord.permissions import Permission
from tests.sandbox.page.stage import Client, Opener, Refused, Stage

MISSING_PERMISSIONS, UNKNOWN_MESSAGE, UNKNOWN_CHANNEL = 50013, 10008, 10003


def upload(name: str, data: bytes, kind: str = "text/plain") -> dict[str, str]:
    return {"name": name, "type": kind, "data": base64.b64encode(data).decode()}


async def test_a_message_is_sent_by_who_one_is(ada: Client, mo: Client, stage: Stage) -> None:
    sent = await ada.act("send", channel=str(stage.channel.id), content="hi")
    shown = (await mo.message("hi"))["message"]
    assert (shown["id"], shown["author"]["display"]) == (sent["message"], "Ada")


async def test_a_reply_pings_unless_told_not_to(ada: Client, stage: Stage) -> None:
    first = await stage.mo.send(stage.channel, "first")
    for ping in (True, False):
        asked = {"content": "reply", "reply_to": str(first.id), "ping": ping}
        sent = await ada.act("send", channel=str(stage.channel.id), **asked)
        message = stage.channel.messages[int(sent["message"])]
        assert message.reference is first
        assert (stage.mo.id in message.pings.users) is ping


async def test_files_are_sent_and_can_be_fetched(ada: Client, stage: Stage, opener: Opener) -> None:
    picture = upload("ä 1.png", b"\x89PNG", "image/png")
    files = [picture, upload("notes.txt", b"words")]
    await ada.act("send", channel=str(stage.channel.id), content="", files=files)
    shown = (await ada.frame("message"))["message"]["attachments"]
    assert [(one["name"], one["type"], one["size"]) for one in shown] == [
        ("ä 1.png", "image/png", 4),
        ("notes.txt", "text/plain", 5),
    ]
    async with opener.http.get(opener.server.url + shown[0]["url"]) as response:
        assert (await response.read(), response.content_type) == (b"\x89PNG", "image/png")


async def test_files_beyond_discords_limit_are_refused(
    ada: Client, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sandbox.page.actions.ATTACHMENT_LIMIT", 5)
    files = [upload("a", b"123"), upload("b", b"456")]
    with pytest.raises(Refused) as caught:
        await ada.act("send", channel=str(stage.channel.id), content="x", files=files)
    assert caught.value.code == 40005


async def test_one_edits_and_deletes_ones_own_messages(ada: Client, stage: Stage) -> None:
    message = await stage.ada.send(stage.channel, "tpyo")
    await ada.act("edit", message=str(message.id), content="typo")
    assert (message.content, len(message.versions)) == ("typo", 2)
    await ada.act("delete", messages=[str(message.id)])
    assert message.deleted


async def test_only_a_moderator_deletes_what_others_wrote(
    ada: Client, mo: Client, stage: Stage
) -> None:
    messages = [stage.say(text) for text in ("one", "two")]
    ids = [str(one.id) for one in messages]
    for act, code in (("edit", 50005), ("delete", MISSING_PERMISSIONS)):
        with pytest.raises(Refused) as caught:
            await ada.act(act, message=ids[0], content="mine", messages=ids)
        assert caught.value.code == code
    await mo.act("delete", messages=ids)
    assert (await ada.frame("deleted"))["bulk"] is True
    with pytest.raises(Refused) as caught:
        await mo.act("delete", messages=ids)
    assert caught.value.code == UNKNOWN_MESSAGE


async def test_a_reaction_is_added_and_taken_back(ada: Client, stage: Stage) -> None:
    message = stage.say("nice")
    await ada.act("react", message=str(message.id), emoji="🎉")
    shown = await ada.frame("message", where=lambda one: one["message"]["reactions"])
    assert shown["message"]["reactions"] == [{"emoji": "🎉", "count": 1, "mine": True}]
    await ada.act("unreact", message=str(message.id), emoji="🎉")
    assert message.reactions == {}
    with pytest.raises(Refused):
        await ada.act("unreact", message=str(message.id), emoji="🎉")


async def test_others_see_one_type(ada: Client, mo: Client, stage: Stage) -> None:
    await ada.act("type", channel=str(stage.channel.id))
    assert (await mo.frame("typing"))["user"] == str(stage.ada.id)


async def test_history_comes_in_pages_oldest_first(ada: Client, stage: Stage) -> None:
    for number in range(5):
        stage.say(str(number))
    place = str(stage.channel.id)
    last = await ada.act("history", channel=place, limit=2)
    assert ([one["content"] for one in last["messages"]], last["more"]) == (["3", "4"], True)
    before = last["messages"][0]["id"]
    rest = await ada.act("history", channel=place, limit=3, before=before)
    assert ([one["content"] for one in rest["messages"]], rest["more"]) == (["0", "1", "2"], False)


async def test_every_version_of_a_message_can_be_looked_at(ada: Client, stage: Stage) -> None:
    message = stage.say("a")
    stage.edit(message, "ab")
    found = (await ada.act("versions", message=str(message.id)))["versions"]
    assert [one["content"] for one in found] == ["a", "ab"]
    assert found[0]["at"] <= found[1]["at"]


async def test_a_thread_is_started_renamed_joined_and_closed(
    ada: Client, mo: Client, stage: Stage
) -> None:
    message = stage.say("a topic")
    started = await ada.act("start_thread", message=str(message.id), name="Topic")
    assert started["channel"] == str(message.id)
    thread = stage.world.channels[message.id]
    with pytest.raises(Refused) as caught:
        await ada.act("start_thread", message=str(message.id), name="Again")
    assert caught.value.code == 160004
    await mo.act("join", channel=started["channel"])
    bot = str(stage.sandbox.bot_user.id)
    await ada.act("add_member", channel=started["channel"], user=bot)
    assert {stage.mo.id, int(bot)} <= set(thread.thread_members)
    await ada.act("change_thread", channel=started["channel"], name="Better")
    assert thread.name == "Better"
    await mo.act("change_thread", channel=started["channel"], archived=True, locked=True)
    assert (thread.archived, thread.locked) == (True, True)
    with pytest.raises(Refused) as caught:
        await ada.act("send", channel=started["channel"], content="too late")
    assert caught.value.code == 50083


async def test_a_private_thread_is_hidden_from_others(
    ada: Client, opener: Opener, stage: Stage
) -> None:
    place = str(stage.channel.id)
    await ada.act("start_thread", channel=place, name="Us", private=True)
    stage.world.set_roles(stage.guild, stage.mo.user, [])  # a moderator would see it
    (mine,) = (await ada.frame("places"))["places"]["guilds"][0]["threads"]
    assert mine["type"] == 12
    other = await opener.open()
    await other.act("be", person=str(stage.mo.id))
    shown = [one for one in other.seen if one["type"] == "snapshot"][-1]
    assert shown["places"]["guilds"][0]["threads"] == []


async def test_a_dm_with_the_bot_is_opened_and_nobody_elses(ada: Client, mo: Client) -> None:
    opened = await ada.act("open_dm")
    (dm,) = (await ada.frame("places"))["places"]["dms"]
    assert (dm["id"], dm["type"]) == (opened["channel"], 1)
    await ada.act("send", channel=opened["channel"], content="just us")
    with pytest.raises(Refused) as caught:
        await mo.act("history", channel=opened["channel"])
    assert caught.value.code == UNKNOWN_CHANNEL
    assert all(one["places"]["dms"] == [] for one in await mo.everything() if "places" in one)


async def test_a_moderator_makes_a_channel_and_deletes_it(
    ada: Client, mo: Client, stage: Stage
) -> None:
    guild = str(stage.guild.id)
    made = await mo.act("create_channel", guild=guild, name="New Place")
    assert stage.world.channels[int(made["channel"])].name == "new-place"
    for act, fields in (
        ("create_channel", {"guild": guild, "name": "mine"}),
        ("delete_channel", {"channel": made["channel"]}),
    ):
        with pytest.raises(Refused) as caught:
            await ada.act(act, **fields)
        assert caught.value.code == MISSING_PERMISSIONS
    await mo.act("delete_channel", channel=made["channel"])
    assert int(made["channel"]) not in stage.world.channels


async def test_a_permission_is_taken_away_in_one_channel_and_given_back(
    ada: Client, mo: Client, stage: Stage
) -> None:
    place, everyone = str(stage.channel.id), str(stage.guild.id)
    asked: dict[str, Any] = {"channel": place, "target": everyone, "permission": "SEND_MESSAGES"}
    for state, can in (("deny", False), ("allow", True), ("inherit", True), ("deny", False)):
        await mo.act("permit", **asked, state=state)
        assert (Permission.SEND_MESSAGES in stage.channel.permissions_of(stage.ada.id)) is can
    with pytest.raises(Refused) as caught:
        await ada.act("send", channel=place, content="may I?")
    assert (caught.value.code, caught.value.text) == (MISSING_PERMISSIONS, "Missing Permissions")
    with pytest.raises(Refused):
        await ada.act("permit", **asked, state="allow")
    own = {**asked, "target": str(stage.ada.id)}
    await mo.act("permit", **own, state="allow")
    await ada.act("send", channel=place, content="thanks")
    shown = (await ada.frame("places"))["places"]["guilds"][0]["channels"][0]
    assert shown["overwrites"][0]["deny"] == ["SEND_MESSAGES"]


async def test_a_role_is_granted_something_in_the_whole_server(
    ada: Client, mo: Client, stage: Stage
) -> None:
    asked = {"guild": str(stage.guild.id), "role": str(stage.guild.id)}
    for granted in (True, False):
        await mo.act("grant", **asked, permission="MANAGE_MESSAGES", granted=granted)
        found = stage.guild.permissions_of(stage.ada.id)
        assert (Permission.MANAGE_MESSAGES in found) is granted
    with pytest.raises(Refused):
        await ada.act("grant", **asked, permission="MANAGE_GUILD", granted=True)


async def test_a_member_is_thrown_out(ada: Client, mo: Client, stage: Stage) -> None:
    guild = str(stage.guild.id)
    with pytest.raises(Refused):
        await ada.act("leave", guild=guild, user=str(stage.mo.id))
    await mo.act("leave", guild=guild, user=str(stage.ada.id))
    shown = await ada.frame("places", where=lambda one: not one["places"]["guilds"])
    assert shown["places"]["guilds"] == []
    await mo.act("leave", guild=guild, user=str(stage.sandbox.bot_user.id))
    assert stage.guild.id not in stage.world.guilds


async def test_being_somebody_else_shows_what_they_see(ada: Client, stage: Stage) -> None:
    await ada.act("be", person=str(stage.mo.id))
    shown = await ada.frame("snapshot")
    assert shown["you"] == str(stage.mo.id)
    assert "MANAGE_GUILD" in shown["places"]["guilds"][0]["can"]
    await ada.act("send", channel=str(stage.channel.id), content="as Mo")
    assert (await ada.message("as Mo"))["message"]["display"] == "Mo"


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "nothing to send"), (" \n ", "nothing to send"), ("x" * 2001, "at most 2000")],
)
async def test_what_discords_app_would_not_send_is_refused(
    ada: Client, stage: Stage, content: str, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        await ada.act("send", channel=str(stage.channel.id), content=content)
    message = await stage.ada.send(stage.channel, "x")
    with pytest.raises(Refused, match=r"delete it|at most 2000"):
        await ada.act("edit", message=str(message.id), content=content)
    assert stage.sandbox.violations == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
async def test_a_name_has_a_length(mo: Client, stage: Stage, name: str) -> None:
    with pytest.raises(Refused, match="1 to 100 characters"):
        await mo.act("create_channel", guild=str(stage.guild.id), name=name)


MALFORMED: list[dict[str, Any]] = [
    {},
    {"do": "fly"},
    {"do": 3},
    {"do": "send"},
    {"do": "send", "channel": 5, "content": "x"},
    {"do": "send", "channel": "general", "content": "x"},
    {"do": "send", "channel": "CHANNEL", "content": 5},
    {"do": "send", "channel": "CHANNEL", "content": "x", "files": {}},
    {"do": "send", "channel": "CHANNEL", "content": "x", "files": ["a"]},
    {"do": "send", "channel": "CHANNEL", "content": "x", "files": [{"name": "a"}]},
    {
        "do": "send",
        "channel": "CHANNEL",
        "content": "x",
        "files": [{"name": "a", "type": "t", "data": "é"}],
    },
    {"do": "send", "channel": "CHANNEL", "content": "x", "ping": "no"},
    {"do": "history", "channel": "CHANNEL", "limit": 0},
    {"do": "history", "channel": "CHANNEL", "limit": True},
    {"do": "delete", "messages": []},
    {"do": "delete", "messages": [7]},
    {"do": "history", "channel": "7" * 5000},
    {"do": "be", "person": "7"},
    {"do": "be", "person": ["7"]},
    {"do": "slash", "channel": "CHANNEL", "command": "", "options": {}},
    {"do": "slash", "channel": "CHANNEL", "command": "ask", "options": []},
    {"do": "slash", "channel": "CHANNEL", "command": "ask", "options": {"prompt": ["x"]}},
    {"do": "slash", "channel": "CHANNEL", "command": "ask", "options": {"prompt": "x", "whom": 5}},
    {"do": "slash", "channel": "CHANNEL", "command": "ask x y", "options": {}},
    {"do": "permit", "channel": "CHANNEL", "target": "7", "permission": "FLY", "state": "deny"},
    {"do": "set", "switch": "gravity", "value": True},
    {"do": "set", "switch": "latency", "value": 3},
    {"do": "set", "switch": "latency", "value": {"mean": -1, "jitter": 0}},
    {"do": "set", "switch": "pace", "value": {"first_after": 0, "per_second": 0, "size": 1}},
    {"do": "fault", "server": "discord", "name": "fire"},
    {"do": "fault", "server": "weryai", "name": "fire"},
    {"do": "gateway", "what": "explode"},
]


@pytest.mark.parametrize("action", MALFORMED, ids=str)
async def test_what_makes_no_sense_is_refused_and_the_page_lives_on(
    ada: Client, stage: Stage, action: dict[str, Any]
) -> None:
    known = {"CHANNEL": str(stage.channel.id)}
    fields = {key: known.get(str(value), value) for key, value in action.items()}
    await ada.socket.send_json({**fields, "id": 99})
    with pytest.raises(Refused) as caught:
        await ada.result(99)
    assert caught.value.text
    await ada.act("send", channel=known["CHANNEL"], content="still here")


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '"do"', "nul"])
async def test_what_is_no_action_at_all_is_refused(ada: Client, text: str) -> None:
    await ada.socket.send_str(text)
    with pytest.raises(Refused):
        await ada.result(None)


async def test_what_cannot_be_done_with_a_place_is_refused(
    ada: Client, mo: Client, stage: Stage
) -> None:
    dm = (await mo.act("open_dm"))["channel"]
    thread = str((await stage.mo.start_thread(stage.channel, "Side")).id)
    everyone, owner = str(stage.guild.id), str(stage.guild.owner_id)
    permission = {"target": everyone, "permission": "SEND_MESSAGES", "state": "deny"}
    attempts: list[tuple[str, dict[str, Any], int]] = [
        ("delete_channel", {"channel": dm}, 50003),
        ("change_thread", {"channel": str(stage.channel.id), "name": "x"}, 50024),
        ("permit", {"channel": thread, **permission}, 50024),
        ("permit", {"channel": dm, **permission}, 50024),
        ("leave", {"guild": everyone, "user": owner}, MISSING_PERMISSIONS),
    ]
    for act, fields, code in attempts:
        with pytest.raises(Refused) as caught:
            await mo.act(act, **fields)
        assert caught.value.code == code, act
    elsewhere = stage.sandbox.add_guild("Elsewhere", owner=stage.mo)
    with pytest.raises(Refused) as caught:
        await ada.act("create_channel", guild=str(elsewhere.id), name="mine")
    assert caught.value.code == 10004


async def test_one_file_beyond_discords_limit_is_refused(
    ada: Client, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sandbox.page.asking.ATTACHMENT_LIMIT", 2)
    options = {"prompt": "x", "file": upload("a", b"123")}
    with pytest.raises(Refused) as caught:
        await ada.act("slash", channel=str(stage.channel.id), command="ask", options=options)
    assert caught.value.code == 40005


async def test_a_first_reaction_takes_a_permission_but_joining_one_does_not(
    ada: Client, stage: Stage
) -> None:
    message = stage.say("nice")
    stage.sandbox.set_overwrite(stage.channel, stage.guild, deny=Permission.ADD_REACTIONS)
    with pytest.raises(Refused) as caught:
        await ada.act("react", message=str(message.id), emoji="👍")
    assert caught.value.code == MISSING_PERMISSIONS
    message.reactions["👍"] = {stage.mo.id: 0.0}
    await ada.act("react", message=str(message.id), emoji="👍")
    assert set(message.reactions["👍"]) == {stage.mo.id, stage.ada.id}
