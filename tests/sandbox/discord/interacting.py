"""A command to use, and the answers to an interaction, over bare REST."""

from __future__ import annotations

from bot.sandbox.discord.handles import InteractionHandle
from bot.sandbox.discord.state import MessageFlag
from tests.sandbox.discord.clients import Reply, Rest

ASK = {
    "name": "ask",
    "description": "Ask",
    "options": [{"type": 3, "name": "prompt", "description": "What", "autocomplete": True}],
}
EPHEMERAL = int(MessageFlag.EPHEMERAL)
STOP = {"type": 2, "style": 2, "label": "Stop", "custom_id": "stop"}


class Answers:
    """The answers to one interaction."""

    def __init__(self, rest: Rest, handle: InteractionHandle, application_id: int) -> None:
        self._rest = rest
        one = handle.interaction
        self.callback_path = f"/interactions/{one.id}/{one.token}/callback"
        self.webhook = f"/webhooks/{application_id}/{one.token}"
        rest.headers = {}  # the token in the path is enough

    async def callback(self, kind: int, **data: object) -> Reply:
        return await self._rest.post(self.callback_path, {"type": kind, "data": data})

    async def follow_up(self, **body: object) -> Reply:
        return await self._rest.post(self.webhook, body)

    async def edit(self, message: str = "@original", **body: object) -> Reply:
        return await self._rest.patch(f"{self.webhook}/messages/{message}", body)

    async def show(self, message: str = "@original") -> Reply:
        return await self._rest.get(f"{self.webhook}/messages/{message}")

    async def delete(self, message: str = "@original") -> Reply:
        return await self._rest.delete(f"{self.webhook}/messages/{message}")
