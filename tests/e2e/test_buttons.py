"""Regenerate and Continue: who may press them, when, and what becomes of the answer."""

from __future__ import annotations

import pytest

from bot.sandbox.discord.events import InteractionCreated
from bot.sandbox.discord.state import Message
from bot.sandbox.weryai.faults import Fault
from tests.e2e.playing import (
    NOT_YOURS,
    Ask,
    both_ways,
    by_command,
    by_mention,
    ended_as,
    ends_again,
    every_ending,
    every_way,
    growing,
    in_private,
    told_privately,
)
from tests.e2e.reading import closed, joined, said_by_the_bot
from tests.e2e.stage import DEFAULT_NAME, Home, buttons, conversation, small_print, text_of

AN_HOUR = 3601.0
TOO_LATE = "There is a newer answer here; this one stays as it is."


# --- Regenerate -----------------------------------------------------------------------------------


@every_way
@every_ending
async def test_regenerate_replaces_any_answer_in_its_message(
    home: Home, ask: Ask, ending: str
) -> None:
    answer = await ended_as(home, ending, ask)
    home.weryai.answer_next("Another answer.")

    await home.ada.click(answer, "Regenerate")

    await ends_again(home, answer, "Another answer.")
    assert answer.content == f"Another answer.\n-# {DEFAULT_NAME}"
    assert buttons(answer) == ["Regenerate"]
    assert [conversation(one) for one in home.weryai.requests] == 2 * [[("user", "Count!")]]


@both_ways
async def test_the_old_answer_leaves_the_history(home: Home, ask: Ask) -> None:
    answer = await ended_as(home, "complete", ask)
    home.weryai.answer_next("Another answer.")
    await home.ada.click(answer, "Regenerate")
    await ends_again(home, answer, "Another answer.")

    await home.answered(await home.mention("And now?"))

    assert conversation(home.weryai.requests[2]) == [
        ("user", "Count!"),
        ("assistant", "Another answer."),
        ("user", "And now?"),
    ]


@every_way
async def test_a_regenerated_answer_grows_in_the_message(home: Home, ask: Ask) -> None:
    answer = await ended_as(home, "complete", ask)
    home.weryai.answer_next(["Another ", "answer."])
    gate = home.weryai.hold_next(after=1)

    await home.ada.click(answer, "Regenerate")

    await home.until(lambda: answer.content == "Another")
    assert buttons(answer) == ["Stop"]
    gate.release()
    await ends_again(home, answer, "Another answer.")


@every_way
async def test_while_the_model_thinks_again_it_says_so_and_can_be_stopped(
    home: Home, ask: Ask
) -> None:
    answer = await ended_as(home, "complete", ask)
    home.weryai.hold_next()

    await home.ada.click(answer, "Regenerate")
    await home.until(lambda: answer.content == "-# Thinking…")
    assert buttons(answer) == ["Stop"]
    await home.weryai.came(2)
    await home.ada.click(answer, "Stop")

    await home.until(lambda: answer.content == f"-# ⏹ Stopped · {DEFAULT_NAME}")
    assert "Regenerate" in buttons(answer)
    assert await closed(home.weryai.requests[1])


@every_way
async def test_messages_that_a_new_answer_does_not_need_are_deleted(home: Home, ask: Ask) -> None:
    home.weryai.answer_next("word " * 1000)
    question = await ask(home, "Write a lot!")
    last = await home.answered(question)
    pages = [one for one in said_by_the_bot(home.channel) if home.ada.can_see(one)]
    assert len(pages) == 3
    home.weryai.answer_next("Short.")

    await home.ada.click(last, "Regenerate")

    kept = last if ask is in_private else pages[0]
    await ends_again(home, kept, "Short.")
    if ask is not in_private:
        await home.until(lambda: [one.deleted for one in pages] == [False, True, True])
    assert not kept.deleted


@both_ways
async def test_a_long_answer_replaced_by_a_long_one_fills_the_same_message_first(
    home: Home, ask: Ask
) -> None:
    home.weryai.answer_next("word " * 700)
    last = await home.answered(await ask(home, "Write a lot!"))
    first = said_by_the_bot(home.channel)[0]
    assert last is not first
    home.weryai.answer_next("other " * 700)

    def pages() -> list[Message]:
        return said_by_the_bot(home.channel)

    await home.ada.click(last, "Regenerate")

    await home.until(lambda: last.deleted and "Regenerate" in str(pages()[-1].components))
    assert pages()[0] is first
    assert joined(pages(), " ") == ("other " * 700).strip()


