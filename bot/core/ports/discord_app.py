"""What the core needs of Discord: places where a reply is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.core.conversation import ReplyId
from bot.core.replies import Address, Frame, ReplyRecord


@dataclass(frozen=True, slots=True)
class Lane:
    """A rate-limit bucket of Discord's, as it is known before a request.

    It is named by its route and major parameter. `metered` lanes count towards the bot-wide 50
    requests per second (an interaction's do not).
    """

    route: str
    major: str
    metered: bool = True


class ReplySurface(Protocol):
    """Where one reply is shown: a chain of messages in one channel."""

    @property
    def address(self) -> Address:
        """Where the reply is now."""
        ...

    def lane(self, index: int) -> Lane:
        """The bucket that the next `show(index, …)` takes a request from."""
        ...

    async def show(self, index: int, frame: Frame) -> None:
        """Create message `index` of the chain, or edit it.

        Returns as soon as Discord has taken the frame, even if its bucket is empty then.

        Raises:
            ReplyDelayed: temporary; ask the budget again and show the newest text.
            ReplyGone: final.
        """
        ...

    def bind(self, reply: ReplyId) -> None:
        """The reply has been accepted: its buttons carry this id from now on."""
        ...

    @property
    def typing_lane(self) -> Lane | None:
        """The bucket of `typing`; None where Discord has no such way to show it."""
        ...

    async def typing(self) -> None:
        """Show that an answer is coming; never raises."""
        ...

    async def keep(self, count: int) -> None:
        """Delete the chain's messages after the first `count`; never raises.

        One that Discord does not delete for now stays in the chain.
        """
        ...

    async def retire(self) -> None:
        """Take the buttons off: a newer answer exists.

        Raises:
            ReplyDelayed: temporary; what is final is no concern of who asks.
        """
        ...


class Surfaces(Protocol):
    """Finds again where a stored reply is shown."""

    def of(self, record: ReplyRecord) -> ReplySurface | None:
        """The reply's surface; None if its place is gone or belongs to another process."""
        ...
