"""Messages over bare REST: sending, reading, editing, deleting, reacting."""

from __future__ import annotations

import aiohttp
import pytest

from bot.sandbox.discord import posting
from bot.sandbox.discord.events import MessageEdited, TypingStarted
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.posting import Draft
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Json, Mentions, MessageFlag, MessageType
from tests.sandbox.discord.clients import Rest
from tests.sandbox.discord.conftest import Home


@pytest.fixture
def path(home: Home) -> str:
    return f"/channels/{home.channel.id}/messages"


async def test_a_request_without_the_bots_token_is_unauthorized(rest: Rest, path: str) -> None:
    rest.headers = {"Authorization": "Bot wrong"}
    reply = await rest.post(path, {"content": "hello"})
    assert (reply.status, reply.body) == (401, {"message": "401: Unauthorized", "code": 0})


async def test_broken_json_is_refused(rest: Rest, path: str) -> None:
    headers = rest.headers | {"Content-Type": "application/json"}
    reply = await rest.call("POST", path, data=b"{", headers=headers)
    assert (reply.status, reply.code) == (400, 50109)


async def test_a_path_discord_does_not_have_is_a_violation(
    sandbox: DiscordSandbox, rest: Rest
) -> None:
    reply = await rest.get("/channels/1/nonsense")
    assert (reply.status, reply.code) == (404, 0)
    assert sandbox.violations == ["GET /channels/1/nonsense: the sandbox has no such route"]


async def test_an_id_that_is_none_is_named_in_the_error(rest: Rest) -> None:
    reply = await rest.get("/channels/abc")
    assert reply.code == 50035
    assert reply.body["errors"]["channel_id"]["_errors"][0]["code"] == "NUMBER_TYPE_COERCE"


async def test_content_is_trimmed_and_counted(rest: Rest, home: Home, path: str) -> None:
    sent = await rest.post(path, {"content": "\n  hello \n"})
    empty = await rest.post(path, {"content": " \n"})
    long = await rest.post(path, {"content": "x" * 2001})
    assert sent.body["content"] == home.ada.sees(home.channel)[0].content == "hello"
    assert empty.code == 50006
    assert long.code == 50035


async def test_a_nonce_that_is_enforced_sends_only_once(rest: Rest, home: Home, path: str) -> None:
    body = {"content": "once", "nonce": "n1", "enforce_nonce": True}
    first, again = await rest.post(path, body), await rest.post(path, body)
    assert first.body["id"] == again.body["id"]
    assert len(home.ada.sees(home.channel)) == 1


@pytest.mark.parametrize(
    ("name", "kind"), [("usage.png", "image/png"), ("what.ever", "application/octet-stream")]
)
async def test_a_file_that_is_sent_as_anything_is_of_the_type_that_its_name_says(
    rest: Rest, path: str, name: str, kind: str
) -> None:
    form = aiohttp.FormData()
    form.add_field("files[0]", b"\x89PNG", filename=name, content_type="application/octet-stream")

    sent = await rest.call("POST", path, data=form)

    assert [one["content_type"] for one in sent.body["attachments"]] == [kind]


async def test_files_are_kept_and_served_back(rest: Rest, home: Home, path: str) -> None:
    attachments = [{"id": 0, "description": "all of it"}]
    body = {"content": "", "attachments": attachments}
    sent = await rest.upload("POST", path, body, answer_md=b"# Hi")
    (file,) = sent.body["attachments"]
    assert (file["filename"], file["size"], file["description"]) == ("answer.md", 4, "all of it")

    url = f"{path}/{sent.body['id']}"
    kept = await rest.patch(url, {"content": "with a file"})
    assert [one["id"] for one in kept.body["attachments"]] == [file["id"]]
    added = await rest.upload("PATCH", url, {}, more_txt=b"more")
    assert [one["filename"] for one in added.body["attachments"]] == ["answer.md", "more.txt"]
    emptied = await rest.patch(url, {"attachments": []})
    assert emptied.body["attachments"] == []
    assert home.ada.sees(home.channel)[0].versions[0].attachments[0].data == b"# Hi"


async def test_a_file_that_was_never_sent_cannot_be_kept(rest: Rest, path: str) -> None:
    sent = await rest.post(path, {"content": "hello"})
    reply = await rest.patch(f"{path}/{sent.body['id']}", {"attachments": [{"id": "12345"}]})
    assert reply.code == 50035


async def test_every_version_of_a_message_is_remembered_with_its_time(
    sandbox: DiscordSandbox, rest: Rest, home: Home, path: str
) -> None:
    sent = await rest.post(path, {"content": "one", "embeds": [{"title": "T"}]})
    sandbox.clock.advance(1)
    edited = await rest.patch(f"{path}/{sent.body['id']}", {"content": "two"})
    assert edited.body["edited_timestamp"] > sent.body["timestamp"]
    assert edited.body["embeds"] == sent.body["embeds"] == [{"type": "rich", "title": "T"}]
    (message,) = home.ada.sees(home.channel)
    assert [one.content for one in message.versions] == ["one", "two"]
    assert message.versions[1].at - message.versions[0].at >= 1


