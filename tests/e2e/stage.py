"""What a scenario plays on: the two servers, the bot's processes, a guild with its people."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.sandbox.discord.components import labels
from bot.sandbox.discord.handles import InteractionHandle
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel, Guild, Message
from bot.sandbox.weryai import API_KEY, INSTANT, Recorded, WeryAISandbox
from tests.e2e.bot_process import BotProcess
from tests.e2e.database import stored

DEFAULT_MODEL = "GEMINI_25_FLASH"
DEFAULT_NAME = "Gemini-2.5-Flash"
MODERATES = Permission.MANAGE_GUILD | Permission.MANAGE_MESSAGES | Permission.MANAGE_THREADS
BAD_LEVELS = {"error", "critical", "raw"}
TOO_MANY = 429
PATIENCE = 30.0  # seconds, of which a session that begins anew takes five
PHRASE = 12  # characters: what is longer is no name of a thing that logs may tell of


@dataclass
class Exceptions:
    """What a test says that it provokes; everything else of its kind fails it.

    Attributes:
        errors: words of the log lines of level ERROR that are to come.
        rate_limited: whether Discord may answer with 429.
        violations: whether requests may violate Discord's API.
    """

    errors: list[str] = field(default_factory=list)
    rate_limited: bool = False
    violations: bool = False


@dataclass(frozen=True)
class Outcome:
    """How a process has ended: its exit code and everything it has said."""

    code: int
    said: str

    @property
    def sentences(self) -> str:
        """What it said, in one line, as if its terminal were wide enough."""
        return " ".join(self.said.split())


class Stage:
    """A local Discord and a local WeryAI, and the bots that have been started between them.

    Attributes:
        discord: the Discord.
        weryai: the WeryAI.
        folder: where the database and what else a bot writes goes.
        bots: every bot that was started, the newest last.
        except_for: what the present test provokes on purpose.
    """

    def __init__(self, discord: DiscordSandbox, weryai: WeryAISandbox, folder: Path) -> None:
        self.discord = discord
        self.weryai = weryai
        self.folder = folder
        self.bots: list[BotProcess] = []
        self.except_for = Exceptions()
        self._read: dict[BotProcess, int] = {}
        self._begun_at = 0.0

    @property
    def database(self) -> Path:
        """The SQLite file, where a test does not say otherwise."""
        return self.folder / "bot.db"

    def environment(self, **overrides: str) -> dict[str, str]:
        """A bot's settings that lead it to these servers."""
        return {
            "DISCORD_API_URL": self.discord.api_url,
            "DISCORD_TOKEN": self.discord.token,
            "WERYAI_BASE_URL": self.weryai.base_url,
            "WERYAI_API_KEY": API_KEY,
            "DATABASE_URL": f"sqlite:///{self.database}",
            "LOG_FORMAT": "json",
            **overrides,
        }

    def bot(self, *arguments: str, **overrides: str) -> BotProcess:
        """A bot that has not been launched; settings given as "" count as not set."""
        made = BotProcess(
            self.discord, self.environment(**overrides), self.folder, arguments or ("run",)
        )
        self.bots.append(made)
        return made

    async def outcome(self, *arguments: str, **overrides: str) -> Outcome:
        """Run `python -m bot …` until it ends by itself, never with a traceback."""
        settings = self.environment(**overrides)
        process = BotProcess(self.discord, settings, self.folder, arguments or ("run",))
        await process.launch()
        try:
            code = await process.exit_code()
        finally:
            await process.end()
        assert "Traceback" not in str(process.log), process.log
        return Outcome(code, str(process.log))

    @asynccontextmanager
    async def running_bot(self, *, shards: int = 1, **overrides: str) -> AsyncGenerator[BotProcess]:
        """A connected bot; it is stopped in order at the end."""
        bot = self.bot(**overrides)
        try:
            await bot.start(shards=shards)
            yield bot
        finally:
            await bot.end()

    def home(self, name: str = "Home") -> Home:
        """A new guild with a channel, two members and a moderator."""
        guild = self.discord.add_guild(name)
        return Home(
            stage=self,
            guild=guild,
            channel=self.discord.add_channel(guild, "general"),
            ada=self.discord.add_member(guild, "Ada"),
            bob=self.discord.add_member(guild, "Bob"),
            mo=self.discord.add_member(guild, "Mo", MODERATES),
        )

    # Before and after each test

    def begin(self) -> None:
        """A test begins: what was before is not its affair, nor in Discord's count of a second."""
        self.discord.clock.advance(1.0)
        self.except_for = Exceptions()
        self.weryai.forget()
        self.weryai.answers, self.weryai.pace = None, INSTANT
        self.discord.faults.clear()
        self.discord.requests.clear()
        self.discord.violations.clear()
        self._begun_at = self.discord.clock.now()
        self._read = {bot: len(bot.log.lines) for bot in self.bots}

    def since(self, bot: BotProcess) -> int:
        """How many lines a bot had said before the test."""
        return self._read.get(bot, 0)

    def log(self) -> str:
        """What the bots said during the test."""
        return "\n".join("\n".join(bot.log.lines[self.since(bot) :]) for bot in self.bots)

    async def at_rest(self) -> None:
        """Wait until no answer is under way: it would ask the model in the middle of another test."""
        growing = "SELECT id FROM replies WHERE state IN ('accepted', 'streaming')"
        await self.discord.until(
            lambda: not stored(self.database, growing), what="The end of every answer"
        )

    def check(self) -> None:
        """A test ends: what holds after every one of them."""
        allowed, wrong = self.except_for, self._loud_lines()
        if not allowed.violations:
            wrong += self.discord.violations
        if not allowed.rate_limited:
            wrong += [str(one) for one in self.discord.requests if one.status == TOO_MANY]
        wrong += [f"somebody was notified: {one}" for one in self._said_by_the_bot() if one.pings]
        log = self.log()
        wrong += [f"in the log: {one!r}" for one in self._confidential() if one in log]
        assert not wrong, "\n".join(wrong)

    def _loud_lines(self) -> list[str]:
        return [
            str(event)
            for bot in self.bots
            for event in bot.log.events(self.since(bot))
            if event["level"] in BAD_LEVELS
            and not any(words in str(event) for words in self.except_for.errors)
        ]

    def _said(self) -> list[Message]:
        channels = self.discord.world.channels.values()
        said = [one for channel in channels for one in channel.messages.values()]
        return [one for one in said if one.versions[0].at >= self._begun_at]

    def _said_by_the_bot(self) -> list[Message]:
        return [one for one in self._said() if one.author is self.discord.bot_user]

    def _confidential(self) -> set[str]:
        """What no log may show: keys, tokens, and whatever people or models say."""
        world = self.discord.world
        used = [one for one in world.interactions.values() if one.created_at >= self._begun_at]
        options = [
            str(option.get("value")) for one in used for option in one.data.get("options", ())
        ]
        said = [one.content for one in self._said() if not one.author.bot or has_ended(one)]
        lines = {line for text in (*said, *options) for line in text.split("\n")}
        phrases = {line for line in lines if len(line) > PHRASE and not line.startswith("-# ")}
        return {self.discord.token, API_KEY} | {one.token for one in used} | phrases


