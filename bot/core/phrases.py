"""Parts of the sentences people read: how much of something, and what they typed, told back."""

from __future__ import annotations

TOLD_BACK = 100  # characters of what a person typed


def counted(count: int, noun: str) -> str:
    """So many of something: "1 answer", "2,000 answers"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def shortened(text: str, most: int) -> str:
    """A text of at most `most` characters, the last of which says that there was more."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def quotable(text: str, most: int = TOLD_BACK) -> str:
    """A text of others, fit to stand in one line between backticks: at most `most` characters."""
    return shortened(" ".join(text.replace("`", "'").split()), most)
