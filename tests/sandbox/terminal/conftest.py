"""A local Discord whose bot is played by the test, and a terminal that remembers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.discord import interactions, posting
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.posting import Draft, Revision
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel, Interaction, Json, Message

TIMEOUT = 10.0  # seconds, after which a test gives up

ASK: Json = {
    "name": "ask",
    "description": "Ask.",
    "options": [
        {"type": 3, "name": "prompt", "description": "p", "required": True},
        {"type": 3, "name": "model", "description": "m"},
        {"type": 5, "name": "web", "description": "w"},
    ],
}


def row(*labels: str) -> list[Json]:
    """Buttons of these labels."""
    buttons = [
        {"type": 2, "style": 2, "label": label, "custom_id": label.lower()} for label in labels
    ]
    return [{"type": 1, "components": buttons}] if labels else []


class Stage:
    """One server with a channel, a member, a moderator, and the bot in the test's hands."""

    def __init__(self, sandbox: DiscordSandbox) -> None:
        self.sandbox = sandbox
        self.world = sandbox.world
        self.guild = sandbox.add_guild("Home")
        self.channel = sandbox.add_channel(self.guild, "general")
        self.ada = sandbox.add_member(self.guild, "Ada")
        self.mo = sandbox.add_member(self.guild, "Mo", Permission.MANAGE_GUILD)
        self.world.put_command(None, ASK)

    @property
    def people(self) -> dict[str, Person]:
        return {"member": self.ada, "moderator": self.mo}

    def say(self, text: str, *labels: str, channel: Channel | None = None, **more: Any) -> Message:
        """The bot sends a message."""
        draft = Draft(content=text, components=row(*labels), **more)
        return posting.post(self.world, channel or self.channel, self.sandbox.bot_user, draft)

    def edit(self, message: Message, text: str, *labels: str) -> None:
        """The bot edits a message."""
        posting.edit(self.world, message, Revision(content=text, components=row(*labels)))

    def respond(self, one: Interaction, text: str, *labels: str, private: bool = False) -> Message:
        """The bot answers an interaction."""
        interactions.acknowledge(self.world, one, 4)
        draft = Draft(content=text, components=row(*labels))
        return interactions.respond(self.world, one, draft, ephemeral=private)

    async def asked(self, text: str) -> Message:
        """Wait until somebody has said this."""
        said: list[Message] = []

        def there() -> bool:
            places = (*self.world.channels.values(),)
            said[:] = [m for place in places for m in place.messages.values() if m.content == text]
            return bool(said)

        await self.sandbox.until(there, timeout=TIMEOUT)
        return said[-1]

    async def used(self) -> Interaction:
        """Wait until somebody has used a command or a component; the newest."""
        await self.sandbox.until(lambda: self.world.interactions, timeout=TIMEOUT)
        return list(self.world.interactions.values())[-1]


class Paper:
    """What has been written, and a way to wait for more."""

    def __init__(self) -> None:
        self.text = ""
        self._grown = asyncio.Event()

    def write(self, text: str) -> None:
        self.text += text
        self._grown.set()

    async def shows(self, text: str) -> None:
        """Wait until this has been written."""
        async with asyncio.timeout(TIMEOUT):
            while text not in self.text:
                self._grown.clear()
                await self._grown.wait()


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with DiscordSandbox() as sandbox:
        yield Stage(sandbox)


@pytest.fixture
def paper() -> Paper:
    return Paper()
