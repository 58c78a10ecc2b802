"""Which messages the bot has made or taken away of late, before the database can tell."""

from __future__ import annotations

from collections import OrderedDict, deque

from bot.core.conversation import EventId, MessageId, ReplyId

REMEMBERED = 2048  # Discord tells of a deletion within moments; an address is stored as soon


class OwnMessages:
    """The newest messages of all replies of this process."""

    def __init__(self) -> None:
        self._made: OrderedDict[MessageId, ReplyId] = OrderedDict()
        self._removed: deque[MessageId] = deque(maxlen=REMEMBERED)
        self._seen: deque[tuple[MessageId, EventId]] = deque(maxlen=REMEMBERED)

    def made(self, message: MessageId, reply: ReplyId) -> None:
        """A reply has a new message."""
        self._made[message] = reply
        if len(self._made) > REMEMBERED:
            self._made.popitem(last=False)

    def remove(self, message: MessageId) -> None:
        """The bot is about to delete one; what follows from it is no person's doing."""
        self._removed.append(message)

    def reply_of(self, message: MessageId) -> ReplyId | None:
        """The reply that a message was made for."""
        return self._made.get(message)

    def removed(self, message: MessageId) -> bool:
        """Whether the bot deleted a message itself."""
        return message in self._removed

    def saw(self, message: MessageId, interaction: EventId) -> None:
        """The gateway tells of a message that answers an interaction."""
        self._seen.append((message, interaction))

    def unconfirmed(self, interaction: EventId, after: MessageId) -> MessageId | None:
        """The oldest message of an interaction that is newer than `after` and still there.

        Where `after` is the newest that is known of, Discord has made it, and the answer that
        should have said so was lost.
        """
        found = (message for message, one in self._seen if one == interaction and message > after)
        return min((one for one in found if not self.removed(one)), default=None)
