"""Reading an answer as people do: all its messages, every version of them, put together again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable

from bot.sandbox.discord.state import Channel, Message
from bot.sandbox.weryai.recording import Recorded
from tests.core.discord_markdown import plain, without_code
from tests.e2e.stage import text_of

UNITS = 2000  # of UTF-16, that a message holds
SOON = 10.0  # seconds in which anything local has happened
ADDRESS = re.compile(r"https?://\S*|<[^>]*>")
REOPENED = re.compile(r"\A```[^\n]*\n")
CLOSED = re.compile(r"\n```\Z")


async def closed(request: Recorded) -> bool:
    """Wait until nothing more happens to a request; whether the bot closed its connection."""
    async with asyncio.timeout(SOON):
        await request.ended.wait()
    return request.closed_by_client


def said_by_the_bot(channel: Channel) -> list[Message]:
    """What is to be seen of the bot in a channel, oldest first."""
    messages = channel.messages.values()
    return [one for one in messages if one.author.bot and not one.deleted]


def joined(messages: Iterable[Message], between: str = "\n") -> str:
    """The model's text: what the messages show, with what was between them when it was cut.

    A code block that was closed at the end of a message, and opened again at the beginning of
    the next one, is one block.
    """
    pages = [text_of(message) for message in messages]
    whole = pages[0]
    for page in pages[1:]:
        if CLOSED.search(whole) and (again := REOPENED.match(page)):
            whole = CLOSED.sub("", whole) + between + page[again.end() :]
        else:
            whole += between + page
    return whole


def every_version(messages: Iterable[Message]) -> list[str]:
    """Each text that was ever to be seen in these messages."""
    return [version.content for one in messages for version in one.versions if version.content]


def faults_of(content: str) -> list[str]:
    """What is wrong with a message's text as people see it; nothing, if the model wrote it well."""
    found = []
    if len(content.encode("utf-16-le")) // 2 > UNITS:
        found.append("too long")
    if "```" in without_code(content):
        found.append("a code block is open")
    if marks := re.findall(r"\*\*|__|~~|\|\||`", ADDRESS.sub("", plain(without_code(content)))):
        found.append(f"bare markers {marks}")
    if re.search(r"[▌█●▍…⏳]\s*\Z", content) and not content.startswith("-# "):
        found.append("a cursor")
    return found
