"""Registering commands, and being offered them."""

from __future__ import annotations

import pytest

from bot.sandbox.discord import slash
from bot.sandbox.discord.handles import NotPossible
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel, Json
from tests.sandbox.discord.clients import Rest
from tests.sandbox.discord.conftest import Home


def command(name: str, **more: object) -> Json:
    return {"name": name, "description": name.title(), **more}


@pytest.fixture
def path(sandbox: DiscordSandbox) -> str:
    return f"/applications/{sandbox.application_id}/commands"


def offered(sandbox: DiscordSandbox, person: Person, channel: Channel) -> set[str]:
    return {one.name for one in slash.usable(sandbox.world, person.user, channel)}


async def test_putting_commands_replaces_all_and_keeps_ids_of_namesakes(
    rest: Rest, path: str
) -> None:
    first = (await rest.put(path, [command("ask"), command("chat")])).body
    second = (await rest.put(path, [command("ask", description="New"), command("help")])).body
    assert [one["name"] for one in (await rest.get(path)).body] == ["ask", "help"]
    assert second[0]["id"] == first[0]["id"]
    assert second[0]["version"] != first[0]["version"]
    assert second[0]["description"] == "New"
    assert second[0]["default_member_permissions"] is None
    assert "options" not in second[0]


async def test_one_command_is_made_changed_and_taken_away(rest: Rest, path: str) -> None:
    made = await rest.post(path, command("ask"))
    again = await rest.post(path, command("ask", description="New"))
    assert (made.status, again.status) == (201, 200)
    url = f"{path}/{made.body['id']}"
    assert (await rest.patch(url, {"description": "Newer"})).body["description"] == "Newer"
    assert (await rest.get(url)).body["name"] == "ask"
    assert (await rest.delete(url)).status == 204
    assert (await rest.get(url)).code == 10063


async def test_bad_commands_and_anothers_application_are_refused(rest: Rest, path: str) -> None:
    assert (await rest.put(path, [command("Not Lower")])).code == 50035
    assert (await rest.put("/applications/1/commands", [])).code == 50001
    made = await rest.post(path, command("ask"))
    assert (await rest.delete(f"/applications/1/commands/{made.body['id']}")).code == 50001
    assert (await rest.delete(f"{path}/{made.body['id']}")).status == 204
    assert (await rest.get(path)).body == []


async def test_a_guilds_command_is_offered_there_alone_and_hides_its_namesake(
    sandbox: DiscordSandbox, rest: Rest, home: Home, path: str
) -> None:
    other = sandbox.add_channel(sandbox.add_guild("Other", owner=home.ada), "general")
    in_guild = f"/applications/{sandbox.application_id}/guilds/{home.guild.id}/commands"
    await rest.put(path, [command("ask")])
    await rest.put(in_guild, [command("ask"), command("only-here")])
    here = list(slash.usable(sandbox.world, home.ada.user, home.channel))
    assert [(one.name, one.guild_id) for one in here] == [
        ("ask", home.guild.id),
        ("only-here", home.guild.id),
    ]
    assert offered(sandbox, home.ada, other) == {"ask"}
    assert [one["guild_id"] for one in (await rest.get(in_guild)).body] == [str(home.guild.id)] * 2


async def test_permissions_and_contexts_decide_what_is_offered(
    sandbox: DiscordSandbox, home: Home
) -> None:
    for payload in (
        command("free"),
        command("mods", default_member_permissions=str(int(Permission.MANAGE_GUILD))),
        command("admins", default_member_permissions="0"),
        command("guilds", contexts=[0]),
        command("direct", contexts=[1]),
        command("no-dm", dm_permission=False),
    ):
        sandbox.world.put_command(None, payload)
    dm = await home.ada.open_dm()
    boss = sandbox.add_member(home.guild, "Boss", Permission.ADMINISTRATOR)
    assert offered(sandbox, home.ada, home.channel) == {"free", "guilds", "no-dm"}
    assert offered(sandbox, home.mo, home.channel) == {"free", "guilds", "no-dm", "mods"}
    assert offered(sandbox, boss, home.channel) == {"free", "guilds", "no-dm", "mods", "admins"}
    assert offered(sandbox, home.ada, dm) == {"free", "mods", "admins", "direct"}
    denied = Permission.USE_APPLICATION_COMMANDS
    sandbox.set_overwrite(home.channel, home.ada, deny=denied)
    assert offered(sandbox, home.ada, home.channel) == set()


OPTIONS: list[Json] = [
    {"type": 3, "name": "text", "description": "T", "required": True, "max_length": 5},
    {"type": 4, "name": "count", "description": "C", "min_value": 1, "max_value": 3},
    {
        "type": 3,
        "name": "how-much",
        "description": "H",
        "choices": [{"name": "A little", "value": "1"}],
    },
    {"type": 5, "name": "loud", "description": "L"},
    {"type": 6, "name": "who", "description": "W"},
    {"type": 11, "name": "file", "description": "F"},
]


@pytest.fixture
def say(sandbox: DiscordSandbox) -> None:
    sandbox.world.put_command(None, command("say", options=OPTIONS))


@pytest.mark.usefixtures("say")
async def test_options_are_filled_as_the_app_fills_them(home: Home) -> None:
    file = home.ada.file("a.txt", b"a")
    handle = await home.ada.slash(
        home.channel, "say", text="hello", how_much="A little", loud=True, who=home.mo, file=file
    )
    data = handle.interaction.data
    values = {one["name"]: one["value"] for one in data["options"]}
    assert values == {
        "text": "hello",
        "how-much": "1",
        "loud": True,
        "who": str(home.mo.id),
        "file": str(file.id),
    }
    resolved = data["resolved"]
    assert resolved["users"][str(home.mo.id)]["username"] == "mo"
    assert "permissions" in resolved["members"][str(home.mo.id)]
    assert resolved["attachments"][str(file.id)]["filename"] == "a.txt"


@pytest.mark.usefixtures("say")
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, "required"),
        ({"text": "hello!"}, "0 to 5 characters, not 6"),
        ({"text": 5}, "is a string"),
        ({"text": "x", "count": 4}, "1 to 3"),
        ({"text": "x", "count": True}, "is a integer"),
        ({"text": "x", "how_much": "A lot"}, "no choice"),
        ({"text": "x", "colour": "red"}, "no such option: colour"),
    ],
)
async def test_the_app_lets_no_wrong_option_through(
    sandbox: DiscordSandbox, home: Home, options: Json, reason: str
) -> None:
    with pytest.raises(NotPossible, match=reason):
        await home.ada.slash(home.channel, "say", **options)
    assert sandbox.world.interactions == {}


async def test_subcommands_are_found_by_their_path(sandbox: DiscordSandbox, home: Home) -> None:
    leaf = {"type": 1, "name": "model", "description": "M", "options": OPTIONS[:1]}
    group = {"type": 2, "name": "bot", "description": "B", "options": [leaf]}
    sandbox.world.put_command(None, command("config", options=[group]))
    handle = await home.ada.slash(home.channel, "config bot model", text="x")
    (shown,) = handle.interaction.data["options"]
    assert (shown["name"], shown["options"][0]["name"]) == ("bot", "model")
    assert shown["options"][0]["options"] == [{"name": "text", "type": 3, "value": "x"}]
    for wrong in ("config", "config bot", "config bot other", "config bot model more"):
        with pytest.raises(NotPossible, match="subcommand"):
            await home.ada.slash(home.channel, wrong, text="x")