# --- Continue -------------------------------------------------------------------------------------


@every_way
@pytest.mark.parametrize("ending", ["length", "interrupted", "stopped"])
async def test_continue_goes_on_in_the_same_message_without_a_seam(
    home: Home, ask: Ask, ending: str
) -> None:
    answer = await ended_as(home, ending, ask)
    home.weryai.answer_next(["three ", "four."])

    await home.ada.click(answer, "Continue")

    await ends_again(home, answer, "One two three four.")
    assert answer.content == f"One two three four.\n-# {DEFAULT_NAME}"
    assert buttons(answer) == ["Regenerate"]
    *told, (role, go_on) = conversation(home.weryai.requests[1])
    assert told == [("user", "Count!"), ("assistant", "One two ")]
    assert role == "user"
    assert "Go on from exactly where it ends" in go_on
    if ask is not in_private:
        await home.answered(await home.mention("And now?"))
        assert conversation(home.weryai.requests[2]) == [
            ("user", "Count!"),
            ("assistant", "One two three four."),
            ("user", "And now?"),
        ]


async def test_an_answer_may_be_cut_off_and_go_on_again_and_again(home: Home) -> None:
    answer = await ended_as(home, "length")
    home.weryai.answer_next(["three ", "four ", "five ", "six."])
    home.weryai.fail_next(Fault.DROP)
    await home.ada.click(answer, "Continue")
    await ends_again(home, answer, "One two three four\n")
    home.weryai.answer_next(["five ", "six."])

    await home.ada.click(answer, "Continue")

    await ends_again(home, answer, "One two three four five six.")
    assert conversation(home.weryai.requests[2])[1] == ("assistant", "One two three four ")


async def test_what_continues_in_the_middle_of_a_word_is_one_word(home: Home) -> None:
    home.weryai.answer_next(["A sail", "boat", " sank", "."])
    home.weryai.fail_next(Fault.LENGTH)
    answer = await home.answered(await home.mention("What happened?"))
    home.weryai.answer_next([" sank", "."])

    await home.ada.click(answer, "Continue")

    await ends_again(home, answer, "A sailboat sank.")


@every_way
async def test_what_does_not_fit_any_more_goes_on_in_the_next_message(home: Home, ask: Ask) -> None:
    words = [f"w{number:04} " for number in range(500)]
    home.weryai.answer_next([*words[:250], *["!"] * 250])
    home.weryai.fail_next(Fault.LENGTH)
    first = await home.answered(await ask(home, "Write a lot!"))
    home.weryai.answer_next(words[250:])

    await home.ada.click(first, "Continue")

    await home.until(lambda: buttons(said_by_the_bot(home.channel)[-1]) == ["Regenerate"])
    pages = said_by_the_bot(home.channel)
    assert pages[0] is first
    assert len(pages) == 2
    assert joined(pages, " ") == "".join(words).strip()


# --- who, how often, how late ---------------------------------------------------------------------


@both_ways
@pytest.mark.parametrize("button", ["Continue", "Regenerate"])
async def test_a_stranger_who_presses_is_told_so_privately(
    home: Home, ask: Ask, button: str
) -> None:
    answer = await ended_as(home, "length", ask)
    before = answer.content

    pressed = await home.bob.click(answer, button)

    assert await told_privately(home, pressed) == NOT_YOURS
    assert answer.content == before
    assert len(home.weryai.requests) == 1


@both_ways
@pytest.mark.parametrize("button", ["Continue", "Regenerate"])
async def test_a_moderator_may_press(home: Home, ask: Ask, button: str) -> None:
    answer = await ended_as(home, "length", ask)
    home.weryai.answer_next("Pressed.")

    await home.mo.click(answer, button)

    await ends_again(home, answer, "One two Pressed." if button == "Continue" else "Pressed.")


@both_ways
@pytest.mark.parametrize("button", ["Continue", "Regenerate"])
async def test_two_presses_at_once_ask_the_model_once(home: Home, ask: Ask, button: str) -> None:
    answer = await ended_as(home, "length", ask)
    gate = home.weryai.hold_next()

    presses = [await home.ada.click(answer, button), await home.mo.click(answer, button)]

    await home.until(lambda: any(one.responses for one in presses))
    await gate.reached()
    [late] = [one for one in presses if one.responses]
    assert await told_privately(home, late) == "I am already on it."
    gate.release()
    await home.until(lambda: "Regenerate" in buttons(answer))
    assert len(home.weryai.requests) == 2


