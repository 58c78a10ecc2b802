"""What a bot is told through the gateway, and what not."""

from __future__ import annotations

import aiohttp

from bot.sandbox.discord.dispatch import Intent
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel, ChannelType, MessageType
from tests.sandbox.discord.clients import USUAL, Gateway
from tests.sandbox.discord.conftest import Home


async def test_events_follow_the_intents(
    sandbox: DiscordSandbox, home: Home, gateway: Gateway
) -> None:
    await gateway.identify(sandbox.token, Intent.GUILDS | Intent.DIRECT_MESSAGES)
    await gateway.event("GUILD_CREATE")
    await home.ada.send(home.channel, "not for you")
    await home.ada.type(home.channel)
    await home.ada.send(await home.ada.open_dm(), "for you")
    event = await gateway.next()
    assert (event["t"], event["d"]["content"]) == ("MESSAGE_CREATE", "for you")
    assert "guild_id" not in event["d"]


async def test_content_is_blank_without_its_intent_unless_meant_for_the_bot(
    sandbox: DiscordSandbox, home: Home, gateway: Gateway
) -> None:
    await gateway.identify(sandbox.token, Intent.GUILDS | Intent.GUILD_MESSAGES)
    await gateway.event("GUILD_CREATE")
    plain = await home.ada.send(home.channel, "secret", files={"a.txt": b"a"})
    await home.ada.send(home.channel, f"{sandbox.bot_mention} hi", reply_to=plain)
    blank = await gateway.event("MESSAGE_CREATE")
    meant = await gateway.event("MESSAGE_CREATE")
    assert (blank["content"], blank["attachments"]) == ("", [])
    assert meant["content"].endswith("hi")
    assert meant["referenced_message"]["content"] == ""
    assert meant["mentions"][0]["member"]["roles"]


async def test_what_the_bot_may_not_view_is_not_told(
    sandbox: DiscordSandbox, home: Home, ready: Gateway
) -> None:
    hidden = sandbox.add_channel(home.guild, "hidden")
    sandbox.set_overwrite(hidden, sandbox.bot_user, deny=Permission.VIEW_CHANNEL)
    private = await home.ada.start_thread(home.channel, "private", private=True)
    await home.ada.send(hidden, "one")
    await home.ada.send(private, "two")
    await home.ada.send(home.channel, "three")
    assert (await ready.event("MESSAGE_CREATE"))["content"] == "three"
    await home.ada.add_to_thread(private, sandbox.bot_user)
    assert (await ready.event("THREAD_CREATE"))["id"] == str(private.id)
    await home.ada.send(private, "four")
    assert (await ready.event("MESSAGE_CREATE"))["content"] == "four"


async def test_messages_are_told_with_their_guild_and_member(home: Home, ready: Gateway) -> None:
    message = await home.ada.send(home.channel, "one")
    created = await ready.event("MESSAGE_CREATE")
    await home.ada.edit(message, "two")
    edited = await ready.event("MESSAGE_UPDATE")
    await home.ada.delete(message)
    deleted = await ready.event("MESSAGE_DELETE")
    assert created["guild_id"] == str(home.guild.id)
    assert created["member"]["joined_at"]
    assert (edited["content"], edited["edited_timestamp"] is None) == ("two", False)
    assert deleted["id"] == str(message.id)
    several = [await home.ada.send(home.channel, str(n)) for n in range(2)]
    await home.mo.delete(*several)
    bulk = await ready.event("MESSAGE_DELETE_BULK")
    assert bulk["ids"] == [str(one.id) for one in several]


async def test_an_ephemeral_message_is_told_to_the_bot_as_a_direct_one(
    sandbox: DiscordSandbox, home: Home, ready: Gateway
) -> None:
    sandbox.world.put_command(None, {"name": "ask", "description": "Ask"})
    handle = await home.ada.slash(home.channel, "ask")
    told = await ready.event("INTERACTION_CREATE")
    async with aiohttp.ClientSession() as session:
        url = f"{sandbox.api_url}/interactions/{told['id']}/{told['token']}/callback"
        body = {"type": 4, "data": {"content": "psst", "flags": 64}}
        async with session.post(url, json=body) as response:
            assert response.status == 204
    message = await ready.event("MESSAGE_CREATE")
    assert message["content"] == "psst"
    assert "guild_id" not in message
    assert "member" not in message
    assert handle.ephemeral


