"""WeryAI refuses what is too much: everybody is answered a little later, and nobody is failed."""

from __future__ import annotations

import asyncio

from bot.sandbox.weryai import Pace
from tests.e2e.stage import Stage, answers_to, has_ended, small_print, text_of

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
        assert small_print(answer) == "Gemini-2.5-Flash"
