"""How an answer grows in Discord: one task reads the model, another paints what is there.

The **reader** takes deltas as fast as they come and never waits for Discord. The **painter** asks
`EditBudget` for leave, and only then renders the newest text, stores it and shows it: so a frame
is never older than its permission, and nothing is ever visible that a crash would lose. The last
frame always goes out.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Protocol

from bot.core.backoff import GIVE_UP_AFTER, backoff
from bot.core.draft import Draft
from bot.core.errors import BotError, ReplyDelayed, ReplyGone
from bot.core.heard import Heard
from bot.core.layout import THINKING, Colophon, Layout
from bot.core.pacing import EditBudget
from bot.core.ports.discord_app import ReplySurface
from bot.core.ports.weryai import ChatEvent, Delta, Finish
from bot.core.replies import Frame, ReplyState
from bot.core.windows import Progress, Urgency

log = logging.getLogger(__name__)

TYPING_LASTS = 8.0  # Discord shows the typing indicator for ten seconds
BUSY_SECOND = 1.0  # requests count against the bot-wide limit for so long
PATIENCE = 1.0  # seconds without text, until a message that shows something else says "Thinking"


class Chronicle(Colophon, Protocol):
    """Keeps what a reply shows, and knows what is to be read at its end."""

    async def save(self, text: str) -> None:
        """Store what is about to be shown, and where; of an ending only where. Never raises."""
        ...

    async def close(self, heard: Heard) -> None:
        """Store the ending, before its last frame is shown; never raises."""
        ...


class StreamEditor:
    """Shows one answer while it comes.

    Args:
        surface: where it is shown.
        budget: gives leave for frames.
        chronicle: stores what is shown before it is shown.
        draft: what it starts from.
    """

    def __init__(
        self, surface: ReplySurface, budget: EditBudget, chronicle: Chronicle, draft: Draft
    ) -> None:
        self._surface = surface
        self._budget = budget
        self._chronicle = chronicle
        self._draft = draft
        self._layout = Layout(draft, chronicle)
        self._heard = Heard(draft.text, asked=draft.asked, known=draft.known, variant=draft.variant)
        self._parts: list[str] = []
        self._ended = False
        self._closed = False
        self._news = asyncio.Event()
        self._visible = asyncio.Event()
        self._progress = Progress()
        self._reader: asyncio.Task[None] | None = None
        self._showing = 0  # the first message that may not be up to date
        self._shown: dict[int, Frame] = {}
        if draft.text:  # its full messages are as they were
            known = len(surface.address.message_ids)
            self._shown.update(enumerate(self._frames()[: max(0, known - 1)]))
        self.gone: ReplyGone | None = None
        self.cut_short: ReplyGone | None = None  # why there are no more messages
        self.first_text_at: float | None = None  # the loop's time at which it was visible

    @property
    def heard(self) -> Heard:
        """What has come from the model so far."""
        if self._parts:
            self._heard.text += "".join(self._parts)
            self._parts.clear()
        return self._heard

    @property
    def ended(self) -> bool:
        """Whether nothing more will come; its last frame may be still to be shown."""
        return self._ended

    async def run(self, events: AsyncGenerator[ChatEvent, None]) -> Heard:
        """Show an answer from its first delta to its last frame.

        Closing `events` closes the connection to the model, whatever the ending. Failures of the
        model and of Discord end the reply; neither is raised.
        """
        thinking = asyncio.get_running_loop().call_later(PATIENCE, self._think)
        async with asyncio.TaskGroup() as tasks:
            painter = tasks.create_task(self._paint())
            typing = tasks.create_task(self._type())
            if not self._ended:
                self._reader = tasks.create_task(self._read(events))
            await asyncio.wait({painter})
            typing.cancel()
            thinking.cancel()
            if self.gone is not None and self.gone.by_choice:
                self.stop(ReplyState.STOPPED)
        await self._close()
        return self.heard

    @property
    def messages(self) -> int:
        """How many messages the reply fills now."""
        return len(self._frames())

    async def conclude(self, heard: Heard) -> None:
        """Show an ending to which nothing more will come, as after a restart."""
        self._heard = heard
        await self._judge()
        self._end()
        await self._paint()
        await self._close()

    def open_with(self, frame: Frame) -> None:
        """Show this as long as there is no text."""
        self._layout.opening = frame
        self._news.set()

    def stop(self, state: ReplyState) -> None:
        """End the reply from our side: STOPPED or INTERRUPTED. What is there stays."""
        if not self._ended:
            self._heard.ruling = state
            self._end()  # not left to the reader, which may not have begun
            if self._reader is not None:
                self._reader.cancel()

    # --- the reader ---------------------------------------------------------------------------

    async def _read(self, events: AsyncGenerator[ChatEvent, None]) -> None:
        try:
            async with aclosing(events) as stream:
                async for event in stream:
                    self._hear(event)
            await self._judge()
        except BotError as error:
            self._heard.error = error
        except Exception:
            log.exception("an answer broke off")
            self._heard.error = BotError()
        finally:
            self._end()

    def _hear(self, event: ChatEvent) -> None:
        if isinstance(event, Delta):
            if event.index == 0 and event.text:
                if not self._progress.shown_at:  # nothing is shown yet: it waits from now on
                    self._progress.shown_at = asyncio.get_running_loop().time()
                self._parts.append(event.text)
                self._progress.unseen += len(event.text)
                self._news.set()
            elif event.index:
                self._heard.beside(event)
        elif isinstance(event, Finish):
            if event.index == 0:
                self._heard.finish_reason = event.reason
                self._news.set()
            else:
                self._heard.beside(event)
        else:
            self._heard.usage = event

    async def _judge(self) -> None:
        """Whether a complete answer has the form it was to have."""
        form, heard = self._draft.form, self.heard
        heard.settle(form.bare)
        if heard.state is ReplyState.COMPLETE:
            heard.verdict = await form.verdict(heard.text)

    def _end(self) -> None:
        if not self._ended:
            self.heard.settle(self._draft.form.bare)
        self._ended = True
        self._progress.urgency = Urgency.FINAL
        self._news.set()
        self._budget.poke()

    # --- the painter --------------------------------------------------------------------------

    async def _paint(self) -> None:
        await self._draft.after()
        failures = 0
        while not self._complete():
            index = self._behind()
            if index is None:
                await self._news.wait()
                self._news.clear()
                continue
            there = self._surface.address.message_ids
            try:
                await self._show(index)
                failures = 0
            except ReplyDelayed as delay:
                if self._surface.address.message_ids != there:  # it got somewhere all the same
                    failures = 0
                failures += 1
                if failures >= GIVE_UP_AFTER:
                    given_up = f"given up after {failures} tries: {delay}"
                    self.gone = ReplyGone(given_up, for_now=True)
                    break
                asked = delay.retry_after
                await asyncio.sleep(backoff(failures) if asked is None else asked)
            except ReplyGone as gone:
                if not self._goes_no_further(index, gone):
                    self.gone = gone
                    break
            except Exception:
                log.exception("a frame could not be shown")
                self.gone = ReplyGone("an unexpected error")
                break

    def _goes_no_further(self, index: int, gone: ReplyGone) -> bool:
        """Whether a message could not be made, but those before it may still be edited.

        Then the last of them shows how the answer ends, with the whole as a file.
        """
        if not index or index < len(self._surface.address.message_ids):
            return False
        self.cut_short = gone
        self._layout.end_with(index)
        self._showing = min(self._showing, index - 1)
        return True

    def _complete(self) -> bool:
        return self._ended and self._behind() is None

    def _behind(self) -> int | None:
        """The first message that does not show the newest text."""
        frames = self._frames()
        while self._showing < len(frames) - 1 and (
            self._shown.get(self._showing) == frames[self._showing]
        ):
            self._showing += 1
        for index in range(self._showing, len(frames)):
            if self._shown.get(index) != frames[index]:
                return index
        return None

    async def _show(self, index: int) -> None:
        self._progress.urgency = self._urgency(index)
        async with self._budget.leave(self._surface.lane(index), self._progress):
            if self._ended:
                await self._close()
            text = self.heard.text
            frames = self._frames()
            if index >= len(frames):  # its first words turned out to begin a link: held back
                return
            frame = frames[index]
            if frame == self._shown.get(index):
                return
            if not self._ended:
                await self._chronicle.save(text)
            self._progress.shown_at = asyncio.get_running_loop().time()
            there = self._surface.address.message_ids
            await self._surface.show(index, frame)
        self._shown[index] = frame
        more_follows = not self._ended or index < len(frames) - 1
        if self._surface.address.message_ids != there and more_follows:
            await self._chronicle.save(text)  # or a crash would leave a message nobody knows of
        if text:
            self._progress.edits += self._visible.is_set()
            self._visible.set()
            self._note_first_text(text)
        if index == len(frames) - 1:
            self._progress.unseen = len(self.heard.text) - len(text)

    def _note_first_text(self, shown: str) -> None:
        if self.first_text_at is None and len(shown) > len(self._draft.text):
            self.first_text_at = asyncio.get_running_loop().time()

    def _urgency(self, index: int) -> Urgency:
        if self._ended:
            return Urgency.FINAL
        if not self._visible.is_set():
            return Urgency.FIRST
        growing = index == len(self._frames()) - 1
        return Urgency.ORDINARY if growing and index in self._shown else Urgency.ROLLOVER

    def _frames(self) -> list[Frame]:
        """What each message is to show now."""
        return self._layout.frames(self.heard, ended=self._ended)

    async def _close(self) -> None:
        if not self._closed:
            self._closed = True
            await self._chronicle.close(self.heard)

    # --- until the first text -----------------------------------------------------------------

    def _think(self) -> None:
        shows_something = bool(self._surface.address.message_ids) and not self._visible.is_set()
        if shows_something and self._layout.opening is None:
            self.open_with(THINKING)

    async def _type(self) -> None:
        lane = self._surface.typing_lane
        while lane is not None and not self._visible.is_set():
            if quiet := self._budget.quiet(lane):
                await self._surface.typing()
            await asyncio.sleep(TYPING_LASTS if quiet else BUSY_SECOND)
