"""`/usage`: who sees what, in words, as a picture and as a file."""

from __future__ import annotations

import csv
import io
import time
from typing import Any

import pytest

from bot.core.charts import Bar
from bot.core.errors import PictureFailed
from bot.core.replies import Usage
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel, Message
from tests.discord_app.conftest import Home, Inside
from tests.discord_app.fake_usage import PNG

pytestmark = pytest.mark.usefixtures("bot")

DAY = 86_400


async def told(person: Person, where: Channel, command: str = "show", **options: Any) -> Message:
    handle = await person.slash(where, f"usage {command}", **options)
    answer = await handle.answered()
    assert handle.ephemeral
    return answer


def spend(inside: Inside, home: Home, person: Person, **how: Any) -> None:
    how.setdefault("at", time.time())
    inside.usage.spend(home.guild.id, person.id, **how)


def rows_of(message: Message) -> list[dict[str, str]]:
    [attached] = message.attachments
    assert attached.filename == "usage.csv"
    return list(csv.DictReader(io.StringIO(attached.data.decode())))


async def test_where_nothing_was_used_a_sentence_says_so_and_nothing_is_drawn(
    home: Home, inside: Inside
) -> None:
    ada = await told(home.ada, home.channel)
    mo = await told(home.mo, home.channel, period="today")
    ever = await told(home.ada, home.channel, "export", period="all")

    assert ada.content == "You have not asked me anything here in the last 30 days."
    assert mo.content == "Nobody has asked me anything in this server today."
    assert ever.content == "You have not asked me anything here yet."
    assert inside.painter.charts == []


async def test_a_member_sees_what_is_theirs(home: Home, inside: Inside) -> None:
    spend(inside, home, home.ada, usage=Usage(1_000, 234))
    spend(inside, home, home.mo, usage=Usage(5_000, 0))

    said = await told(home.ada, home.channel)

    assert said.content.startswith(
        "**Your usage in this server in the last 30 days**\n"
        "1 answer in 2 s, 1,234 tokens: 1,000 read, 234 written.\n\n"
        "By day, the newest first:\n- "
    )
    assert said.content.endswith(": 1,234 tokens, 1 answer")


async def test_a_moderator_sees_the_servers_unless_they_ask_for_theirs(
    home: Home, inside: Inside
) -> None:
    spend(inside, home, home.ada, usage=Usage(1_000, 234))
    spend(inside, home, home.mo, usage=Usage(5_000, 0))

    servers = await told(home.mo, home.channel)
    same = await told(home.mo, home.channel, scope="server")
    own = await told(home.mo, home.channel, scope="me")

    assert "**This server's usage in the last 30 days**\n2 answers in 4 s" in servers.content
    assert same.content == servers.content
    assert "**Your usage in this server in the last 30 days**\n1 answer" in own.content


@pytest.mark.parametrize("command", ["show", "export"])
async def test_a_member_is_refused_the_servers(home: Home, inside: Inside, command: str) -> None:
    spend(inside, home, home.mo)

    said = await told(home.ada, home.channel, command, scope="server")

    assert said.content.startswith("Only moderators (*Manage Server*)")
    assert said.attachments == ()


