"""`/config export` and `/config import`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.core.conversation import GuildId
from bot.core.options import Change, Scope
from bot.core.transfer import LARGEST_FILE
from bot.sandbox.discord.components import words
from bot.sandbox.discord.handles import NotPossible
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Message
from tests.core.samples import MINI
from tests.discord_app.config.using import shown, told
from tests.discord_app.conftest import Home, Inside

pytestmark = pytest.mark.usefixtures("bot")


async def imported(home: Home, document: Any) -> Message:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    file = home.mo.file("config.json", data, "application/json")
    return await shown(home.mo, home.channel, "config import", file=file)


async def exported(home: Home) -> bytes:
    message = await shown(home.mo, home.channel, "config export")
    (file,) = message.attachments
    assert file.filename == "config.json"
    return file.data


async def stored(home: Home, inside: Inside) -> list[Change]:
    return await inside.options.chosen_in(GuildId(home.guild.id))


async def test_what_was_exported_is_taken_back_after_everything_was_reset(
    home: Home, inside: Inside
) -> None:
    thread = await home.ada.start_thread(home.channel, "Talk")
    for scope, option, value in (
        ("server", "model", "GPT_5_MINI"),
        ("channel", "temperature", "1.5"),
        ("thread", "system_prompt", "Be brief."),
    ):
        await told(home.mo, thread, "config set", option=option, value=value, scope=scope)
    before = await stored(home, inside)
    data = await exported(home)
    for scope in ("server", "channel", "thread"):
        for one in ("model", "temperature", "system_prompt"):
            await told(home.mo, thread, "config reset", option=one, scope=scope)
    assert await stored(home, inside) == []

    said = words(await imported(home, data))

    assert said.startswith("Done: 3 changes in 3 places.")
    assert await stored(home, inside) == before
    again = words(await imported(home, data))
    assert again == "Everything is as in the file already: nothing was changed."


async def test_one_wrong_value_changes_nothing_and_all_are_named(
    home: Home, inside: Inside
) -> None:
    document = {
        "version": 1,
        "server": {"model": MINI.key, "temperature": 9},
        "channels": {"1": {"seed": 1}},
    }

    said = words(await imported(home, document)).split("\n")

    assert said == [
        "Nothing was changed: 2 things are wrong in the file.",
        "- server: `temperature` must be a number, 0 to 2; you gave `9`.",
        "- channel `1`: this server has no such channel that I know of.",
    ]
    assert await stored(home, inside) == []


async def test_more_problems_than_a_message_holds_come_as_a_file(
    home: Home, inside: Inside
) -> None:
    document = {"version": 1, "channels": {str(number): {} for number in range(200)}}

    message = await imported(home, document)

    assert message.content == "Nothing was changed: 200 things are wrong in the file."
    (file,) = message.attachments
    assert len(file.data.decode().split("\n")) == 200
    assert await stored(home, inside) == []


async def test_channels_and_threads_of_another_server_are_not_touched(
    home: Home, inside: Inside, sandbox: DiscordSandbox
) -> None:
    elsewhere = sandbox.add_channel(sandbox.add_guild("Elsewhere"), "general")
    thread = await home.ada.start_thread(home.channel, "Talk")
    ours = {"channels": {str(home.channel.id): {"seed": 1}}, "threads": {str(thread.id): {}}}

    assert "Done: 1 change in 1 place." in words(await imported(home, {"version": 1, **ours}))
    for section in ("channels", "threads"):
        document = {"version": 1, section: {str(elsewhere.id): {"seed": 1}}}
        assert "this server has no such" in words(await imported(home, document))
    swapped = {"version": 1, "channels": {str(thread.id): {"seed": 1}}}
    assert "this server has no such channel" in words(await imported(home, swapped))
    assert [one.scope for one in await stored(home, inside)] == [Scope.CHANNEL]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"not json", "The file is not JSON"),
        (b"\xff", "The file is not text in UTF-8"),
        (b" " * (LARGEST_FILE + 1), "The file is larger than 256 KB"),
    ],
)
async def test_another_file_is_refused_with_a_sentence(
    home: Home, inside: Inside, data: bytes, said: str
) -> None:
    assert said in words(await imported(home, data))
    assert await stored(home, inside) == []


async def test_a_member_can_neither_export_nor_import(home: Home, inside: Inside) -> None:
    file = home.ada.file("config.json", b'{"version": 1, "server": {"seed": 1}}')
    with pytest.raises(NotPossible):
        await home.ada.slash(home.channel, "config import", file=file)
    with pytest.raises(NotPossible):
        await home.ada.slash(home.channel, "config export")
    assert await stored(home, inside) == []
