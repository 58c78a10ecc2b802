"""The connection to Discord breaks in mid-stream: answers go on, and nothing is heard twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.sandbox.discord.events import MessageCreated
from bot.sandbox.discord.gateway import Gateway
from bot.sandbox.discord.state import Message
from tests.e2e.playing import by_command, growing
from tests.e2e.reading import closed
from tests.e2e.stage import (
    DEFAULT_NAME,
    TOO_MANY,
    Home,
    answers_to,
    conversation,
    has_ended,
    text_of,
)

Break = Callable[[Gateway], None]

every_break = pytest.mark.parametrize(
    "breaks",
    [
        pytest.param(Gateway.drop, id="dropped"),
        pytest.param(Gateway.ask_to_reconnect, id="asked-to-reconnect"),
        pytest.param(lambda gateway: gateway.invalidate(resumable=True), id="invalid-resumable"),
        pytest.param(lambda gateway: gateway.invalidate(resumable=False), id="invalid"),
        pytest.param(Gateway.close, id="going-away"),
    ],
)


async def disconnect(home: Home, breaks: Break = Gateway.drop) -> None:
    """Break the connection, and wait until it is."""
    breaks(home.discord.gateway)
    await home.until(lambda: not home.discord.gateway.connected, "The connection's end")


def asked_of_the_model(home: Home) -> list[str]:
    """The last line of each request."""
    return [conversation(request)[-1][1].split("\n")[-1] for request in home.weryai.requests]


@every_break
async def test_the_answer_goes_on_and_what_was_missed_is_answered_once(
    home: Home, breaks: Break
) -> None:
    elsewhere = home.discord.add_channel(home.guild, "elsewhere")
    thread = await home.ada.start_thread(
        await home.answered(await home.mention("Hello?", channel=elsewhere)), "Talk"
    )
    direct = await home.ada.open_dm()
    await home.answered(await home.ada.send(direct, "Hi!"))
    home.weryai.requests.clear()
    question, answer, gate = await growing(home)

    await disconnect(home, breaks)
    gate.release()
    missed = [
        await home.mention("Missed 1", channel=elsewhere),
        await home.ada.send(thread, "Missed 2"),
        await home.ada.send(direct, "Missed 3"),
        await home.mention("Missed 4"),
    ]

    assert await home.answered(question) is answer
    assert answer.content == f"One two three four.\n-# {DEFAULT_NAME}"
    for message in missed:
        await home.answered(message)
    await home.answered(await home.mention("And now?", channel=elsewhere))
    assert sorted(asked_of_the_model(home)) == [
        "And now?",
        "Count!",
        *(f"Missed {number}" for number in (1, 2, 3, 4)),
    ]


async def test_a_command_used_while_it_was_away_is_answered_when_it_is_back(home: Home) -> None:
    await disconnect(home)
    home.weryai.answer_next("Here I am.")

    asked = await home.ask("Hello?")

    assert text_of(await home.answered(asked)) == "Here I am."


async def test_a_command_that_came_too_late_is_one_line_in_the_log(home: Home) -> None:
    await disconnect(home)
    asked = await home.ask("Hello?")
    home.discord.clock.advance(3.1)
    assert asked.failed

    [bot] = home.stage.bots
    told = await bot.log.says("came too late", home.stage.since(bot))
    assert told["level"] == "warning"
    assert "exception" not in told
    await home.answered(await home.ask("And now?"))
    assert asked_of_the_model(home) == ["And now?"]


async def test_suggestions_that_came_too_late_are_one_line_in_the_log(home: Home) -> None:
    await disconnect(home)
    typing = home.ada.begin_autocomplete(home.channel, "ask", "model", "gpt")
    home.discord.clock.advance(3.1)
    assert typing.failed

    [bot] = home.stage.bots
    told = await bot.log.says("autocomplete", home.stage.since(bot))
    assert told["level"] == "info"
    assert "Unknown interaction" in told["event"]
    assert "exception" not in told


async def test_a_question_deleted_while_it_was_away_is_not_answered(home: Home) -> None:
    await disconnect(home)

    deleted = await home.mention("Never mind")
    await home.ada.delete(deleted)

    await home.answered(await home.mention("And now?"))
    assert answers_to(deleted) == []
    assert asked_of_the_model(home) == ["And now?"]


async def test_a_question_edited_while_it_was_away_is_answered_as_it_reads_now(home: Home) -> None:
    await disconnect(home)

    question = await home.mention("How tall is Mont Blank?")
    await home.ada.edit(question, f"{home.discord.bot_mention} How tall is Mont Blanc?")

    await home.answered(question)
    assert asked_of_the_model(home) == ["How tall is Mont Blanc?"]


async def test_an_answer_whose_question_is_deleted_meanwhile_stops_when_it_is_back(
    home: Home,
) -> None:
    question, answer, _ = await growing(home)
    assert isinstance(question, Message)
    await disconnect(home)

    await home.ada.delete(question)

    assert await closed(home.weryai.requests[0])
    await home.until(lambda: "Stopped" in answer.content)


async def test_a_button_pressed_while_it_was_away_works_when_it_is_back(home: Home) -> None:
    question, answer, _ = await growing(home, by_command)
    await disconnect(home)

    await home.ada.click(answer, "Stop")

    await home.answered(question)
    assert answer.content == f"One two\n-# ⏹ Stopped · {DEFAULT_NAME}"


async def test_a_message_that_discord_tells_twice_is_answered_once(home: Home) -> None:
    question = await home.mention("Hello?")
    home.discord.world.publish(MessageCreated(question))
    await home.answered(question)
    home.discord.world.publish(MessageCreated(question))

    await home.answered(await home.mention("And now?"))

    assert asked_of_the_model(home) == ["Hello?", "And now?"]
    assert len(answers_to(question)) == 1


async def test_what_was_missed_in_many_places_is_read_without_a_429(home: Home) -> None:
    channels = [home.discord.add_channel(home.guild, f"place-{number}") for number in range(50)]
    await home.answered(await home.mention("Before."))

    await disconnect(home, lambda gateway: gateway.invalidate(resumable=False))
    missed = [await home.mention(f"Missed {n}", channel=one) for n, one in enumerate(channels[:8])]
    for channel in channels[8:]:  # these are newer, and read first
        await home.ada.send(channel, "Chatter.")

    def all_answered() -> bool:
        return all(any(map(has_ended, answers_to(message))) for message in missed)

    await home.discord.until(all_answered, timeout=30.0, what="The answers to what was missed")
    read = [one for one in home.discord.requests if one.method == "GET" and "messages" in one.path]
    assert len(read) >= 50
    assert not any(one.status == TOO_MANY for one in home.discord.requests)