@dataclass
class Home:
    """One guild on a stage."""

    stage: Stage
    guild: Guild
    channel: Channel
    ada: Person
    bob: Person
    mo: Person

    @property
    def discord(self) -> DiscordSandbox:
        """The Discord it is in."""
        return self.stage.discord

    @property
    def weryai(self) -> WeryAISandbox:
        """The WeryAI that its bot asks."""
        return self.stage.weryai

    async def mention(
        self,
        text: str,
        *,
        by: Person | None = None,
        channel: Channel | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Somebody (Ada) mentions the bot in a channel; their message."""
        said = f"{self.discord.bot_mention} {text}"
        return await (by or self.ada).send(channel or self.channel, said, reply_to=reply_to)

    async def ask(
        self,
        prompt: str,
        *,
        by: Person | None = None,
        channel: Channel | None = None,
        **options: Any,
    ) -> InteractionHandle:
        """Somebody (Ada) uses `/ask` in a channel."""
        return await (by or self.ada).slash(
            channel or self.channel, "ask", prompt=prompt, **options
        )

    async def until(self, predicate: Callable[[], object], what: str = "") -> None:
        """Wait for a condition, looked at upon every change in Discord."""
        await self.discord.until(
            predicate, timeout=PATIENCE, what=what or "What the test waits for"
        )

    async def begun(self, to: Message | InteractionHandle) -> Message:
        """Wait for the first text of the answer to a question; the message it is in."""
        await self.until(lambda: any(m.content for m in answers_to(to)), "The first text")
        return answers_to(to)[0]

    async def answered(self, to: Message | InteractionHandle) -> Message:
        """Wait until the answer to a question has ended; the message it ends in."""
        await self.until(lambda: any(has_ended(m) for m in answers_to(to)), "The answer's end")
        return next(message for message in answers_to(to) if has_ended(message))


def answers_to(question: Message | InteractionHandle) -> list[Message]:
    """The messages that answer a message (a reply to it, and what follows) or a command."""
    if isinstance(question, InteractionHandle):
        return [one for one in question.responses if not one.deleted and not one.thinking]
    later = [one for one in question.channel.messages.values() if one.id > question.id]
    said = [one for one in later if one.author.bot and not one.deleted]
    chain: list[Message] = []
    for one in said:
        if one.reference is question or (chain and one.reference is None):
            chain.append(one)
        elif chain:
            break
    return chain


def has_ended(message: Message) -> bool:
    """Whether an answer ends in this message: it offers to be given anew, or did so once."""
    return any("Regenerate" in str(version.components) for version in message.versions)


def text_of(message: Message) -> str:
    """An answer's text, without the small print below it."""
    return "\n".join(line for line in message.content.split("\n") if not line.startswith("-# "))


def small_print(message: Message) -> str:
    """The last line of a message, in Discord's small text."""
    last = message.content.split("\n")[-1]
    return last.removeprefix("-# ") if last.startswith("-# ") else ""


def buttons(message: Message) -> list[str]:
    """The labels of a message's buttons."""
    return labels(message)


def conversation(request: Recorded) -> list[tuple[str, str]]:
    """What the model was told, without the system prompt: (role, content)."""
    return [
        (said["role"], said["content"])
        for said in request.json["messages"]
        if said["role"] != "system"
    ]
