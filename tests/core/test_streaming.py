"""How an answer grows, in virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from bot.core.conversation import ChatMessage, Role
from bot.core.errors import (
    ContentFiltered,
    ModelUnavailable,
    OutOfCredits,
    ReplyDelayed,
    ReplyGone,
)
from bot.core.options import ChatRequest
from bot.core.pacing import EditBudget
from bot.core.ports import Delta, Finish, Lane
from bot.core.replies import Controls, ReplyState, Usage
from bot.core.streaming import (
    FOOTER_ROOM,
    GIVE_UP_AFTER,
    REST_COMES_AS_FILE,
    THINKING,
    Draft,
    Heard,
    StreamEditor,
)
from bot.core.text import MAX_CONTENT, utf16_len
from tests.core.fake_discord import FakeDiscord, FakeSurface
from tests.core.fake_model import FOREVER, FakeModel, Step, play, words
from tests.virtual_time import in_virtual_time

LATENCY = FakeDiscord.latency
COMPLETE: list[Step] = [Finish("stop")]
NO_REQUEST = ChatRequest(model="FLASH", messages=(ChatMessage(Role.USER, "Why?"),))


@dataclass
class FakeChronicle:
    """Writes everything down in the surface's journal."""

    journal: list[str]
    saved: list[str] = field(default_factory=list)
    closed: list[ReplyState] = field(default_factory=list)
    room: str = ""

    async def save(self, text: str) -> None:
        assert not self.closed, "nothing is saved after the ending"
        self.saved.append(text)
        self.journal.append(f"save {text}")

    async def close(self, heard: Heard) -> None:
        self.closed.append(heard.state)
        self.journal.append(f"close {heard.text}")

    def footer(self, heard: Heard) -> str:
        return self.room or f"-# {heard.state.value}"


class Stage:
    """One reply and everything around it."""

    def __init__(self, draft: Draft | None = None, *, room: str = "") -> None:
        self.budget = EditBudget()
        self.discord = FakeDiscord(self.budget)
        self.surface = FakeSurface(self.discord)
        self.book = FakeChronicle(self.surface.journal, room=room)
        self.editor = self.edit(draft or Draft())

    def edit(self, draft: Draft) -> StreamEditor:
        return StreamEditor(self.surface, self.budget, self.book, draft)

    async def tell(self, *script: Step) -> Heard:
        return await self.editor.run(play(script))

    def shown(self, index: int) -> list[str]:
        """Every text that message `index` has shown."""
        return [sent.frame.content for sent in self.surface.sent if sent.index == index]


def now() -> float:
    return asyncio.get_running_loop().time()


def number_of_words(text: str) -> int:
    return len([word for word in text.split() if word.isdigit()])


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
async def test_the_last_delta_is_shown_even_inside_the_interval() -> None:
    stage = Stage()
    await stage.tell("One.", 1.0, " Two.", 0.01, " Three.", *COMPLETE)
    assert stage.surface.text == "One. Two. Three.\n-# complete"


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
        Finish("length", 1),
        Delta("B"),
        Finish("stop"),
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
    assert last.attachment == heard.text == "".join(f"{number} " for number in range(4000))
    assert last.content.endswith("\n-# complete")
    assert [frame.attachment for frame in stage.surface.messages[:-1]] == [None] * 4
    assert stage.shown(4)[-2].endswith(REST_COMES_AS_FILE)
    together = " ".join(frame.content for frame in stage.surface.messages)
    assert number_of_words(together) == len(set(together.split()) - {"-#", "complete"})


@in_virtual_time
async def test_what_just_fills_five_messages_comes_without_a_file() -> None:
    stage = Stage(Draft(max_messages=5))
    await stage.tell("word " * 1700, *COMPLETE)
    assert len(stage.surface.messages) == 5
    assert stage.surface.messages[-1].attachment is None
    assert REST_COMES_AS_FILE not in "".join(stage.shown(4))