async def test_an_interaction_carries_what_discord_sends(
    sandbox: DiscordSandbox, home: Home, ready: Gateway
) -> None:
    sandbox.world.put_command(None, {"name": "ask", "description": "Ask"})
    await home.ada.slash(home.channel, "ask")
    told = await ready.event("INTERACTION_CREATE")
    await home.ada.slash(await home.ada.open_dm(), "ask")
    direct = await ready.event("INTERACTION_CREATE")
    granted = Permission(int(told["member"]["permissions"]))
    assert Permission.SEND_MESSAGES in granted
    assert Permission.MANAGE_GUILD not in granted
    assert Permission.SEND_MESSAGES in Permission(int(told["app_permissions"]))
    assert told["channel"]["id"] == told["channel_id"] == str(home.channel.id)
    assert (told["context"], direct["context"]) == (0, 1)
    assert told["authorizing_integration_owners"] == {"0": str(home.guild.id)}
    assert direct["user"]["id"] == str(home.ada.id)
    assert "member" not in direct


async def test_threads_are_told_as_they_come_change_and_go(
    sandbox: DiscordSandbox, home: Home, ready: Gateway
) -> None:
    message = await home.ada.send(home.channel, "topic")
    thread = await home.ada.start_thread(message, "Talk")
    created = await ready.event("THREAD_CREATE")
    marked = await ready.event("MESSAGE_UPDATE")
    starter = await ready.event("MESSAGE_CREATE")
    await home.mo.change_thread(thread, name="Chat")
    changed = await ready.event("THREAD_UPDATE")
    renamed = await ready.event("MESSAGE_CREATE")
    await home.mo.change_thread(thread, archived=True)
    archived = await ready.event("THREAD_UPDATE")
    sandbox.world.remove_channel(thread)
    gone = await ready.event("THREAD_DELETE")
    assert created["newly_created"] is True
    assert created["id"] == str(message.id)
    assert marked["thread"]["id"] == str(thread.id)
    assert starter["type"] == MessageType.THREAD_STARTER_MESSAGE
    assert changed["name"] == renamed["content"] == "Chat"
    assert renamed["type"] == MessageType.CHANNEL_NAME_CHANGE
    assert archived["thread_metadata"]["archived"] is True
    assert gone == {
        "id": str(thread.id),
        "guild_id": str(home.guild.id),
        "parent_id": str(home.channel.id),
        "type": ChannelType.PUBLIC_THREAD,
    }


async def test_channels_roles_and_guilds_are_told(
    sandbox: DiscordSandbox, home: Home, ready: Gateway
) -> None:
    role = sandbox.add_role(home.guild, "Team")
    assert (await ready.event("GUILD_ROLE_CREATE"))["role"]["id"] == str(role.id)
    sandbox.world.change_role(home.guild, role, Permission.MANAGE_GUILD)
    assert (await ready.event("GUILD_ROLE_UPDATE"))["role"]["permissions"] == "32"
    channel = sandbox.add_channel(home.guild, "more")
    assert (await ready.event("CHANNEL_CREATE"))["name"] == "more"
    sandbox.set_overwrite(channel, role, deny=Permission.VIEW_CHANNEL)
    assert (await ready.event("CHANNEL_UPDATE"))["permission_overwrites"][0]["deny"] == "1024"
    sandbox.world.remove_channel(channel)
    assert (await ready.event("CHANNEL_DELETE"))["id"] == str(channel.id)
    sandbox.world.set_roles(home.guild, home.ada.user, [role.id])
    sandbox.world.set_roles(home.guild, sandbox.bot_user, [role.id])
    changed = await ready.event("GUILD_MEMBER_UPDATE")
    assert changed["user"]["id"] == str(sandbox.application_id)
    assert changed["roles"] == [str(role.id)]
    other = sandbox.add_guild("Other")
    assert (await ready.event("GUILD_CREATE"))["name"] == "Other"
    sandbox.world.remove_guild(other)
    assert await ready.event("GUILD_DELETE") == {"id": str(other.id)}


async def test_members_are_told_only_with_their_intent(
    sandbox: DiscordSandbox, home: Home, gateway: Gateway
) -> None:
    sandbox.world.application.guild_members = True
    await gateway.identify(sandbox.token, Intent.GUILDS | Intent.GUILD_MEMBERS)
    guild = await gateway.event("GUILD_CREATE")
    grace = sandbox.add_member(home.guild, "Grace")
    joined = await gateway.event("GUILD_MEMBER_ADD")
    sandbox.world.remove_member(home.guild, grace.user)
    left = await gateway.event("GUILD_MEMBER_REMOVE")
    assert {one["user"]["username"] for one in guild["members"]} >= {"ada", "mo"}
    assert joined["user"]["id"] == left["user"]["id"] == str(grace.id)