async def test_an_edit_cannot_empty_a_message(rest: Rest, path: str) -> None:
    sent = await rest.post(path, {"content": "one"})
    reply = await rest.patch(f"{path}/{sent.body['id']}", {"content": ""})
    assert reply.code == 50006


async def test_components_are_numbered_as_discord_does(rest: Rest, path: str) -> None:
    button = {"type": 2, "style": 1, "label": "Stop", "custom_id": "stop"}
    row = {"type": 1, "components": [button, button | {"custom_id": "b"}]}
    sent = await rest.post(path, {"content": "x", "components": [row]})
    (shown,) = sent.body["components"]
    assert [shown["id"], *(one["id"] for one in shown["components"])] == [1, 2, 3]
    cleared = await rest.patch(f"{path}/{sent.body['id']}", {"components": []})
    assert cleared.body["components"] == []


async def test_what_a_menu_has_chosen_is_told_with_ids_as_text(rest: Rest, path: str) -> None:
    """A bot may send them as numbers, which a browser would round."""
    chosen = [{"id": 1574156632470847488, "type": "channel"}]
    menu = {"type": 8, "custom_id": "where", "default_values": chosen}
    row = {"type": 1, "components": [menu]}
    sent = await rest.post(path, {"content": "x", "components": [row]})
    (shown,) = sent.body["components"][0]["components"]
    assert shown["default_values"] == [{"id": "1574156632470847488", "type": "channel"}]


async def test_others_messages_can_only_be_stripped_of_embeds(
    sandbox: DiscordSandbox, rest: Rest, home: Home, path: str
) -> None:
    message = await home.ada.send(home.channel, "mine")
    url = f"{path}/{message.id}"
    assert (await rest.patch(url, {"content": "yours"})).code == 50005
    assert (await rest.patch(url, {"flags": 4})).code == 50013
    sandbox.set_overwrite(home.channel, sandbox.bot_user, allow=Permission.MANAGE_MESSAGES)
    assert (await rest.patch(url, {"flags": 4})).status == 200
    assert message.flags is MessageFlag.SUPPRESS_EMBEDS


async def test_an_old_message_takes_few_edits(
    sandbox: DiscordSandbox, rest: Rest, path: str
) -> None:
    sandbox.limits.enabled = False
    sent = await rest.post(path, {"content": "0"})
    url = f"{path}/{sent.body['id']}"
    sandbox.clock.advance(3601)
    codes = [(await rest.patch(url, {"content": str(n)})).body.get("code") for n in range(6)]
    assert codes == [None] * 5 + [30046]
    sandbox.clock.advance(3601)
    assert (await rest.patch(url, {"content": "later"})).status == 200


async def test_messages_are_listed_the_newest_first(rest: Rest, home: Home, path: str) -> None:
    sent = [await home.ada.send(home.channel, str(number)) for number in range(5)]

    async def listed(**query: str) -> str:
        reply = await rest.get(path, **query)
        return "".join(one["content"] for one in reply.body)

    assert await listed() == "43210"
    assert await listed(limit="2") == "43"
    assert await listed(before=str(sent[3].id), limit="2") == "21"
    assert await listed(after=str(sent[1].id), limit="2") == "32"
    assert await listed(around=str(sent[2].id), limit="3") == "321"
    assert (await rest.get(path, limit="101")).code == 50035


async def test_without_the_history_permission_the_list_is_empty(
    sandbox: DiscordSandbox, rest: Rest, home: Home, path: str
) -> None:
    message = await home.ada.send(home.channel, "before")
    deny = Permission.READ_MESSAGE_HISTORY
    sandbox.set_overwrite(home.channel, sandbox.bot_user, deny=deny)
    assert (await rest.get(path)).body == []
    assert (await rest.get(f"{path}/{message.id}")).code == 50013
    reply = {"content": "x", "message_reference": {"message_id": str(message.id)}}
    assert (await rest.post(path, reply)).code == 160002


async def test_deleted_messages_are_unknown(rest: Rest, home: Home, path: str) -> None:
    sent = await rest.post(path, {"content": "gone"})
    url = f"{path}/{sent.body['id']}"
    (message,) = home.ada.sees(home.channel)
    assert (await rest.delete(url)).status == 204
    for reply in (await rest.get(url), await rest.patch(url, {}), await rest.delete(url)):
        assert (reply.status, reply.code) == (404, 10008)
    assert message.deleted
    assert home.ada.sees(home.channel) == []


