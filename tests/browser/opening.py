"""Opening the sandbox's page in Chromium, for tests and for screenshots."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

CHROMIUM = "/usr/bin/chromium"  # Debian's
QUIET = (
    "--no-sandbox",  # which a container's root cannot have
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE, NARROW = (1280, 800), (400, 800)
Theme = Literal["dark", "light"]
TIMEOUT = 15_000.0  # milliseconds, after which a test gives up


class Complaint(AssertionError):
    """The page wrote errors to the console, or asked another host for something."""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The browser that CHROMIUM names, or Debian's."""
    async with async_playwright() as playwright:
        path = os.environ.get("CHROMIUM", CHROMIUM)
        browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def open_page(
    browser: Browser, url: str, *, size: tuple[int, int] = WIDE, theme: Theme = "dark"
) -> AsyncIterator[Page]:
    """The page at a size and in a theme, once it is connected.

    Raises:
        Complaint: at the end, if anything went wrong in the page.
    """
    width, height = size
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
    )
    page = await context.new_page()
    page.set_default_timeout(TIMEOUT)
    complaints: list[str] = []
    host = url.split("/")[2]

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"{message.type}: {message.text}")

    def look(request: Request) -> None:
        if request.url.split("/")[2:3] != [host] and not request.url.startswith("data:"):
            complaints.append(f"asks {request.url}")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(f"{error.name}: {error.message}"))
    page.on("request", look)
    try:
        await page.goto(url)
        yield page
    finally:
        await context.close()
    if complaints:
        raise Complaint("\n".join(complaints))
