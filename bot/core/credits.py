"""The WeryAI account's credits: watched for the operator, and told to members once used up."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from bot.core.conversation import ReplyId, Turn
from bot.core.errors import ModelError, OutOfCredits, StillOutOfCredits

log = logging.getLogger(__name__)

TEN_MINUTES = 600.0  # seconds
JITTER = 0.1  # of the interval, either way: many processes do not ask at the same moment
HOUR = 3600.0


class CreditsWatch:
    """Asks WeryAI for the credits again and again.

    When they fall below a threshold the log warns, and whoever is to be told is told, once: again
    only after they have been above it in between. What cannot be told is told the next time.

    Args:
        fetch: asks WeryAI for the credits; raises `ModelError`.
        show: is given them each time.
        tell: says a sentence to the operator; whether it got through.
        warn_below: the threshold; None never warns.
        interval: seconds between two looks.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        fetch: Callable[[], Awaitable[float]],
        *,
        show: Callable[[float], None],
        tell: Callable[[str], Awaitable[bool]],
        warn_below: float | None,
        interval: float = TEN_MINUTES,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._fetch = fetch
        self._show = show
        self._tell = tell
        self._warn_below = warn_below
        self._interval = interval
        self._sleep = sleep
        self._unknown = False
        self._below = False
        self._untold = ""

    async def keep_watching(self) -> None:
        """Look now and at every interval, until cancelled."""
        while True:
            await self.look()
            await self._sleep(self._interval * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311 - no secret

    async def look(self) -> None:
        """Ask WeryAI now. A failure leaves everything as it was, and is logged once in a row."""
        try:
            left = await self._fetch()
        except ModelError as error:
            if not self._unknown:
                name = type(error).__name__
                log.warning("WeryAI does not tell the account's credits: %s (%s)", name, error)
            self._unknown = True
            return
        self._unknown = False
        self._show(left)
        self._compare(left)
        if self._untold and await self._tell(self._untold):
            self._untold = ""

    def _compare(self, left: float) -> None:
        if self._warn_below is None:
            return
        was_below, self._below = self._below, left < self._warn_below
        if self._below and not was_below:
            self._untold = (
                f"The WeryAI account has {left:,.0f} credits left, fewer than "
                f"{self._warn_below:,.0f}. Add some before members go without answers."
            )
            log.warning("%s", self._untold)
        elif was_below and not self._below:
            self._untold = ""
            log.info("the WeryAI account has %.0f credits again", left)


class Reminders:
    """Where members have read that the credits are used up: an hour long a short line follows."""

    def __init__(self) -> None:
        self._told: OrderedDict[int, tuple[ReplyId, float]] = OrderedDict()

    def reminding(
        self, error: OutOfCredits, reply: ReplyId, turn: Turn, now: float
    ) -> OutOfCredits:
        """The error as it is to be shown: in short where the long text stands already.

        What is private is read by its asker alone. A reply that is given anew replaces what it
        said: it keeps the long text. `now` is in seconds.
        """
        readers = turn.asker.id if turn.private else turn.place.conversation_id
        while self._told and next(iter(self._told.values()))[1] <= now - HOUR:
            self._told.popitem(last=False)
        told_by, _ = self._told.setdefault(readers, (reply, now))
        return error if told_by == reply else StillOutOfCredits(str(error))
