"""What is still to be sent to an open page: each thing once, as it is when its turn comes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable

from bot.sandbox.discord.state import Json

MOST_WAITING = 5000
"""With more than this the page does not keep up, and gets a whole new picture instead."""

Render = Callable[[], Json | None]


class Outbox:
    """Frames that wait to be written.

    A thing that changes again while its frame waits is sent once, in its newest state and after
    everything that waited by then: so a slow page skips versions but never sees an old one last.
    """

    def __init__(self) -> None:
        self._waiting: dict[Hashable, Render] = {}
        self._some = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, key: Hashable, render: Render) -> None:
        """Let a frame be sent; `render` makes it when its turn comes, None if nothing is to be."""
        self._waiting.pop(key, None)
        self._waiting[key] = render
        self._some.set()

    def clear(self) -> int:
        """Drop everything; how much that was."""
        dropped = len(self._waiting)
        self._waiting.clear()
        return dropped

    async def next(self) -> Json:
        """The next frame, as soon as there is one."""
        while True:
            while self._waiting:
                key = next(iter(self._waiting))
                if (frame := self._waiting.pop(key)()) is not None:
                    return frame
            self._some.clear()
            await self._some.wait()
