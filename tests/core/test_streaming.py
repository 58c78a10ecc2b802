"""How an answer grows, in virtual time."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from bot.core.draft import Draft
from bot.core.heard import Heard
from bot.core.layout import FOOTER_ROOM, PAGE_LIMIT, THINKING, WHOLE_IS_FILE
from bot.core.ports.discord_app import Lane
from bot.core.ports.weryai import Delta, Finish
from bot.core.replies import Controls, File, ReplyState, Usage
from bot.core.text import MAX_CONTENT, utf16_len
from tests.core.fake_model import FOREVER, Step, words
from tests.core.stage import COMPLETE, LATENCY, Stage, now, number_of_words
from tests.virtual_time import in_virtual_time

# --- when a frame goes out ------------------------------------------------------------------------


@in_virtual_time
async def test_the_first_text_is_shown_at_once() -> None:
    stage = Stage()
    await stage.tell(0.3, "Hello", 1.0, " world", *COMPLETE)
    first = stage.surface.sent[0]
    assert (first.frame.content, first.frame.controls) == ("Hello", Controls.STREAMING)
    assert first.asked_at == pytest.approx(0.3)


@in_virtual_time
async def test_a_frame_shows_the_newest_text_of_the_moment_it_is_sent() -> None:
    stage = Stage()
    await stage.tell(*words(400))
    sent = stage.surface.sent[1:-1]
    assert len(sent) >= 8
    for frame in sent:
        assert number_of_words(frame.frame.content) == pytest.approx(frame.asked_at / 0.025, abs=1)


@in_virtual_time
async def test_frames_come_evenly_and_never_in_clumps() -> None:
    stage = Stage()
    await stage.tell(*words(420))
    asked_at = [sent.asked_at for sent in stage.surface.sent[5:-1]]
    for before, after in pairwise(asked_at):
        assert 0.4 < after - before < 1.5


@in_virtual_time
async def test_the_first_text_does_not_wait_where_the_channel_is_busy() -> None:
    stage = Stage()
    for _ in range(4):
        await stage.discord.request(stage.surface.lane(0))
    came = now()
    await stage.tell("Hello", 9.0, *COMPLETE)
    assert stage.surface.sent[0].asked_at == came


@in_virtual_time
async def test_what_is_shown_no_longer_counts_as_unseen() -> None:
    stage = Stage()
    task = asyncio.create_task(stage.tell("Hello", 0.01, " you", FOREVER))
    await asyncio.sleep(0.02)
    assert stage.editor._progress.unseen == len("Hello you")
    await asyncio.sleep(5)
    assert stage.editor._progress.unseen == 0
    stage.editor.stop(ReplyState.STOPPED)
    await task


@pytest.mark.parametrize("count", range(200, 240, 5))
@in_virtual_time
async def test_the_last_delta_is_shown_even_inside_the_interval(count: int) -> None:
    stage = Stage()
    await stage.tell(*words(count))
    assert number_of_words(stage.surface.text) == count
    assert stage.surface.sent[-1].asked_at - count * 0.025 < 0.4, "and soon"


@in_virtual_time
async def test_an_answer_that_is_there_at_once_is_shown_once() -> None:
    stage = Stage()
    heard = await stage.tell("One.", *COMPLETE)
    assert [sent.frame.content for sent in stage.surface.sent] == ["One.\n-# complete"]
    assert heard.text == "One."


@in_virtual_time
async def test_nothing_is_sent_while_the_model_pauses() -> None:
    stage = Stage()
    await stage.tell(*words(80)[:-1], 60.0, "and on", *COMPLETE)
    caught_up = next(s for s in stage.surface.sent if number_of_words(s.frame.content) == 80)
    at = stage.surface.sent.index(caught_up)
    assert caught_up.asked_at < 5
    assert stage.surface.sent[at + 1].asked_at == pytest.approx(62)


@in_virtual_time
async def test_a_frame_that_would_show_the_same_is_not_sent() -> None:
    stage = Stage()
    await stage.tell("Hi", 9.0, " ", 9.0, "\n", 9.0, "*", 9.0, "there*", 9.0, "", 9.0, *COMPLETE)
    shown = stage.shown(0)
    assert shown == ["Hi", "Hi \n*there*", "Hi \n*there*\n-# complete"]


@in_virtual_time
async def test_a_frame_that_waited_until_it_had_nothing_new_is_not_sent() -> None:
    stage = Stage()
    see: list[Step] = [10.0, "See", 0.05, " h", 0.05, "ttps://example.com", 20.0, " there"]
    await stage.tell(*words(60)[:-1], *see, *COMPLETE)
    before, after = stage.shown(0)[-2:]
    assert before.endswith("59 See")
    assert after.endswith("59 See https://example.com there\n-# complete")
    assert stage.shown(0).count(before) == 1


@in_virtual_time
async def test_text_is_stored_before_it_is_shown_and_the_ending_before_the_last_frame() -> None:
    stage = Stage()
    await stage.tell(*words(300))
    stored, by = "", ""
    for entry in stage.surface.journal:
        kind, _, text = entry.partition(" ")
        if kind == "show":
            shown, _, ending = text.partition("\n-# ")
            assert set(shown.split()) <= set(stored.split())
            assert by == ("close" if ending else "save")
        else:
            stored, by = text, kind
    assert stage.book.closed == [ReplyState.COMPLETE]


@in_virtual_time
async def test_a_message_is_stored_as_soon_as_it_exists() -> None:
    stage = Stage()
    task = asyncio.create_task(stage.tell("Hello", FOREVER))
    await asyncio.sleep(1)
    assert stage.surface.journal == ["save Hello", "show Hello", "save Hello"]
    stage.editor.stop(ReplyState.STOPPED)
    await task


@in_virtual_time
async def test_only_the_first_of_several_choices_is_shown() -> None:
    stage = Stage()
    events: list[Step] = [
        Delta("A"),
        Delta("x", 1),
        Delta("B"),
        Finish("stop"),
        Finish("length", 1),
    ]
    heard = await stage.tell(*events, Usage(1, 2))
    assert (heard.text, heard.state, heard.usage) == ("AB", ReplyState.COMPLETE, Usage(1, 2))


# --- long answers ---------------------------------------------------------------------------------


@in_virtual_time
async def test_a_full_message_is_sealed_while_the_next_one_grows() -> None:
    stage = Stage()
    await stage.tell(*words(1200, pause=0.01))
    sent = stage.surface.sent
    assert len(stage.surface.messages) == 3
    assert " ".join(frame.content for frame in stage.surface.messages).split() == [
        *map(str, range(1200)),
        "-#",
        "complete",
    ]
    for index, message in enumerate(stage.surface.messages[:-1]):
        assert message.controls is Controls.NONE
        later = [s.index for s in sent[sent_first(stage, index + 1) :]]
        assert index not in later, "a sealed message never changes again"
    assert sent[sent_first(stage, 1)].asked_at < 10, "not only at the end"


def sent_first(stage: Stage, index: int) -> int:
    return next(i for i, sent in enumerate(stage.surface.sent) if sent.index == index)


@in_virtual_time
async def test_the_next_message_is_begun_as_soon_as_one_is_full() -> None:
    stage = Stage()
    await stage.tell("Hello", 2.0, "word " * 500, 9.0, *COMPLETE)
    sealed, begun = stage.surface.sent[1:3]
    assert (sealed.index, begun.index) == (0, 1)
    assert sealed.asked_at == pytest.approx(2)
    assert begun.asked_at == pytest.approx(2 + LATENCY)


@in_virtual_time
async def test_only_the_message_that_grows_can_be_stopped() -> None:
    stage = Stage()
    await stage.tell(*words(1200, pause=0.01))
    at_once: dict[int, Controls] = {}
    for sent in stage.surface.sent[:-1]:
        at_once[sent.index] = sent.frame.controls
        assert list(at_once.values()).count(Controls.STREAMING) <= 1


@in_virtual_time
async def test_what_fills_more_than_five_messages_comes_as_a_file_with_the_whole_text() -> None:
    stage = Stage()
    heard = await stage.tell(*words(4000, pause=0.01))
    assert len(stage.surface.messages) == 5
    last = stage.surface.messages[-1]
    assert last.attachment == File("answer.md", heard.text)
    assert heard.text == "".join(f"{number} " for number in range(4000))
    assert last.content.endswith(f"{WHOLE_IS_FILE}\n-# complete")
    assert [frame.attachment for frame in stage.surface.messages[:-1]] == [None] * 4
    assert stage.shown(4)[-2].endswith(WHOLE_IS_FILE)
    pages = [frame.content.partition("\n-# ")[0] for frame in stage.surface.messages]
    words_shown = " ".join(pages).split()
    assert words_shown == heard.text.split()[: len(words_shown)]


@pytest.mark.timeout(30)  # laying out all of it would take minutes, and nothing else would run
@in_virtual_time
async def test_of_an_enormous_answer_no_more_is_laid_out_than_is_shown() -> None:
    stage = Stage()
    heard = await stage.tell("word " * 2_000_000, *COMPLETE)
    assert len(stage.surface.messages) == 5
    assert stage.surface.messages[-1].attachment == File("answer.md", heard.text)


@in_virtual_time
async def test_what_just_fills_five_messages_comes_without_a_file() -> None:
    stage = Stage(Draft(max_messages=5))
    await stage.tell("word " * 1700, *COMPLETE)
    assert len(stage.surface.messages) == 5
    assert stage.surface.messages[-1].attachment is None
    assert WHOLE_IS_FILE not in "".join(stage.shown(4))


@pytest.mark.parametrize("letter", ["x", "😀", "word "])
@in_virtual_time
async def test_no_frame_is_longer_than_discord_allows(letter: str) -> None:
    stage = Stage(Draft(max_messages=2), room="y" * FOOTER_ROOM)
    script: list[Step] = [letter, 0.01] * 5000
    await stage.tell(*script, *COMPLETE)
    longest = max(utf16_len(sent.frame.content) for sent in stage.surface.sent)
    assert MAX_CONTENT - FOOTER_ROOM < longest <= MAX_CONTENT


@pytest.mark.parametrize("size", [PAGE_LIMIT - 1, PAGE_LIMIT, PAGE_LIMIT + 1])
@in_virtual_time
async def test_a_message_that_is_just_full_has_room_for_its_ending(size: int) -> None:
    stage = Stage(room="y" * FOOTER_ROOM)
    await stage.tell("x" * size, *COMPLETE)
    assert max(utf16_len(frame.content) for frame in stage.surface.messages) <= MAX_CONTENT
    assert len(stage.surface.messages) == (1 if size <= PAGE_LIMIT else 2)


@in_virtual_time
async def test_a_link_that_is_held_back_until_it_is_whole_does_no_harm() -> None:
    stage = Stage()
    link = "https://example.com/" + "a" * 60
    steps: list[Step] = []
    for letter in link:
        steps += [0.03, letter]
    await stage.tell(*steps, " is it", *COMPLETE)
    assert stage.surface.text == f"{link} is it\n-# complete"


# --- until the first text -------------------------------------------------------------------------


@in_virtual_time
async def test_typing_is_shown_until_the_first_text() -> None:
    stage = Stage()
    await stage.tell(20.0, "Hello", 30.0, *COMPLETE)
    assert stage.surface.typed == [0, 8, 16]


@in_virtual_time
async def test_typing_is_a_courtesy_for_quiet_times() -> None:
    stage = Stage()
    for channel in range(13):
        stage.budget.started(Lane("GET /channels", str(channel)))
    await stage.tell(20.0, "Hello", *COMPLETE)
    assert stage.surface.typed == []


@in_virtual_time
async def test_typing_is_shown_as_soon_as_it_is_quiet_again() -> None:
    stage = Stage()
    busy = [Lane("GET /channels", str(channel)) for channel in range(13)]
    for lane in busy:
        stage.budget.started(lane)
        stage.budget.ended(lane, status=200)
    await stage.tell(20.0, "Hello", *COMPLETE)
    assert stage.surface.typed == [1, 9, 17]


# --- what an answer starts from -------------------------------------------------------------------


@in_virtual_time
async def test_an_old_answer_is_covered_at_once() -> None:
    stage = Stage(Draft(opening=THINKING))
    await stage.tell(3.0, "Hello", 3.0, *COMPLETE)
    assert [(sent.asked_at, sent.frame.content) for sent in stage.surface.sent] == [
        (0.0, "-# Thinking…"),
        (3.0, "Hello"),
        (6.0, "Hello\n-# complete"),
    ]


@in_virtual_time
async def test_an_answer_goes_on_where_it_ended_and_full_messages_stay_as_they_are() -> None:
    stage = Stage()
    before = await stage.tell(*words(1200)[:-1], Finish("length"))
    assert len(stage.surface.messages) == 3
    await asyncio.sleep(10)
    pressed_at = now()
    stage.surface.sent.clear()
    stage.book.closed.clear()
    stage.editor = stage.edit(Draft(before.text.rstrip(), THINKING))
    heard = await stage.tell(1.0, "9 and", 1.0, " on", *COMPLETE)
    assert heard.text == before.text.rstrip() + "9 and on"
    assert {sent.index for sent in stage.surface.sent} == {2}
    assert stage.surface.sent[0].frame.controls is Controls.STREAMING
    assert stage.surface.sent[0].asked_at == pytest.approx(pressed_at)
    assert stage.surface.messages[2].content.endswith("1198 11999 and on\n-# complete")


@in_virtual_time
async def test_an_ending_can_be_shown_to_which_nothing_more_comes() -> None:
    stage = Stage(Draft("Hello"))
    await stage.editor.conclude(Heard("Hello", ruling=ReplyState.INTERRUPTED))
    assert stage.surface.text == "Hello\n-# interrupted"
    assert stage.surface.buttons is Controls.RESUMABLE
    assert stage.surface.journal == ["close Hello", "show Hello\n-# interrupted"]
