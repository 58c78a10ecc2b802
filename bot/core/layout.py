"""How a reply is laid out: what each of its messages is to show at a moment."""

from __future__ import annotations

from typing import Protocol

from bot.core.draft import Draft
from bot.core.heard import Heard
from bot.core.replies import Controls, File, Frame
from bot.core.text import MAX_CONTENT, Pages

FOOTER_ROOM = 200  # of a message, kept for what its last line says of the ending
FILLING_IN = "\n-# The other variants are still being written…"
WHOLE_IS_FILE = "\n-# The whole answer comes as a file."
NO_MORE_MESSAGES = "\n-# I may not send more here. The whole answer comes as a file."
WHOLE = "answer.md"
PAGE_LIMIT = MAX_CONTENT - FOOTER_ROOM - len(NO_MORE_MESSAGES) - len("\n")
THINKING = Frame("-# Thinking…", Controls.STREAMING)


class Colophon(Protocol):
    """Knows what is to be read and pressed at a reply's end."""

    def footer(self, heard: Heard) -> str:
        """The last message's small text: at most `FOOTER_ROOM` UTF-16 units."""
        ...

    def controls(self, heard: Heard) -> Controls:
        """The last message's buttons."""
        ...


class Layout:
    """Lays a growing answer out in messages.

    Args:
        draft: what it starts from.
        colophon: tells what stands at its end.

    Attributes:
        opening: is shown as long as there is no text.
    """

    def __init__(self, draft: Draft, colophon: Colophon) -> None:
        self.opening = draft.opening
        self._form = draft.form
        self._colophon = colophon
        self._pages = Pages(PAGE_LIMIT)
        self._max_messages = draft.max_messages
        self._whole_is_file = WHOLE_IS_FILE  # and why

    def end_with(self, messages: int) -> None:
        """No more than so many messages may be sent: the last one brings the whole as a file."""
        self._max_messages = messages
        self._whole_is_file = NO_MORE_MESSAGES

    def frames(self, heard: Heard, *, ended: bool) -> list[Frame]:
        """What each message is to show now; the last one carries the buttons.

        Args:
            heard: what has come of the answer.
            ended: nothing more will come.
        """
        form = self._form
        most = (self._max_messages + 1) * MAX_CONTENT  # more is not shown, nor laid out
        text = form.shown(heard.text[:most], final=ended)
        pages = self._pages.render(text, final=ended)
        overflow = len(pages) > self._max_messages or len(heard.text) > most
        frames = [Frame(page) for page in pages[: self._max_messages]]
        if overflow:
            frames[-1] = Frame(frames[-1].content + self._whole_is_file)
        if ended:
            last = frames.pop().content if frames else ""
            controls = self._colophon.controls(heard)
            content = f"{last}\n{self._colophon.footer(heard)}".strip()
            whole = File(WHOLE, heard.text) if overflow else None
            file = form.file(heard.text) or whole
            frames.append(Frame(content, controls, file, heard.paging))
        elif frames:
            waits = FILLING_IN if heard.filling_in else ""
            frames[-1] = Frame(frames[-1].content + waits, Controls.STREAMING)
        elif self.opening is not None:
            frames.append(self.opening)
        return frames
