from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest

from bot.sandbox.discord.interactions import DEADLINE_SECONDS
from bot.sandbox.terminal import ask_once
from bot.sandbox.terminal.exchange import Patience
from tests.sandbox.terminal.conftest import Paper, Stage

SHORT = Patience(silence=0.05, rest=0.01)  # real seconds: for what is waited for in vain


def asking(stage: Stage, paper: Paper, question: str, **more: object) -> Awaitable[bool]:
    more.setdefault("patience", Patience(rest=0.01))
    return asyncio.create_task(
        ask_once(stage.sandbox, stage.ada, stage.channel, question, paper.write, **more)  # type: ignore[arg-type] # passed on as given
    )


async def test_a_mention_is_answered_before_the_eyes(stage: Stage, paper: Paper) -> None:
    answer = asking(stage, paper, "What is x?")
    await stage.asked(f"{stage.sandbox.bot_mention} What is x?")
    reply = stage.say("X is", "Stop")
    await paper.shows("Wery: X is")
    stage.edit(reply, "X is a letter", "Stop")
    await paper.shows("X is a letter")
    stage.edit(reply, "X is a letter.\n-# GPT", "Regenerate")

    assert await answer
    assert paper.text == (
        "Ada: What is x?\nWery: X is a letter.\n-# GPT\n[Regenerate]\n✓ complete after 2 edits\n"
    )


async def test_on_a_terminal_the_reply_is_drawn_in_place(stage: Stage, paper: Paper) -> None:
    answer = asking(stage, paper, "Hi", redraw=True)
    await stage.asked(f"{stage.sandbox.bot_mention} Hi")
    reply = stage.say("Hel", "Stop")
    await paper.shows("Hel\n[Stop]")
    stage.edit(reply, "Hello", "Regenerate")
    assert await answer
    assert "\x1b[2A\r\x1b[J" in paper.text


async def test_a_command_is_asked_with_its_options(stage: Stage, paper: Paper) -> None:
    answer = asking(stage, paper, "/ask What is x? model:GPT_5 web:true")
    one = await stage.used()
    assert {each["name"]: each["value"] for each in one.data["options"]} == {
        "prompt": "What is x?",
        "model": "GPT_5",
        "web": True,
    }
    stage.respond(one, "A letter.", "Regenerate", private=True)
    assert await answer
    assert "Wery (only you see this): A letter.\n" in paper.text


async def test_a_reply_of_several_messages_ends_with_its_last(stage: Stage, paper: Paper) -> None:
    answer = asking(stage, paper, "Hi", patience=Patience())
    await stage.asked(f"{stage.sandbox.bot_mention} Hi")
    first = stage.say("One", "Stop")
    stage.edit(first, "One full")
    await paper.shows("One full\n")
    second = stage.say("Two", "Stop")
    await paper.shows("Wery: Two")
    stage.edit(second, "Two.", "Regenerate")
    assert await answer
    assert paper.text.endswith("Wery: Two.\n[Regenerate]\n✓ complete after 2 edits\n")


async def test_what_was_said_before_or_to_somebody_else_is_no_answer(
    stage: Stage, paper: Paper
) -> None:
    stage.say("Old", "Regenerate")
    answer = asking(stage, paper, "Hi", patience=SHORT)
    await stage.asked(f"{stage.sandbox.bot_mention} Hi")
    stage.say("Secret", "Regenerate", ephemeral_for=stage.mo.id)
    assert not await answer
    assert "Old" not in paper.text
    assert "Secret" not in paper.text


async def test_a_reply_without_buttons_ends_when_it_rests(stage: Stage, paper: Paper) -> None:
    answer = asking(stage, paper, "Hi")
    await stage.asked(f"{stage.sandbox.bot_mention} Hi")
    stage.say("No.")
    assert await answer


async def test_an_answer_in_a_thread_is_an_answer(stage: Stage, paper: Paper) -> None:
    answer = asking(stage, paper, "Hi")
    question = await stage.asked(f"{stage.sandbox.bot_mention} Hi")
    thread = await stage.ada.start_thread(question, "Talk")
    stage.say("Hello", "Regenerate", channel=thread)
    assert await answer
    assert "Wery: Hello" in paper.text


@pytest.mark.parametrize("text", ["⚠ Failed.\n-# GPT", "Some words\n-# ⚠ Interrupted"])
async def test_a_reply_that_says_it_failed_is_a_failure(
    stage: Stage, paper: Paper, text: str
) -> None:
    answer = asking(stage, paper, "Hi")
    await stage.asked(f"{stage.sandbox.bot_mention} Hi")
    stage.say(text, "Regenerate")
    assert not await answer
    assert paper.text.endswith("✗ failed after 0 edits\n")


async def test_an_unanswered_interaction_is_a_failure(stage: Stage, paper: Paper) -> None:
    answer = asking(stage, paper, "/ask Hi")
    await stage.used()
    stage.sandbox.clock.advance(DEADLINE_SECONDS)
    assert not await answer
    assert paper.text.endswith("✗ The application did not respond.\n")


async def test_a_reply_that_never_comes_is_a_failure(stage: Stage, paper: Paper) -> None:
    assert not await asking(stage, paper, "Hi", patience=SHORT)
    assert paper.text.endswith("✗ the reply never came\n")


async def test_a_reply_that_stops_growing_is_a_failure(stage: Stage, paper: Paper) -> None:
    answer = asking(stage, paper, "Hi", patience=SHORT)
    await stage.asked(f"{stage.sandbox.bot_mention} Hi")
    stage.say("Hel", "Stop")
    assert not await answer
    assert paper.text.endswith("✗ the reply stopped growing\n")


@pytest.mark.parametrize(
    ("question", "reason"),
    [("/nothing", "is not offered 'nothing' here; only: ask"), ("/ask", "'prompt' is required")],
)
async def test_what_cannot_be_sent_is_said(
    stage: Stage, paper: Paper, question: str, reason: str
) -> None:
    assert not await asking(stage, paper, question)
    assert "✗ not sent: " in paper.text
    assert reason in paper.text
