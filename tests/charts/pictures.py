"""`make screenshots`: the charts of `/usage` on Discord's dark and light themes, into docs/."""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from bot.charts.process import open_charts
from bot.core.charts import Chart
from bot.core.conversation import GuildId, UserId
from bot.core.usage import SECONDS_A_DAY, Account, By, Key, Period, Sums
from bot.discord_app.usage.breakdown import Name, by_rank, over_time
from bot.discord_app.usage.view import View

DOCS = Path(__file__).parents[2] / "docs"
THEMES = {"dark": "#1a1a1e", "light": "#ffffff"}  # what Discord has behind its messages
MARGIN = 20  # pixels of the theme around the card
COLOURS = 128

NOW = datetime(2026, 11, 22, 19, 30, tzinfo=UTC).timestamp()
SERVER = Account(GuildId(1))
MODELS = ("Gemini-2.5-Flash", "GPT-5.5", "Claude-4.8-Opus", "DeepSeek-R1", "Qwen3.5 Plus")
CHANNELS = ("#general", "#homework", "#a-channel-with-quite-a-long-name-that-does-not-fit", "#talk")
PEOPLE = (
    "Ada", "Ben $x^2$", "日本語", "🌈 Zoë 🌈", "Иван", "A display name of 32 characters!",
    "محمد", "Ümläut Ñandú", *(f"Member {number}" for number in range(17)),
)  # fmt: skip


def falling(count: int, most: int) -> dict[Key, Sums]:
    """As many groups, each with less than the one before."""
    return {
        key: Sums(most // 900 + 1, int(most / (key + 1) ** 1.3), int(most / (key + 4) ** 1.4))
        for key in range(count)
    }


def days(count: int) -> dict[int, Sums]:
    """As many days until today, some of them without use."""
    chance = random.Random(count)  # noqa: S311 - the same picture each time, no secret
    today = int(NOW // SECONDS_A_DAY)
    used = {
        today - ago: Sums(9, chance.randrange(20_000), chance.randrange(7_000))
        for ago in range(count)
    }
    return {day: sums for day, sums in used.items() if day % 6 or day == today}


async def ranking(by: By, names: Sequence[str], period: Period, most: int) -> Chart:
    """A chart of who or what has used most."""

    async def naming(keys: Sequence[Key]) -> Mapping[Key, Name]:
        return {key: Name("", names[int(key)], f"Member …{1000 + int(key)}") for key in keys}

    groups = falling(len(names), most)
    return (await by_rank(View(SERVER, period, NOW), by, groups, naming)).chart


async def charts() -> AsyncIterator[tuple[str, Chart]]:
    """Every kind of chart, each with what is hard about it."""
    one = View(Account(GuildId(1), UserId(1)), Period.TODAY, NOW)
    yield "usage-today", over_time(one, days(1)).chart
    yield "usage-by-day", over_time(View(SERVER, Period.MONTH, NOW), days(30)).chart
    yield "usage-by-month", over_time(View(SERVER, Period.YEAR, NOW), days(330)).chart
    yield "usage-by-model", await ranking(By.MODEL, MODELS, Period.WEEK, 90_000)
    yield "usage-by-member", await ranking(By.MEMBER, PEOPLE, Period.MONTH, 2_400_000)
    yield "usage-by-channel", await ranking(By.CHANNEL, CHANNELS, Period.YEAR, 800_000)


def on_theme(png: bytes, colour: str) -> Image.Image:
    """A card as it lies on a theme."""
    card = Image.open(io.BytesIO(png)).convert("RGBA")
    width, height = card.size
    sheet = Image.new("RGBA", (width + 2 * MARGIN, height + 2 * MARGIN), colour)
    sheet.alpha_composite(card, (MARGIN, MARGIN))
    return sheet.convert("RGB").quantize(COLOURS)


async def draw() -> None:
    """Draw all of them."""
    async with open_charts() as painter:
        async for name, chart in charts():
            png = await painter.draw(chart)
            for theme, colour in THEMES.items():
                on_theme(png, colour).save(DOCS / f"{name}-{theme}.png", optimize=True)


if __name__ == "__main__":
    asyncio.run(draw())
