"""Channels, threads and guilds over bare REST."""

from __future__ import annotations

import pytest

from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel, ChannelType, MessageFlag, MessageType
from tests.sandbox.discord.clients import Rest
from tests.sandbox.discord.conftest import Home

PUBLIC = int(ChannelType.PUBLIC_THREAD)


@pytest.fixture
def path(home: Home) -> str:
    return f"/channels/{home.channel.id}"


@pytest.fixture
async def thread(home: Home) -> Channel:
    return await home.ada.start_thread(home.channel, "Talk")


async def test_a_thread_on_a_message_has_its_id_and_quotes_it(
    sandbox: DiscordSandbox, rest: Rest, home: Home, path: str
) -> None:
    message = await home.ada.send(home.channel, "topic")
    url = f"{path}/messages/{message.id}/threads"
    started = await rest.post(url, {"name": "Talk", "auto_archive_duration": 60})
    assert started.status == 201
    assert started.body["id"] == str(message.id)
    assert started.body["parent_id"] == str(home.channel.id)
    assert started.body["thread_metadata"]["auto_archive_duration"] == 60
    assert started.body["member"]["user_id"] == str(sandbox.application_id)
    assert MessageFlag.HAS_THREAD in message.flags
    assert message.edited_at is None
    again = await rest.post(url, {"name": "Talk"})
    assert (again.status, again.code) == (400, 160004)
    assert message.thread is not None
    (starter,) = home.ada.sees(message.thread)
    assert (starter.type, starter.reference) == (MessageType.THREAD_STARTER_MESSAGE, message)


async def test_a_public_thread_without_a_message_is_announced(
    rest: Rest, home: Home, path: str
) -> None:
    started = await rest.post(f"{path}/threads", {"name": "Talk", "type": PUBLIC})
    private = await rest.post(f"{path}/threads", {"name": "Whisper"})
    assert (started.status, started.body["type"]) == (201, PUBLIC)
    assert private.body["type"] == ChannelType.PRIVATE_THREAD
    assert [one.type for one in home.ada.sees(home.channel)] == [MessageType.THREAD_CREATED]


@pytest.mark.parametrize(
    ("denied", "kind", "code"),
    [
        (Permission.CREATE_PUBLIC_THREADS, ChannelType.PUBLIC_THREAD, 50013),
        (Permission.CREATE_PRIVATE_THREADS, ChannelType.PUBLIC_THREAD, None),
        (Permission.CREATE_PRIVATE_THREADS, ChannelType.PRIVATE_THREAD, 50013),
        (Permission.VIEW_CHANNEL, ChannelType.PUBLIC_THREAD, 50001),
    ],
)
async def test_starting_a_thread_takes_its_permission(
    sandbox: DiscordSandbox,
    rest: Rest,
    home: Home,
    denied: Permission,
    kind: ChannelType,
    code: int | None,
) -> None:
    sandbox.set_overwrite(home.channel, sandbox.bot_user, deny=denied)
    url = f"/channels/{home.channel.id}/threads"
    assert (await rest.post(url, {"name": "x", "type": int(kind)})).body.get("code") == code


async def test_threads_hold_no_threads(rest: Rest, thread: Channel) -> None:
    assert (await rest.post(f"/channels/{thread.id}/threads", {"name": "x"})).code == 50024


async def test_writing_in_a_thread_takes_another_permission_and_joins_it(
    sandbox: DiscordSandbox, rest: Rest, home: Home, thread: Channel
) -> None:
    url = f"/channels/{thread.id}/messages"
    sandbox.set_overwrite(home.channel, sandbox.bot_user, deny=Permission.SEND_MESSAGES)
    assert (await rest.post(url, {"content": "x"})).status == 200
    assert sandbox.application_id in thread.thread_members
    denied = Permission.SEND_MESSAGES_IN_THREADS
    sandbox.set_overwrite(home.channel, sandbox.bot_user, deny=denied)
    assert (await rest.post(url, {"content": "x"})).code == 50013


async def test_an_archived_thread_opens_when_written_to_but_takes_no_edits(
    rest: Rest, home: Home, thread: Channel
) -> None:
    url = f"/channels/{thread.id}/messages"
    sent = await rest.post(url, {"content": "x"})
    await home.mo.change_thread(thread, archived=True)
    edited = await rest.patch(f"{url}/{sent.body['id']}", {"content": "y"})
    assert (edited.status, edited.code) == (400, 50083)
    assert (await rest.post(url, {"content": "y"})).status == 200
    assert not thread.archived


async def test_a_locked_thread_stays_shut(
    sandbox: DiscordSandbox, rest: Rest, home: Home, thread: Channel
) -> None:
    url = f"/channels/{thread.id}/messages"
    before = (await rest.post(url, {"content": "x"})).body["id"]
    await home.mo.change_thread(thread, locked=True)
    assert (await rest.post(url, {"content": "x"})).code == 160005
    assert (await rest.patch(f"{url}/{before}", {"content": "y"})).code == 160005
    await home.mo.change_thread(thread, archived=True)
    assert (await rest.post(url, {"content": "x"})).code == 50083
    assert (await rest.patch(f"/channels/{thread.id}", {"archived": False})).code == 50013
    sandbox.set_overwrite(home.channel, sandbox.bot_user, allow=Permission.MANAGE_THREADS)
    assert (await rest.post(url, {"content": "x"})).status == 200


async def test_a_bot_changes_only_its_own_threads(rest: Rest, thread: Channel, path: str) -> None:
    assert (await rest.patch(f"/channels/{thread.id}", {"name": "Mine"})).code == 50013
    own = await rest.post(f"{path}/threads", {"name": "Talk", "type": PUBLIC})
    url = f"/channels/{own.body['id']}"
    assert (await rest.patch(url, {"name": "Chat"})).body["name"] == "Chat"
    archived = await rest.patch(url, {"archived": True})
    assert archived.body["thread_metadata"]["archived"] is True
    assert (await rest.patch(url, {"name": "Talk"})).code == 50083
    assert (await rest.patch(url, {"archived": False})).status == 200
    assert (await rest.patch(url, {"locked": True})).code == 50013