async def test_to_manage_messages_is_not_to_manage_the_server(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    warden = sandbox.add_member(home.guild, "Warden", Permission.MANAGE_MESSAGES)
    spend(inside, home, home.mo)

    said = await told(warden, home.channel)

    assert said.content.startswith("You have not asked me anything")


async def test_by_member_shows_a_member_nobody_else(home: Home, inside: Inside) -> None:
    spend(inside, home, home.ada)
    spend(inside, home, home.mo)

    said = await told(home.ada, home.channel, by="member")

    assert f"<@{home.ada.id}>" in said.content
    assert f"<@{home.mo.id}>" not in said.content
    assert [bar.label for bar in inside.painter.charts[0].bars] == ["Ada"]


async def test_moderators_see_who_used_most_by_their_names_and_ping_nobody(
    home: Home, inside: Inside
) -> None:
    spend(inside, home, home.ada, usage=Usage(100, 20))
    spend(inside, home, home.mo, usage=Usage(7, 3))
    spend(inside, home, home.ada, usage=Usage(100, 20))
    inside.usage.spend(home.guild.id, 4242, at=time.time(), usage=Usage(50, 0))

    said = await told(home.mo, home.channel, by="member")

    assert said.content.split("\n\n")[1] == (
        "By member, the most tokens first:\n"
        f"- <@{home.ada.id}>: 240 tokens, 2 answers\n"
        "- <@4242>: 50 tokens, 1 answer\n"
        f"- <@{home.mo.id}>: 10 tokens, 1 answer"
    )
    assert not said.pings
    [chart] = inside.painter.charts
    assert chart.title == "Tokens by member"
    assert [(bar.label, bar.read, bar.written) for bar in chart.bars] == [
        ("Ada", 200, 40),
        ("Member …4242", 50, 0),
        ("Mo", 7, 3),
    ]


async def test_by_model_and_channel_they_are_called_as_people_know_them(
    home: Home, inside: Inside
) -> None:
    spend(inside, home, home.ada, channel=home.channel.id)
    spend(inside, home, home.ada, channel=99, model="GONE", usage=Usage(1, 1))

    models = await told(home.mo, home.channel, by="model")
    channels = await told(home.mo, home.channel, by="channel")

    assert "- **Gemini 2.5 Flash** (`GEMINI_25_FLASH`): 15 tokens, 1 answer" in models.content
    assert "- `GONE`: 2 tokens, 1 answer" in models.content
    assert f"- <#{home.channel.id}>: 15 tokens, 1 answer\n- <#99>: 2" in channels.content
    by_model, by_channel = inside.painter.charts
    assert [bar.label for bar in by_model.bars] == ["Gemini 2.5 Flash", "GONE"]
    assert [bar.label for bar in by_channel.bars] == ["#general", "Channel …0099"]


async def test_beyond_ten_the_rest_is_summed_up(home: Home, inside: Inside) -> None:
    for number in range(25):
        spend(inside, home, home.ada, model=f"M{number:02}", usage=Usage(100 - number, 0))

    said = await told(home.mo, home.channel, by="model")

    lines = said.content.split("\n\n")[1].split("\n")[1:]
    assert len(lines) == 11
    assert lines[-1] == f"- 15 others: {sum(range(76, 91)):,} tokens, 15 answers"
    assert inside.painter.charts[0].bars[-1] == Bar("15 others", sum(range(76, 91)), 0)


async def test_each_day_of_the_period_has_its_bar(home: Home, inside: Inside) -> None:
    now = time.time()
    spend(inside, home, home.ada, at=now)
    spend(inside, home, home.ada, at=now - 2 * DAY)
    spend(inside, home, home.ada, at=now - 40 * DAY)

    week = await told(home.mo, home.channel, period="7 days")
    ever = await told(home.mo, home.channel, period="all")

    of_week, of_ever = inside.painter.charts
    assert [bar.read for bar in of_week.bars] == [0, 0, 0, 0, 10, 0, 10]
    assert of_week.over_time
    assert "2 answers" in week.content
    assert len(of_ever.bars) == 41
    assert "3 answers" in ever.content


async def test_estimates_are_marked_with_their_share(home: Home, inside: Inside) -> None:
    spend(inside, home, home.ada, usage=Usage(50, 25))
    spend(inside, home, home.ada, usage=Usage(20, 5, estimated=True))

    said = await told(home.ada, home.channel)

    assert "2 answers in 4 s, ≈ 100 tokens: 70 read, 30 written." in said.content
    assert "-# ≈ 25% of the tokens are estimated" in said.content


async def test_the_picture_is_attached_and_described(home: Home, inside: Inside) -> None:
    spend(inside, home, home.ada)

    [attached] = (await told(home.ada, home.channel)).attachments

    assert (attached.filename, attached.data) == ("usage.png", PNG)
    assert attached.content_type == "image/png"
    assert attached.description == (
        "Tokens by day. Your usage in this server in the last 30 days (UTC): 15 tokens."
    )


async def test_without_a_picture_the_numbers_come_all_the_same(home: Home, inside: Inside) -> None:
    inside.painter.fails = True
    spend(inside, home, home.ada)

    said = await told(home.ada, home.channel)

    assert "15 tokens" in said.content
    assert said.content.endswith("-# The picture could not be drawn this time.")
    assert said.attachments == ()


async def test_direct_messages_have_an_account_of_their_own(home: Home, inside: Inside) -> None:
    direct = await home.ada.open_dm()
    spend(inside, home, home.ada)
    inside.usage.spend(None, home.ada.id, at=time.time(), usage=Usage(1, 1))
    inside.usage.spend(None, home.mo.id, at=time.time())

    said = await told(home.ada, direct)
    refused = await told(home.ada, direct, scope="server")
    by_channel = await told(home.ada, direct, by="channel")

    assert "**Your usage in direct messages in the last 30 days**\n1 answer" in said.content
    assert refused.content.startswith("There is no server here.")
    assert "- here: 2 tokens" in by_channel.content


async def test_the_file_has_a_row_for_each_answer_the_newest_first(
    home: Home, inside: Inside
) -> None:
    spend(inside, home, home.ada, at=1_767_323_045.5)
    spend(inside, home, home.mo, at=1_767_409_445.0, usage=Usage(7, 3, estimated=True))

    said = await told(home.mo, home.channel, "export", period="all")

    assert said.content == (
        "**This server's usage since the beginning**: 2 answers, the newest first."
    )
    newest, oldest = rows_of(said)
    assert newest["member"] == str(home.mo.id)
    assert newest["estimated"] == "yes"
    assert oldest == {
        "time": "2026-01-02T03:04:05Z",
        "member": str(home.ada.id),
        "channel": "1",
        "model": "GEMINI_25_FLASH",
        "prompt_tokens": "10",
        "completion_tokens": "5",
        "total_tokens": "15",
        "estimated": "no",
        "seconds": "2.0",
        "ending": "complete",
    }


async def test_a_file_without_room_for_all_says_so(
    home: Home, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.discord_app.usage.commands.ROOM", 300)  # to fill 10 MB takes long
    for _ in range(5):
        spend(inside, home, home.ada)

    said = await told(home.ada, home.channel, "export")

    count = len(rows_of(said))
    assert 0 < count < 5
    assert said.content == (
        f"**Your usage in this server in the last 30 days**: {count} answers, the newest first. "
        "Older ones have no room in a file of 10 MB: choose a shorter period."
    )


async def test_a_members_file_holds_their_own_rows(home: Home, inside: Inside) -> None:
    spend(inside, home, home.ada)
    spend(inside, home, home.mo)

    said = await told(home.ada, home.channel, "export")

    assert [row["member"] for row in rows_of(said)] == [str(home.ada.id)]


async def test_who_looks_at_their_own_sees_what_limits_them(home: Home, inside: Inside) -> None:
    limited = await home.mo.slash(
        home.channel, "config limits set", what="tokens per day", most=5_000
    )
    await limited.answered()
    nothing = await told(home.ada, home.channel)
    spend(inside, home, home.ada)
    inside.painter.fails = True

    mine = await told(home.ada, home.channel)
    servers = await told(home.mo, home.channel)
    moderators = await told(home.mo, home.channel, scope="me")

    limits = "\n\n**Your limits here**\n- You may use 5,000 tokens per day."
    assert nothing.content == f"You have not asked me anything here in the last 30 days.{limits}"
    assert mine.content.endswith(f"15 tokens, 1 answer{limits}\n-# {PictureFailed.text}")
    assert "limits" not in servers.content
    assert "**Your limits here**" in moderators.content
