"""What `/usage` says in words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.phrases import counted
from bot.core.usage import Sums
from bot.discord_app.usage.view import View

LONGEST = 2000  # Discord's limit for a message's content
CUT = "\n(and more)"


def summary(view: View, sums: Sums) -> str:
    """Everything together."""
    told = (
        f"**{view.whose} {view.when}**\n"
        f"{answers(sums)} in {duration(sums.seconds)}, {tokens(sums)}: "
        f"{sums.prompt_tokens:,} read, {sums.completion_tokens:,} written."
    )
    if sums.estimated_tokens:
        share = max(1, round(sums.estimated_share * 100))
        told += f"\n-# ≈ {share}% of the tokens are estimated, where WeryAI did not count them."
    return told


def entry(name: str, sums: Sums) -> str:
    """One line of a list."""
    return f"- {name}: {tokens(sums)}, {answers(sums)}"


def listing(heading: str, entries: Sequence[str], room: int) -> str:
    """A list under its heading, in at most so many characters."""
    told = f"\n\n{heading}"
    for line in entries:
        if len(told) + len(line) + len(CUT) >= room:
            return told + CUT
        told += f"\n{line}"
    return told


def limits_told(sentences: Sequence[str]) -> str:
    """What somebody may use, under what they have used; empty where nothing limits them."""
    if not sentences:
        return ""
    return "\n\n**Your limits here**" + "".join(f"\n- {sentence}" for sentence in sentences)


def answers(sums: Sums) -> str:
    """How many."""
    return counted(sums.answers, "answer")


def tokens(sums: Sums) -> str:
    """How many; marked where some are estimated."""
    mark = "≈ " if sums.estimated_tokens else ""
    return f"{mark}{sums.tokens:,} token{'s' * (sums.tokens != 1)}"


def duration(seconds: float) -> str:
    """A time in its two greatest units: "2 min 3 s"."""
    whole = round(seconds)
    if whole < 1:
        return f"{seconds:.1f} s"
    units = [(whole // 3600, "h"), (whole // 60 % 60, "min"), (whole % 60, "s")]
    while not units[0][0]:
        units.pop(0)
    return " ".join(f"{count:,} {unit}" for count, unit in units[:2] if count)