async def test_members_of_a_thread_come_and_go(
    sandbox: DiscordSandbox, rest: Rest, home: Home, thread: Channel
) -> None:
    url = f"/channels/{thread.id}/thread-members"
    assert (await rest.put(f"{url}/@me")).status == 204
    assert (await rest.put(f"{url}/{home.mo.id}")).status == 204
    stranger = sandbox.add_person("Eve")
    assert (await rest.put(f"{url}/{stranger.id}")).code == 10013
    listed = await rest.get(url)
    members = {one["user_id"] for one in listed.body}
    assert members == {str(sandbox.application_id), str(home.ada.id), str(home.mo.id)}
    assert (await rest.delete(f"{url}/{home.mo.id}")).code == 50013
    assert (await rest.delete(f"{url}/@me")).status == 204
    assert (await rest.get(f"{url}/{sandbox.application_id}")).code == 10007
    assert (await rest.get(f"{url}/{home.ada.id}")).body["user_id"] == str(home.ada.id)
    await home.mo.change_thread(thread, archived=True)
    assert (await rest.put(f"{url}/@me")).code == 50083


async def test_threads_are_listed_while_they_are_open_and_when_archived(
    rest: Rest, home: Home, thread: Channel
) -> None:
    active = f"/guilds/{home.guild.id}/threads/active"
    archived = f"/channels/{home.channel.id}/threads/archived/public"
    assert [one["id"] for one in (await rest.get(active)).body["threads"]] == [str(thread.id)]
    await home.mo.change_thread(thread, archived=True)
    assert (await rest.get(active)).body["threads"] == []
    assert [one["id"] for one in (await rest.get(archived)).body["threads"]] == [str(thread.id)]


async def test_a_private_thread_is_shown_only_to_its_members(
    sandbox: DiscordSandbox, rest: Rest, home: Home
) -> None:
    secret = await home.ada.start_thread(home.channel, "Secret", private=True)
    assert (await rest.get(f"/channels/{secret.id}")).code == 50001
    await home.ada.add_to_thread(secret, sandbox.bot_user)
    shown = await rest.get(f"/channels/{secret.id}")
    assert shown.body["thread_metadata"]["invitable"] is True


async def test_a_channel_is_renamed_and_deleted_with_the_permission(
    sandbox: DiscordSandbox, rest: Rest, home: Home, path: str, thread: Channel
) -> None:
    assert (await rest.patch(path, {"name": "other"})).code == 50013
    assert (await rest.delete(path)).code == 50013
    sandbox.set_overwrite(home.channel, sandbox.bot_user, allow=Permission.MANAGE_CHANNELS)
    assert (await rest.patch(path, {"topic": "all", "name": "other"})).body["topic"] == "all"
    assert (await rest.delete(path)).body["name"] == "other"
    for gone in (home.channel, thread):
        reply = await rest.get(f"/channels/{gone.id}")
        assert (reply.status, reply.code) == (404, 10003)
    assert home.guild.channels == home.guild.threads == {}


async def test_a_bot_that_was_thrown_out_has_no_access(
    sandbox: DiscordSandbox, rest: Rest, home: Home, path: str
) -> None:
    sandbox.world.remove_guild(home.guild)
    assert (await rest.post(f"{path}/messages", {"content": "x"})).code == 50001
    assert (await rest.get(f"/guilds/{home.guild.id}")).code == 10004
    await home.ada.send(home.channel, "they are gone")


async def test_a_bot_reads_who_and_what_is_there(
    sandbox: DiscordSandbox, rest: Rest, home: Home
) -> None:
    guild = f"/guilds/{home.guild.id}"
    me = await rest.get("/users/@me")
    ada = await rest.get(f"{guild}/members/{home.ada.id}")
    assert me.body["id"] == str(sandbox.application_id)
    assert ada.body["user"] == (await rest.get(f"/users/{home.ada.id}")).body
    assert ada.body["user"]["global_name"] == "Ada"
    assert (await rest.get(f"{guild}/members/1")).code == 10007
    assert (await rest.get("/users/1")).code == 10013
    assert (await rest.get(guild, with_counts="true")).body["approximate_member_count"] == 4
    assert [one["name"] for one in (await rest.get(f"{guild}/channels")).body] == ["general"]
    assert "@everyone" in [one["name"] for one in (await rest.get(f"{guild}/roles")).body]
    (listed,) = (await rest.get("/users/@me/guilds")).body
    assert (listed["name"], listed["owner"]) == ("Home", False)
    assert (await rest.get(f"{guild}/members", limit="10")).code == 50001


async def test_the_application_tells_which_intents_are_enabled(
    sandbox: DiscordSandbox, rest: Rest
) -> None:
    limited_content, limited_members = 1 << 19, 1 << 15
    for path in ("/applications/@me", "/oauth2/applications/@me"):
        assert (await rest.get(path)).body["flags"] == limited_content
    sandbox.world.application.message_content = False
    sandbox.world.application.guild_members = True
    assert (await rest.get("/applications/@me")).body["flags"] == limited_members


async def test_the_gateways_address_is_told_with_the_starts_that_are_left(
    sandbox: DiscordSandbox, rest: Rest
) -> None:
    told = (await rest.get("/gateway/bot")).body
    assert told["url"] == (await rest.get("/gateway")).body["url"] == sandbox.gateway.url
    assert told["session_start_limit"]["remaining"] == 1000
    assert told["shards"] == 1