async def test_each_shard_hears_of_its_own_guilds(
    sandbox: DiscordSandbox, http: aiohttp.ClientSession
) -> None:
    ada = sandbox.add_person("Ada")
    channels: dict[int, Channel] = {}
    while len(channels) < 2:  # ids differ by their milliseconds
        guild = sandbox.add_guild("One of two", owner=ada)
        channels[(guild.id >> 22) % 2] = sandbox.add_channel(guild, "general")
        sandbox.clock.advance(0.001)
    async with Gateway.open(http, sandbox) as even, Gateway.open(http, sandbox) as odd:
        for number, gateway in enumerate((even, odd)):
            await gateway.identify(sandbox.token, USUAL, (number, 2))
            assert (await gateway.event("READY"))["shard"] == [number, 2]
        await ada.send(channels[1], "odd")
        await ada.send(channels[0], "even")
        await ada.send(await ada.open_dm(), "direct")
        assert (await odd.event("MESSAGE_CREATE"))["content"] == "odd"
        assert (await even.event("MESSAGE_CREATE"))["content"] == "even"
        assert (await even.event("MESSAGE_CREATE"))["content"] == "direct"


async def test_threads_of_a_channel_are_told_when_the_bot_comes_to_view_it(
    sandbox: DiscordSandbox, home: Home, ready: Gateway
) -> None:
    hidden, empty = sandbox.add_channel(home.guild, "a"), sandbox.add_channel(home.guild, "b")
    for channel in (hidden, empty):
        sandbox.set_overwrite(channel, sandbox.bot_user, deny=Permission.VIEW_CHANNEL)
    thread = await home.ada.start_thread(hidden, "Talk")
    for channel in (empty, hidden):
        sandbox.set_overwrite(channel, sandbox.bot_user)
    told = await ready.event("THREAD_LIST_SYNC")
    assert told["channel_ids"] == [str(hidden.id)]
    assert [one["id"] for one in told["threads"]] == [str(thread.id)]
    assert told["members"] == []


async def test_only_open_threads_the_bot_may_view_are_told_with_a_guild(
    sandbox: DiscordSandbox, home: Home, gateway: Gateway
) -> None:
    seen = await home.ada.start_thread(home.channel, "Talk")
    await home.ada.start_thread(home.channel, "Secret", private=True)
    shut = await home.ada.start_thread(home.channel, "Shut")
    await home.ada.change_thread(shut, archived=True)
    await gateway.identify(sandbox.token, USUAL)
    guild = await gateway.event("GUILD_CREATE")
    assert [one["id"] for one in guild["threads"]] == [str(seen.id)]


async def test_who_joins_a_thread_is_told_only_with_the_members_intent(
    sandbox: DiscordSandbox, http: aiohttp.ClientSession, home: Home, ready: Gateway
) -> None:
    sandbox.world.application.guild_members = True
    async with Gateway.open(http, sandbox) as curious:
        await curious.identify(sandbox.token, USUAL | Intent.GUILD_MEMBERS)
        await curious.event("GUILD_CREATE")
        thread = await home.ada.start_thread(home.channel, "Talk")
        await home.mo.join(thread)
        await home.mo.add_to_thread(thread, sandbox.bot_user)
        joined = [await curious.event("THREAD_MEMBERS_UPDATE") for _ in range(3)]
        sandbox.world.leave_thread(thread, home.mo.user)
        left = await curious.event("THREAD_MEMBERS_UPDATE")
        assert left["removed_member_ids"] == [str(home.mo.id)]
    added = [one["added_members"][0]["user_id"] for one in joined]
    assert added == [str(home.ada.id), str(home.mo.id), str(sandbox.application_id)]
    own = await ready.event("THREAD_MEMBERS_UPDATE")
    assert [one["user_id"] for one in own["added_members"]] == [str(sandbox.application_id)]


async def test_typing_and_reactions_follow_their_intents(
    sandbox: DiscordSandbox, home: Home, gateway: Gateway
) -> None:
    intents = Intent.GUILDS | Intent.GUILD_MESSAGE_TYPING | Intent.DIRECT_MESSAGE_REACTIONS
    await gateway.identify(sandbox.token, intents)
    await gateway.event("GUILD_CREATE")
    dm = await home.ada.open_dm()
    await home.ada.type(dm)
    await home.ada.react(await home.ada.send(home.channel, "x"), "👍")
    await home.ada.type(home.channel)
    await home.ada.react(await home.ada.send(dm, "x"), "👎")
    typing, reaction = await gateway.next(), await gateway.next()
    assert (typing["t"], typing["d"]["channel_id"]) == ("TYPING_START", str(home.channel.id))
    assert typing["d"]["member"]["user"]["id"] == str(home.ada.id)
    assert (reaction["t"], reaction["d"]["emoji"]["name"]) == ("MESSAGE_REACTION_ADD", "👎")
    assert "guild_id" not in reaction["d"]
