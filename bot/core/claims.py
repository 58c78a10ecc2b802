"""Who may send next: claims for leave that compete for the same requests.

All that counts towards the bot-wide limit competes for it. Who goes first then: final frames, first
frames, and then whoever has the most unseen text for the longest time; in a crowd, final frames and
then the most unseen text. What an interaction's token sends competes with nothing but itself.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.core.windows import BotWide, Permit, Progress, Urgency, Window


@dataclass(slots=True, eq=False)
class Claim:
    """Somebody waiting for leave to send in a window."""

    window: Window
    progress: Progress
    granted: asyncio.Future[Permit]


Ready = tuple[Urgency, float, int, Claim]  # with its weight, negative, and its place in the line


class Claims:
    """Claims that wait, and the choice among them.

    Args:
        bot_wide: the limit they compete for, if there is one.
    """

    def __init__(self, bot_wide: BotWide | None = None) -> None:
        self._bot_wide = bot_wide
        self._waiting: list[Claim] = []
        self._timer: asyncio.Handle | None = None

    def add(self, claim: Claim) -> None:
        """Somebody waits."""
        self._waiting.append(claim)
        self.poke()

    def close(self, claim: Claim) -> None:
        """Whoever claimed waits no more, or has done what they were allowed to.

        A permit that was not used goes back.
        """
        if claim in self._waiting:
            self._waiting.remove(claim)
        if claim.granted.done() and not claim.granted.cancelled():
            permit = claim.granted.result()
            if not permit.spent:
                permit.window.permits.remove(permit)
                if self._bot_wide is not None:
                    self._bot_wide.release()
                self.poke()

    def move(self, old: Window, new: Window) -> None:
        """Two windows have turned out to be one."""
        for claim in self._waiting:
            if claim.window is old:
                claim.window = new

    def windows(self) -> set[int]:
        """The ids (Python's) of the windows that somebody waits for."""
        return {id(claim.window) for claim in self._waiting}

    def poke(self) -> None:
        """Choose again: something has changed."""
        if not self._waiting:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_soon(self._choose)

    def _choose(self) -> None:
        """Grant what may start now, and come back when the next may."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._timer = None
        ready, due = self._examine(now)
        for _, _, _, claim in self._by_turn(ready):
            if (frees_at := self._frees_at(now)) > now:
                due = min(due, frees_at)
                break
            if claim.window.available(now) > 0:
                spare = (
                    claim.window.earliest(claim.progress, now) if claim.progress.courtesy else now
                )
                if spare <= now:
                    self._grant(claim, now)
                else:  # what went before it has left it nothing
                    due = min(due, spare)
        if due < float("inf"):
            self._timer = loop.call_at(due, self._choose)

    def _examine(self, now: float) -> tuple[list[Ready], float]:
        """Which claims may be granted now, and when the next ones may."""
        if (frees_at := self._frees_at(now)) > now:
            return [], frees_at  # then it is time to look at them
        ready: list[Ready] = []
        due = float("inf")
        for order, claim in enumerate(self._waiting):
            earliest = claim.window.earliest(claim.progress, now)
            if earliest <= now:
                weight = claim.progress.weight(now)
                ready.append((claim.progress.urgency, -weight, order, claim))
            else:
                due = min(due, earliest)
        return ready, due

    def _frees_at(self, now: float) -> float:
        return now if self._bot_wide is None else self._bot_wide.frees_at(now)

    def _by_turn(self, ready: list[Ready]) -> list[Ready]:
        """Who goes first.

        Where first frames alone would take more than a second, to show them before all others
        helps nobody: then, last frames apart, only what is unseen counts, and a short answer may
        come whole with its first frame.
        """
        if len(ready) < 2:  # noqa: PLR2004 - nobody to compete with
            return ready
        first = sum(urgency is Urgency.FIRST for urgency, _, _, _ in ready)
        crowd = self._bot_wide is not None and first > self._bot_wide.per_second
        ahead = {Urgency.FINAL} if crowd else {Urgency.FINAL, Urgency.FIRST}
        return sorted(
            ready, key=lambda one: (one[0] if one[0] in ahead else Urgency.ORDINARY, *one[1:3])
        )

    def _grant(self, claim: Claim, now: float) -> None:
        self._waiting.remove(claim)
        if claim.granted.done():  # its painter was cancelled in this very step
            return
        permit = Permit(claim.window)
        claim.window.permits.append(permit)
        if claim.progress.courtesy and claim.progress.edits:
            claim.window.courtesy_edited_at = now
        if self._bot_wide is not None:
            self._bot_wide.hold(now)
        claim.granted.set_result(permit)
