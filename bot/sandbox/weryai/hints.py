"""Which words of a question give which answer of the local model, for people to read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hint:
    """Something to ask, and what comes of it."""

    words: str
    gives: str


HINTS = (
    Hint("what is artificial intelligence", "a few paragraphs"),
    Hint("explain …, how does … work", "an explanation in several paragraphs"),
    Hint("a long story", "an answer beyond 2,000 characters, in several messages"),
    Hint("a very long novel", "an answer three times as long"),
    Hint("code, a function, python", "code in fences, with highlighting"),
    Hint("a table, compare …", "a table"),
    Hint("a list, steps, tips", "a numbered list with a list in it"),
    Hint("markdown, a spoiler", "everything that Discord's Markdown has"),
    Hint("auf Deutsch", "German; likewise en français, en español, 日本語, 中文 and in Arabic"),
    Hint("what did I say first, what was my last question", "what you said before"),
    Hint("my name is Ada … what is my name?", "whether it remembers you"),
    Hint("how many messages", "how many messages of the conversation it was sent"),
    Hint("which model", "the name of the model that is asked"),
    Hint("your instructions", "the system prompt it was given"),
    Hint("variants", "how to get several answers at once"),
    Hint("json, a schema", "how to get JSON, right or wrong"),
    Hint("!fault rate_limit", "a failure; !fault alone lists them all"),
)
