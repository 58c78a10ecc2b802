"""What a person reads at the end of a reply: its state, the model, and what it took."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.heard import Heard
from bot.core.layout import FOOTER_ROOM
from bot.core.replies import Controls, ReplyState, Usage
from bot.core.text import utf16_cut, utf16_len

NOTES = {
    ReplyState.COMPLETE: "",
    ReplyState.STOPPED: "⏹ Stopped",
    ReplyState.LENGTH: "✂ Cut off at the length limit",
    ReplyState.FILTERED: "⚠ Ended by WeryAI's content check",
    ReplyState.FAILED: "⚠ Failed",
    ReplyState.INTERRUPTED: "⚠ Interrupted",
}
INVITED = (ReplyState.LENGTH, ReplyState.INTERRUPTED)  # to press Continue
INVITATION = "Press Continue to go on"
EMPTY = "The model gave an empty answer."
EMPTY_INVITATION, EMPTY_ADVICE = "Press Regenerate to ask again.", "Please ask again."


@dataclass(frozen=True, slots=True)
class Signature:
    """What is known of an answer besides its text.

    Attributes:
        model: its name, as people know it.
        seconds: how long it took.
        style: the option `footer`: "off", "on" or "details".
        buttons: the option `buttons`: whether it can be regenerated and gone on with.
        instead: why another model than the chosen one was asked; empty if it was not.
        notes: what else differs from what was chosen.
    """

    model: str = ""
    seconds: float = 0.0
    style: str = "on"
    buttons: bool = True
    instead: str = ""
    notes: tuple[str, ...] = ()


def footer(heard: Heard, signature: Signature) -> str:
    """The last lines of a reply, in Discord's small text.

    An error is told in its own words, in the normal size where there is no answer above it.
    Where there is not room for all, what is least needed goes: it comes last.
    """
    lines = []
    said = bool(heard.text.strip())
    note = NOTES[heard.state]
    invited = signature.buttons and heard.state in INVITED
    if heard.error is not None and heard.ruling is None:
        lines.append(f"-# ⚠ {heard.error.text}" if said else f"⚠ {heard.error.text}")
        note = INVITATION if invited else ""
    elif invited:
        note = f"{note}: {INVITATION[0].lower()}{INVITATION[1:]}"
    elif not said and heard.state is ReplyState.COMPLETE:
        lines.append(f"{EMPTY} {EMPTY_INVITATION if signature.buttons else EMPTY_ADVICE}")
    facts = [note, *_facts(heard, signature)]
    while True:
        told = [fact for fact in facts if fact]
        whole = "\n".join([*lines, "-# " + " · ".join(told)] if told else lines)
        if utf16_len(whole) <= FOOTER_ROOM or len(facts) == 1:
            return whole[: utf16_cut(whole, FOOTER_ROOM)]
        facts.pop()


def _facts(heard: Heard, signature: Signature) -> list[str]:
    """What is told of an answer, whatever its ending; the most needed first."""
    paging = heard.paging
    facts = [f"{paging.index + 1}/{paging.count}" if paging else "", heard.verdict, heard.missing]
    if signature.instead:
        verb = "answered" if heard.text.strip() else "was asked"
        facts.append(f"{signature.instead}: {signature.model} {verb}")
    elif signature.style != "off":
        facts.append(signature.model)
    facts += signature.notes
    if signature.style == "details":
        facts += [tokens(heard.usage), f"{signature.seconds:.1f} s"]
    return facts


def controls(heard: Heard, signature: Signature) -> Controls:
    """The buttons of an answer that has ended."""
    if not signature.buttons:
        return Controls.NONE
    return Controls.RESUMABLE if heard.state.resumable else Controls.ENDED


def tokens(usage: Usage | None) -> str:
    """How many tokens an answer took; marked where they are estimated."""
    if usage is None:
        return ""
    return f"{'≈ ' if usage.estimated else ''}{usage.total_tokens:,} tokens"