async def test_deleting_others_messages_takes_the_permission(
    sandbox: DiscordSandbox, rest: Rest, home: Home, path: str
) -> None:
    messages = [await home.ada.send(home.channel, str(n)) for n in range(3)]
    bulk = {"messages": [str(one.id) for one in messages[:2]]}
    assert (await rest.delete(f"{path}/{messages[2].id}")).code == 50013
    assert (await rest.post(f"{path}/bulk-delete", bulk)).code == 50013
    sandbox.set_overwrite(home.channel, sandbox.bot_user, allow=Permission.MANAGE_MESSAGES)
    assert (
        await rest.post(f"{path}/bulk-delete", {"messages": bulk["messages"][:1]})
    ).code == 50016
    assert (await rest.post(f"{path}/bulk-delete", bulk)).status == 204
    assert home.ada.sees(home.channel) == messages[2:]
    deleted_at = messages[0].deleted_at
    sandbox.clock.advance(1)
    assert (await rest.post(f"{path}/bulk-delete", bulk)).status == 204
    assert messages[0].deleted_at == deleted_at


async def test_a_reply_names_its_message_and_may_outlive_it(
    rest: Rest, home: Home, path: str
) -> None:
    question = await home.ada.send(home.channel, "why?")
    reference = {"message_id": str(question.id)}
    sent = await rest.post(path, {"content": "so", "message_reference": reference})
    assert sent.body["type"] == MessageType.REPLY
    assert sent.body["referenced_message"]["content"] == "why?"

    await home.ada.delete(question)
    shown = await rest.get(f"{path}/{sent.body['id']}")
    assert shown.body["referenced_message"] is None
    again = await rest.post(path, {"content": "so", "message_reference": reference})
    assert again.code == 50035
    reference["fail_if_not_exists"] = False  # type: ignore[assignment] # JSON mixes types
    plain = await rest.post(path, {"content": "so", "message_reference": reference})
    assert plain.body["type"] == MessageType.DEFAULT


async def test_what_a_bot_pings_is_recorded(
    sandbox: DiscordSandbox, rest: Rest, home: Home, path: str
) -> None:
    role = sandbox.add_role(home.guild, "Team")
    role.mentionable = True
    text = f"@everyone {home.ada.mention} <@&{role.id}>"
    forms: list[Json | None] = [None, {"parse": []}, {"users": [str(home.ada.id)]}]
    for allowed in forms:
        await rest.post(path, {"content": text, "allowed_mentions": allowed})
    all_of_it, nothing, one = home.ada.sees(home.channel)
    # The bot may not mention everyone here.
    assert all_of_it.pings == Mentions(users=(home.ada.id,), roles=(role.id,))
    assert not nothing.pings
    assert one.pings == Mentions(users=(home.ada.id,))


async def test_a_reply_pings_its_author_unless_told_not_to(
    rest: Rest, home: Home, path: str
) -> None:
    question = await home.ada.send(home.channel, "why?")
    body = {"content": "so", "message_reference": {"message_id": str(question.id)}}
    await rest.post(path, body)
    await rest.post(path, body | {"allowed_mentions": {"parse": [], "replied_user": True}})
    await rest.post(path, body | {"allowed_mentions": {"parse": []}})
    pinged = [one.pings.users for one in home.ada.sees(home.channel)[1:]]
    assert pinged == [(home.ada.id,), (home.ada.id,), ()]


@pytest.mark.parametrize(
    ("denied", "body", "code"),
    [
        (Permission.VIEW_CHANNEL, {"content": "x"}, 50001),
        (Permission.SEND_MESSAGES, {"content": "x"}, 50013),
        (Permission.EMBED_LINKS, {"embeds": [{"title": "x"}]}, 50013),
        (Permission.ATTACH_FILES, {"content": "x"}, None),
    ],
)
async def test_sending_takes_its_permissions(
    sandbox: DiscordSandbox,
    rest: Rest,
    home: Home,
    path: str,
    denied: Permission,
    body: object,
    code: int | None,
) -> None:
    sandbox.set_overwrite(home.channel, sandbox.bot_user, deny=denied)
    assert (await rest.post(path, body)).body.get("code") == code


async def test_attaching_takes_its_permission(
    sandbox: DiscordSandbox, rest: Rest, home: Home, path: str
) -> None:
    sent = await rest.post(path, {"content": "hello"})
    sandbox.set_overwrite(home.channel, sandbox.bot_user, deny=Permission.ATTACH_FILES)
    assert (await rest.upload("POST", path, {}, a_txt=b"a")).code == 50013
    assert (await rest.upload("PATCH", f"{path}/{sent.body['id']}", {}, a_txt=b"a")).code == 50013


