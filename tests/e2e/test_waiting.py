"""Waiting in line: what one reads meanwhile, the way out of it, and its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.sandbox.discord.state import Message
from tests.e2e.playing import (
    NOT_YOURS,
    Ask,
    Asked,
    both_ways,
    by_command,
    by_mention,
    growing,
    in_private,
    told_privately,
)
from tests.e2e.reading import said_by_the_bot
from tests.e2e.stage import Home, Stage, answers_to, buttons, text_of

NEXT = "-# ⏳ Next in line…"
STOPPED = "-# ⏹ Stopped before its turn came"
FULL = "20 questions are waiting here already. Please ask again in a minute."


def before(count: int) -> str:
    return f"-# ⏳ {count} before you"


async def shows(home: Home, question: Asked, content: str) -> Message:
    """Wait until the first message that answers a question shows just this."""
    await home.until(
        lambda: content in [one.content for one in answers_to(question)[:1]],
        f"An answer that shows {content!r}",
    )
    return answers_to(question)[0]


def about(request: Mapping[str, Any]) -> str:
    """An answer that tells what was asked."""
    return f"About {request['messages'][-1]['content']}"


@both_ways
async def test_who_waits_reads_how_many_are_before_them_until_the_answer_takes_its_place(
    home: Home, ask: Ask
) -> None:
    home.weryai.answers = about
    _, _, first = await growing(home)
    second_gate = home.weryai.hold_next(after=1)
    second = await ask(home, "Second?")
    await shows(home, second, before(1))
    third = await ask(home, "Third?")

    notice = await shows(home, third, before(2))
    assert buttons(notice) == ["Stop"]
    first.release()
    await home.begun(second)
    await shows(home, third, before(1))
    second_gate.release()
    answer = await home.answered(third)

    assert answer is notice
    assert "Third?" in text_of(answer)
    assert [one.content for one in notice.versions if "⏳" in one.content] == [before(2), before(1)]
    assert answers_to(third) == [answer]


@both_ways
async def test_the_asker_and_a_moderator_may_stop_what_waits_and_nobody_else(
    home: Home, ask: Ask
) -> None:
    home.weryai.answers = about
    _, _, gate = await growing(home)
    mine = await ask(home, "Mine?")
    notice = await shows(home, mine, before(1))
    another = await ask(home, "Another?")
    other = await shows(home, another, before(2))
    last = await ask(home, "Last?")

    assert await told_privately(home, await home.bob.click(notice, "Stop")) == NOT_YOURS
    await home.ada.click(notice, "Stop")
    await home.until(lambda: notice.content == STOPPED)
    await home.mo.click(other, "Stop")
    await home.until(lambda: other.content == STOPPED)
    gate.release()

    assert "Last?" in text_of(await home.answered(last))
    assert (buttons(notice), buttons(other)) == ([], [])
    assert [one.json["messages"][-1]["content"] for one in home.weryai.requests] == [
        "Count!",
        "Last?",
    ]


async def test_a_deleted_question_takes_its_notice_along(home: Home) -> None:
    _, _, gate = await growing(home)
    waiting = await home.mention("Never mind?")
    notice = await shows(home, waiting, before(1))

    await home.ada.delete(waiting)

    await home.until(lambda: notice.deleted, "The notice's end")
    gate.release()
    await home.answered(await home.mention("And now?"))
    assert len(home.weryai.requests) == 2


async def test_a_deleted_notice_takes_its_question_along(home: Home) -> None:
    _, _, gate = await growing(home)
    notice = await shows(home, await home.mention("Never mind?"), before(1))

    await home.mo.delete(notice)

    gate.release()
    await home.answered(await home.mention("And now?"))
    assert len(home.weryai.requests) == 2


async def test_a_full_line_takes_no_more_and_says_so_once_a_minute(home: Home) -> None:
    question, _, gate = await growing(home)
    waiting = [await home.ask(f"Question {n}?", by=home.bob) for n in range(20)]
    await home.until(lambda: all(map(answers_to, waiting)), "All have come")

    refused = [await home.mention("One more?") for _ in range(3)]
    by_command_too = await home.ask("One more?")

    await home.until(lambda: any(map(answers_to, refused)), "A refusal")
    await home.until(lambda: FULL in str([one.content for one in by_command_too.responses]))
    [told] = [one for one in by_command_too.responses if not one.deleted]
    assert told.ephemeral_for == home.ada.id
    for one in waiting:
        await home.bob.click(answers_to(one)[0], "Stop")
    await home.until(lambda: all(answers_to(one)[0].content == STOPPED for one in waiting))
    gate.release()
    await home.answered(question)
    await home.answered(await home.mention("And now?"))
    assert [one.content for each in refused for one in answers_to(each)] == [FULL]
    assert len(home.weryai.requests) == 2


async def test_whoever_waits_for_a_place_alone_is_next(stage: Stage) -> None:
    stage.weryai.answers = about
    home, elsewhere = stage.home(), stage.home("Elsewhere")
    async with stage.running_bot(MAX_CONCURRENT_REPLIES="1"):
        _, _, gate = await growing(home)
        waiting = await elsewhere.mention("Here?")
        await shows(elsewhere, waiting, NEXT)
        secret = await in_private(home, "There?")
        await shows(home, secret, before(1))
        stopped = await in_private(home, "Never mind?")
        await home.ada.click(await shows(home, stopped, before(2)), "Stop")
        await shows(home, stopped, STOPPED)
        gate.release()
        for one in (waiting, secret):
            assert "ere?" in text_of(await home.answered(one))


@pytest.mark.parametrize("ask", [by_mention, by_command, in_private])
async def test_killed_while_it_waits_a_question_is_answered_in_the_message_of_its_notice(
    stage: Stage, ask: Ask
) -> None:
    stage.weryai.answers = about
    home = stage.home()
    elsewhere = replace(home, channel=stage.discord.add_channel(home.guild, "elsewhere"))
    async with stage.running_bot(MAX_CONCURRENT_REPLIES="1") as bot:
        await growing(home)
        waiting = await ask(elsewhere, "Waiting?")
        notice = await shows(elsewhere, waiting, NEXT)
        late = await elsewhere.mention("Late?")
        await shows(elsewhere, late, before(1))
        await bot.kill()

    async with stage.running_bot():
        answer = await elsewhere.answered(waiting)
        assert "Waiting?" in text_of(answer)
        assert answer is notice
        assert "Late?" in text_of(await elsewhere.answered(late))
    assert len([one for one in said_by_the_bot(elsewhere.channel) if "⏳" in one.content]) == 0
    assert answers_to(waiting)[:1] == [notice]
