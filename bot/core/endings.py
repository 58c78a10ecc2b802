"""What a person reads at the end of a reply: its state, the model, and what it took."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.replies import ReplyState, Usage
from bot.core.streaming import FOOTER_ROOM, Heard
from bot.core.text import utf16_cut

NOTES = {
    ReplyState.COMPLETE: "",
    ReplyState.STOPPED: "⏹ Stopped",
    ReplyState.LENGTH: "✂ Cut off at the length limit: press Continue to go on",
    ReplyState.FILTERED: "⚠ Ended by WeryAI's content check",
    ReplyState.FAILED: "⚠ Failed",
    ReplyState.INTERRUPTED: "⚠ Interrupted: press Continue to go on",
}
EMPTY = "The model gave an empty answer. Press Regenerate to ask again."


@dataclass(frozen=True, slots=True)
class Signature:
    """What is known of an answer besides its text."""

    model: str
    seconds: float = 0.0
    detailed: bool = False  # whether the server wants to see tokens and seconds


def footer(heard: Heard, signature: Signature) -> str:
    """The last lines of a reply, in Discord's small text.

    An error is told in its own words, in the normal size where there is no answer above it.
    """
    lines = []
    if heard.error is not None and heard.ruling is None:
        lines.append(
            f"⚠ {heard.error.text}" if not heard.text.strip() else f"-# ⚠ {heard.error.text}"
        )
        note = "Press Continue to go on" if heard.state is ReplyState.INTERRUPTED else ""
    elif not heard.text.strip():
        note = NOTES[heard.state]
        if heard.state is ReplyState.COMPLETE:
            lines.append(EMPTY)
    else:
        note = NOTES[heard.state]
    facts = [note, signature.model]
    if signature.detailed:
        facts += [tokens(heard.usage), f"{signature.seconds:.1f} s"]
    if any(facts):
        lines.append("-# " + " · ".join(fact for fact in facts if fact))
    whole = "\n".join(lines)
    return whole[: utf16_cut(whole, FOOTER_ROOM)]


def tokens(usage: Usage | None) -> str:
    """How many tokens an answer took; marked where they are estimated."""
    if usage is None:
        return ""
    return f"{'≈ ' if usage.estimated else ''}{usage.total_tokens:,} tokens"
