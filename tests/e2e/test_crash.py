"""kill -9 at any moment, then a start: what was seen stays, what was asked is answered once.

To start a bot takes its time. So most scenes are set in one bot, which is killed once in all of
them, and each test looks at what the next process has made of one.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from bot.sandbox.discord.state import Message
from tests.e2e.conftest import observed, open_stage
from tests.e2e.playing import (
    ENDINGS,
    NOT_YOURS,
    Asked,
    by_command,
    by_mention,
    ended_as,
    ends_again,
    everywhere,
    growing,
    in_private,
    told_privately,
)
from tests.e2e.reading import joined, said_by_the_bot
from tests.e2e.stage import DEFAULT_NAME, Home, Stage, answers_to, buttons, conversation, text_of

NOTE = "⚠ Interrupted: press Continue to go on"
LATE_EDIT = 15 * 60 + 1.0
WORDS = [f"w{number:04} " for number in range(800)]

Scene = Callable[[Home], AsyncGenerator[Any]]
SCENES: list[Scene] = []


def scene(play: Scene) -> Scene:
    """What goes on in a server of its own: until its `yield` while the bot lives, then without."""
    SCENES.append(play)
    return play


class Crashed:
    """What is there after the crash, and the next process that has been started."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._found: dict[Scene, tuple[Home, Any]] = {}

    @asynccontextmanager
    async def played(self) -> AsyncIterator[None]:
        """Play all scenes until the crash, and when the block is left the rest of them."""
        async with AsyncExitStack() as stack:
            for play in SCENES:
                home = self.stage.home(play.__name__)
                playing = await stack.enter_async_context(aclosing(play(home)))
                self._found[play] = home, await anext(playing)
                stack.push_async_callback(anext, playing, None)
            yield

    def found(self, play: Scene) -> tuple[Home, Any]:
        """The server of a scene, and what the scene has handed on."""
        return self._found[play]

    def asked(self, words: str) -> list[list[tuple[str, str]]]:
        """What the next process has asked the model about a question with these words."""
        asked = map(conversation, self.stage.weryai.requests)
        return [one for one in asked if words in one[-1][1]]


def echo(request: Any) -> str:
    """An answer that tells what was asked."""
    return f"About {request['messages'][-1]['content']}"


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def crashed(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Crashed]:
    """The crash, once for all tests; what holds after every test is looked at in the end."""
    async with open_stage(tmp_path_factory.mktemp("crashed")) as stage:
        for _ in observed(stage):
            found = Crashed(stage)
            async with stage.running_bot() as bot, found.played():
                last = stage.home("Last")
                await last.answered(await last.mention("Has all before this been taken in?"))
                await bot.kill()
            stage.weryai.forget()
            stage.weryai.answers = echo
            stage.discord.faults.clear()
            async with stage.running_bot():
                yield found


async def shows(home: Home, answer: Message, content: str) -> None:
    """Wait until an answer shows just this."""
    await home.until(lambda: answer.content == content, f"An answer that shows {content!r}")


async def interrupted(home: Home, answer: Message, text: str = "One two") -> None:
    """Wait until an answer is marked as interrupted, with all that was to be seen of it."""
    await home.until(lambda: NOTE in answer.content, "The mark of the interruption")
    assert answer.content == f"{text}\n-# {NOTE} · {DEFAULT_NAME}"
    assert buttons(answer) == ["Continue", "Regenerate"]


# --- what was to be seen --------------------------------------------------------------------------


@scene
async def growing_everywhere(home: Home) -> AsyncGenerator[list[tuple[Home, Message]]]:
    streams = [(at, await growing(at, ask)) for at, ask in everywhere(home)]
    yield [(at, answer) for at, (_, answer, _) in streams]


async def test_what_was_growing_is_marked_as_interrupted_and_goes_on_by_a_press(
    crashed: Crashed,
) -> None:
    _, streams = crashed.found(growing_everywhere)

    for at, answer in streams:
        await interrupted(at, answer)
    for number, (at, answer) in enumerate(streams):
        await at.ada.click(answer, "Continue" if number % 2 else "Regenerate")
        await ends_again(at, answer, "One two About Your" if number % 2 else "About Count!")


@scene
async def remembered(home: Home) -> AsyncGenerator[Message]:
    _, answer, _ = await growing(home)
    yield answer


async def test_what_was_seen_is_in_the_history(crashed: Crashed) -> None:
    home, answer = crashed.found(remembered)
    await interrupted(home, answer)

    await home.answered(await home.mention("What did you say?"))

    assert crashed.asked("What did you say?") == [
        [("user", "Count!"), ("assistant", "One two "), ("user", "What did you say?")]
    ]


