"""The rounds as a table, each bar beside its figure."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from statistics import mean, median

from benchmarks.answers import Planned
from benchmarks.frontier import frontier_tables
from benchmarks.measure import percentile
from benchmarks.optimum import (
    ASK,
    MENTION,
    fair_share_lag,
    least_lag,
    mean_over,
    quoted_lag,
)
from benchmarks.processes import OURS
from benchmarks.stage import LATENCY, Round

METHOD = """\
## What is measured

Each bot runs as its own process against a local Discord and a local WeryAI, over sockets. A REST
call takes 40 ms (± 10). Answers have 80 to 800 deltas of 4 characters, 40 a second, the first after
300 ms: 2 to 20 seconds of text. K questions come within 2 seconds, each in a channel of its own,
from a fixed seed. Times are read off the servers: when a delta was written to its socket, when a
version of a message came into force. All times are seconds.

- **first text**: from the first delta to the first visible text.
- **lag**: from a character's delta to its being visible; the mean over all characters.
- **÷ optimum**: the mean lag compared with the least there can be. For one bucket that is an
  editor which knows each answer's end beforehand; for K ≥ 100 mentions, where the 50 requests per
  second bind, one that shares them equally among the running answers. Both in
  [optimum.py](optimum.py), a REST call included. **÷ quoted** is the same with the figures that
  the project set out with (0.17, 0.42 and 0.49 s for mentions of 2, 8 and 20 s, 0.20 s for /ask,
  1.0 s for 100 mentions).
- **final**: from the last delta to the complete text being visible.
- **wrong**: final texts that are not the model's, or were never complete.
- **the plain editor** edits once a second inside its token loop: [plain_editor.py](plain_editor.py).

Where the CPU time goes, and what the optimum leaves out: [PROFILE.md](PROFILE.md).

## What the reserve costs, and gives

