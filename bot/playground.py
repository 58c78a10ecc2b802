"""`make sandbox`: a local Discord, a local WeryAI, and the real bot between them as its own process.

The bot knows nothing of it: it is led to the two servers by its settings. People use it at a
prompt, or in a browser on the page that `bot.sandbox.page` serves.

With SANDBOX_DATA naming a folder, the local Discord's state and the bot's database are kept there
from run to run; without it nothing stays.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path

from bot.core.errors import BotError
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.permissions import NONE, Permission
from bot.sandbox.discord.saving import Unreadable, kept, load
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel
from bot.sandbox.page.server import PageServer
from bot.sandbox.terminal import ask_once, converse, typed_lines
from bot.sandbox.weryai import API_KEY, WeryAIRelay, WeryAISandbox
from bot.settings import OfflineSettings, load_settings

LEAVING_TAKES = 10.0  # seconds the bot gets to leave before it is killed
READY_TAKES = 30.0  # seconds the bot gets to connect
TERMINATED = 128 + signal.SIGTERM  # the exit code, as shells have it
SAVED_IN = "SANDBOX_DATA"
STATE = "discord.json"
HOME = "Home"
PEOPLE = {"member": "Ada", "moderator": "Mo", "second member": "Ben"}
MODERATION = (
    Permission.MANAGE_GUILD
    | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_CHANNELS
    | Permission.MANAGE_ROLES
    | Permission.MANAGE_THREADS
    | Permission.KICK_MEMBERS
)
GREETING = """\
Open it in a browser:
  {url}
Or stay here: you are Ada, a member of “Home”, in #general, and Wery is the bot. Ask away:
  /ask What is artificial intelligence?
  @bot write a long story
  /chat Let us talk          …and talk on in its thread
:help shows what else you can do, :quit leaves.
"""


class NotStarted(BotError):
    """The bot did not connect; the message holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Playground:
    """A server with people in it, and the bot connected.

    Attributes:
        people: who they are, by what they are; the first one is who a newcomer is to begin with.
        weryai: the local WeryAI; with a key of one's own, the relay before the real one.
    """

    discord: DiscordSandbox
    general: Channel
    people: Mapping[str, Person]
    weryai: WeryAISandbox | WeryAIRelay
    saved_in: str | None

    def page(self) -> PageServer:
        """What serves it to a browser; to be entered."""
        return PageServer(self.discord, self.people, self.weryai, saved_in=self.saved_in)


def sandbox(ask: str | None) -> int:
    """Converse at a prompt, or ask one question and show its answer growing; the exit code."""
    if isinstance(sys.stdout, TextIOWrapper):  # what a bare terminal cannot show ends nothing
        sys.stdout.reconfigure(errors="replace")
    try:
        return asyncio.run(_play(ask))
    except asyncio.CancelledError:
        return TERMINATED


async def _play(ask: str | None) -> int:
    terminal = sys.stdout.isatty()
    playing = asyncio.current_task()
    assert playing is not None
    for number in (signal.SIGTERM, signal.SIGHUP):  # the bot leaves with it
        asyncio.get_running_loop().add_signal_handler(number, playing.cancel)

    def write(text: str) -> None:
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:  # whoever read has read enough, as `head` has
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            playing.cancel()

    async with open_playground() as ground:
        whose = "local" if isinstance(ground.weryai, WeryAISandbox) else "real"
        write(f"The bot is connected to the local Discord and to the {whose} WeryAI.\n")
        if ask:
            member = next(iter(ground.people.values()))
            complete = await ask_once(
                ground.discord, member, ground.general, ask, write, redraw=terminal
            )
            return 0 if complete else 1
        async with ground.page() as page, aclosing(typed_lines(sys.stdin.fileno())) as lines:
            write(GREETING.format(url=page.url))
            await converse(
                ground.discord,
                {role.replace(" ", "-"): person for role, person in ground.people.items()},
                ground.general,
                read_line=_typed(lines),
                write=write,
                redraw=terminal,
            )
    return 0


