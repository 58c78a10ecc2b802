"""SIGTERM in mid-stream: what can finish does, what cannot says so, and nothing is forgotten."""

from __future__ import annotations

import signal

import pytest

from tests.e2e.playing import directly, ends_again, everywhere, growing, told_privately
from tests.e2e.reading import closed
from tests.e2e.stage import DEFAULT_NAME, Stage, answers_to, buttons, conversation

WHOLE = f"One two three four.\n-# {DEFAULT_NAME}"
INTERRUPTED = f"One two\n-# ⚠ Interrupted: press Continue to go on · {DEFAULT_NAME}"


async def test_within_its_grace_every_answer_is_finished_and_nothing_new_begins(
    stage: Stage,
) -> None:
    home = stage.home()
    elsewhere = stage.home("Elsewhere")
    async with stage.running_bot() as bot:
        ended = await elsewhere.answered(await elsewhere.mention("Hello?"))
        streams = [(at, await growing(at, ask)) for at, ask in everywhere(home)]
        asked = len(stage.weryai.requests)

        bot.send(signal.SIGTERM)
        await bot.log.says("shutting down")
        late = await home.mention("And this?")
        pressed = await elsewhere.ada.click(ended, "Regenerate")
        assert await told_privately(elsewhere, pressed) == (
            "I am about to restart. Please press again in a minute."
        )
        waiting = await directly(home, "And that?")
        for _, (_, _, gate) in streams:
            gate.release()

        assert await bot.exit_code() == 0
        for at, (question, answer, _) in streams:
            assert await at.answered(question) is answer
            assert answer.content == WHOLE
            assert buttons(answer) == ["Regenerate"]
        assert len(stage.weryai.requests) == asked

    async with stage.running_bot():
        for message in (late, waiting):
            await home.answered(message)
            assert len(answers_to(message)) == 1
    assert len(stage.weryai.requests) == asked + 2


async def test_beyond_its_grace_answers_are_interrupted_visibly_and_can_go_on(
    stage: Stage,
) -> None:
    home = stage.home()
    async with stage.running_bot(SHUTDOWN_GRACE="0.5") as bot:
        streams = [(at, await growing(at, ask)) for at, ask in everywhere(home)]
        thinking = stage.weryai.hold_next()
        silent = await home.mention("Think!")
        await thinking.reached()
        waiting = await home.mention("And this?")

        assert await bot.stop() == 0

        for _, (question, answer, _) in streams:
            assert answer.content == INTERRUPTED, question
            assert buttons(answer) == ["Continue", "Regenerate"]
        for request in stage.weryai.requests:
            assert await closed(request)
        asked = len(stage.weryai.requests)
        assert asked == len(streams) + 1

    async with stage.running_bot():
        await home.answered(waiting)
        assert len(answers_to(waiting)) == 1
        channel, (_, answer, _) = streams[0]
        await channel.answered(await channel.mention("And now?"))
        assert conversation(stage.weryai.requests[-1]) == [
            ("user", "Count!"),
            ("assistant", "One two "),
            ("user", "And now?"),
        ]
        await home.until(lambda: buttons(answer) == [])
        assert "Interrupted" in answers_to(silent)[0].content
        for number, (at, (_, answer, _)) in enumerate(streams[1:]):
            stage.weryai.answer_next(["three ", "four."])
            button = "Continue" if number % 2 else "Regenerate"
            await at.ada.click(answer, button)
            await ends_again(at, answer, "One two three" if number % 2 else "three four.")
    assert len(stage.weryai.requests) == asked + 2 + len(streams[1:])


async def test_an_answer_that_discord_does_not_take_is_shown_by_the_next_process(
    stage: Stage,
) -> None:
    home = stage.home()
    async with stage.running_bot(SHUTDOWN_GRACE="0.5") as bot:
        streams = [(at, await growing(at, ask)) for at, ask in everywhere(home)]
        refusal = stage.discord.faults.answer("PATCH", "/messages/", 503, times=1000)
        for _, (_, _, gate) in streams:
            gate.release()
        await refusal.arrived.wait()

        assert await bot.stop() == 0

    stage.discord.faults.clear()
    async with stage.running_bot():
        for at, (question, answer, _) in streams:
            assert await at.answered(question) is answer
            assert answer.content in {WHOLE, INTERRUPTED}
    assert len(stage.weryai.requests) == len(streams)


async def test_with_nothing_to_do_it_leaves_at_once(stage: Stage) -> None:
    home = stage.home()
    async with stage.running_bot(SHUTDOWN_GRACE="600") as bot:
        await home.answered(await home.mention("Hello?"))

        assert await bot.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_ends_it_at_once(stage: Stage, number: signal.Signals) -> None:
    home = stage.home()
    async with stage.running_bot(SHUTDOWN_GRACE="600") as bot:
        _, _, gate = await growing(home)
        bot.send(number)
        await bot.log.says("shutting down")
        bot.send(number)

        assert await bot.exit_code() == -number
        gate.release()
