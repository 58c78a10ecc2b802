"""`/usage`: what answers have cost, for members, moderators and nobody else; and the credits."""

from __future__ import annotations

import csv
import io
import struct
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import aiohttp
import pytest

from bot.core.errors import OutOfCredits, StillOutOfCredits
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.state import Channel, Message
from bot.sandbox.weryai.faults import Fault
from bot.sandbox.weryai.recording import Recorded
from tests.e2e.playing import COUNT, ended_as, ends_again
from tests.e2e.reading import said_by_the_bot
from tests.e2e.stage import DEFAULT_MODEL, DEFAULT_NAME, Home, Stage, text_of

NOTHING = "You have not asked me anything here in the last 30 days."


async def usage(
    home: Home,
    person: Person,
    command: str = "show",
    /,
    *,
    where: Channel | None = None,
    **options: Any,
) -> Message:
    """What somebody reads after `/usage …`, and nobody else does."""
    handle = await person.slash(where or home.channel, f"usage {command}", **options)
    told = await handle.answered()
    assert handle.ephemeral
    assert not home.bob.can_see(told)
    return told


@dataclass
class Cost:
    """Tokens as the local WeryAI counts them, or as they are estimated without its count."""

    read: int = 0
    written: int = 0

    def counted(self, request: Recorded) -> None:
        self.read += prompt_of(request) // 4 + 1
        self.written += len(COUNT)  # also of what it has cut off

    def estimated(self, request: Recorded, text: str) -> None:
        self.read += ceil(prompt_of(request) / 4)
        self.written += ceil(len(text) / 4)


def elsewhere(home: Home) -> Home:
    """A channel of its own, which nobody has hurried in."""
    return replace(home, channel=home.discord.add_channel(home.guild, "elsewhere"))


def prompt_of(request: Recorded) -> int:
    return sum(len(message["content"]) for message in request.json["messages"])


def rows_of(told: Message) -> list[dict[str, str]]:
    [attached] = told.attachments
    assert attached.filename == "usage.csv"
    return list(csv.DictReader(io.StringIO(attached.data.decode())))


async def test_every_answer_counts_however_it_has_ended(home: Home) -> None:
    asked = home.weryai.requests
    counted, guessed = Cost(), Cost()
    for ending in ("complete", "length", "filtered"):
        await ended_as(elsewhere(home), ending)
        counted.counted(asked[-1])
    for ending in ("interrupted", "stopped"):
        answer = await ended_as(elsewhere(home), ending)
        guessed.estimated(asked[-1], text_of(answer))
    await ended_as(elsewhere(home), "failed")

    told = await usage(home, home.ada, by="model")

    read, written = counted.read + guessed.read, counted.written + guessed.written
    total, share = read + written, (guessed.read + guessed.written) / (read + written)
    lines = told.content.split("\n")
    assert lines[0] == "**Your usage in this server in the last 30 days**"
    assert lines[1].startswith("5 answers in ")
    assert lines[1].endswith(f", ≈ {total:,} tokens: {read:,} read, {written:,} written.")
    assert lines[2].startswith(f"-# ≈ {round(100 * share)}% of the tokens are estimated")
    assert lines[-1] == (f"- **{DEFAULT_NAME}** (`{DEFAULT_MODEL}`): ≈ {total:,} tokens, 5 answers")
    rows = rows_of(await usage(home, home.ada, "export"))
    assert [row["ending"] for row in rows] == [
        "stopped",
        "interrupted",
        "filtered",
        "length",
        "complete",
    ]
    assert [row["estimated"] for row in rows] == ["yes", "yes", "no", "no", "no"]
    assert sum(int(row["total_tokens"]) for row in rows) == total


async def test_an_answer_given_anew_counts_again(home: Home) -> None:
    answer = await ended_as(home, "complete")
    home.weryai.answer_next("Another answer.")
    await home.ada.click(answer, "Regenerate")
    await ends_again(home, answer, "Another answer.")

    rows = rows_of(await usage(home, home.ada, "export"))

    assert [row["completion_tokens"] for row in rows] == ["4", "4"]


async def test_the_picture_shows_on_any_theme_and_says_in_words_what_it_is(home: Home) -> None:
    await home.answered(await home.ask("Hello?"))

    [picture] = (await usage(home, home.ada)).attachments

    assert picture.filename == "usage.png"
    assert picture.data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture.data[16:24])
    assert (width, height) == (1100, 636)
    assert len(picture.data) < 200_000
    assert picture.description is not None
    assert picture.description.startswith("Tokens by day. Your usage in this server")


async def test_members_see_their_own_and_moderators_the_servers(home: Home) -> None:
    await home.answered(await home.ask("Hello?"))
    await home.answered(await home.ask("Hello?", by=home.mo))

    adas, mos = await usage(home, home.ada, "export"), await usage(home, home.mo, "export")
    people = (await usage(home, home.mo, by="member")).content
    refused = await usage(home, home.ada, scope="server")

    assert {row["member"] for row in rows_of(adas)} == {str(home.ada.id)}
    assert {row["member"] for row in rows_of(mos)} == {str(home.ada.id), str(home.mo.id)}
    assert f"<@{home.ada.id}>" in people
    assert f"<@{home.mo.id}>" in people
    assert refused.content.startswith("Only moderators")
    assert not refused.attachments


