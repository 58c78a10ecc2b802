"""Deleting the question or the answer in Discord stops what is going on, and takes it back."""

from __future__ import annotations

import pytest

from bot.sandbox.discord.state import Message
from tests.e2e.playing import (
    Ask,
    both_ways,
    by_mention,
    ended_as,
    ends_again,
    every_way,
    growing,
    told_privately,
)
from tests.e2e.reading import closed, joined, said_by_the_bot
from tests.e2e.stage import (
    DEFAULT_NAME,
    Home,
    answers_to,
    buttons,
    conversation,
    small_print,
    text_of,
)


async def test_deleting_the_question_stops_the_answer_visibly(home: Home) -> None:
    question, answer, _ = await growing(home)
    assert isinstance(question, Message)

    await home.ada.delete(question)

    await home.until(lambda: small_print(answer) == f"⏹ Stopped · {DEFAULT_NAME}")
    assert text_of(answer) == "One two"
    assert await closed(home.weryai.requests[0])


@both_ways
async def test_deleting_the_growing_answer_stops_it(home: Home, ask: Ask) -> None:
    _, answer, _ = await growing(home, ask)

    await home.mo.delete(answer)

    assert await closed(home.weryai.requests[0])
    await home.answered(await home.mention("And now?"))
    asked = conversation(home.weryai.requests[1])
    assert ("assistant", "One two ") not in asked
    assert asked[-1] == ("user", "And now?")
    assert said_by_the_bot(home.channel)[:-1] == []


async def test_deleting_any_message_of_a_growing_answer_stops_it(home: Home) -> None:
    words = [f"w{number:04} " for number in range(500)]
    home.weryai.answer_next(words)
    home.weryai.hold_next(after=400)
    question = await home.mention("Write a lot!")
    await home.until(lambda: "w0399" in str([one.content for one in answers_to(question)]))
    first, second = answers_to(question)

    await home.mo.delete(first)

    assert await closed(home.weryai.requests[0])
    await home.until(lambda: small_print(second) == f"⏹ Stopped · {DEFAULT_NAME}")


async def test_deleting_many_messages_at_once_stops_an_answer_among_them(home: Home) -> None:
    noise = await home.bob.send(home.channel, "noise")
    question, answer, _ = await growing(home)
    assert isinstance(question, Message)

    await home.mo.delete(noise, question, answer)

    assert await closed(home.weryai.requests[0])
    await home.answered(await home.mention("And now?"))
    assert conversation(home.weryai.requests[1]) == [("user", "And now?")]


async def test_deleting_a_question_that_waits_in_line_leaves_it_unanswered(home: Home) -> None:
    first, _, gate = await growing(home)
    waiting = await home.mention("And this?", by=home.bob)

    await home.bob.delete(waiting)

    later = await home.mention("And that?", by=home.bob)
    gate.release()
    await home.answered(first)
    await home.answered(later)
    assert answers_to(waiting) == []
    assert len(home.weryai.requests) == 2
    assert "And this?" not in str(home.weryai.requests[1].json)


async def test_a_deleted_question_leaves_the_history(home: Home) -> None:
    question = await home.mention("My secret is 42.")
    await home.answered(question)

    await home.ada.delete(question)

    await home.answered(await home.mention("What was it?"))
    assert "42" not in str(home.weryai.requests[1].json)


@pytest.mark.parametrize("which", [0, 1])
async def test_an_answer_of_which_any_message_is_deleted_leaves_the_history(
    home: Home, which: int
) -> None:
    home.weryai.answer_next("word " * 500)
    question = await home.mention("Write a lot!")
    await home.answered(question)
    parts = answers_to(question)
    assert len(parts) == 2

    await home.mo.delete(parts[which])

    await home.answered(await home.mention("And now?"))
    assert "word word" not in str(home.weryai.requests[1].json)


async def test_of_a_deleted_question_no_other_answer_is_given(home: Home) -> None:
    question = await home.mention("My secret is 42.")
    answer = await home.answered(question)
    before = answer.content
    await home.ada.delete(question)

    pressed = await home.ada.click(answer, "Regenerate")

    assert await told_privately(home, pressed) == "The question was deleted. Please ask again."
    assert answer.content == before
    assert len(home.weryai.requests) == 1


async def test_an_edited_question_is_answered_anew_as_it_reads_now(home: Home) -> None:
    question = await home.mention("How tall is Mont Blank?")
    answer = await home.answered(question)
    await home.ada.edit(question, f"{home.discord.bot_mention} How tall is Mont Blanc?")
    home.weryai.answer_next("4,806 metres.")

    await home.ada.click(answer, "Regenerate")

    await ends_again(home, answer, "4,806 metres.")
    assert conversation(home.weryai.requests[1]) == [("user", "How tall is Mont Blanc?")]


async def test_a_deleted_answer_may_not_be_shown_again_by_what_still_comes(home: Home) -> None:
    _, answer, gate = await growing(home)
    edit = home.discord.faults.hold("PATCH", f"/messages/{answer.id}$")
    gate.allow(1)
    await edit.arrived.wait()

    await home.mo.delete(answer)
    edit.release()

    assert await closed(home.weryai.requests[0])
    await home.answered(await home.mention("And now?"))
    assert len(said_by_the_bot(home.channel)) == 1


@every_way
async def test_a_stopped_answer_keeps_all_that_had_come(home: Home, ask: Ask) -> None:
    words = [f"w{number:04} " for number in range(700)]
    home.weryai.answer_next(words)
    gate = home.weryai.hold_next(after=600)
    question = await ask(home, "Write a lot!")
    await gate.reached()
    await home.until(lambda: any(buttons(one) == ["Stop"] for one in answers_to(question)))
    [at] = [one for one in answers_to(question) if buttons(one) == ["Stop"]][-1:]

    await home.ada.click(at, "Stop")

    await home.answered(question)
    text = "".join(words[:600]).strip()
    assert joined(answers_to(question), " ") == text


async def test_regenerating_removes_pages_without_stopping_itself(home: Home) -> None:
    home.weryai.answer_next("word " * 1000)
    question = await home.mention("Write a lot!")
    last = await home.answered(question)
    first = answers_to(question)[0]
    home.weryai.answer_next(["Another ", "answer."])
    gate = home.weryai.hold_next(after=1)
    await home.ada.click(last, "Regenerate")
    await home.until(lambda: first.content == "Another" and last.deleted)

    gate.release()

    await ends_again(home, first, "Another answer.")
    await ended_as(home, "complete", by_mention)
    assert ("assistant", "Another answer.") in conversation(home.weryai.requests[2])
