"""What has come from the model: the answer that is shown, and the variants beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.core.conversation import Turn
from bot.core.errors import BotError, ContentFiltered
from bot.core.ports.weryai import Delta, Finish
from bot.core.replies import Paging, ReplyState, Usage, Variant


def variants_asked(turn: Turn) -> int:
    """How many answers to it a turn asks for."""
    asked = turn.options.get("n")
    return asked if isinstance(asked, int) else 1


@dataclass(slots=True)
class Other:
    """One of the answers that fill in behind the first."""

    parts: list[str] = field(default_factory=list)
    finish_reason: str | None = None

    @property
    def text(self) -> str:
        """What it says so far."""
        return "".join(self.parts)


@dataclass(slots=True)
class Heard:
    """What has come from the model so far, and how it ended.

    Attributes:
        text: of the answer that is shown: of several, the first, until somebody pages.
        finish_reason: of that answer, where the model has ended it.
        usage: of the whole request.
        error: what went wrong.
        ruling: ended from our side: STOPPED or INTERRUPTED.
        asked: how many variants were asked for.
        others: the further answers of this request by their index.
        known: the variants of an answer that goes on or is shown anew; `variant` is its index.
        verdict: what a check of the answer's form found, in a few words.
    """

    text: str = ""
    finish_reason: str | None = None
    usage: Usage | None = None
    error: BotError | None = None
    ruling: ReplyState | None = None
    asked: int = 1
    others: dict[int, Other] = field(default_factory=dict)
    known: tuple[Variant, ...] = ()
    variant: int = 0
    verdict: str = ""

    @property
    def state(self) -> ReplyState:
        """The ending this amounts to."""
        return self._ending(self.text, self.finish_reason)

    @property
    def variants(self) -> tuple[Variant, ...]:
        """All answers there are, each with its own ending; empty where there is but one."""
        shown = Variant(self.text, self.state)
        if self.known:
            return (*self.known[: self.variant], shown, *self.known[self.variant + 1 :])
        more = [
            Variant(other.text, self._ending(other.text, other.finish_reason))
            for _, other in sorted(self.others.items())
        ]
        return (shown, *more) if more else ()

    @property
    def paging(self) -> Paging | None:
        """Which variant shows; None where there is but one."""
        variants = self.variants
        return Paging(self.variant, len(variants)) if variants else None

    @property
    def missing(self) -> str:
        """That fewer variants came than were asked for, in words."""
        came = len(self.variants) or 1
        lacks = came < self.asked and self.text.strip()
        return f"only {came} of {self.asked} variants came" if lacks else ""

    @property
    def filling_in(self) -> bool:
        """Whether the answer that is shown is complete, and others are not yet."""
        if self.asked == 1 or self.finish_reason is None:
            return False
        ended = [other for other in self.others.values() if other.finish_reason is not None]
        return len(ended) < self.asked - 1

    def beside(self, event: Delta | Finish) -> None:
        """Take in an event of a further answer; of one that nobody asked for there is no trace."""
        if not 0 < event.index < self.asked:
            return
        other = self.others.setdefault(event.index, Other())
        if isinstance(event, Delta):
            other.parts.append(event.text)
        else:
            other.finish_reason = event.reason

    def settle(self, bare: Callable[[str], str]) -> None:
        """Nothing more comes: keep what says anything, as it is stored.

        Args:
            bare: takes off a text what does not belong to it.
        """
        self.text = bare(self.text)
        kept = {}
        for index, other in sorted(self.others.items()):
            text = bare(other.text)
            if text.strip():
                kept[index] = Other([text], other.finish_reason)
        if kept and not self.text.strip():  # the first of them that says anything comes first
            first = kept.pop(min(kept))
            self.text, self.finish_reason = first.text, first.finish_reason
        self.others = kept

    def _ending(self, text: str, finish_reason: str | None) -> ReplyState:
        """How one answer ended; what the model has ended stays so, whatever befalls the others."""
        if finish_reason is None and self.ruling is not None:
            return self.ruling
        error = None if finish_reason and self.asked > 1 else self.error
        if finish_reason == "content_filter" or isinstance(error, ContentFiltered):
            return ReplyState.FILTERED
        if error is not None:
            return ReplyState.INTERRUPTED if text.strip() else ReplyState.FAILED
        return ReplyState.LENGTH if finish_reason == "length" else ReplyState.COMPLETE
