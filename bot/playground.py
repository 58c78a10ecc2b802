"""`make sandbox`: a local Discord, a local WeryAI, and the real bot between them as its own process.

The bot knows nothing of it: it is led to the two servers by its settings.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.core.errors import BotError
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel
from bot.sandbox.terminal import ask_once, converse, typed_lines
from bot.sandbox.weryai import API_KEY, WeryAISandbox
from bot.settings import OfflineSettings, load_settings

LEAVING_TAKES = 10.0  # seconds the bot gets to leave before it is killed
READY_TAKES = 30.0  # seconds the bot gets to connect
GREETING = """\
You are Ada, a member of “Home”, in #general, and Wery is the bot. Ask away:
  /ask What is artificial intelligence?
  @bot write a long story
  /chat Let us talk          …and talk on in its thread
:help shows what else you can do, :quit leaves.
"""


class NotStarted(BotError):
    """The bot did not connect; the message holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Playground:
    """A server with two people in it, and the bot connected."""

    discord: DiscordSandbox
    general: Channel
    member: Person
    moderator: Person
    real_models: bool


def sandbox(ask: str | None) -> int:
    """Converse at a prompt, or ask one question and show its answer growing; the exit code."""
    return asyncio.run(_play(ask))


async def _play(ask: str | None) -> int:
    terminal = sys.stdout.isatty()

    def write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    async with _open() as ground:
        whose = "the real WeryAI" if ground.real_models else "the local WeryAI"
        write(f"The bot is connected to the local Discord and to {whose}.\n")
        if ask:
            complete = await ask_once(
                ground.discord, ground.member, ground.general, ask, write, redraw=terminal
            )
            return 0 if complete else 1
        write(GREETING)
        async with aclosing(typed_lines(sys.stdin.fileno())) as lines:
            await converse(
                ground.discord,
                {"member": ground.member, "moderator": ground.moderator},
                ground.general,
                read_line=lambda: anext(lines, None),
                write=write,
                redraw=terminal,
            )
    return 0


@asynccontextmanager
async def _open() -> AsyncIterator[Playground]:
    settings = load_settings(OfflineSettings)
    key = settings.weryai_api_key.get_secret_value()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wery-sandbox-")))
        discord = await stack.enter_async_context(DiscordSandbox())
        home = discord.add_guild("Home")
        general = discord.add_channel(home, "general")
        discord.add_channel(home, "random")
        member = discord.add_member(home, "Ada")
        moderator = discord.add_member(
            home, "Mo", Permission.MANAGE_GUILD | Permission.MANAGE_MESSAGES
        )
        environment = {
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_TOKEN": discord.token,
            "DATABASE_URL": f"sqlite:///{folder / 'bot.db'}",
            "LOG_FORMAT": "console",
        }
        if not key:
            weryai = await stack.enter_async_context(WeryAISandbox())
            environment["WERYAI_BASE_URL"] = weryai.base_url
            environment["WERYAI_API_KEY"] = API_KEY
        await stack.enter_async_context(_bot(discord, environment, folder / "bot.log"))
        yield Playground(discord, general, member, moderator, real_models=bool(key))


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