@pytest.mark.parametrize("letter", ["x", "😀", "word "])
@in_virtual_time
async def test_no_frame_is_longer_than_discord_allows(letter: str) -> None:
    stage = Stage(Draft(max_messages=2), room="y" * FOOTER_ROOM)
    script: list[Step] = [letter, 0.01] * 5000
    await stage.tell(*script, *COMPLETE)
    longest = max(utf16_len(sent.frame.content) for sent in stage.surface.sent)
    assert MAX_CONTENT - FOOTER_ROOM < longest <= MAX_CONTENT


@in_virtual_time
async def test_a_link_that_is_held_back_until_it_is_whole_does_no_harm() -> None:
    stage = Stage()
    link = "https://example.com/" + "a" * 60
    steps: list[Step] = []
    for letter in link:
        steps += [0.03, letter]
    await stage.tell(*steps, " is it", *COMPLETE)
    assert stage.surface.text == f"{link} is it\n-# complete"


# --- endings --------------------------------------------------------------------------------------

ENDINGS: list[tuple[list[Step], ReplyState, Controls]] = [
    (["Hi", Finish("stop")], ReplyState.COMPLETE, Controls.ENDED),
    (["Hi"], ReplyState.COMPLETE, Controls.ENDED),
    ([Finish("stop")], ReplyState.COMPLETE, Controls.ENDED),
    (["Hi", Finish("length")], ReplyState.LENGTH, Controls.RESUMABLE),
    (["Hi", Finish("content_filter")], ReplyState.FILTERED, Controls.ENDED),
    (["Hi", ContentFiltered()], ReplyState.FILTERED, Controls.ENDED),
    ([ContentFiltered()], ReplyState.FILTERED, Controls.ENDED),
    ([OutOfCredits()], ReplyState.FAILED, Controls.ENDED),
    ([" ", ModelUnavailable()], ReplyState.FAILED, Controls.ENDED),
    (["Hi", ModelUnavailable()], ReplyState.INTERRUPTED, Controls.RESUMABLE),
    ([ValueError("a bug")], ReplyState.FAILED, Controls.ENDED),
    (["Hi", ValueError("a bug")], ReplyState.INTERRUPTED, Controls.RESUMABLE),
]


@pytest.mark.parametrize(("script", "state", "controls"), ENDINGS)
@in_virtual_time
async def test_every_ending_is_visible_and_has_its_buttons(
    script: list[Step], state: ReplyState, controls: Controls
) -> None:
    stage = Stage()
    heard = await stage.tell(0.5, *script)
    said = "Hi\n" if script[0] == "Hi" else ""
    assert heard.state is state
    assert stage.surface.text == f"{said}-# {state.value}"
    assert stage.surface.buttons is controls
    assert stage.book.closed == [state]


@pytest.mark.parametrize("ruling", [ReplyState.STOPPED, ReplyState.INTERRUPTED])
@in_virtual_time
async def test_a_stop_closes_the_models_request_at_once_and_keeps_the_text(
    ruling: ReplyState,
) -> None:
    stage = Stage()
    model = FakeModel(["Hello", 2.0, " you", FOREVER])
    task = asyncio.create_task(stage.editor.run(model.stream(NO_REQUEST)))
    await asyncio.sleep(3)
    stage.editor.stop(ruling)
    heard = await task
    assert model.closed_at == [3.0]
    assert (heard.text, heard.state) == ("Hello you", ruling)
    assert stage.surface.text == f"Hello you\n-# {ruling.value}"
    assert stage.surface.buttons is Controls.RESUMABLE
    assert stage.book.closed == [ruling]


@pytest.mark.parametrize("steps", [0, 1])
@in_virtual_time
async def test_a_stop_before_the_first_step_is_a_stop(steps: int) -> None:
    stage = Stage()
    task = asyncio.create_task(stage.tell("Hello", *COMPLETE))
    for _ in range(steps):
        asyncio.get_running_loop().call_soon(stage.editor.stop, ReplyState.STOPPED)
        await asyncio.sleep(0)
    stage.editor.stop(ReplyState.STOPPED)
    assert (await task).state is ReplyState.STOPPED
    assert stage.surface.text == "-# stopped"


