"""The local Discord's state from one run to the next."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.discord import interactions, posting, saving
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.posting import Draft, Revision
from bot.sandbox.discord.saving import Unreadable, kept, load, save, snapshot
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import ChannelType, Interaction, InteractionState, MessageType
from bot.sandbox.discord.world import World
from tests.sandbox.discord.clients import Rest
from tests.sandbox.discord.conftest import Home

OPTION = {"type": 3, "name": "prompt", "description": "p"}
ASK = {"name": "ask", "description": "Ask.", "options": [OPTION]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "discord.json"


@pytest.fixture
async def used(sandbox: DiscordSandbox, home: Home) -> Interaction:
    """A world in which everything there is has been used."""
    world, bot = sandbox.world, sandbox.bot_user
    world.put_command(None, ASK)
    question = await home.ada.send(home.channel, "question", files={"a.txt": b"content"})
    await home.mo.react(question, "👍")
    reply = Draft(content="answer", reference=question, type=MessageType.REPLY)
    answer = posting.post(world, home.channel, bot, reply)
    for text in ("answer, longer", "answer, longest"):
        posting.edit(world, answer, Revision(content=text))
    thread = await home.ada.start_thread(question, "Topic")
    await home.mo.send(thread, "in the thread")
    await home.ada.start_thread(home.channel, "Secret", private=True)
    dm = await home.ada.open_dm()
    await home.ada.send(dm, "just us")
    sandbox.set_overwrite(home.channel, home.guild, deny=Permission.ATTACH_FILES)
    sandbox.post_as_webhook(home.channel, "Hook", "from outside")
    gone = await home.ada.send(home.channel, "gone")
    await home.ada.delete(gone)
    one = (await home.ada.slash(home.channel, "ask")).interaction
    interactions.acknowledge(world, one, 4)
    interactions.respond(world, one, Draft(content="private"), ephemeral=True)
    return one


def reloaded(path: Path) -> World:
    world = DiscordSandbox().world
    load(world, path)
    return world


async def test_everything_is_there_again(
    sandbox: DiscordSandbox, home: Home, used: Interaction, path: Path
) -> None:
    save(sandbox.world, path)
    world = reloaded(path)
    guild = world.guilds[home.guild.id]
    channel = guild.channels[home.channel.id]
    messages = list(channel.messages.values())
    assert [one.content for one in messages] == [
        "question",
        "answer, longest",
        "from outside",
        "gone",
        "private",
    ]
    question, answer, hook, gone, private = messages
    assert answer.reference is question
    assert (question.reactions, question.attachments[0].data) == (
        {"👍": {home.mo.id: question.reactions["👍"][home.mo.id]}},
        b"content",
    )
    assert question.thread is guild.threads[question.id]
    assert (hook.author.name, hook.author.id in world.users) == ("Hook", False)
    assert gone.deleted
    assert (private.ephemeral_for, private.interaction) == (home.ada.id, world.by_token[used.token])
    assert world.by_token[used.token].original is private
    assert world.application.bot.id == sandbox.bot_user.id
    assert world.application.token == sandbox.token
    assert set(world.users) == set(sandbox.world.users)
    assert [one.type for one in guild.threads.values()] == [
        ChannelType.PUBLIC_THREAD,
        ChannelType.PRIVATE_THREAD,
    ]
    assert world.dms[home.ada.id].messages
    assert Permission.ATTACH_FILES not in channel.permissions_of(home.ada.id)
    assert Permission.MANAGE_GUILD in guild.permissions_of(home.mo.id)
    assert [one.name for one in world.commands.values()] == ["ask"]


async def test_what_was_loaded_is_saved_as_it_was(
    sandbox: DiscordSandbox, used: Interaction, path: Path
) -> None:
    save(sandbox.world, path)
    assert used.state is InteractionState.ACKNOWLEDGED
    assert snapshot(reloaded(path)) == snapshot(sandbox.world)


async def test_of_a_message_the_first_and_the_newest_version_are_kept(
    sandbox: DiscordSandbox, home: Home, path: Path
) -> None:
    message = await home.ada.send(home.channel, "a")
    for text in ("ab", "abc", "abcd"):
        await home.ada.edit(message, text)
    save(sandbox.world, path)
    again = reloaded(path).channels[home.channel.id].messages[message.id]
    assert [one.content for one in again.versions] == ["a", "abcd"]
    assert (again.versions[0].at, again.edited_at) == (message.versions[0].at, message.edited_at)


async def test_what_waited_for_its_three_seconds_has_failed(
    sandbox: DiscordSandbox, home: Home, path: Path
) -> None:
    sandbox.world.put_command(None, ASK)
    one = (await home.ada.slash(home.channel, "ask")).interaction
    home.ada.begin_autocomplete(home.channel, "ask", "prompt", "x")
    save(sandbox.world, path)
    assert list(reloaded(path).interactions) == [one.id]
    assert reloaded(path).interactions[one.id].state is InteractionState.FAILED


async def test_places_that_are_gone_are_not_kept(
    sandbox: DiscordSandbox, home: Home, path: Path
) -> None:
    elsewhere = sandbox.add_channel(home.guild, "elsewhere")
    said = posting.post(sandbox.world, elsewhere, sandbox.bot_user, Draft(content="x"))
    quoting = Draft(content="quoting", reference=said, type=MessageType.REPLY)
    quote = posting.post(sandbox.world, home.channel, sandbox.bot_user, quoting)
    sandbox.world.remove_channel(elsewhere)
    left = sandbox.add_guild("Left")
    sandbox.add_channel(left, "old")
    sandbox.world.remove_guild(left)
    save(sandbox.world, path)
    world = reloaded(path)
    assert list(world.guilds) == [home.guild.id]
    assert list(world.channels) == [home.channel.id]
    assert world.channels[home.channel.id].messages[quote.id].reference is None


async def test_a_bot_finds_what_it_wrote_in_the_run_before(
    sandbox: DiscordSandbox, home: Home, path: Path, rest: Rest
) -> None:
    sent = await rest.post(f"/channels/{home.channel.id}/messages", {"content": "growing"})
    save(sandbox.world, path)
    again = DiscordSandbox()
    load(again.world, path)
    async with again:
        session = rest._session
        found = await Rest(session, again).patch(
            f"/channels/{home.channel.id}/messages/{sent.body['id']}", {"content": "grown"}
        )
    assert (found.status, found.body["content"]) == (200, "grown")


async def test_new_ids_are_greater_than_those_of_the_run_before(
    sandbox: DiscordSandbox, home: Home, path: Path
) -> None:
    sandbox.clock.advance(3600)  # the last run was ahead of its time
    message = await home.ada.send(home.channel, "x")
    save(sandbox.world, path)
    assert reloaded(path).ids.make() > message.id


async def test_a_first_run_begins_with_nothing(path: Path) -> None:
    assert reloaded(path).guilds == {}


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"format": 2}', '{"format": 1}'])
def test_a_file_that_is_something_else_is_refused_by_name(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(Unreadable, match=r"discord\.json holds no state"):
        reloaded(path)


async def test_it_is_saved_while_something_happens_and_at_the_end(
    sandbox: DiscordSandbox, home: Home, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def note(world: World, where: Path) -> None:
        save(world, where)
        written.put_nowait(snapshot(world))

    monkeypatch.setattr(saving, "save", note)
    async with kept(sandbox.world, path):
        await home.ada.send(home.channel, "first")
        async with asyncio.timeout(10):
            assert [one["id"] for one in (await written.get())["messages"]]
        await home.ada.send(home.channel, "last")
    contents = [one.content for one in reloaded(path).channels[home.channel.id].messages.values()]
    assert contents == ["first", "last"]
    assert list(path.parent.iterdir()) == [path]


async def test_a_file_that_cannot_be_written_is_told_of(
    sandbox: DiscordSandbox, tmp_path: Path, home: Home
) -> None:
    with pytest.raises(FileNotFoundError):
        async with kept(sandbox.world, tmp_path / "missing" / "discord.json"):
            await home.ada.send(home.channel, "x")
