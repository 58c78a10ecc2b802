"""Usage by day, model, member or channel: as lines of text, and as a chart with the same bars."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.charts import Bar, Chart
from bot.core.usage import By, Key, Sums, Timeline, ranked, timeline
from bot.discord_app.usage.view import View
from bot.discord_app.usage.wording import entry

PLACES = 10  # in a list
TITLES = {
    By.MODEL: "Tokens by model",
    By.MEMBER: "Tokens by member",
    By.CHANNEL: "Tokens by channel",
}


@dataclass(frozen=True, slots=True)
class Name:
    """What something is called: in a message of Discord's, and in a picture.

    `fallback` is for a picture whose font cannot write the name.
    """

    told: str
    drawn: str
    fallback: str = ""


Naming = Callable[[Sequence[Key]], Awaitable[Mapping[Key, Name]]]
"""Finds the names of models, members or channels."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Usage broken down. `heading` stands over the `lines`."""

    heading: str
    lines: Sequence[str]
    chart: Chart


def over_time(view: View, days: Mapping[int, Sums]) -> Breakdown:
    """By day, or where those are many by month; a line for each of the newest that saw some."""
    told = timeline(days, view.since, view.now)
    unit = "month" if told.monthly else "day"
    used = [(step, sums) for step, sums in reversed(told.steps) if sums.answers]
    lines = [entry(_date(step, told), sums) for step, sums in used[:PLACES]]
    if more := used[PLACES:]:
        rest = sum((sums for _, sums in more), Sums())
        lines.append(entry(f"{len(more)} earlier {unit}{'s' * (len(more) > 1)}", rest))
    bars = [
        Bar(_short(step, told), sums.prompt_tokens, sums.completion_tokens)
        for step, sums in told.steps
    ]
    chart = Chart(f"Tokens by {unit}", f"{view.whose} {view.when} (UTC)", bars, over_time=True)
    return Breakdown(f"By {unit}, the newest first:", lines, chart)


async def by_rank(view: View, by: By, groups: Mapping[Key, Sums], naming: Naming) -> Breakdown:
    """By model, member or channel, the most tokens first."""
    ranking = ranked(groups, PLACES)
    names = await naming([key for key, _ in ranking.first])
    lines = [entry(names[key].told, sums) for key, sums in ranking.first]
    bars = [
        Bar(names[key].drawn, sums.prompt_tokens, sums.completion_tokens, names[key].fallback)
        for key, sums in ranking.first
    ]
    if ranking.left_out:
        others, rest = f"{ranking.left_out} others", ranking.others
        lines.append(entry(others, rest))
        bars.append(Bar(others, rest.prompt_tokens, rest.completion_tokens))
    chart = Chart(TITLES[by], f"{view.whose} {view.when}", bars, over_time=False)
    return Breakdown(f"By {by.value}, the most tokens first:", lines, chart)


def _date(step: date, told: Timeline) -> str:
    return f"{step:%B %Y}" if told.monthly else f"{step.day} {step:%B %Y}"


def _short(step: date, told: Timeline) -> str:
    return f"{step:%b %Y}" if told.monthly else f"{step.day} {step:%b}"
