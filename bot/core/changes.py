"""What was edited and deleted in Discord of late, perhaps before its question stood in line."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.core.conversation import MessageId, Turn

REMEMBERED = 1024  # changed messages: a change may be told while its question is being stored


class Changes:
    """The newest edits and deletions."""

    def __init__(self) -> None:
        self._texts: OrderedDict[MessageId, str | None] = OrderedDict()

    def remember(self, messages: Mapping[MessageId, str | None]) -> None:
        """Messages were edited (the new text) or deleted (None)."""
        self._texts.update(messages)
        while len(self._texts) > REMEMBERED:
            self._texts.popitem(last=False)

    def as_it_reads_now(self, turn: Turn) -> Turn:
        """A turn with what was changed; of deleted messages nothing is left."""
        if self._texts.keys().isdisjoint(said.message_id for said in turn.said):
            return turn
        texts = [(said, self._texts.get(said.message_id, said.text)) for said in turn.said]
        left = tuple(replace(said, text=text) for said, text in texts if text is not None)
        return replace(turn, said=left)

    def any_deleted(self, messages: Iterable[MessageId]) -> bool:
        """Whether one of these messages was deleted."""
        return any(self._texts.get(message, "") is None for message in messages)