async def test_who_has_asked_nothing_sees_nothing_of_others(home: Home) -> None:
    await home.answered(await home.ask("Hello?"))
    stranger = home.discord.add_member(home.guild, "Stranger")

    for told in (
        await usage(home, stranger),
        await usage(home, stranger, by="member"),
        await usage(home, stranger, "export", period="30 days"),
    ):
        assert told.content == NOTHING
        assert not told.attachments


async def test_another_servers_moderator_sees_nothing_of_this_one(home: Home) -> None:
    await home.answered(await home.ask("Hello?"))
    elsewhere = home.stage.home("Elsewhere")

    told = await usage(elsewhere, elsewhere.mo)

    assert told.content == "Nobody has asked me anything in this server in the last 30 days."


async def test_direct_messages_and_servers_are_counted_apart(home: Home) -> None:
    direct = await home.ada.open_dm()
    await home.answered(await home.ada.send(direct, "Hello?"))

    there = await usage(home, home.ada, where=direct)
    here = await usage(home, home.ada)

    assert "**Your usage in direct messages in the last 30 days**\n1 answer in" in there.content
    assert here.content == NOTHING


async def test_a_private_answer_counts_and_a_thread_counts_for_its_channel(home: Home) -> None:
    await home.answered(await home.ask("Hello?", private=True))
    thread = await home.ada.start_thread(home.channel, "Talk")
    await home.answered(await home.ask("Hello?", channel=thread))

    told = await usage(home, home.mo, by="channel")

    assert f"- <#{home.channel.id}>: " in told.content
    assert told.content.endswith(", 2 answers")


async def test_a_picture_that_is_being_drawn_does_not_keep_the_bot_from_leaving(
    stage: Stage,
) -> None:
    home = stage.home()
    async with stage.running_bot() as bot:
        await home.answered(await home.ask("Hello?"))
        asked = await home.ada.slash(home.channel, "usage show")
        await asked.settled()

        assert await bot.stop() == 0


async def test_several_pictures_at_once_are_all_drawn(home: Home) -> None:
    await home.answered(await home.ask("Hello?"))

    asked = [await home.mo.slash(home.channel, "usage show", by=by) for by in ("day", "model")]
    told = [await one.answered() for one in asked]

    assert [len(one.attachments) for one in told] == [1, 1]


async def test_a_member_sees_what_is_left_of_their_limit(home: Home) -> None:
    chosen = await home.mo.slash(
        home.channel, "config limits set", what="tokens per day", most=5_000
    )
    await chosen.answered()
    await ended_as(home, "complete")
    [row] = rows_of(await usage(home, home.ada, "export"))

    told = (await usage(home, home.ada)).content

    has_used = f"You may use 5,000 tokens per day and have used {row['total_tokens']}; it begins"
    assert f"**Your limits here**\n- {has_used} anew <t:" in told


# --- credits --------------------------------------------------------------------------------------


async def test_the_operator_is_told_in_log_and_channel_when_credits_run_low(stage: Stage) -> None:
    home = stage.home()
    stage.weryai.balance = 1_234
    running = stage.running_bot(
        CREDITS_WARNING="5000", CREDITS_CHANNEL=str(home.channel.id), HEALTH_PORT="0"
    )

    async with running as bot, aiohttp.ClientSession() as http:
        await home.until(lambda: said_by_the_bot(home.channel), "The warning")
        [warned] = said_by_the_bot(home.channel)
        logged = await bot.log.says("credits left")
        address = (await bot.log.says("health and metrics are served"))["port"]
        async with http.get(f"http://127.0.0.1:{address}/metrics") as metrics:
            told = await metrics.text()

    assert warned.content.startswith(
        "⚠️ The WeryAI account has 1,234 credits left, fewer than 5,000."
    )
    assert logged["level"] == "warning"
    assert "bot_weryai_credits 1234.0" in told


async def test_members_read_once_in_full_that_credits_are_used_up(home: Home) -> None:
    home.weryai.fail_next(Fault.NO_CREDITS, Fault.CODE_1011, Fault.NO_CREDITS)

    first = await home.answered(await home.ask("Hello?"))
    second = await home.answered(await home.mention("Hello?", by=home.bob))
    private = await home.answered(await home.ask("Hello?", private=True))

    assert first.content.startswith(f"⚠ {OutOfCredits.text}")
    assert second.content.startswith(f"⚠ {StillOutOfCredits.text}")
    assert private.content.startswith(f"⚠ {OutOfCredits.text}")
    assert (await usage(home, home.ada)).content == NOTHING  # what was refused has cost nothing


@pytest.mark.parametrize(("left", "status"), [(50, "warning"), (500, "ok")])
async def test_check_warns_below_the_threshold_too(stage: Stage, left: int, status: str) -> None:
    stage.weryai.balance = left

    outcome = await stage.outcome("check", CREDITS_WARNING="100")

    assert outcome.code == 0
    assert f"{status} WeryAI key" in outcome.sentences
    assert f"{left} credits are left." in outcome.sentences
