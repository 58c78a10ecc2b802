"""WeryAI refuses what is too much: everybody is answered a little later, and nobody is failed."""

from __future__ import annotations

import asyncio

from bot.sandbox.discord.state import Message
from bot.sandbox.weryai import Fault, Pace
from tests.e2e.stage import (
    DEFAULT_MODEL,
    DEFAULT_NAME,
    Home,
    Stage,
    answers_to,
    buttons,
    has_ended,
    small_print,
    text_of,
)

ASKERS, BORNE = 30, 3
TOO_MANY = 429
A_MINUTE = 60.0  # seconds; nobody is to wait longer


async def test_thirty_who_ask_at_once_are_all_answered_by_a_weryai_that_bears_three(
    stage: Stage,
) -> None:
    home = stage.home()
    channels = [home.discord.add_channel(home.guild, f"room-{n}") for n in range(ASKERS)]
    async with stage.running_bot():
        stage.weryai.pace = Pace(first_after=0.2, per_second=None)
        stage.weryai.at_once = BORNE
        asked = [home.mention("Is anybody there?", channel=channel) for channel in channels]
        questions = await asyncio.gather(*asked)
        await stage.discord.until(
            lambda: all(any(map(has_ended, answers_to(one))) for one in questions),
            timeout=A_MINUTE,
            what="An answer for everybody",
        )

    statuses = [request.status for request in stage.weryai.requests]
    assert statuses.count(TOO_MANY) > 0, "there was a storm"
    assert statuses.count(200) == ASKERS
    for question in questions:
        [answer] = answers_to(question)
        assert text_of(answer)
        assert "⚠" not in answer.content
        assert small_print(answer) == DEFAULT_NAME


async def busy(home: Home) -> tuple[Message, Message]:
    """A question that WeryAI is too busy for, and what is shown meanwhile."""
    home.weryai.failing[DEFAULT_MODEL] = Fault.RATE_LIMIT_BARE
    question = await home.mention("Is anybody there?")
    notice = await home.begun(question)
    assert notice.content == "-# ⏳ WeryAI is very busy. Your answer comes as soon as it can."
    assert buttons(notice) == ["Stop"]
    return question, notice


async def test_who_has_to_wait_sees_it_and_the_notice_becomes_the_answer(home: Home) -> None:
    question, notice = await busy(home)
    home.weryai.failing.clear()

    assert await home.answered(question) is notice
    assert small_print(notice) == DEFAULT_NAME


async def test_who_does_not_want_to_wait_stops_it(home: Home) -> None:
    _, notice = await busy(home)

    await home.ada.click(notice, "Stop")

    await home.until(lambda: notice.content == f"-# ⏹ Stopped · {DEFAULT_NAME}", "The end")
    assert buttons(notice) == ["Continue", "Regenerate"]
