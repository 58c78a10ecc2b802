"""Every failure that WeryAI is known for: what the member reads, and that all goes on after it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping

import pytest
import pytest_asyncio

from bot.sandbox.weryai import Fault
from tests.e2e.conftest import observed, open_stage
from tests.e2e.stage import (
    DEFAULT_NAME,
    Home,
    Stage,
    buttons,
    conversation,
    small_print,
    text_of,
)

UNAUTHORIZED = "WeryAI does not accept this bot's key. Please tell whoever runs the bot."
NO_CREDITS = "This bot's WeryAI credits are used up. Please tell whoever runs the bot."
SLOW_DOWN = "WeryAI is getting too many requests. Please wait a minute and try again."
BAD_REQUEST = "WeryAI could not take this request. Try a shorter question or another model."
NO_SUCH_MODEL = "WeryAI does not offer this model any more. Choose another one."
UNAVAILABLE = "WeryAI cannot be reached right now. Please try again in a moment."
REFUSED = "WeryAI's content check refused this. Please put it in other words."
QUEUE_FULL = (
    "Too many people are asking this model. Try again in a minute, or choose another model."
)
TOO_LONG = "The model took too long to answer. Try again, or choose a faster model."

AT_ONCE: Mapping[Fault, str] = {
    Fault.UNAUTHORIZED: UNAUTHORIZED,
    Fault.FORBIDDEN: UNAUTHORIZED,
    Fault.NO_CREDITS: NO_CREDITS,
    Fault.RATE_LIMIT: SLOW_DOWN,
    Fault.RATE_LIMIT_UNTIL: SLOW_DOWN,
    Fault.RATE_LIMIT_BARE: SLOW_DOWN,
    Fault.BAD_REQUEST: BAD_REQUEST,
    Fault.UNKNOWN_MODEL: NO_SUCH_MODEL,
    Fault.SERVER_ERROR: UNAVAILABLE,
    Fault.BAD_GATEWAY: UNAVAILABLE,
    Fault.OVERLOADED: UNAVAILABLE,
    Fault.REFUSED_CONTENT: REFUSED,
    Fault.CODE_1001: SLOW_DOWN,
    Fault.CODE_1002: BAD_REQUEST,
    Fault.CODE_1003: NO_SUCH_MODEL,
    Fault.CODE_1006: NO_SUCH_MODEL,
    Fault.CODE_1007: QUEUE_FULL,
    Fault.CODE_1009: UNAUTHORIZED,
    Fault.CODE_1011: NO_CREDITS,
    Fault.CODE_1017: NO_CREDITS,
    Fault.CODE_2003: REFUSED,
    Fault.DROP_AT_ONCE: UNAVAILABLE,
    Fault.STALL_AT_ONCE: TOO_LONG,
    Fault.STALL_FIRST: TOO_LONG,
    Fault.ERROR_FIRST: UNAVAILABLE,
}
IN_MID_STREAM: Mapping[Fault, str] = {
    Fault.STALL: TOO_LONG,
    Fault.DROP: UNAVAILABLE,
    Fault.BREAK_OFF: UNAVAILABLE,
    Fault.ERROR: UNAVAILABLE,
    Fault.ERROR_ENVELOPE: NO_CREDITS,
    Fault.NONSENSE: UNAVAILABLE,
}
CUT_SHORT: Mapping[Fault, str] = {
    Fault.FILTERED: "⚠ Ended by WeryAI's content check",
    Fault.LENGTH: "✂ Cut off at the length limit: press Continue to go on",
}
HARMLESS = (
    Fault.NO_DONE,
    Fault.NO_FINISH,
    Fault.NO_BLANK_LINE,
    Fault.PLAIN_JSON,
    Fault.SPLIT_BYTES,
    Fault.ONE_CHUNK,
    Fault.ONE_CHOICE,
    Fault.CRLF,
    Fault.CR,
    Fault.COMMENTS,
    Fault.BOM,
)
WHOLE = ["Grüße, ", "世界: ", "four ", "words."]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def impatient_stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stage]:
    """A bot that asks WeryAI once and waits for it a second at most."""
    async with (
        open_stage(tmp_path_factory.mktemp("impatient")) as stage,
        stage.running_bot(
            MODEL_ATTEMPTS="1",
            MODEL_PATIENCE="0",
            FIRST_BYTE_TIMEOUT="1",
            SILENCE_TIMEOUT="1",
        ),
    ):
        yield stage


@pytest_asyncio.fixture(loop_scope="session")
async def home(impatient_stage: Stage) -> AsyncGenerator[Home]:
    for stage in observed(impatient_stage):
        yield stage.home()


def test_every_fault_is_tried_here() -> None:
    tried = [*AT_ONCE, *IN_MID_STREAM, *CUT_SHORT, Fault.EMPTY, *HARMLESS]
    assert sorted(tried) == sorted(Fault)


async def goes_on(home: Home, before: list[tuple[str, str]]) -> None:
    """The next question works, and brings what was said before."""
    home.weryai.answer_next("All is well.")
    answer = await home.answered(await home.mention("And now?"))
    assert text_of(answer) == "All is well."
    assert conversation(home.weryai.requests[-1]) == [*before, ("user", "And now?")]


@pytest.mark.parametrize("fault", AT_ONCE)
async def test_a_failure_before_the_answer_is_told_and_the_question_is_kept(
    home: Home, fault: Fault
) -> None:
    home.weryai.fail_next(*[fault] * 3)  # a kept connection that is dropped is tried anew

    answer = await home.answered(await home.mention("Is anybody there?"))
    home.weryai.forget()

    assert text_of(answer) == f"⚠ {AT_ONCE[fault]}"
    assert small_print(answer) == DEFAULT_NAME
    assert buttons(answer) == ["Regenerate"]
    await goes_on(home, [("user", "Is anybody there?")])


@pytest.mark.parametrize("fault", IN_MID_STREAM)
async def test_a_failure_in_mid_stream_keeps_what_was_said_and_can_go_on(
    home: Home, fault: Fault
) -> None:
    home.weryai.fail_next(fault)
    home.weryai.answer_next(WHOLE)

    answer = await home.answered(await home.mention("Is anybody there?"))

    said, told, last = answer.content.split("\n")
    assert said == "Grüße, 世界:"
    assert told == f"-# ⚠ {IN_MID_STREAM[fault]}"
    assert last == f"-# Press Continue to go on · {DEFAULT_NAME}"
    assert buttons(answer) == ["Continue", "Regenerate"]
    await goes_on(home, [("user", "Is anybody there?"), ("assistant", "Grüße, 世界: ")])


@pytest.mark.parametrize("fault", CUT_SHORT)
async def test_an_answer_that_is_cut_short_says_why(home: Home, fault: Fault) -> None:
    home.weryai.fail_next(fault)
    home.weryai.answer_next(WHOLE)

    answer = await home.answered(await home.mention("Is anybody there?"))

    assert text_of(answer) == "Grüße, 世界:"
    assert small_print(answer) == f"{CUT_SHORT[fault]} · {DEFAULT_NAME}"
    assert ("Continue" in buttons(answer)) == (fault is Fault.LENGTH)
    await goes_on(home, [("user", "Is anybody there?"), ("assistant", "Grüße, 世界: ")])


async def test_an_empty_answer_is_told(home: Home) -> None:
    home.weryai.fail_next(Fault.EMPTY)

    answer = await home.answered(await home.mention("Is anybody there?"))

    assert text_of(answer) == "The model gave an empty answer. Press Regenerate to ask again."
    assert buttons(answer) == ["Regenerate"]
    await goes_on(home, [("user", "Is anybody there?")])


@pytest.mark.parametrize("fault", HARMLESS)
async def test_odd_manners_of_a_server_do_no_harm(home: Home, fault: Fault) -> None:
    home.weryai.fail_next(fault)
    home.weryai.answer_next(WHOLE)

    answer = await home.answered(await home.mention("Is anybody there?"))

    assert text_of(answer) == "Grüße, 世界: four words."
    assert small_print(answer) == DEFAULT_NAME
    assert buttons(answer) == ["Regenerate"]
    await goes_on(home, [("user", "Is anybody there?"), ("assistant", "Grüße, 世界: four words.")])


@pytest.mark.parametrize("fault", [Fault.NO_CREDITS, Fault.DROP, Fault.FILTERED])
async def test_a_command_is_told_in_its_response_too(home: Home, fault: Fault) -> None:
    home.weryai.fail_next(fault)

    asked = await home.ask("Is anybody there?", private=True)

    answer = await home.answered(asked)
    assert "⚠" in answer.content
    assert asked.responses == [answer]
    assert answer.ephemeral_for == home.ada.id
