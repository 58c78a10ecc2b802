"""Every ending of an answer can be seen, says which model it was, and offers what makes sense."""

from __future__ import annotations

import pytest

from bot.sandbox.weryai.faults import Fault
from tests.e2e.playing import COUNT, NOT_YOURS, Ask, both_ways, told_privately
from tests.e2e.reading import closed
from tests.e2e.stage import DEFAULT_NAME, Home, buttons, conversation, small_print, text_of


@both_ways
async def test_a_complete_answer_offers_another_one(home: Home, ask: Ask) -> None:
    home.weryai.answer_next(COUNT)

    answer = await home.answered(await ask(home, "Count!"))

    assert answer.content == f"One two three four.\n-# {DEFAULT_NAME}"
    assert buttons(answer) == ["Regenerate"]


@both_ways
async def test_an_answer_that_reached_its_length_can_go_on(home: Home, ask: Ask) -> None:
    home.weryai.answer_next(COUNT)
    home.weryai.fail_next(Fault.LENGTH)

    answer = await home.answered(await ask(home, "Count!"))

    assert answer.content == (
        f"One two\n-# ✂ Cut off at the length limit: press Continue to go on · {DEFAULT_NAME}"
    )
    assert buttons(answer) == ["Continue", "Regenerate"]


@both_ways
async def test_an_answer_that_the_content_check_ended_keeps_what_was_there(
    home: Home, ask: Ask
) -> None:
    home.weryai.answer_next(COUNT)
    home.weryai.fail_next(Fault.FILTERED)

    answer = await home.answered(await ask(home, "Count!"))

    assert answer.content == f"One two\n-# ⚠ Ended by WeryAI's content check · {DEFAULT_NAME}"
    assert buttons(answer) == ["Regenerate"]


@both_ways
async def test_a_question_that_the_content_check_refused_says_so(home: Home, ask: Ask) -> None:
    home.weryai.fail_next(Fault.REFUSED_CONTENT)

    answer = await home.answered(await ask(home, "Something bad?"))

    assert "WeryAI's content check refused this. Please put it in other words." in answer.content
    assert DEFAULT_NAME in small_print(answer)
    assert buttons(answer) == ["Regenerate"]


@both_ways
async def test_a_failure_says_what_happened_and_what_to_do(home: Home, ask: Ask) -> None:
    home.weryai.fail_next(Fault.NO_CREDITS)

    answer = await home.answered(await ask(home, "Count!"))

    assert answer.content == (
        "⚠ This bot's WeryAI credits are used up. Please tell whoever runs the bot.\n"
        f"-# {DEFAULT_NAME}"
    )
    assert buttons(answer) == ["Regenerate"]


@both_ways
@pytest.mark.parametrize("fault", [Fault.DROP, Fault.BREAK_OFF, Fault.ERROR])
async def test_an_answer_that_breaks_off_keeps_what_was_there_and_can_go_on(
    home: Home, ask: Ask, fault: Fault
) -> None:
    home.weryai.answer_next(COUNT)
    home.weryai.fail_next(fault)

    answer = await home.answered(await ask(home, "Count!"))

    text, why, note = answer.content.split("\n")
    assert text == "One two"
    assert why == "-# ⚠ WeryAI cannot be reached right now. Please try again in a moment."
    assert note == f"-# Press Continue to go on · {DEFAULT_NAME}"
    assert buttons(answer) == ["Continue", "Regenerate"]


async def test_an_empty_answer_says_so(home: Home) -> None:
    home.weryai.fail_next(Fault.EMPTY)

    answer = await home.answered(await home.mention("Say nothing."))

    assert answer.content == (
        f"The model gave an empty answer. Press Regenerate to ask again.\n-# {DEFAULT_NAME}"
    )
    assert buttons(answer) == ["Regenerate"]


@both_ways
@pytest.mark.parametrize("stopper", ["asker", "moderator"])
async def test_stop_closes_the_request_at_once_and_keeps_what_is_there(
    home: Home, ask: Ask, stopper: str
) -> None:
    home.weryai.answer_next(COUNT)
    home.weryai.hold_next(after=2)
    question = await ask(home, "Count!")
    growing = await home.begun(question)
    await home.until(lambda: growing.content == "One two")

    await (home.ada if stopper == "asker" else home.mo).click(growing, "Stop")

    answer = await home.answered(question)
    assert answer is growing
    assert answer.content == f"One two\n-# ⏹ Stopped · {DEFAULT_NAME}"
    assert buttons(answer) == ["Continue", "Regenerate"]
    assert await closed(home.weryai.requests[0])
    await home.answered(await home.mention("And now?"))
    assert conversation(home.weryai.requests[1]) == [
        ("user", "Count!"),
        ("assistant", "One two "),
        ("user", "And now?"),
    ]


async def test_a_stranger_who_presses_stop_is_told_so_privately_and_it_goes_on(home: Home) -> None:
    home.weryai.answer_next(COUNT)
    gate = home.weryai.hold_next(after=2)
    question = await home.mention("Count!")
    growing = await home.begun(question)

    pressed = await home.bob.click(growing, "Stop")

    assert await told_privately(home, pressed) == NOT_YOURS
    gate.release()
    answer = await home.answered(question)
    assert text_of(answer) == "One two three four."
    assert not home.weryai.requests[0].closed_by_client
