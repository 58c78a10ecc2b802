"""Old answers leave the database; their buttons say so, and everything else goes on."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.e2e.database import stored
from tests.e2e.playing import told_privately
from tests.e2e.stage import Stage, conversation

A_MONTH = 31 * 86_400  # seconds; longer than answers are kept where nobody says otherwise


def age(stage: Stage) -> None:
    """Let everything that is stored be a month older."""
    with closing(sqlite3.connect(stage.database)) as connection, connection:
        connection.execute("UPDATE replies SET updated_at = updated_at - ?", (A_MONTH,))


async def test_an_old_answer_is_forgotten_at_the_start_and_its_buttons_say_so(stage: Stage) -> None:
    home = stage.home()
    async with stage.running_bot() as bot:
        home.weryai.answer_next("A city.")
        answer = await home.answered(await home.mention("What is Bonn?"))
        await bot.stop()
        age(stage)
        await bot.start()
        said = await bot.log.says("answers deleted")

        pressed = await home.ada.click(answer, "Regenerate")

        assert said["event"] == "answers deleted that had not changed for 30 days: 1"
        told = await told_privately(home, pressed)
        assert told == "I do not remember this answer any more. Please ask again."
        await home.answered(await home.mention("How large is it?"))
    assert conversation(home.weryai.requests[-1])[:2] == [
        ("user", "What is Bonn?"),
        ("assistant", "A city."),
    ]
    assert len(stored(stage.database, "SELECT id FROM replies")) == 1
    assert len(stored(stage.database, "SELECT id FROM usage")) == 2


async def test_answers_are_kept_for_as_long_as_the_operator_says(stage: Stage) -> None:
    home = stage.home()
    async with stage.running_bot(REPLIES_KEPT_DAYS="60") as bot:
        home.weryai.answer_next("A city.")
        answer = await home.answered(await home.mention("What is Bonn?"))
        await bot.stop()
        age(stage)
        await bot.start()
        home.weryai.answer_next("A fine city.")

        await home.ada.click(answer, "Regenerate")

        await home.until(lambda: answer.content.startswith("A fine city."))
