"""A local Discord with its page, the bot in the test's hands, and a bare client for the page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import aiohttp

from bot.sandbox.discord import interactions, posting
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.posting import Draft, Revision
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel, Interaction, Json, Message
from bot.sandbox.page.server import PageServer

NOWHERE = "http://127.0.0.1:1"
"""Where no WeryAI is."""
TIMEOUT = 10.0  # seconds, after which a test gives up
MODERATION = (
    Permission.MANAGE_GUILD
    | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_CHANNELS
    | Permission.MANAGE_ROLES
    | Permission.MANAGE_THREADS
    | Permission.KICK_MEMBERS
)
ASK: Json = {
    "name": "ask",
    "description": "Ask.",
    "options": [
        {"type": 3, "name": "prompt", "description": "p", "required": True},
        {"type": 3, "name": "model", "description": "m", "autocomplete": True},
        {"type": 6, "name": "whom", "description": "w"},
        {"type": 11, "name": "file", "description": "f"},
    ],
}
CONFIG: Json = {
    "name": "config",
    "description": "Set it up.",
    "default_member_permissions": str(int(Permission.MANAGE_GUILD)),
    "options": [{"type": 1, "name": "model", "description": "The model."}],
}
ABOUT: Json = {"name": "Ask about this", "type": 3}
WHO: Json = {"name": "Who is this", "type": 2}
BUTTON: Json = {"type": 2, "style": 2, "label": "Stop", "custom_id": "stop"}
MENU: Json = {
    "type": 3,
    "custom_id": "pick",
    "options": [{"label": "One", "value": "1"}, {"label": "Two", "value": "2"}],
}
USER_MENU: Json = {"type": 5, "custom_id": "whom"}
FORM: Json = {
    "title": "Ask again",
    "custom_id": "form",
    "components": [
        {
            "type": 1,
            "components": [{"type": 4, "custom_id": "question", "label": "Question", "style": 1}],
        }
    ],
}


def rows(*components: Json) -> list[Json]:
    """A row for each component."""
    return [{"type": 1, "components": [one]} for one in components]


class Stage:
    """One server with a channel, a member, a moderator, and the bot in the test's hands."""

    def __init__(self, sandbox: DiscordSandbox) -> None:
        self.sandbox = sandbox
        self.world = sandbox.world
        self.guild = sandbox.add_guild("Home")
        self.channel = sandbox.add_channel(self.guild, "general")
        self.ada = sandbox.add_member(self.guild, "Ada")
        self.mo = sandbox.add_member(self.guild, "Mo", MODERATION)
        for command in (ASK, CONFIG, ABOUT, WHO):
            self.world.put_command(None, command)

    @property
    def people(self) -> dict[str, Person]:
        return {"member": self.ada, "moderator": self.mo}

    def say(self, text: str, *components: Json, where: Channel | None = None) -> Message:
        """The bot sends a message."""
        draft = Draft(content=text, components=rows(*components))
        return posting.post(self.world, where or self.channel, self.sandbox.bot_user, draft)

    def edit(self, message: Message, text: str) -> None:
        """The bot edits a message."""
        posting.edit(self.world, message, Revision(content=text))

    def respond(self, one: Interaction, text: str, *, private: bool = False) -> Message:
        """The bot answers an interaction."""
        interactions.acknowledge(self.world, one, 4)
        return interactions.respond(self.world, one, Draft(content=text), ephemeral=private)

    @property
    def used(self) -> Interaction:
        """The newest thing somebody did with the bot's commands or components."""
        return list(self.world.interactions.values())[-1]


class Refused(Exception):
    """The server did not do an action."""

    def __init__(self, frame: Json) -> None:
        super().__init__(frame["text"])
        self.text: str = frame["text"]
        self.status: int | None = frame["status"]
        self.code: int | None = frame["code"]


class Client:
    """The page, without a browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.seen: list[Json] = []
        self._number = 0

    async def act(self, do: str, **fields: Any) -> Json:
        """Do something; its result, or `Refused`."""
        number = await self.begin(do, **fields)
        return await self.result(number)

    async def begin(self, do: str, **fields: Any) -> int:
        """Do something without waiting for the result."""
        self._number += 1
        await self.socket.send_str(json.dumps({"do": do, "id": self._number, **fields}))
        return self._number

    async def result(self, number: int | None) -> Json:
        """The result of an action that was begun."""
        frame = await self.frame("done", "refused", where=lambda one: one["id"] == number)
        if frame["type"] == "refused":
            raise Refused(frame)
        return dict(frame["result"])

    async def frame(self, *kinds: str, where: Callable[[Json], object] = lambda _: True) -> Json:
        """The first frame of a kind that has not been asked for yet; others are kept."""
        for one in self.seen:
            if one["type"] in kinds and where(one):
                self.seen.remove(one)
                return one
        while True:
            one = await self.next()
            if one["type"] in kinds and where(one):
                return one
            self.seen.append(one)

    async def message(self, content: str) -> Json:
        """The frame that shows a message with this content."""
        return await self.frame("message", where=lambda one: one["message"]["content"] == content)

    async def everything(self) -> list[Json]:
        """Every frame up to now."""
        await self.act("set", switch="rate_limits", value=True)
        found, self.seen = self.seen, []
        return found

    async def next(self) -> Json:
        async with asyncio.timeout(TIMEOUT):
            return dict(await self.socket.receive_json())


class Opener:
    """Opens the page as somebody."""

    def __init__(self, http: aiohttp.ClientSession, server: PageServer) -> None:
        self.http = http
        self.server = server
        self._sockets: list[aiohttp.ClientWebSocketResponse] = []

    @property
    def origin(self) -> str:
        return self.server.url.partition("/t/")[0]

    async def open(self, person: Person | None = None) -> Client:
        """The page, its first snapshot still to be read unless it is somebody's."""
        socket = await self.http.ws_connect(
            self.server.url + "live", origin=self.origin, max_msg_size=0
        )
        self._sockets.append(socket)
        client = Client(socket)
        if person is not None:
            await client.act("be", person=str(person.id))
            client.seen.clear()
        return client

    async def close(self) -> None:
        for socket in self._sockets:
            await socket.close()