@in_virtual_time
async def test_a_stop_after_the_end_changes_nothing() -> None:
    stage = Stage()
    await stage.tell("Hello", *COMPLETE)
    stage.editor.stop(ReplyState.STOPPED)
    assert stage.editor.heard.state is ReplyState.COMPLETE


# --- when Discord fails ---------------------------------------------------------------------------


@in_virtual_time
async def test_after_a_temporary_failure_the_newest_text_is_shown() -> None:
    stage = Stage()
    stage.surface.troubles = [None, ReplyDelayed("502"), ReplyDelayed("502")]
    await stage.tell(*words(400))
    assert number_of_words(stage.surface.text) == 400
    tries = stage.surface.tries
    after = next(sent for sent in stage.surface.sent if sent.asked_at == tries[3])
    assert number_of_words(after.frame.content) == pytest.approx(tries[3] / 0.025, abs=1)


@in_virtual_time
async def test_temporary_failures_are_waited_for_longer_each_time_and_then_given_up() -> None:
    stage = Stage()
    stage.surface.troubles = [ReplyDelayed("502") for _ in range(100)]
    heard = await stage.tell("Hello", *COMPLETE)
    waits = [later - earlier - LATENCY for earlier, later in pairwise(stage.surface.tries)]
    ceilings = [1, 2, 4, 8, 16, 30, 30]
    assert len(stage.surface.tries) == GIVE_UP_AFTER == 8
    for wait, ceiling in zip(waits, ceilings, strict=True):
        assert ceiling / 2 <= wait <= ceiling + 0.01
    assert stage.editor.gone is not None
    assert (heard.text, stage.book.closed) == ("Hello", [ReplyState.COMPLETE])


@in_virtual_time
async def test_failures_that_are_not_in_a_row_are_not_given_up() -> None:
    stage = Stage()
    stage.surface.troubles = [ReplyDelayed(retry_after=0.1), None] * 20
    await stage.tell(*words(800))
    assert stage.editor.gone is None
    assert number_of_words(stage.surface.messages[-1].content) > 0


@in_virtual_time
async def test_discord_is_asked_again_when_it_said() -> None:
    stage = Stage()
    stage.surface.troubles = [ReplyDelayed("429", retry_after=7.5)]
    await stage.tell("Hello", *COMPLETE)
    first, second = stage.surface.tries
    assert second - first - LATENCY == pytest.approx(7.5)


@in_virtual_time
async def test_where_there_is_no_place_left_the_whole_answer_is_stored_all_the_same() -> None:
    stage = Stage()
    stage.surface.troubles = [None, ReplyGone("archived")]
    heard = await stage.tell(*words(100))
    assert len(stage.surface.tries) == 2, "it is not tried again"
    assert number_of_words(heard.text) == 100
    assert stage.book.closed == [ReplyState.COMPLETE]


@in_virtual_time
async def test_a_deleted_answer_closes_the_models_request() -> None:
    stage = Stage()
    model = FakeModel(["Hello", 2.0, " you", FOREVER])
    task = asyncio.create_task(stage.editor.run(model.stream(NO_REQUEST)))
    await asyncio.sleep(1)
    stage.discord.messages.clear()
    assert (await task).state is ReplyState.STOPPED
    assert model.closed_at[0] == pytest.approx(2, abs=0.5)
    assert stage.book.closed == [ReplyState.STOPPED]


@in_virtual_time
async def test_a_bug_in_showing_does_not_lose_the_answer() -> None:
    stage = Stage()
    stage.surface.troubles = [KeyError("a bug")]
    heard = await stage.tell(*words(100))
    assert number_of_words(heard.text) == 100
    assert stage.book.closed == [ReplyState.COMPLETE]
    assert stage.editor.gone is not None


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