def _typed(lines: AsyncIterator[str]) -> Callable[[], Awaitable[str | None]]:
    """Reads a line at a time; None after the last one.

    Where there is none at all nobody is there to type, and the page alone is served.
    """
    some = False

    async def read_line() -> str | None:
        nonlocal some
        line = await anext(lines, None)
        if line is None and not some:
            await asyncio.Event().wait()
        some = True
        return line

    return read_line


@asynccontextmanager
async def open_playground(saved_in: Path | None = None) -> AsyncIterator[Playground]:
    """Start everything, and stop it at the end.

    Args:
        saved_in: where to keep the state; if None, what SANDBOX_DATA names, if anything.

    Raises:
        NotStarted: the bot did not connect, or what is kept cannot be read.
    """
    settings = load_settings(OfflineSettings)
    key = settings.weryai_api_key.get_secret_value()
    if saved_in is None and (named := os.environ.get(SAVED_IN)):
        saved_in = Path(named)
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(DiscordSandbox())
        if saved_in is None:
            temporary = tempfile.TemporaryDirectory(prefix="wery-sandbox-")
            folder = Path(stack.enter_context(temporary))
        else:
            folder = saved_in.resolve()
            _load(discord, folder / STATE)
            await stack.enter_async_context(kept(discord.world, folder / STATE))
        environment = {
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_TOKEN": discord.token,
            "DATABASE_URL": f"sqlite:///{folder / 'bot.db'}",
            "LOG_FORMAT": "console",
        }
        weryai: WeryAISandbox | WeryAIRelay
        weryai = WeryAIRelay(str(settings.weryai_base_url)) if key else WeryAISandbox()
        await stack.enter_async_context(weryai)
        environment["WERYAI_BASE_URL"] = weryai.base_url
        environment["WERYAI_API_KEY"] = key or API_KEY
        general, people = _settle(discord)
        await stack.enter_async_context(_bot(discord, environment, folder / "bot.log"))
        kept_in = None if saved_in is None else str(folder)
        yield Playground(discord, general, people, weryai, kept_in)


def _load(discord: DiscordSandbox, state: Path) -> None:
    """Fill the local Discord from its file, if there is one; raises `NotStarted`."""
    try:
        state.parent.mkdir(parents=True, exist_ok=True)
        load(discord.world, state)
    except (Unreadable, OSError) as error:
        raise NotStarted(f"{SAVED_IN}: {error}") from error


def _settle(discord: DiscordSandbox) -> tuple[Channel, Mapping[str, Person]]:
    """The server with its people: those of the last run, or new ones."""
    world = discord.world
    home = next((one for one in world.guilds.values() if one.name == HOME), None)
    if home is None:
        home = discord.add_guild(HOME)
        discord.add_channel(home, "general")
        discord.add_channel(home, "random")
    general = next(iter(home.channels.values()), None) or discord.add_channel(home, "general")
    there = {one.display_name: one for one in world.users.values() if not one.bot}
    people = {}
    for role, name in PEOPLE.items():
        person = Person(world, there[name]) if name in there else discord.add_person(name)
        people[role] = person
        if person.id not in home.members:  # new, or thrown out in the last run
            discord.add_member(home, person, MODERATION if role == "moderator" else NONE)
    return general, people


@asynccontextmanager
async def _bot(
    discord: DiscordSandbox, environment: Mapping[str, str], log: Path
) -> AsyncIterator[None]:
    """The bot as its own process, connected; it is asked to leave at the end.

    Raises:
        NotStarted: it did not connect.
    """
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"),
            env={**os.environ, **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl+C is for the prompt, which then stops the bot
        )
    gone = asyncio.create_task(process.wait())
    ready = asyncio.create_task(discord.bot_ready(timeout=READY_TAKES))
    try:
        await asyncio.wait({gone, ready}, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done() or ready.exception() is not None:
            raise NotStarted(f"The bot did not start. The end of its log:\n{_end_of(log)}")
        yield
    finally:
        ready.cancel()
        if not gone.done():
            process.send_signal(signal.SIGTERM)
            await asyncio.wait({gone}, timeout=LEAVING_TAKES)
        if not gone.done():
            process.kill()
        await asyncio.gather(gone, ready, return_exceptions=True)


def _end_of(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
