"""What answers cost, where WeryAI does not say: estimated from how long question and answer are."""

from __future__ import annotations

from math import ceil

from bot.core.replies import Usage

# OpenAI's rule of thumb for English text; other languages take more tokens for as many characters.
CHARACTERS_PER_TOKEN = 4


def estimated(prompt_characters: int, answer_characters: int) -> Usage:
    """What a request is thought to have cost, each side rounded up; marked as an estimate."""
    return Usage(
        ceil(prompt_characters / CHARACTERS_PER_TOKEN),
        ceil(answer_characters / CHARACTERS_PER_TOKEN),
        estimated=True,
    )
