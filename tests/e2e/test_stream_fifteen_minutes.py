"""An interaction's token dies after 15 minutes; an answer that takes longer is not lost."""

from __future__ import annotations

import pytest

from bot.sandbox.discord.handles import InteractionHandle
from tests.e2e.database import stored
from tests.e2e.playing import (
    by_command,
    ended_as,
    ends_again,
    growing,
    in_private,
    told_privately,
)
from tests.e2e.reading import joined, said_by_the_bot
from tests.e2e.stage import DEFAULT_NAME, Home, buttons, conversation, text_of

FIFTEEN_MINUTES = 15 * 60 + 1.0


async def test_a_longer_answer_goes_on_in_its_message_as_the_bots_own(home: Home) -> None:
    question, answer, gate = await growing(home, by_command)

    home.discord.clock.advance(FIFTEEN_MINUTES)
    gate.release()

    assert await home.answered(question) is answer
    assert answer.content == f"One two three four.\n-# {DEFAULT_NAME}"
    assert buttons(answer) == ["Regenerate"]
    refused = [one for one in home.discord.requests if one.status >= 400]
    assert len(refused) == 1


async def test_what_does_not_fit_there_comes_as_messages_of_the_channel(home: Home) -> None:
    words = [f"w{number:04} " for number in range(1000)]
    home.weryai.answer_next(words)
    gate = home.weryai.hold_next(after=100)
    first = await home.begun(await home.ask("Write a lot!"))

    home.discord.clock.advance(FIFTEEN_MINUTES)
    gate.release()

    await home.until(lambda: buttons(said_by_the_bot(home.channel)[-1]) == ["Regenerate"])
    pages = said_by_the_bot(home.channel)
    assert pages[0] is first
    assert len(pages) == 4
    assert joined(pages, " ") == "".join(words).strip()


async def test_an_answer_that_only_begins_after_that_comes_as_a_message(home: Home) -> None:
    home.weryai.answer_next("Here I am.")
    gate = home.weryai.hold_next()
    asked = await home.ask("Think about it!")
    await gate.reached()

    home.discord.clock.advance(FIFTEEN_MINUTES)
    gate.release()

    await home.until(lambda: any(text_of(m) == "Here I am." for m in said_by_the_bot(home.channel)))
    answer = said_by_the_bot(home.channel)[-1]
    assert asked.failed
    await ends_again(home, answer, "Here I am.")
    home.weryai.answer_next("Another answer.")
    await home.ada.click(answer, "Regenerate")
    await ends_again(home, answer, "Another answer.")


@pytest.mark.parametrize("button", ["Continue", "Regenerate"])
async def test_a_press_has_fifteen_minutes_of_its_own(home: Home, button: str) -> None:
    answer = await ended_as(home, "length", by_command)
    home.discord.clock.advance(FIFTEEN_MINUTES)
    home.weryai.answer_next(["three ", "four."])
    gate = home.weryai.hold_next(after=1)
    await home.ada.click(answer, button)
    await home.until(lambda: text_of(answer).endswith("three"))

    home.discord.clock.advance(FIFTEEN_MINUTES)
    gate.release()

    await ends_again(home, answer, "One two three four." if button == "Continue" else "three four.")
    await home.answered(await home.mention("And now?"))
    assert conversation(home.weryai.requests[2])[1][1] == text_of(answer)


async def test_a_private_answer_ends_where_it_is_and_is_not_told_to_anybody_else(
    home: Home,
) -> None:
    asked, answer, gate = await growing(home, in_private)
    assert isinstance(asked, InteractionHandle)

    home.discord.clock.advance(FIFTEEN_MINUTES)
    gate.release()

    direct = await home.ada.open_dm()
    await home.until(lambda: direct.messages, "A direct message, which is its last word")
    assert text_of(answer) == "One two"
    assert said_by_the_bot(home.channel) == [answer]
    pressed = await home.ada.click(answer, "Stop")
    assert await told_privately(home, pressed) == "This answer has already ended."
    query = "SELECT state, text, shown, token FROM replies WHERE event_id = ?"
    row = ("complete", "One two three four.", 1, None)
    assert stored(home.stage.database, query, asked.interaction.id) == [row]