Even edits leave an answer's end waiting for the next window when the last one is used up; a request
kept in reserve makes each end immediate, at the price of rarer edits. Near the end of a window the
reserve costs nothing, so it is spent there. From the real edit budget in virtual time, alone in its
bucket, over answers of every length; *late* are those whose last text takes over 0.1 s longer than
a REST call.
"""
SHARED_FROM = 100  # channels: from here on the bot-wide limit binds mentions


@dataclass(frozen=True, slots=True)
class Figures:
    """All rounds of one contestant, way and size together. Times are seconds."""

    contestant: str
    way: str
    channels: int
    first: float
    lag: float
    lag_p95: float
    final: float
    final_p50: float
    writes: float
    refused: int
    wrong: int
    cpu: float
    memory: float
    optimum: float
    quoted: float | None

    @property
    def ratio(self) -> float:
        """To the optimum as computed here."""
        return self.lag / self.optimum


def figures(rounds: Sequence[Round]) -> Figures:
    """What rounds of the same kind came to."""
    one = rounds[0]
    answers = [answer for played in rounds for answer in played.answers]
    lags = [lag for answer in answers for lag in answer.lags]
    plans = [plan for played in rounds for plan in played.plans]
    deltas = sum(played.deltas for played in rounds)
    return Figures(
        contestant=one.contestant,
        way=one.way,
        channels=one.channels,
        first=percentile([answer.first for answer in answers], 0.95),
        lag=mean(lags),
        lag_p95=percentile(lags, 0.95),
        final=percentile([answer.final for answer in answers], 0.95),
        final_p50=median(answer.final for answer in answers),
        writes=sum(played.writes for played in rounds) / len(plans),
        refused=sum(played.refused for played in rounds),
        wrong=sum(played.missing + sum(not a.correct for a in played.answers) for played in rounds),
        cpu=sum(played.cpu_seconds for played in rounds) / deltas * 1000,
        memory=max(played.memory_kib for played in rounds),
        optimum=_optimum(one.way, one.channels, rounds),
        quoted=_quoted(one.way, one.channels, plans),
    )


def _optimum(way: str, channels: int, rounds: Sequence[Round]) -> float:
    plans = [plan for played in rounds for plan in played.plans]
    if way == "mention" and channels >= SHARED_FROM:
        return mean(fair_share_lag(played.plans, LATENCY) for played in rounds)
    bucket = ASK if way == "/ask" else MENTION
    return mean_over(plans, [least_lag(plan.seconds, bucket, LATENCY) for plan in plans])


def _quoted(way: str, channels: int, plans: Sequence[Planned]) -> float | None:
    if way == "mention" and channels >= SHARED_FROM:
        return 1.0 if channels == SHARED_FROM else None
    bucket = ASK if way == "/ask" else MENTION
    return mean_over(plans, [quoted_lag(plan.seconds, bucket) for plan in plans])


def line(played: Round) -> str:
    """A round in one line, while the others still run."""
    one = figures([played])
    return (
        f"{one.contestant:<13}{one.way:<8} K={one.channels:<4} first {one.first:.3f}  lag {one.lag:.3f} "
        f"(x {one.ratio:.2f})  final {one.final:.3f}  429 {one.refused}  wrong {one.wrong}  "
        f"CPU {one.cpu:.3f}  KiB {one.memory:.0f}"
    )


# --- bars -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """A promise: which rounds it is about, the figure, and the most it may be."""

    promise: str
    about: Callable[[Figures], bool]
    figure: Callable[[Figures], float]
    most: float


def _few(one: Figures) -> bool:
    return one.channels <= 32  # noqa: PLR2004 - the plan's own bound


BARS = (
    Bar("429s drawn", lambda _: True, lambda one: one.refused, 0),
    Bar("wrong, missing or unseen final texts", lambda _: True, lambda one: one.wrong, 0),
    Bar("first delta → first visible text, p95 (s)", _few, lambda one: one.first, LATENCY + 0.06),
    Bar(
        "mean lag ÷ optimum, mentions",
        lambda one: one.way == "mention" and _few(one),
        lambda one: one.ratio,
        1.4,
    ),
    Bar(
        "mean lag ÷ optimum, /ask",
        lambda one: one.way == "/ask" and one.channels <= SHARED_FROM,
        lambda one: one.ratio,
        1.4,
    ),
    Bar(
        "mean lag ÷ fair-share optimum, mentions",
        lambda one: one.way == "mention" and one.channels >= SHARED_FROM,
        lambda one: one.ratio,
        1.4,
    ),
    Bar("last delta → complete text, p95 (s)", _few, lambda one: one.final, LATENCY + 0.1),
    Bar(
        "CPU seconds per 1,000 deltas",
        lambda one: one.channels == SHARED_FROM,
        lambda one: one.cpu,
        0.12,
    ),
    Bar(
        "memory per running reply (KiB)",
        lambda one: one.channels >= SHARED_FROM,
        lambda one: one.memory,
        100,
    ),
)


# --- the page ---------------------------------------------------------------------------------


def results(rounds: Iterable[Round]) -> str:
    """The whole report, as Markdown."""
    kinds = [
        figures(list(same))
        for _, same in groupby(rounds, lambda one: (one.contestant, one.way, one.channels))
    ]
    ours = [one for one in kinds if one.contestant == OURS.name]
    return "\n".join(
        [*_head(), *_promises(ours), "", *_table(kinds), "", METHOD, *frontier_tables()]
    )


def _head() -> list[str]:
    cpu = next(
        (
            text.partition(":")[2].strip()
            for text in Path("/proc/cpuinfo").read_text().splitlines()
            if text.startswith("model name")
        ),
        platform.machine(),
    )
    cores = Path("/proc/cpuinfo").read_text().count("processor\t")
    parts = ", ".join(f"{name} {version(name)}" for name in ("discord.py", "aiohttp", "httpx"))
    return [
        "# How live it is",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {cpu}, {cores} cores, Python {platform.python_version()}, {parts}.",
        "",
    ]


def _table(kinds: Sequence[Figures]) -> list[str]:
    head = (
        "| who | way | K | first text p95 | mean lag | p95 | ÷ optimum | ÷ quoted | final p50 | "
        "final p95 | writes per answer | 429s | wrong | CPU s / 1,000 deltas | KiB per reply |"
    )
    rule = "|---|---|" + "---:|" * 13
    return [head, rule, *(_row(one) for one in kinds)]


def _row(one: Figures) -> str:
    quoted = "" if one.quoted is None else f"{one.lag / one.quoted:.2f}"
    return (
        f"| {one.contestant} | {one.way} | {one.channels} | {one.first:.3f} | {one.lag:.3f} | "
        f"{one.lag_p95:.2f} | {one.ratio:.2f} | {quoted} | {one.final_p50:.3f} | {one.final:.3f} | "
        f"{one.writes:.1f} | {one.refused} | {one.wrong} | {one.cpu:.3f} | {one.memory:.0f} |"
    )


def _promises(ours: Sequence[Figures]) -> list[str]:
    rows = ["| promise | at most | worst | |", "|---|---:|---:|---|"]
    for bar in BARS:
        found = [(bar.figure(one), one) for one in ours if bar.about(one)]
        if found:
            worst, one = max(found, key=lambda pair: pair[0])
            kept = "✓" if worst <= bar.most else "✗"
            rows.append(
                f"| {bar.promise} | {bar.most:g} | {worst:.3g} ({one.way}, K = {one.channels}) | {kept} |"
            )
    return rows
