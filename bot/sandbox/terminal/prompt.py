"""`make sandbox`: a prompt at which each line is done as a member would do it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping

from bot.sandbox.discord.components import labels, walk
from bot.sandbox.discord.errors import ApiError
from bot.sandbox.discord.events import (
    ChannelChanged,
    Event,
    InteractionChanged,
    MessageCreated,
    MessageEdited,
    MessagesDeleted,
)
from bot.sandbox.discord.handles import InteractionHandle, NotPossible
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.rules.components import Kind
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel, ChannelType, InteractionState, Json, Message
from bot.sandbox.terminal.exchange import Exchange, Patience, around, ask
from bot.sandbox.terminal.once import screen_for
from bot.sandbox.terminal.pictures import STOP, draw
from bot.sandbox.terminal.screens import Screen

HELP = """\
/ask what is x model:GPT_5   any command of the bot; options are name:value
@bot and in one sentence?    a message; in a channel it mentions the bot all the same
:stop                        press Stop            :click Regenerate   press any button
:thread [name]               go to a thread        :channel [name]     go to a channel
:dm                          go to your direct messages with the bot
:menu Ask about this         an entry of the newest message's menu
:as {people:<17}        be somebody else      :quit               leave"""


async def converse(
    sandbox: DiscordSandbox,
    people: Mapping[str, Person],
    channel: Channel,
    *,
    read_line: Callable[[], Awaitable[str | None]],
    write: Callable[[str], object],
    redraw: bool = False,
    patience: Patience | None = None,
) -> None:
    """Do what each line says, and show what the bot says, until `:quit` or the last line.

    After the last line (of a pipe, say) it stays until the last reply is complete.

    Args:
        sandbox: the local Discord, with the bot connected.
        people: who may be typed for, by what `:as` calls them; the first one, to begin with.
        channel: where, to begin with; in a server.
        read_line: gives the next line, None after the last one.
        write: writes text to where it is read, at once.
        redraw: whether `write` goes to a terminal on which messages may be drawn in place.
        patience: how long to wait for the last reply.
    """
    screen = screen_for(write, redraw=redraw)
    talk = _Talk(sandbox, people, channel, screen)
    events: asyncio.Queue[Event] = asyncio.Queue()
    stop = sandbox.world.feed.listen(events.put_nowait)
    try:
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(_watch(events, talk), name="terminal")
            await _obey_all(talk, screen, read_line, patience or Patience())
            await events.join()
            watching.cancel()
    finally:
        stop()


async def _watch(events: asyncio.Queue[Event], talk: _Talk) -> None:
    while True:
        talk.see(await events.get())
        events.task_done()


async def _obey_all(
    talk: _Talk,
    screen: Screen,
    read_line: Callable[[], Awaitable[str | None]],
    patience: Patience,
) -> None:
    screen.note("Type a question, a command such as /ask, or :help.")
    talk.invite()
    while (line := await read_line()) is not None:
        screen.typed()
        if not await talk.obey(line.strip()):
            return
        talk.invite()
    await talk.finish(patience)


class _Talk:
    """Who is talking where, and what they see."""

    def __init__(
        self,
        sandbox: DiscordSandbox,
        people: Mapping[str, Person],
        channel: Channel,
        screen: Screen,
    ) -> None:
        self._sandbox = sandbox
        self._people = people
        self._person = next(iter(people.values()))
        self._channel = channel
        self._home = channel
        self._screen = screen
        self._last: Exchange | None = None
        self._form: _Form | None = None

    def invite(self) -> None:
        """Show who types where, or which field of a form is to be filled in."""
        if self._form is not None:
            self._screen.prompt(f"{self._form.field} >")
            return
        place = f"#{self._channel.name}" if self._channel.guild else "direct messages"
        self._screen.prompt(f"{self._person.user.display_name} in {place} >")

    # --- what is typed ------------------------------------------------------------------------

    async def obey(self, line: str) -> bool:
        """Do what a line says; whether to go on."""
        word, _, rest = line.partition(" ")
        if word == ":quit":
            return False
        try:
            if self._form is not None and word != ":cancel":
                await self._fill(line)
            elif word.startswith(":"):
                await self._turn(word, rest.strip())
            elif line:
                self._last = await ask(self._sandbox, self._person, self._channel, line)
        except (NotPossible, ApiError) as error:
            self._screen.note(f"⚠ {error}")
        return True

    async def _turn(self, word: str, rest: str) -> None:
        match word:
            case ":stop":
                await self._click(STOP)
            case ":click":
                await self._click(rest)
            case ":as":
                self._become(rest)
            case ":dm":
                self._channel = await self._person.open_dm()
            case ":thread" | ":channel":
                self._go(rest.removeprefix("#"), threads=word == ":thread")
            case ":menu":
                await self._menu(rest)
            case ":cancel":
                self._form = None
            case _:
                self._screen.note(HELP.format(people="|".join(self._people)))

    async def _click(self, label: str) -> None:
        """Press the newest button of that name that they see."""
        for message in reversed(self._seen()):
            for offered in labels(message):
                if offered.lower() == label.lower():
                    await self._person.click(message, offered)
                    return
        raise NotPossible(f"there is no button {label!r} to press")

    async def _menu(self, name: str) -> None:
        """Use an entry of the newest message's "Apps" menu."""
        messages = self._person.sees(self._channel)
        if not messages:
            raise NotPossible("there is no message here whose menu could be opened")
        await self._person.context_menu(messages[-1], name)

    def _seen(self) -> list[Message]:
        """The bot's messages in this channel and the server's threads, oldest first."""
        seen = [one for place in around(self._channel) for one in self._person.sees(place)]
        return sorted(seen, key=lambda message: message.id)

    def _become(self, name: str) -> None:
        if name not in self._people:
            raise NotPossible(f"there is no {name!r}; there are: {', '.join(self._people)}")
        self._person = self._people[name]
        if self._channel.type is ChannelType.DM:
            self._channel = self._home

    def _go(self, name: str, *, threads: bool) -> None:
        """Go to the newest thread or first channel whose name begins so."""
        guild = self._home.guild
        assert guild is not None  # the prompt begins in a server
        places = reversed(guild.threads.values()) if threads else guild.channels.values()
        for place in places:
            visible = Permission.VIEW_CHANNEL in place.permissions_of(self._person.id)
            if place.name.startswith(name) and visible:
                self._channel = place
                return
        raise NotPossible(f"there is no {'thread' if threads else 'channel'} {name!r}")

    async def _fill(self, line: str) -> None:
        assert self._form is not None
        if self._form.fill(line):
            form, self._form = self._form, None
            await self._person.submit(form.opened, **form.values)

    # --- what is seen -------------------------------------------------------------------------

    def see(self, event: Event) -> None:
        """Show what happens, as far as it shows."""
        bot = self._sandbox.bot_user
        match event:
            case MessageCreated(message) | MessageEdited(message):
                if message.author is bot and self._person.can_see(message):
                    self._show(message)
            case MessagesDeleted(_, messages) if any(one.author is bot for one in messages):
                self._screen.note("(a message of the bot's was deleted)")
            case ChannelChanged(thread, "CREATE") if thread.is_thread:
                self._screen.note(f"A thread: {thread.name} (:thread goes there)")
            case InteractionChanged(one) if one.user is self._person.user:
                if one.state is InteractionState.FAILED:
                    self._screen.note("⚠ The application did not respond.")
                    self.invite()
                elif one.modal is not None and self._form is None:
                    self._form = _Form(InteractionHandle(self._sandbox.world, one))
                    self._screen.note(f"{one.modal['title']} (:cancel closes the form)")
                    self.invite()
            case _:
                pass

    def _show(self, message: Message) -> None:
        picture = draw(message)
        if picture.body or picture.buttons:
            self._screen.show(picture)
        if not picture.growing:
            self.invite()

    async def finish(self, patience: Patience) -> None:
        """Wait until what was asked last has been answered."""
        if self._last is not None:
            await self._last.ended(lambda: None, patience)


class _Form:
    """A form that the bot opened, filled in a field a line."""

    def __init__(self, opened: InteractionHandle) -> None:
        self.opened = opened
        self.values: dict[str, str] = {}
        self._fields = list(_text_inputs((opened.modal or {}).get("components") or []))

    @property
    def field(self) -> str:
        """What the next field is called."""
        return self._fields[len(self.values)][1]

    def fill(self, text: str) -> bool:
        """Fill in the next field; whether that was the last one."""
        self.values[self._fields[len(self.values)][0]] = text
        return len(self.values) == len(self._fields)


def _text_inputs(components: list[Json]) -> Iterator[tuple[str, str]]:
    """The custom id and label of each text input; in a Label it is the label's."""
    for component in components:
        for inner in walk([component]):
            if inner["type"] == Kind.TEXT_INPUT:
                label = component.get("label") or inner.get("label")
                yield str(inner["custom_id"]), str(label)