async def test_two_presses_of_stop_stop_once(home: Home) -> None:
    question, answer, _ = await growing(home)

    presses = [await home.ada.click(answer, "Stop"), await home.mo.click(answer, "Stop")]

    await home.answered(question)
    for press in presses:
        await press.settled()
        assert not press.failed
    assert small_print(answer) == f"⏹ Stopped · {DEFAULT_NAME}"
    assert len(home.weryai.requests) == 1


async def test_stop_that_comes_after_the_end_is_told_so(home: Home) -> None:
    question, answer, gate = await growing(home)
    edit = home.discord.faults.hold("PATCH", f"/messages/{answer.id}$")
    gate.release()
    await edit.arrived.wait()

    late = await home.ada.click(answer, "Stop")

    await late.settled()
    edit.release()
    ended = await home.answered(question)
    assert not late.failed
    assert text_of(ended) == "One two three four."
    assert small_print(ended) == DEFAULT_NAME


@pytest.mark.parametrize("button", ["Continue", "Regenerate"])
async def test_a_press_that_discord_tells_twice_counts_once(home: Home, button: str) -> None:
    answer = await ended_as(home, "length")
    home.weryai.answer_next("Pressed.")
    pressed = await home.ada.click(answer, button)
    await ends_again(home, answer, "One two Pressed." if button == "Continue" else "Pressed.")

    home.discord.world.publish(InteractionCreated(pressed.interaction))

    await home.answered(await home.mention("And now?"))
    assert len(home.weryai.requests) == 3


@both_ways
async def test_a_newer_answer_takes_the_buttons_of_the_one_before(home: Home, ask: Ask) -> None:
    older = await ended_as(home, "length", ask)

    newer = await ended_as(home, "complete", ask)

    await home.until(lambda: not buttons(older))
    assert buttons(newer) == ["Regenerate"]
    assert small_print(older)


@both_ways
@pytest.mark.parametrize("button", ["Continue", "Regenerate"])
async def test_an_answer_is_not_changed_once_a_newer_question_was_asked(
    home: Home, ask: Ask, button: str
) -> None:
    older = await ended_as(home, "length", ask)
    before = older.content
    question, _, gate = await growing(home, ask)

    pressed = await home.ada.click(older, button)
    await pressed.settled()
    gate.release()

    assert await told_privately(home, pressed) == TOO_LATE
    assert older.content == before
    assert text_of(await home.answered(question)) == "One two three four."
    assert len(home.weryai.requests) == 2


async def test_a_private_answer_takes_no_buttons_and_loses_none(home: Home) -> None:
    public = await ended_as(home, "complete")
    private = await ended_as(home, "complete", in_private)
    again = await ended_as(home, "complete", in_private)

    for one in (public, private, again):
        assert buttons(one) == ["Regenerate"]
        home.weryai.answer_next("Another answer.")
        await home.ada.click(one, "Regenerate")
        await ends_again(home, one, "Another answer.")


async def test_all_who_talked_in_a_turn_may_press_its_buttons(home: Home) -> None:
    answer = await ended_as(home, "complete")
    thread = await home.ada.start_thread(answer, "Talk")
    gate = home.weryai.hold_next(after=1)
    first = await home.ada.send(thread, "First?")
    await home.begun(first)
    await home.bob.send(thread, "Second?")
    third = await home.ada.send(thread, "Third?")
    gate.release()
    together = await home.answered(third)
    home.weryai.answer_next("Another answer.")

    await home.bob.click(together, "Regenerate")

    await ends_again(home, together, "Another answer.")


@pytest.mark.parametrize("button", ["Continue", "Regenerate"])
@pytest.mark.parametrize("ask", [by_mention, by_command])
async def test_to_an_answer_older_than_an_hour_the_new_one_comes_as_a_reply(
    home: Home, ask: Ask, button: str
) -> None:
    old = await ended_as(home, "length", ask)
    home.discord.clock.advance(AN_HOUR)
    home.weryai.answer_next(["three ", "four."])

    await home.ada.click(old, button)

    await home.until(lambda: said_by_the_bot(home.channel)[-1] is not old)
    new = said_by_the_bot(home.channel)[-1]
    text = "One two three four." if button == "Continue" else "three four."
    await ends_again(home, new, text)
    assert new.reference is old
    await home.until(lambda: not buttons(old))
    assert text_of(old) == "One two"
    assert len(old.late_edits) == 1
    home.weryai.answer_next("Another answer.")
    await home.ada.click(new, "Regenerate")
    await ends_again(home, new, "Another answer.")
