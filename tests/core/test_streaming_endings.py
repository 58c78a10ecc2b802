"""How an answer ends, and what becomes of it when Discord fails, in virtual time."""

from __future__ import annotations

import asyncio
import functools
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.backoff import GIVE_UP_AFTER
from bot.core.draft import Draft
from bot.core.errors import (
    ContentFiltered,
    ModelUnavailable,
    OutOfCredits,
    ReplyDelayed,
    ReplyGone,
)
from bot.core.heard import Heard
from bot.core.layout import NO_MORE_MESSAGES
from bot.core.ports.weryai import Finish
from bot.core.replies import Controls, File, ReplyState
from tests.core.fake_model import FOREVER, FakeModel, Step, words
from tests.core.stage import COMPLETE, LATENCY, NO_REQUEST, Stage, number_of_words
from tests.virtual_time import in_virtual_time

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
    assert stage.editor.gone.for_now
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


@pytest.mark.parametrize("most", [1, 3])
@in_virtual_time
async def test_where_no_further_message_may_be_made_the_last_one_shows_the_ending(
    most: int,
) -> None:
    stage = Stage()
    stage.surface.most = most
    heard = await stage.tell(*words(1600))
    *full, last = stage.surface.messages
    assert stage.editor.gone is None
    assert len(full) == most - 1
    assert last.content.endswith(f"{NO_MORE_MESSAGES}\n-# complete")
    assert last.controls is Controls.ENDED
    assert last.attachment == File("answer.md", heard.text)
    assert number_of_words(heard.text) == 1600
    shown = [sent for sent in stage.surface.sent if sent.frame.content.endswith(NO_MORE_MESSAGES)]
    assert [sent.frame.controls for sent in shown] == [Controls.STREAMING], "it can be stopped"
    refused = len(stage.surface.tries) - len(stage.surface.sent)
    assert refused == 1, "it is not tried again"


@in_virtual_time
async def test_where_the_last_message_may_not_be_edited_either_it_is_not_tried_again() -> None:
    stage = Stage()
    stage.surface.troubles = [None, ReplyGone("may not send"), ReplyGone("archived")]
    await stage.editor.conclude(Heard("word " * 600, ruling=ReplyState.STOPPED))
    assert str(stage.editor.gone) == "archived"
    assert len(stage.surface.tries) == 3
    assert stage.book.closed == [ReplyState.STOPPED]


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


# --- whatever happens -----------------------------------------------------------------------------

# Without Markdown: what is shown is what was said, but for white space at a message's ends.
PLAIN = st.text(st.sampled_from("abcdefghij ,.\n😀"), max_size=700)
DELAYS = st.none() | st.floats(0.05, 3).map(lambda wait: ReplyDelayed(retry_after=wait))


@settings(max_examples=150, deadline=None)
@given(
    deltas=st.lists(st.tuples(st.floats(0, 2), PLAIN), max_size=40),
    troubles=st.lists(DELAYS, max_size=20),
    latency=st.floats(0.01, 2),
    end=st.sampled_from([Finish("stop"), Finish("length"), ModelUnavailable()]),
    stop_after=st.none() | st.floats(0, 60),
)
@in_virtual_time
async def test_whatever_happens_the_messages_join_to_the_models_text(
    deltas: list[tuple[float, str]],
    troubles: list[ReplyDelayed | None],
    latency: float,
    end: Finish | ModelUnavailable,
    stop_after: float | None,
) -> None:
    stage = Stage(Draft(max_messages=99))
    stage.discord.latency = latency
    for number, trouble in enumerate(troubles):  # never so many in a row that it is given up
        stage.surface.troubles.append(None if number % GIVE_UP_AFTER == 0 else trouble)
    script = [step for delta in deltas for step in delta]
    if stop_after is not None:
        stop = functools.partial(stage.editor.stop, ReplyState.STOPPED)
        asyncio.get_running_loop().call_later(stop_after, stop)
    heard = await stage.tell(*script, end)
    shown, _, footer = stage.surface.text.rpartition("-# ")
    assert "".join(shown.split()) == "".join(heard.text.split())
    assert footer == heard.state.value
    assert stage.book.closed == [heard.state]
    assert stage.discord.refused == 0
    if stop_after is None:
        assert heard.text == "".join(text for _, text in deltas)
    for before, after in pairwise(stage.surface.sent):
        assert (before.index, before.frame) != (after.index, after.frame)
