"""The page in Debian's Chromium: with the whole playground behind it, or with a server alone."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from bot.playground import Playground, open_playground
from bot.sandbox.discord import posting
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.posting import Draft
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel, Message
from bot.sandbox.page.server import PageServer
from bot.sandbox.weryai import INSTANT, WeryAIRelay, WeryAISandbox

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
_SWITCHES = (
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE = (1280, 800)
PATIENCE = 15_000  # milliseconds an expectation may take on a busy machine
expect.set_options(timeout=PATIENCE)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser, closed at the end."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(_SWITCHES), timeout=60_000
        )
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Screen:
    """Somebody at the page; keeps what the browser complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    @property
    def box(self) -> Locator:
        """Where one writes."""
        return self.page.locator("#words")

    @property
    def messages(self) -> Locator:
        """The messages of the channel, oldest first."""
        return self.page.locator("#messages li.message")

    @property
    def last(self) -> Locator:
        """The newest message."""
        return self.messages.last

    async def open(self, url: str) -> None:
        """Open the page and wait until it shows a channel."""
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda line: self._hear(line.type, line.text))
        self.page.on("request", lambda request: self._see(request.url, url))
        await self.page.goto(url)
        await expect(self.box).to_be_visible()
        await expect(self.page.locator("h1")).not_to_have_text("Nowhere")

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def _see(self, asked: str, url: str) -> None:
        host = url.split("/")[2]
        if asked.split("/")[2] != host and not asked.startswith(("data:", "blob:")):
            self.complaints.append(f"another host was asked: {asked}")

    async def say(self, words: str) -> None:
        """Write something and send it."""
        await self.box.fill(words)
        await self.box.press("Enter")

    async def ask(self, words: str) -> Locator:
        """Mention the bot; the message in which it answers."""
        before = await self.messages.count()
        await self.say(f"@Wery {words}")
        answer = self.messages.nth(before + 1)
        await expect(answer.locator(".author")).to_have_text("Wery")
        return answer

    async def command(self, line: str) -> None:
        """Type a command, and what belongs into its first option; it is not sent yet."""
        await self.box.click()
        await self.page.keyboard.type(line)
        await expect(self.page.locator(".command-line")).to_be_visible()

    async def be(self, name: str) -> None:
        """Be somebody else."""
        await self.page.locator(".who").click()
        await self.page.get_by_role("menuitemradio", name=name).click()
        await expect(self.page.locator(".who b")).to_have_text(name)

    async def go(self, channel: str) -> None:
        """Look at another channel, thread or direct message."""
        await self.page.locator("#places").get_by_role("button", name=channel, exact=True).click()
        await expect(self.page.locator("h1")).to_have_text(channel)

    async def underneath(self, tab: str) -> Locator:
        """Show a panel of what goes on underneath."""
        if await self.page.locator("#underneath").is_hidden():
            await self.page.get_by_role("button", name="See underneath").click()
        await self.page.get_by_role("tab", name=tab).click()
        return self.page.get_by_role("tabpanel", name=tab)

    async def menu(self, message: Locator, entry: str) -> None:
        """Choose something from a message's menu."""
        await message.focus()
        await message.press("Enter")
        await self.page.get_by_role("menuitem", name=entry).click()


@dataclass
class Stage(Screen):
    """The page with the bot behind it."""

    ground: Playground = field(kw_only=True)

    @property
    def weryai(self) -> WeryAISandbox:
        """The local WeryAI."""
        assert isinstance(self.ground.weryai, WeryAISandbox)
        return self.ground.weryai


@asynccontextmanager
async def full_stage(
    browser: Browser, *, size: tuple[int, int] = WIDE, light: bool = False
) -> AsyncIterator[Stage]:
    """The whole playground, its page open; the model answers at once until told otherwise."""
    async with open_playground() as ground, ground.page() as server:
        page = await new_page(browser, size, light=light)
        stage = Stage(page, ground=ground)
        stage.weryai.pace = INSTANT
        await stage.open(server.url)
        yield stage
        await page.context.close()


async def new_page(browser: Browser, size: tuple[int, int] = WIDE, *, light: bool = False) -> Page:
    """A page of a browser without a past."""
    width, height = size
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="light" if light else "dark",
        locale="en-GB",
    )
    return await context.new_page()


@dataclass
class Quiet(Screen):
    """The page on a local Discord without a bot's process: tests write the bot's messages."""

    discord: DiscordSandbox = field(kw_only=True)
    channel: Channel = field(kw_only=True)
    ada: Person = field(kw_only=True)
    url: str = field(kw_only=True)

    def write(self, content: str = "", **draft: object) -> Message:
        """Post a message of the bot."""
        made = Draft(content=content, **draft)  # type: ignore[arg-type]  # the test names them
        world = self.discord.world
        return posting.post(world, self.channel, world.application.bot, made)

    def rewrite(self, message: Message, content: str) -> None:
        """Edit a message of the bot."""
        posting.edit(self.discord.world, message, posting.Revision(content=content))

    def delete(self, *messages: Message) -> None:
        """Delete messages."""
        posting.delete(self.discord.world, self.channel, messages, bulk=len(messages) > 1)


@asynccontextmanager
async def quiet_stage(
    browser: Browser,
    *,
    size: tuple[int, int] = WIDE,
    light: bool = False,
    real_models: bool = False,
) -> AsyncIterator[Quiet]:
    """A local Discord with Ada and Mo in it, its page open."""
    async with DiscordSandbox() as discord, WeryAISandbox() as weryai:
        home = discord.add_guild("Home")
        channel = discord.add_channel(home, "general")
        ada = discord.add_member(home, "Ada")
        people = {
            "member": ada,
            "moderator": discord.add_member(home, "Mo", Permission.MANAGE_GUILD),
        }
        async with PageServer(
            discord, people, WeryAIRelay(weryai.base_url) if real_models else weryai
        ) as server:
            page = await new_page(browser, size, light=light)
            stage = Quiet(page, discord=discord, channel=channel, ada=ada, url=server.url)
            await stage.open(server.url)
            yield stage
            await page.context.close()