@scene
async def a_long_answer(home: Home) -> AsyncGenerator[Message]:
    home.weryai.answer_next(WORDS)
    home.weryai.hold_next(after=700)
    question = await home.mention("Write a lot!")
    await home.until(lambda: "w0699" in str([one.content for one in answers_to(question)]))
    yield question


async def test_a_long_answer_keeps_all_its_messages(crashed: Crashed) -> None:
    home, question = crashed.found(a_long_answer)
    pages = answers_to(question)

    await home.until(lambda: NOTE in pages[-1].content)

    assert len(pages) > 2
    assert joined(pages, " ") == "".join(WORDS[:700]).strip()
    await home.ada.click(pages[-1], "Continue")
    await home.until(lambda: buttons(answers_to(question)[-1]) == ["Regenerate"])
    assert joined(answers_to(question), " ").startswith("".join(WORDS[:700]) + "About ")


@scene
async def continued(home: Home) -> AsyncGenerator[list[tuple[Home, Message]]]:
    rooms = everywhere(home)
    answers = [(at, await ended_as(at, "length", ask)) for at, ask in rooms]
    for at, answer in answers:
        home.weryai.answer_next(["three ", "four."])
        home.weryai.hold_next(after=1)
        await at.ada.click(answer, "Continue")
        await shows(at, answer, "One two three")
    yield answers


async def test_what_was_going_on_after_a_press_is_marked_with_both_parts(
    crashed: Crashed,
) -> None:
    _, answers = crashed.found(continued)

    for at, answer in answers:
        await interrupted(at, answer, "One two three")


@scene
async def unseen_end(home: Home) -> AsyncGenerator[list[tuple[Home, Message]]]:
    ways = everywhere(home)
    streams = [(at, await growing(at, ask)) for at, ask in ways]
    for _, (_, _, gate) in streams:
        edit = home.discord.faults.hold("PATCH", "/messages/")
        edit.drop = True
        gate.release()
        await edit.arrived.wait()
    yield [(at, answer) for at, (_, answer, _) in streams]


async def test_an_end_that_nobody_saw_is_shown(crashed: Crashed) -> None:
    _, answers = crashed.found(unseen_end)

    for at, answer in answers:
        await ends_again(at, answer, "One two three")
        assert text_of(answer) in {"One two three", "One two three four."}


# --- what was not to be seen yet ------------------------------------------------------------------


@scene
async def accepted(home: Home) -> AsyncGenerator[list[tuple[Home, Asked, str]]]:
    asked: list[tuple[Home, Asked, str]] = []
    for at, ask in everywhere(home):
        first, second = f"Think about {ask.__name__}!", f"And about {ask.__name__}?"
        gate = home.weryai.hold_next()
        asked.append((at, await ask(at, first), first))
        await gate.reached()
        if ask in (by_mention, by_command):  # in the others' channels it need not wait
            asked.append((at, await at.mention(second, by=at.bob), second))
    yield asked
    for at, question, _ in asked:
        assert not any(map(text_of, answers_to(question))), at.channel.name


async def test_what_had_been_accepted_but_not_begun_is_answered_once(crashed: Crashed) -> None:
    _, asked = crashed.found(accepted)

    for at, question, words in asked:
        answer = await at.answered(question)
        assert answers_to(question) == [answer]
        assert words in text_of(answer)
        assert len(crashed.asked(words)) == 1


@scene
async def regenerated(home: Home) -> AsyncGenerator[list[tuple[Home, Message]]]:
    answers = [(at, await ended_as(at, "complete", ask)) for at, ask in everywhere(home)]
    for at, answer in answers:
        gate = home.weryai.hold_next()
        await at.ada.click(answer, "Regenerate")
        await shows(at, answer, "-# Thinking…")
        await gate.reached()
    yield answers


async def test_a_new_answer_that_had_not_begun_is_begun_again_in_its_message(
    crashed: Crashed,
) -> None:
    _, answers = crashed.found(regenerated)

    for at, answer in answers:
        await ends_again(at, answer, "About Count!")


@pytest.mark.parametrize("reached", [True, False])
async def test_a_first_message_that_was_under_way_comes_once(
    crashed: Crashed, *, reached: bool
) -> None:
    home, question = crashed.found(under_way_and_reached if reached else under_way_and_lost)

    await home.until(lambda: NOTE in str([one.content for one in answers_to(question)]))

    [answer] = answers_to(question)
    assert text_of(answer) in {"One", "One two"}
    assert buttons(answer) == ["Continue", "Regenerate"]