async def test_a_person_who_takes_no_messages_gets_none(rest: Rest, home: Home) -> None:
    opened = await rest.post("/users/@me/channels", {"recipient_id": str(home.ada.id)})
    path = f"/channels/{opened.body['id']}/messages"
    assert (await rest.post(path, {"content": "hi"})).status == 200
    home.ada.user.accepts_dms = False
    assert (await rest.post(path, {"content": "hi"})).code == 50007


async def test_reactions_come_and_go(
    sandbox: DiscordSandbox, rest: Rest, home: Home, path: str
) -> None:
    sandbox.limits.enabled = False
    message = await home.ada.send(home.channel, "react")
    url = f"{path}/{message.id}/reactions/%F0%9F%91%8D/@me"
    assert (await rest.put(url)).status == 204
    assert list(message.reactions) == ["👍"]
    (shown,) = (await rest.get(f"{path}/{message.id}")).body["reactions"]
    assert (shown["emoji"]["name"], shown["count"], shown["me"]) == ("👍", 1, True)
    assert (await rest.delete(url)).status == 204
    assert (await rest.delete(url)).code == 10014
    assert message.reactions == {}


async def test_the_first_reaction_of_its_kind_takes_the_permission(
    sandbox: DiscordSandbox, rest: Rest, home: Home, path: str
) -> None:
    sandbox.limits.enabled = False
    sandbox.set_overwrite(home.channel, sandbox.bot_user, deny=Permission.ADD_REACTIONS)
    message = await home.ada.send(home.channel, "react")
    await home.ada.react(message, "1")
    url = f"{path}/{message.id}/reactions"
    assert (await rest.put(f"{url}/1/@me")).status == 204
    assert (await rest.put(f"{url}/2/@me")).code == 50013
    sandbox.set_overwrite(home.channel, sandbox.bot_user)
    for number in range(2, 21):
        await home.ada.react(message, f"custom:{number}")
    assert (await rest.put(f"{url}/other/@me")).code == 30010
    shown = (await rest.get(f"{path}/{message.id}")).body["reactions"]
    assert shown[0]["emoji"] == {"id": None, "name": "1"}
    assert shown[1]["emoji"] == {"id": "2", "name": "custom"}


async def test_typing_and_edits_are_told_to_watchers(
    sandbox: DiscordSandbox, rest: Rest, home: Home, path: str
) -> None:
    seen: list[object] = []
    sandbox.world.feed.listen(seen.append)
    assert (await rest.post(f"/channels/{home.channel.id}/typing", {})).status == 204
    sent = await rest.post(path, {"content": "x"})
    await rest.patch(f"{path}/{sent.body['id']}", {"content": "y"})
    assert any(isinstance(one, TypingStarted) and one.user is sandbox.bot_user for one in seen)
    assert sum(isinstance(one, MessageEdited) for one in seen) == 1


async def test_without_the_privileged_intent_rest_blanks_others_content(
    sandbox: DiscordSandbox, rest: Rest, home: Home, path: str
) -> None:
    sandbox.world.application.message_content = False
    plain = await home.ada.send(home.channel, "secret")
    meant = await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
    own = await rest.post(path, {"content": "mine"})
    shown = [(await rest.get(f"{path}/{one}")).body["content"] for one in (plain.id, meant.id)]
    assert shown == ["", meant.content]
    assert (await rest.get(f"{path}/{own.body['id']}")).body["content"] == "mine"


async def test_everyone_is_pinged_only_by_those_who_may_and_mean_it(
    sandbox: DiscordSandbox, home: Home
) -> None:
    boss = sandbox.add_member(home.guild, "Boss", Permission.MENTION_EVERYONE)
    team = sandbox.add_role(home.guild, "Team")
    text = f"@here <@&{team.id}>"
    assert not (await home.ada.send(home.channel, text)).pings
    assert (await boss.send(home.channel, text)).pings == Mentions(roles=(team.id,), everyone=True)
    assert not (await boss.send(home.channel, "not here")).pings
    draft = Draft(content=text, allowed_mentions={"parse": ["users"]})
    assert not posting.post(sandbox.world, home.channel, boss.user, draft).pings


async def test_some_files_are_kept_and_others_are_not(rest: Rest, path: str) -> None:
    sent = await rest.upload("POST", path, {}, a_txt=b"a", b_txt=b"b")
    kept = sent.body["attachments"][1]
    edited = await rest.patch(f"{path}/{sent.body['id']}", {"attachments": [{"id": kept["id"]}]})
    assert edited.body["attachments"] == [kept]


async def test_more_than_ten_mebibytes_are_too_large(rest: Rest, home: Home, path: str) -> None:
    reply = await rest.upload("POST", path, {}, big_bin=bytes(10 * 1024 * 1024 + 1))
    assert (reply.status, reply.code) == (413, 40005)
    assert home.ada.sees(home.channel) == []
