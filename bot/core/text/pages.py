"""A growing text as a chain of messages.

The whole of the text is in the chain's messages at every moment, but for the little that
`unfinished` holds back. All but the last message are sealed: they never change again. Where a
page is sealed depends on the text alone, never on how it arrived: as soon as the text would
overflow the page, exactly that much of it is looked at, and cut.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.text.markdown import SPOILER, paragraph_end, read
from bot.core.text.opening import FENCE, Opening
from bot.core.text.seams import best_seam
from bot.core.text.unfinished import shown_length
from bot.core.text.units import MAX_CONTENT, utf16_cut, utf16_len

MIN_LIMIT = 100  # units; less leaves no room for text between markers

_FENCE_CLOSER = len(f"\n> {FENCE}")
# What a seal keeps free: for every style at once, closed; the rest is its look-ahead.
_RESERVE = 32


@dataclass(frozen=True, slots=True)
class _Page:
    """A page: what it opens with, and the source's text; `mend` closes what the former opened.

    Attributes:
        opened: what stands before the text.
        body: the source's text.
        mended_at: the index in `body` where `mend` is inserted.
        mend: the closers of a style that was opened again and whose paragraph has ended.
    """

    opened: str
    body: str
    mended_at: int = 0
    mend: str = ""

    @property
    def content(self) -> str:
        """The page as a message's content, nothing closed at its end."""
        return f"{self.opened}{self.body[: self.mended_at]}{self.mend}{self.body[self.mended_at :]}"

    def in_body(self, index: int) -> int:
        """The index in `body` of an index in `content`."""
        index -= len(self.opened)
        return index if index <= self.mended_at else max(self.mended_at, index - len(self.mend))


class Pages:
    """Lays out one text, which only ever grows, as messages of at most `limit` UTF-16 units.

    Each call takes the whole text and works on what is not sealed yet.
    """

    def __init__(self, limit: int = MAX_CONTENT) -> None:
        """Begin an empty chain.

        Raises:
            ValueError: `limit` is less than `MIN_LIMIT`.
        """
        if limit < MIN_LIMIT:
            raise ValueError(f"a page has at least {MIN_LIMIT} units, not {limit}")
        self._limit = limit
        self._sealed: list[str] = []
        self._starts = [0]  # of each page in the source
        self._opening = Opening()  # of the page that grows
        self._settled = 0  # how much of it need not be read again

    def render(self, text: str, *, final: bool) -> list[str]:
        """The contents of the messages, oldest first; none while there is nothing to see.

        Args:
            text: the whole text so far.
            final: the text is complete: all of it is shown as it is, and only an open code
                block is closed. Otherwise what may yet change its meaning is held back, and
                what is open is closed for this frame.
        """
        page = self._grow(text)
        content = self._last(page) if final else self._frame(page)
        return [*self._sealed, content] if content else list(self._sealed)

    def sources(self, text: str) -> list[str]:
        """The exact slice of `text` each message shows; joined they are `text`.

        White space at a seam, which Discord would trim, begins the later slice.
        """
        shown = bool(self._last(self._grow(text)))
        starts = self._starts if shown or not self._sealed else self._starts[:-1]
        slices = [text[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]
        return slices if text else []

    def _grow(self, text: str) -> _Page:
        """Seal what overflows; returns the page that is left."""
        while True:
            tail = text[self._starts[-1] :]
            opening, skipped = self._opening.enter(tail)
            body = tail[skipped:]
            known = self._overflow(opening, body)
            if known is None:
                return _page(opening, body)
            self._starts.append(self._starts[-1] + skipped + self._seal(opening, body[:known]))

    def _overflow(self, opening: Opening, body: str) -> int | None:
        """How long `body` was when it first did not fit; None while it does.

        What counts is the room it takes if the text ends here: with the closers of what was
        opened before and, once there is a code block, of that.
        """
        closers = utf16_len(opening.closers) + 1
        room = self._limit - utf16_len(opening.before(body)) - (closers if opening.marks else 0)
        if 2 * len(body) + _FENCE_CLOSER <= room:
            return None
        known = utf16_cut(body, room) + 1
        fence = 0 if opening.language is not None else body.find(FENCE)
        if fence >= 0:
            known = min(known, max(utf16_cut(body, room - _FENCE_CLOSER) + 1, fence + len(FENCE)))
        return known if known <= len(body) else None

    def _seal(self, opening: Opening, body: str) -> int:
        """Cut a page from `body`, which overflows it; returns how much of `body` it shows."""
        page = _page(opening, body)
        content, low = page.content, len(page.opened)
        high = utf16_cut(content, self._limit - _RESERVE)
        seam = best_seam(content, low, high, read(content))
        shown = content[:seam].rstrip()
        markup = read(shown)
        while (dangling := markup.dangling(shown)) is not None and dangling > low:
            shown = content[:dangling].rstrip()
            markup = read(shown)
        self._sealed.append(shown + markup.closers(shown))
        self._settled = 0
        self._opening = markup.opening(shown)
        # White space begins the next page; a page of nothing else, in a code block, has it.
        return page.in_body(len(shown) if len(shown) > low else seam)

    def _last(self, page: _Page) -> str:
        """The last message of a complete text."""
        if not page.body.strip():
            return ""
        content = page.content.rstrip()
        markup = read(content)
        if markup.fence is not None and markup.dangling(content) is not None:
            return content  # closed or not, Discord shows no block without code in it
        return content + markup.closers(content, before=len(page.opened))

    def _frame(self, page: _Page) -> str:
        """The message that still grows, valid as it is."""
        unread = page.content
        while len(content := unread.rstrip()) > len(page.opened):
            markup = read(content, self._settled if self._settled < len(content) else 0)
            self._settled = max(self._settled, markup.settled)
            length = shown_length(content, markup, unread[len(content) :])
            if length == len(content):
                shown = content + markup.closers(content)
                if utf16_len(shown) <= self._limit:
                    return shown
                length = utf16_cut(content, self._limit - _RESERVE)
            unread = content[:length]
        return ""


def _page(opening: Opening, body: str) -> _Page:
    """Lay out a page; a style opened again lasts until its paragraph ends, if not closed before.

    That it is closed at all was a guess, and a wrong one is not to spoil a whole page.
    """
    opened = opening.before(body)
    end = paragraph_end(body) if opening.marks else None
    if end is None:
        return _Page(opened, body)
    content = (opened + body[:end]).rstrip()
    found = read(content)
    if found.marks and found.marks[0].marker == SPOILER:
        del found.marks[0]  # it goes on
    if found.fence is not None or any(mark.marker == SPOILER for mark in found.marks):
        return _Page(opened, body)  # a style is not closed inside code or a secret
    mend = found.closers(content, before=len(opened))
    return _Page(opened, body, len(content) - len(opened), mend)