async def under_way(home: Home, *, reached: bool) -> Message:
    first = home.discord.faults.hold("POST", f"/channels/{home.channel.id}/messages$")
    first.drop = not reached
    home.weryai.answer_next(["One ", "two ", "three."])
    home.weryai.hold_next(after=2)
    question = await home.mention("Count!")
    await first.arrived.wait()
    return question


@scene
async def under_way_and_reached(home: Home) -> AsyncGenerator[Message]:
    question = await under_way(home, reached=True)
    yield question
    home.discord.faults.clear()
    await home.until(lambda: answers_to(question))


@scene
async def under_way_and_lost(home: Home) -> AsyncGenerator[Message]:
    yield await under_way(home, reached=False)


# --- what has changed meanwhile -------------------------------------------------------------------


@scene
async def deleted_meanwhile(home: Home) -> AsyncGenerator[tuple[Message, Message]]:
    _, answer, _ = await growing(home)
    doomed = replace(home, channel=home.discord.add_channel(home.guild, "doomed"))
    _, other, _ = await growing(doomed)
    yield answer, other
    await home.mo.delete(answer)
    home.discord.world.remove_channel(doomed.channel)


async def test_what_was_deleted_meanwhile_stays_away(crashed: Crashed) -> None:
    home, (answer, other) = crashed.found(deleted_meanwhile)

    last = await home.answered(await home.mention("And now?"))

    assert answer.deleted
    assert said_by_the_bot(home.channel) == [last]
    for one in (answer, other):
        tries = [served for served in home.discord.requests if served.path.endswith(f"/{one.id}")]
        assert len(tries) < 5


@scene
async def every_button(home: Home) -> AsyncGenerator[list[tuple[Home, Message]]]:
    rooms = [replace(home, channel=home.discord.add_channel(home.guild, one)) for one in ENDINGS]
    ways = [by_mention, by_command] * 3
    yield [
        (at, await ended_as(at, ending, ask))
        for at, ending, ask in zip(rooms, ENDINGS, ways, strict=True)
    ]


async def test_buttons_of_every_ending_work_for_the_right_people(crashed: Crashed) -> None:
    _, answers = crashed.found(every_button)

    for at, answer in answers:
        before = answer.content
        assert await told_privately(at, await at.bob.click(answer, "Regenerate")) == NOT_YOURS
        assert answer.content == before
        if "Continue" in buttons(answer):
            await at.ada.click(answer, "Continue")
            await ends_again(at, answer, "One two About Your last message was cut off.")
        await at.mo.click(answer, "Regenerate")
        await ends_again(at, answer, "About Count!")


# --- crashes of their own -------------------------------------------------------------------------


async def test_killed_again_and_again_it_answers_once_in_the_end(stage: Stage) -> None:
    home = stage.home()
    question = None
    for _ in range(2):
        gate = stage.weryai.hold_next()
        async with stage.running_bot() as bot:
            question = question or await home.mention("Think!")
            await gate.reached()
            await bot.kill()

    async with stage.running_bot() as bot:
        assert question is not None
        answer = await home.answered(question)
        await bot.restart()
        await home.answered(await home.mention("And now?"))
    assert said_by_the_bot(home.channel)[:-1] == [answer]
    assert [conversation(one)[-1][1] for one in stage.weryai.requests] == [
        *["Think!"] * 3,
        "And now?",
    ]


async def test_commands_whose_tokens_have_died_meanwhile_are_not_forgotten(stage: Stage) -> None:
    home = stage.home()
    elsewhere = replace(home, channel=stage.discord.add_channel(home.guild, "elsewhere"))
    async with stage.running_bot() as bot:
        _, answer, _ = await growing(elsewhere, by_command)
        private = await ended_as(home, "complete", in_private)
        gate = stage.weryai.hold_next()
        await home.ask("Think!")
        await gate.reached()
        await bot.kill()
    stage.discord.clock.advance(LATE_EDIT)
    stage.weryai.forget()
    stage.weryai.answer_next("Here I am.")

    async with stage.running_bot():
        await interrupted(elsewhere, answer)
        await home.until(lambda: "Here I am." in str(home.channel.messages.values()))
        stage.weryai.answer_next("Another answer.")
        await home.ada.click(private, "Regenerate")
        await ends_again(home, private, "Another answer.")
