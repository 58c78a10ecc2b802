"""A round: so many questions at once, asked as members do, watched until all are answered."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.answers import (
    DELTA_SIZE,
    DELTAS_PER_SECOND,
    FIRST_AFTER,
    LONGEST,
    Planned,
    number_in,
    text_of,
)
from benchmarks.measure import Measured, Sighting, letters, measure
from benchmarks.processes import Contestant, Process, running
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel, Guild, Message
from bot.sandbox.weryai import API_KEY, Pace, Recorded, WeryAISandbox

LATENCY, JITTER = 0.040, 0.010  # seconds of a REST call
LOOK_EVERY = 0.25  # seconds
PATIENCE = LONGEST / DELTAS_PER_SECOND + 90.0  # seconds until a round is given up


@dataclass(frozen=True, slots=True)
class Round:
    """What a round came to."""

    contestant: str
    way: str
    channels: int
    plans: Sequence[Planned]
    answers: Sequence[Measured]
    missing: int
    writes: int
    refused: int
    cpu_seconds: float
    memory_kib: float

    @property
    def deltas(self) -> int:
        """How many deltas came from the model."""
        return sum(plan.deltas for plan in self.plans)


class Stage:
    """The two servers and one contestant between them."""

    def __init__(
        self, discord: DiscordSandbox, weryai: WeryAISandbox, contestant: str, process: Process
    ) -> None:
        self._discord = discord
        self._weryai = weryai
        self._contestant = contestant
        self._process = process
        self._guild: Guild = discord.add_guild("Benchmark")
        self._asker: Person = discord.add_member(self._guild, "Ada")
        self._plans: dict[int, Planned] = {}
        weryai.answers = lambda request: text_of(
            self._plans[number_in(request["messages"][-1]["content"])]
        )

    async def play(self, way: str, plans: Sequence[Planned]) -> Round:
        """Ask all of a plan, each in a channel of its own, and measure the answers."""
        self._plans = {plan.number: plan for plan in plans}
        channels = [self._discord.add_channel(self._guild, f"c{plan.number}") for plan in plans]
        self._weryai.requests.clear()
        requests, refused = len(self._discord.requests), self._discord.rate_limited
        cpu, idle = self._process.cpu_seconds(), self._process.resident_kib()
        asking = asyncio.gather(
            *(self._ask(way, *pair) for pair in zip(channels, plans, strict=True))
        )
        peak = await self._watch(channels, plans)
        await asking
        cpu = self._process.cpu_seconds() - cpu
        answers = [self._measure(*pair) for pair in zip(channels, plans, strict=True)]
        written = self._discord.requests[requests:]
        return Round(
            contestant=self._contestant,
            way=way,
            channels=len(plans),
            plans=plans,
            answers=[answer for answer in answers if answer is not None],
            missing=sum(answer is None for answer in answers),
            writes=sum(one.method in {"POST", "PATCH"} for one in written),
            refused=self._discord.rate_limited - refused,
            cpu_seconds=cpu,
            memory_kib=max(0, peak - idle) / len(plans),
        )

    async def _ask(self, way: str, channel: Channel, plan: Planned) -> None:
        await asyncio.sleep(plan.at)
        question = f"bench {plan.number}"
        if way == "/ask":
            await self._asker.slash(channel, "ask", prompt=question)
        else:
            await self._asker.send(channel, f"{self._discord.bot_mention} {question}")

    async def _watch(self, channels: Sequence[Channel], plans: Sequence[Planned]) -> int:
        """Wait until every text is there; the peak of the resident memory (KiB)."""
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        wanted = {c.id: letters(text_of(p)) for c, p in zip(channels, plans, strict=True)}
        waiting = list(channels)
        peak = 0
        while waiting and loop.time() < until:
            await asyncio.sleep(LOOK_EVERY)
            peak = max(peak, self._process.resident_kib())
            waiting = [c for c in waiting if letters(self._text_in(c)) < wanted[c.id]]
        return peak

    def _text_in(self, channel: Channel) -> str:
        return "".join(shown(message.content) for message in self._said_in(channel))

    def _said_in(self, channel: Channel) -> list[Message]:
        bot = self._discord.bot_user.id
        return [m for m in channel.messages.values() if m.author.id == bot and not m.deleted]

    def _measure(self, channel: Channel, plan: Planned) -> Measured | None:
        recorded = self._recorded(plan)
        text = text_of(plan)
        deltas = [text[at : at + DELTA_SIZE] for at in range(0, len(text), DELTA_SIZE)]
        correct = "".join(self._text_in(channel).split()) == "".join(text.split())
        try:
            return measure(deltas, recorded.written, self._sightings(channel), correct=correct)
        except ValueError:
            return None

    def _recorded(self, plan: Planned) -> Recorded:
        for recorded in self._weryai.requests:
            if number_in(recorded.json["messages"][-1]["content"]) == plan.number:
                return recorded
        raise LookupError(f"question {plan.number} never reached the model")

    def _sightings(self, channel: Channel) -> list[Sighting]:
        changes = [
            (version.at, message.id, letters(shown(version.content)))
            for message in self._said_in(channel)
            for version in message.versions
        ]
        visible: dict[int, int] = {}
        sightings = []
        for at, message, count in sorted(changes):
            visible[message] = count
            sightings.append(Sighting(at, sum(visible.values())))
        return sightings


def shown(content: str) -> str:
    """A message's text without the small lines that say how the answer ended."""
    return "\n".join(line for line in content.split("\n") if not line.startswith("-# "))


@asynccontextmanager
async def staged(contestant: Contestant) -> AsyncIterator[Stage]:
    """Two servers and a contestant, connected and warmed up."""
    pace = Pace(first_after=FIRST_AFTER, per_second=DELTAS_PER_SECOND, size=DELTA_SIZE)
    with tempfile.TemporaryDirectory(prefix="wery-bench-") as folder:
        async with (
            DiscordSandbox() as discord,
            WeryAISandbox(pace=pace, clock=discord.clock.now) as weryai,
        ):
            discord.set_latency(LATENCY, JITTER, seed=1)
            environment = {
                "DISCORD_API_URL": discord.api_url,
                "DISCORD_TOKEN": discord.token,
                "WERYAI_BASE_URL": weryai.base_url,
                "WERYAI_API_KEY": API_KEY,
                "DATABASE_URL": f"sqlite:///{folder}/bot.db",
                "LOG_LEVEL": "WARNING",
            }
            log = Path(folder) / "log"
            async with running(contestant, discord, environment, log) as process:
                stage = Stage(discord, weryai, contestant.name, process)
                for way in ("mention", "/ask"):  # figures and caches are learned once
                    await stage.play(way, [Planned(0, 0.0, 120)])
                yield stage
