"""`/ask`: a question by command, answered in its response."""

from __future__ import annotations

import pytest

from bot.sandbox.discord.handles import InteractionHandle, NotPossible
from bot.sandbox.discord.state import InteractionState
from tests.e2e.playing import Ask, every_way
from tests.e2e.stage import (
    DEFAULT_MODEL,
    DEFAULT_NAME,
    Home,
    buttons,
    conversation,
    small_print,
    text_of,
)


async def test_the_answer_grows_in_the_commands_response(home: Home) -> None:
    home.weryai.answer_next(["Artificial ", "intelligence ", "is ", "a field."])
    gate = home.weryai.hold_next(after=2)

    asked = await home.ask("What is artificial intelligence?")

    growing = await home.begun(asked)
    await home.until(lambda: "Artificial intelligence" in growing.content)
    assert buttons(growing) == ["Stop"]
    gate.release()
    answer = await home.answered(asked)
    assert answer is growing
    assert text_of(answer) == "Artificial intelligence is a field."
    assert small_print(answer) == DEFAULT_NAME
    assert buttons(answer) == ["Regenerate"]
    request = home.weryai.requests[0]
    assert request.json["model"] == DEFAULT_MODEL
    assert request.json["stream"] is True
    assert conversation(request) == [("user", "What is artificial intelligence?")]


async def test_it_is_thinking_while_the_model_is_silent(home: Home) -> None:
    gate = home.weryai.hold_next()

    asked = await home.ask("Think about it.")

    await gate.reached()
    assert await asked.settled() is InteractionState.DEFERRED
    assert asked.response is not None
    assert asked.response.thinking
    gate.release()
    await home.answered(asked)


async def test_a_model_may_be_chosen_for_one_question_by_key_or_name(home: Home) -> None:
    await home.answered(await home.ask("First?", model="GPT_5"))
    await home.answered(await home.ask("Second?", model="Claude-4.5-Opus"))
    answer = await home.answered(await home.ask("Third?"))

    asked_of = [request.json["model"] for request in home.weryai.requests]
    assert asked_of == ["GPT_5", "CLAUDE_4_5_OPUS", DEFAULT_MODEL]
    assert small_print(answer) == DEFAULT_NAME


async def test_web_search_is_asked_for_only_where_it_is_wanted(home: Home) -> None:
    await home.answered(await home.ask("What is new?", web=True))
    await home.answered(await home.ask("What is old?"))

    searching, remembering = home.weryai.requests
    assert searching.json["plugins"] == [{"id": "web"}]
    assert "plugins" not in remembering.json


async def test_a_private_answer_is_seen_by_the_asker_alone_and_stays_out_of_the_history(
    home: Home,
) -> None:
    await home.answered(await home.ask("The capital of France?"))

    private = await home.answered(await home.ask("My secret is 42.", private=True))
    await home.answered(await home.ask("What was my secret?"))

    assert home.ada.can_see(private)
    assert not home.bob.can_see(private)
    _, alone, later = home.weryai.requests
    assert conversation(alone) == [("user", "My secret is 42.")]
    assert "42" not in str(later.json)
    assert "capital of France" in str(later.json)


async def test_a_public_answer_is_part_of_the_conversation(home: Home) -> None:
    home.weryai.answer_next("Paris.")
    await home.answered(await home.ask("The capital of France?"))

    await home.answered(await home.ask("And how many people live there?"))

    assert conversation(home.weryai.requests[1]) == [
        ("user", "The capital of France?"),
        ("assistant", "Paris."),
        ("user", "And how many people live there?"),
    ]


async def test_models_are_suggested_while_somebody_types(home: Home) -> None:
    every = await home.ada.autocomplete(home.channel, "ask", "model", "")
    by_name = await home.ada.autocomplete(home.channel, "ask", "model", "claude-4.5")
    by_key = await home.ada.autocomplete(home.channel, "ask", "model", "gpt_4O")
    by_words = await home.ada.autocomplete(home.channel, "ask", "model", "opus 4.6")
    nothing = await home.ada.autocomplete(home.channel, "ask", "model", "no such model")

    assert len(every) == 25
    assert by_name == [{"name": "Claude-4.5-Opus", "value": "CLAUDE_4_5_OPUS"}]
    assert by_key == [{"name": "GPT-4o", "value": "GPT_4O"}]
    assert by_words == [{"name": "Claude-4.6-Opus", "value": "CLAUDE_4_6_OPUS"}]
    assert nothing == []


async def refused(home: Home, asked: InteractionHandle) -> str:
    """What the asker alone reads of a question that is refused; nothing is left of "thinking"."""
    await home.until(lambda: any(m.content for m in asked.responses), "A refusal")
    visible = [one for one in asked.responses if not one.deleted]
    assert [home.bob.can_see(one) for one in visible] == [False]
    assert home.weryai.requests == []
    return visible[0].content


async def test_an_unknown_model_is_refused_with_what_to_do(home: Home) -> None:
    asked = await home.ask("Hello?", model="GPT_9000")

    assert await refused(home, asked) == (
        "I do not know a model `GPT_9000`. Pick one from the list that appears as you type."
    )


@pytest.mark.parametrize("blank", [" ", "\n\t", "\u3000\u00a0"])
async def test_an_empty_question_is_refused(home: Home, blank: str) -> None:
    asked = await home.ask(blank)

    assert await refused(home, asked) == (
        "There is no question in that. Write what you would like to know."
    )


@pytest.mark.parametrize("private", [False, True])
async def test_a_question_of_6000_characters_is_refused_with_both_numbers(
    home: Home, *, private: bool
) -> None:
    asked = await home.ask("a" * 6000, private=private)

    assert await refused(home, asked) == (
        "That is 6,000 characters; I can take 4,000. Please shorten it."
    )
    await home.answered(await home.ask("And this?"))


async def test_a_question_of_4000_characters_is_taken(home: Home) -> None:
    await home.answered(await home.ask("a" * 4000))

    assert conversation(home.weryai.requests[0]) == [("user", "a" * 4000)]


async def test_a_question_needs_a_prompt(home: Home) -> None:
    with pytest.raises(NotPossible):
        await home.ada.slash(home.channel, "ask")


async def test_two_questions_in_one_channel_are_answered_one_after_the_other(home: Home) -> None:
    gate = home.weryai.hold_next(after=1)
    first = await home.ask("First?")
    await home.begun(first)

    second = await home.ask("Second?", by=home.bob)
    assert await second.settled() is InteractionState.DEFERRED
    gate.release()

    await home.answered(first)
    await home.answered(second)
    asked = [conversation(request)[-1][1] for request in home.weryai.requests]
    assert asked == ["First?", "Bob: Second?"]


@every_way
async def test_what_a_model_writes_pings_nobody(home: Home, ask: Ask) -> None:
    said = f"@everyone @here {home.bob.mention} <@&{home.guild.id}> wake up!"
    home.weryai.answer_next(said)

    answer = await home.answered(await ask(home, "Wake them up!"))

    assert text_of(answer) == said
    assert not answer.pings
