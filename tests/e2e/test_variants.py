"""`/ask … variants`: several answers to one question, and paging between them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.discord.handles import InteractionHandle, NotPossible
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.state import InteractionState, Message
from bot.sandbox.weryai.faults import Fault
from tests.e2e.playing import NOT_YOURS, ends_again, told_privately
from tests.e2e.reading import said_by_the_bot
from tests.e2e.stage import Home, Stage, buttons, conversation, small_print, text_of

ANSWERS = ("First answer.", "Second answer.", "Third answer.")
LONG = "\n\n".join(f"Paragraph {number}: " + "words and more words. " * 20 for number in range(12))
TOO_LATE = "There is a newer answer here; this one stays as it is."


async def three(home: Home, *answers: str, **options: Any) -> tuple[InteractionHandle, Message]:
    """A question that was answered in three variants; the message that the first ends in."""
    home.weryai.answer_next(*(answers or ANSWERS))
    asked = await home.ask("What now?", variants=3, **options)
    return asked, await home.answered(asked)


async def turn(home: Home, answer: Message, label: str, by: Person | None = None) -> None:
    """Somebody (Ada) presses a button of an answer."""
    await (by or home.ada).click(answer, label)


async def shows(home: Home, answer: Message, text: str, page: str) -> None:
    """Wait until a message shows this variant."""
    await home.until(
        lambda: answer.content.startswith(text) and page in small_print(answer),
        f"{text!r} as {page}",
    )


def forge(answer: Message, number: int) -> str:
    """The custom id of a button that leads to a variant."""
    [back] = [one for one in answer.components[0]["components"] if one["label"] == "◀"]
    return f"{back['custom_id'].rpartition(':')[0]}:{number}"


async def test_the_first_streams_while_the_others_fill_in(home: Home) -> None:
    home.weryai.answer_next(["One ", "two."], ["Three ", "four ", "five."])
    gate = home.weryai.hold_next(after=4)

    asked = await home.ask("Count!", variants=2)

    growing = await home.begun(asked)
    await home.until(lambda: text_of(growing) == "One two.", "all of the first")
    assert buttons(growing) == ["Stop"]
    assert "Three" not in growing.content
    gate.release()
    answer = await home.answered(asked)
    assert answer is growing
    assert text_of(answer) == "One two."
    assert small_print(answer).startswith("1/2 · ")
    assert buttons(answer) == ["▶", "Regenerate"]
    assert home.weryai.requests[0].json["n"] == 2


async def test_the_buttons_page_through_all_and_end_at_both_ends(home: Home) -> None:
    _, answer = await three(home)
    with pytest.raises(NotPossible):
        await home.ada.click(answer, "◀")

    for label, index, left in (
        ("▶", 1, ["◀", "▶"]),
        ("▶", 2, ["◀"]),
        ("◀", 1, ["◀", "▶"]),
        ("◀", 0, ["▶"]),
        ("▶", 1, ["◀", "▶"]),
        ("▶", 2, ["◀"]),
    ):
        await turn(home, answer, label)
        await shows(home, answer, ANSWERS[index], f"{index + 1}/3")
        assert buttons(answer) == [*left, "Regenerate"]
        row = answer.components[0]["components"]
        assert [one["label"] for one in row] == ["◀", f"{index + 1}/3", "▶", "Regenerate"]
    with pytest.raises(NotPossible):
        await home.ada.click(answer, "▶")


async def test_the_next_question_is_told_what_was_showing(home: Home) -> None:
    _, answer = await three(home)
    await turn(home, answer, "▶")
    await shows(home, answer, ANSWERS[1], "2/3")

    await home.answered(await home.ask("And then?"))

    assert conversation(home.weryai.requests[-1]) == [
        ("user", "What now?"),
        ("assistant", ANSWERS[1]),
        ("user", "And then?"),
    ]
    await home.until(lambda: not buttons(answer), "the buttons' retirement")


async def test_once_another_question_is_asked_the_answer_stays(home: Home) -> None:
    _, answer = await three(home)
    gate = home.weryai.hold_next()
    newer = await home.ask("And then?")
    await gate.reached()

    told = await told_privately(home, await home.ada.click(answer, "▶"))

    assert told == TOO_LATE
    gate.release()
    await home.answered(newer)
    assert text_of(answer) == ANSWERS[0]
    assert conversation(home.weryai.requests[-1])[1] == ("assistant", ANSWERS[0])


async def test_moderators_page_and_strangers_do_not(home: Home) -> None:
    _, answer = await three(home)

    assert await told_privately(home, await home.bob.click(answer, "▶")) == NOT_YOURS
    assert text_of(answer) == ANSWERS[0]

    await turn(home, answer, "▶", by=home.mo)
    await shows(home, answer, ANSWERS[1], "2/3")


async def test_a_button_that_is_no_more_than_decoration_leads_nowhere(home: Home) -> None:
    _, answer = await three(home)

    before_the_first, here = forge(answer, 0), forge(answer, 1)
    told = await told_privately(home, await home.ada.forge_click(answer, before_the_first))
    assert told == "This answer has no such variant."
    versions = len(answer.versions)
    await home.ada.forge_click(answer, here)
    await home.until(lambda: len(answer.versions) > versions, "the same once more")
    await shows(home, answer, ANSWERS[0], "1/3")
    await turn(home, answer, "▶")
    await shows(home, answer, ANSWERS[1], "2/3")


async def test_forged_buttons_are_not_even_taken(home: Home) -> None:
    """What discord.py finds no button for in the message, it drops; the app says that it failed."""
    _, answer = await three(home)
    other = home.discord.add_channel(home.guild, "other")
    home.weryai.answer_next("Bob's first.", "Bob's second.")
    bobs = await home.answered(await home.ask("Bob's?", by=home.bob, channel=other, variants=2))
    forged = (forge(answer, 3), forge(answer, 99), forge(bobs, 2), "reply:999999999:variant:1")

    pressed = [await home.ada.forge_click(answer, custom_id) for custom_id in forged]

    home.discord.clock.advance(4.0)
    assert [await one.settled() for one in pressed] == [InteractionState.FAILED] * 4
    assert text_of(answer) == ANSWERS[0]
    assert text_of(bobs) == "Bob's first."


async def test_nobody_pages_while_it_streams(home: Home) -> None:
    _, answer = await three(home)
    home.weryai.answer_next(["Again ", "the first."], ["Again ", "the second."])
    gate = home.weryai.hold_next(after=1)
    custom_id = forge(answer, 2)
    await home.ada.click(answer, "Regenerate")
    await home.until(lambda: answer.content == "Again", "the new first words")
    assert buttons(answer) == ["Stop"]

    await home.ada.forge_click(answer, custom_id)

    gate.release()
    await ends_again(home, answer, "Again the first.")
    assert "1/3" in small_print(answer)


async def test_regenerate_asks_for_as_many_again(home: Home) -> None:
    _, answer = await three(home)
    await turn(home, answer, "▶")
    await shows(home, answer, ANSWERS[1], "2/3")
    home.weryai.answer_next("New one.", "New two.", "New three.")

    await home.ada.click(answer, "Regenerate")

    await ends_again(home, answer, "New one.")
    assert small_print(answer).startswith("1/3")
    assert home.weryai.requests[-1].json["n"] == 3
    await turn(home, answer, "▶")
    await shows(home, answer, "New two.", "2/3")


async def test_continue_goes_on_with_the_variant_that_shows(home: Home) -> None:
    home.weryai.fail_next(Fault.LENGTH)
    home.weryai.answer_next(["One ", "two ", "three ", "four."], ["A ", "b ", "c ", "d."])
    answer = await home.answered(await home.ask("Count!", variants=2))
    assert buttons(answer) == ["▶", "Continue", "Regenerate"]
    await turn(home, answer, "▶")
    await shows(home, answer, "A b", "2/2")
    home.weryai.answer_next("c d.")

    await home.ada.click(answer, "Continue")

    await ends_again(home, answer, "A b c d.")
    request = home.weryai.requests[-1].json
    assert "n" not in request
    assert request["messages"][-2]["content"].startswith("A b")
    assert small_print(answer).startswith("2/2")
    await turn(home, answer, "◀")
    await shows(home, answer, "One two", "1/2")
    assert "Continue" in buttons(answer), "that one is still cut off"
    await turn(home, answer, "▶")
    await shows(home, answer, "A b c d.", "2/2")
    assert "Continue" not in buttons(answer)


async def test_variants_of_any_length_fill_as_many_messages_as_they_need(home: Home) -> None:
    _, answer = await three(home, "Short.", LONG, "Short again.")

    await turn(home, answer, "▶")
    await home.until(
        lambda: (
            len(said_by_the_bot(home.channel)) > 1 and buttons(said_by_the_bot(home.channel)[-1])
        ),
        "several",
    )
    long = said_by_the_bot(home.channel)
    assert small_print(long[-1]).startswith("2/3")
    assert [buttons(one) for one in long[:-1]] == [[]] * (len(long) - 1)
    assert "Paragraph 11" in long[-1].content

    await turn(home, long[-1], "▶")
    await home.until(lambda: len(said_by_the_bot(home.channel)) == 1, "one message again")
    await shows(home, answer, "Short again.", "3/3")
    assert said_by_the_bot(home.channel) == [answer]
    await home.answered(await home.ask("And then?"))
    told = conversation(home.weryai.requests[-1])
    assert told[1] == ("assistant", "Short again."), "the bot's own deletions delete no answer"


async def test_a_variant_beyond_five_messages_comes_as_a_file(home: Home) -> None:
    _, answer = await three(home, "Short.", LONG * 3, "Short again.")

    await turn(home, answer, "▶")

    await home.until(
        lambda: (
            len(said_by_the_bot(home.channel)) == 5 and buttons(said_by_the_bot(home.channel)[-1])
        ),
        "five",
    )
    [file] = said_by_the_bot(home.channel)[-1].attachments
    assert (file.filename, file.data.decode()) == ("answer.md", LONG * 3)
    await turn(home, said_by_the_bot(home.channel)[-1], "◀")
    await home.until(lambda: len(said_by_the_bot(home.channel)) == 1, "one message again")
    await shows(home, answer, "Short.", "1/3")
    assert answer.attachments == ()


async def test_a_private_answer_can_be_paged(home: Home) -> None:
    _, answer = await three(home, private=True)
    assert answer.ephemeral_for == home.ada.user.id

    await turn(home, answer, "▶")
    await shows(home, answer, ANSWERS[1], "2/3")
    await turn(home, answer, "▶")
    await shows(home, answer, ANSWERS[2], "3/3")


async def test_a_model_that_gives_one_answer_is_told_of(home: Home) -> None:
    home.weryai.fail_next(Fault.ONE_CHOICE)
    answer = await home.answered(await home.ask("What now?", variants=3))

    assert "only 1 of 3 variants came" in small_print(answer)
    assert buttons(answer) == ["Regenerate"]


async def test_stopped_what_is_there_of_every_variant_stays(home: Home) -> None:
    home.weryai.answer_next(["One ", "two."], ["Three ", "four."], ["", "", "Five."])
    gate = home.weryai.hold_next(after=2)
    asked = await home.ask("Count!", variants=3)
    growing = await home.begun(asked)
    await gate.reached()

    await home.ada.click(growing, "Stop")

    answer = await home.answered(asked)
    assert text_of(answer) == "One"
    assert "only 2 of 3 variants came" in small_print(answer)
    await turn(home, answer, "▶")
    await shows(home, answer, "Three", "2/2")
    assert "⏹ Stopped" in small_print(answer)


async def test_paging_works_after_a_restart(stage: Stage) -> None:
    home = stage.home()
    async with stage.running_bot():
        _, answer = await three(home)
        await turn(home, answer, "▶")
        await shows(home, answer, ANSWERS[1], "2/3")
        _, private = await three(home, private=True)

    async with stage.running_bot():
        await turn(home, private, "▶")
        await shows(home, private, ANSWERS[1], "2/3")
        assert await told_privately(home, await home.bob.click(answer, "▶")) == NOT_YOURS
        await turn(home, answer, "▶")
        await shows(home, answer, ANSWERS[2], "3/3")
        await turn(home, answer, "◀", by=home.mo)
        await shows(home, answer, ANSWERS[1], "2/3")
        await home.answered(await home.ask("And then?"))

        await home.until(lambda: not buttons(answer), "the buttons' retirement")
        assert text_of(answer) == ANSWERS[1]
    assert conversation(home.weryai.requests[-1])[1] == ("assistant", ANSWERS[1])


async def test_a_crash_keeps_the_first_and_says_that_the_others_are_lost(stage: Stage) -> None:
    home = stage.home()
    bot = stage.bot()
    await bot.start()
    home.weryai.answer_next(["One ", "two."], ["Three ", "four."])
    gate = home.weryai.hold_next(after=3)
    asked = await home.ask("Count!", variants=2)
    growing = await home.begun(asked)
    await home.until(lambda: "two." in growing.content, "all of the first")
    await gate.reached()
    await bot.kill()

    async with stage.running_bot():
        answer = await home.answered(asked)
        assert text_of(answer) == "One two."
        assert "⚠ Interrupted" in small_print(answer)
        assert "only 1 of 2 variants came" in small_print(answer)
        assert "◀" not in buttons(answer)
