from __future__ import annotations

import pytest

from bot.sandbox.weryai import texts
from bot.sandbox.weryai.answers import answer


def replied(*said: str, model: str = "GPT-5") -> str:
    roles = ("user", "assistant")
    messages = [{"role": roles[at % 2], "content": text} for at, text in enumerate(said)]
    return answer(messages, model)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What is artificial intelligence?", "machine learning"),
        ("What is the capital of France?", "Paris"),
        ("Explain how a gearbox works", "gearbox"),
        ("Write a Python function", "```python\n"),
        ("Compare the two in a table", "|---|"),
        ("Give me a list of ideas", "1. "),
        ("Was ist das? Auf Deutsch bitte", "Umlaute"),
        ("En français, s'il te plaît", "accents"),
        ("¿Qué es esto?", "español"),
        ("これは何ですか", "日本語"),
        ("这是什么", "中文"),
        ("ما هذا", "بالعربية"),
        ("Show me some markdown", "||spoiler||"),
        ("Which model are you?", "GPT-5"),
        ("What is the weather today?", "web search"),
        ("Thank you!", "welcome"),
    ],
)
def test_what_is_asked_decides_what_is_said(question: str, words: str) -> None:
    assert words in replied(question)


@pytest.mark.parametrize("question", ["", "{}", "%s", "?", "\n", "x" * 5000, "🎉"])
def test_anything_can_be_asked(question: str) -> None:
    assert replied(question)


def test_the_same_question_gets_the_same_answer_and_different_ones_differ() -> None:
    assert replied("a thing") == replied("a thing")
    assert len({replied(f"thing {number}") for number in range(20)}) >= 4


@pytest.mark.parametrize("question", ["a long one", "Tell me a story", "Write an essay"])
def test_a_long_answer_is_longer_than_a_message_of_discord(question: str) -> None:
    assert 2000 < len(replied(question)) < 4096  # and ends within the default max_tokens


def test_a_variant_that_was_cut_off_goes_on_as_well() -> None:
    whole = replied("Tell me a very long story")
    partial = f"{texts.ANOTHER_WAY.format(number=2)}{whole[:3000]}"
    assert replied("Tell me a very long story", partial, "Go on.") == whole[3000:]


def test_it_recalls_the_conversation() -> None:
    assert "“blue”" in replied("blue", "ok", "red", "ok", "What did I say first?")
    assert "“red”" in replied("blue", "ok", "red", "ok", "What did I just say?")
    assert "Ada" in replied("hi, my name is Ada", "ok", "What is my name?")
    assert "Grace" in replied("Grace: I'm Grace", "ok", "Grace: who am I?")
    assert "not told me" in replied("What is my name?")
    assert "first thing" in replied("What did I say first?")
    assert "3 messages" in replied("a", "b", "How many messages do you see?")


def test_it_goes_on_where_it_was_cut_off() -> None:
    whole = replied("Tell me a story")
    rest = replied("Tell me a story", whole[:100], "Your last message was cut off. Go on.")
    assert rest == whole[100:]
    assert "all I had" in replied("Tell me a story", whole, "Continue")
    assert "nothing" in answer([{"role": "user", "content": "continue"}] * 2, "GPT-5")
