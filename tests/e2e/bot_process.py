"""The bot as its own process, as an operator runs it: an environment, signals, an exit code, a log."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.sandbox.discord.server import DiscordSandbox

ROOT = Path(__file__).parents[2]
STARTING_TAKES = 30.0  # seconds, of which a busy machine may need many
LEAVING_TAKES = 40.0  # seconds; SHUTDOWN_GRACE is 20 where a test does not say otherwise
LINE_LIMIT = 1 << 20  # bytes; a traceback is one line of JSON


class Log:
    """What a process writes on standard output and standard error, line by line.

    Attributes:
        lines: all lines so far.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._grown = asyncio.Condition()

    async def read(self, stream: asyncio.StreamReader) -> None:
        """Take lines in until the process closes its end."""
        async for line in stream:
            async with self._grown:
                self.lines.append(line.decode(errors="replace").rstrip("\n"))
                self._grown.notify_all()

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def events(self, since: int = 0) -> list[dict[str, Any]]:
        """The lines as structlog's JSON; what is not JSON comes as an event of level "raw"."""
        return [_parsed(line) for line in self.lines[since:]]

    def saying(self, words: str, since: int = 0) -> list[dict[str, Any]]:
        """The events whose sentence holds these words."""
        return [event for event in self.events(since) if words in str(event["event"])]

    async def says(self, words: str, since: int = 0) -> dict[str, Any]:
        """Wait for an event whose sentence holds these words."""
        async with asyncio.timeout(STARTING_TAKES), self._grown:
            await self._grown.wait_for(lambda: self.saying(words, since))
        return self.saying(words, since)[0]


class BotProcess:
    """`python -m bot …` with nothing of this process's environment but what it is given.

    Args:
        discord: the Discord it connects to.
        environment: its settings, by their names.
        folder: where it runs; it has no `.env`.
        arguments: the command line.
    """

    def __init__(
        self,
        discord: DiscordSandbox,
        environment: Mapping[str, str],
        folder: Path,
        arguments: tuple[str, ...] = ("run",),
    ) -> None:
        self.log = Log()
        self._discord = discord
        self._environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "default::ResourceWarning",  # what is not closed shows in the log
            **environment,
        }
        self._folder = folder
        self._arguments = arguments
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    async def launch(self) -> None:
        """Start the process, whatever becomes of it."""
        assert self._process is None
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *self._arguments),
            env=self._environment,
            cwd=self._folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LINE_LIMIT,
        )
        assert self._process.stdout is not None
        self._reader = asyncio.create_task(self.log.read(self._process.stdout), name="bot's log")

    async def start(self, *, shards: int = 1) -> None:
        """Start the process and wait until it is connected to Discord with so many shards."""
        gateway = self._discord.gateway
        others = {session.id for session in gateway.connected}

        def connected() -> bool:
            return shards <= sum(session.id not in others for session in gateway.connected)

        await self.launch()
        assert self._reader is not None
        ready = asyncio.create_task(
            self._discord.until(connected, timeout=STARTING_TAKES, what="The bot's connection"),
            name="bot's connection",
        )
        await asyncio.wait({ready, self._reader}, return_when=asyncio.FIRST_COMPLETED)
        try:
            assert ready.done(), f"the bot did not start:\n{self.log}"
            await ready
        finally:
            ready.cancel()

    async def exit_code(self) -> int:
        """Wait until the process has ended by itself, and all it said has been read."""
        assert self._process is not None
        assert self._reader is not None
        async with asyncio.timeout(LEAVING_TAKES):
            code = await self._process.wait()
            await self._reader
        self._process = None
        return code

    def send(self, number: signal.Signals) -> None:
        """Send the process a signal, and do not wait for what it makes of it."""
        assert self._process is not None
        self._process.send_signal(number)

    async def stop(self) -> int:
        """Ask the process to leave, as an orchestrator does; its exit code."""
        self.send(signal.SIGTERM)
        return await self.exit_code()

    async def kill(self) -> None:
        """End the process in the middle of whatever it does."""
        self.send(signal.SIGKILL)
        await self.exit_code()

    async def restart(self) -> None:
        """Stop in order and start again with the same settings."""
        assert await self.stop() == 0
        await self.start()

    async def end(self) -> None:
        """Leave nothing behind, whatever state the test has left it in."""
        if self._process is None:
            return
        try:
            await self.stop()
        finally:
            if self._process is not None:
                await self.kill()


def _parsed(line: str) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except ValueError:
        event = None
    if isinstance(event, dict) and {"event", "level"} <= event.keys():
        return event
    return {"event": line, "level": "raw"}
