"""`make screenshots`: the README's pictures of the page, into docs/."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

from playwright.async_api import Browser, expect

from bot.sandbox.weryai import Gate, Pace
from tests.browser.stage import Stage, chromium, full_stage

DOCS = Path(__file__).parents[2] / "docs"
NARROW = (400, 800)
WIDE = (1280, 800)
TALL = (900, 1000)
CHOSEN = (
    ("model", "GPT_5", "server"),
    (
        "system_prompt",
        "You are the librarian of {server}. Be brief, and name your sources.",
        "server",
    ),
    ("web_search", "members", "server"),
    ("history", "20", "channel"),
)
"""What a moderator has chosen before the panel is shown: option, value, scope."""
GROWN = 90
"""Deltas after which an answer is held, so that it is seen growing."""


async def draw() -> None:
    """Draw all of them."""
    async with chromium() as browser:
        await growing(browser, "page.png", WIDE, light=False)
        await growing(browser, "page-light.png", WIDE, light=True)
        await growing(browser, "page-narrow.png", NARROW, light=False)
        await growing(browser, "page-narrow-light.png", NARROW, light=True)
        await picker(browser)
        await underneath(browser)
        await config_panel(browser, "config-panel-dark.png", light=False)
        await config_panel(browser, "config-panel-light.png", light=True)


async def growing(browser: Browser, name: str, size: tuple[int, int], *, light: bool) -> None:
    """An answer that is being written, under one that has been."""
    async with full_stage(browser, size=size, light=light) as stage:
        await talk(stage)
        gate = await grow(stage, "Explain how rainbows form")
        await shoot(stage, name)
        gate.release()


async def picker(browser: Browser) -> None:
    """What is offered to who types a slash."""
    async with full_stage(browser) as stage:
        await talk(stage)
        await stage.box.click()
        await stage.page.keyboard.type("/")
        await expect(stage.page.get_by_role("option").first).to_be_visible()
        await shoot(stage, "page-picker.png")


async def underneath(browser: Browser) -> None:
    """The versions of a message that grew, and the requests that made it grow."""
    async with full_stage(browser) as stage:
        await talk(stage)
        stage.weryai.pace = Pace(first_after=0.3, per_second=30)
        answer = await stage.ask("Explain how rainbows form")
        await expect(answer.get_by_role("button", name="Regenerate")).to_be_visible()
        await stage.underneath("Versions")
        await shoot(stage, "page-underneath.png")
        await stage.underneath("WeryAI")
        await shoot(stage, "page-weryai.png")
        await stage.underneath("Requests")
        await shoot(stage, "page-requests.png")


async def config_panel(browser: Browser, name: str, *, light: bool) -> None:
    """The panel with which moderators set up their server, alone."""
    async with full_stage(browser, size=TALL, light=light) as stage:
        await stage.be("Mo")
        moderator, channel = stage.ground.people["moderator"], stage.ground.general
        for option, value, scope in CHOSEN:
            used = await moderator.slash(
                channel, "config set", option=option, value=value, scope=scope
            )
            await used.answered()
        await (await moderator.slash(channel, "config show")).answered()
        panel = stage.last.locator(".container")
        await panel.get_by_role("button", name="Wording").click()
        await expect(panel).to_contain_text("Top p")
        await panel.get_by_role("button", name="Prompt").click()
        await expect(panel).to_contain_text("You are the librarian")
        await stage.page.mouse.move(0, 0)
        await panel.screenshot(path=DOCS / name, animations="disabled", caret="hide")


async def talk(stage: Stage) -> None:
    """A conversation that has been had."""
    for question in ("Hello!", "Show me code that counts words"):
        answer = await stage.ask(question)
        await expect(answer.get_by_role("button", name="Regenerate")).to_be_visible()
    if await stage.page.locator(".who").is_visible():
        await stage.be("Ben")
        await stage.say("Nice, that is shorter than mine 👍")
        await expect(stage.last).to_contain_text("shorter than mine")


async def grow(stage: Stage, question: str) -> Gate:
    """Ask; the gate that holds the answer in the middle."""
    gate = stage.weryai.hold_next(after=GROWN)
    answer = await stage.ask(question)
    await gate.reached()
    await expect(answer.locator(".text")).to_contain_text(re.compile("simple idea"))
    return gate


async def shoot(stage: Stage, name: str) -> None:
    """Take the picture."""
    await stage.page.mouse.move(0, 0)
    await stage.page.wait_for_function("document.fonts.ready.then(() => true)")
    await stage.page.screenshot(path=DOCS / name, animations="disabled", caret="hide")


if __name__ == "__main__":
    for variable in ("WERYAI_API_KEY", "SANDBOX_DATA"):
        os.environ.pop(variable, None)
    asyncio.run(draw())
