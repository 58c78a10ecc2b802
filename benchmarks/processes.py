"""A contestant as its own process, and what the system says of it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.discord.server import DiscordSandbox

LEAVING_TAKES = 30.0  # seconds
TICKS = os.sysconf("SC_CLK_TCK")  # of /proc's CPU times, per second


@dataclass(frozen=True, slots=True)
class Contestant:
    """A bot: how it is called in the tables, and how it is started."""

    name: str
    module: Sequence[str]


OURS = Contestant("this bot", ("bot", "run"))
PLAIN = Contestant("plain editor", ("benchmarks.plain_editor",))


@dataclass(frozen=True, slots=True)
class Process:
    """A running contestant; figures from Linux's /proc."""

    pid: int

    def cpu_seconds(self) -> float:
        """User and system time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_kib(self) -> int:
        """Resident memory now."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])


@asynccontextmanager
async def running(
    contestant: Contestant, discord: DiscordSandbox, environment: Mapping[str, str], log: Path
) -> AsyncIterator[Process]:
    """Start a contestant, wait until it is connected, and stop it at the end."""
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *contestant.module),
            env={**os.environ, **environment},
            stdout=output,
            stderr=output,
        )
    try:
        await discord.bot_ready(timeout=30)
        yield Process(process.pid)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), LEAVING_TAKES)
            except TimeoutError:
                process.kill()
                await process.wait()
