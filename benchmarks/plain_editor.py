"""The rival: a bot as most are written, which edits once a second inside the token loop.

    python -m benchmarks.plain_editor     with DISCORD_API_URL, DISCORD_TOKEN, WERYAI_…

It is not made slow on purpose: one pooled client, no needless work, the last text always sent,
and a new message where 2,000 characters are full. discord.py does the waiting on rate limits.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import discord
import httpx
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

EDIT_EVERY = 1.0  # seconds
MOST = 2000  # characters of a message

Show = Callable[[int, str], Awaitable[None]]


class PlainEditor(discord.Client):
    """Answers mentions and /ask."""

    def __init__(self, http_client: httpx.AsyncClient) -> None:
        super().__init__(intents=discord.Intents(guilds=True, guild_messages=True))
        self.tree = app_commands.CommandTree(self)
        self._weryai = http_client

    async def setup_hook(self) -> None:
        """Find the gateway and register /ask."""
        _, gateway, _ = await self.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)

        @self.tree.command(description="Ask a question")
        async def ask(interaction: discord.Interaction[Any], prompt: str) -> None:
            await interaction.response.defer()
            more: list[discord.WebhookMessage] = []

            async def show(index: int, text: str) -> None:
                if index == 0:
                    await interaction.edit_original_response(content=text)
                elif index > len(more):
                    more.append(await interaction.followup.send(text, wait=True))
                else:
                    await more[index - 1].edit(content=text)

            await self.answer(prompt, show)

        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
        """Answer a mention."""
        if message.author.bot or self.user not in message.mentions:
            return
        sent: list[discord.Message] = []

        async def show(index: int, text: str) -> None:
            if index == len(sent):
                sent.append(await message.channel.send(text))
            else:
                await sent[index].edit(content=text)

        await self.answer(message.content, show)

    async def answer(self, prompt: str, show: Show) -> None:
        """Stream an answer into messages."""
        text, index, edited = "", 0, 0.0
        async for delta in self.deltas(prompt):
            if len(text) + len(delta) > MOST:
                await show(index, text)
                text, index = "", index + 1
            text += delta
            if text.strip() and time.monotonic() - edited >= EDIT_EVERY:
                await show(index, text)
                edited = time.monotonic()
        await show(index, text)

    async def deltas(self, prompt: str) -> AsyncIterator[str]:
        """What the model says."""
        body = {
            "model": "GEMINI_25_FLASH",
            "messages": [{"role": "user", "content": prompt}],
            "max_tokens": 4096,
            "stream": True,
        }
        async with self._weryai.stream("POST", "/v1/chat/completions", json=body) as response:
            async for line in response.aiter_lines():
                if line.startswith("data: {"):
                    for choice in json.loads(line[6:])["choices"]:
                        yield choice["delta"].get("content") or ""


def main() -> None:
    """Serve until stopped."""
    Route.BASE = os.environ["DISCORD_API_URL"]
    weryai = httpx.AsyncClient(
        base_url=os.environ["WERYAI_BASE_URL"],
        headers={"Authorization": f"Bearer {os.environ['WERYAI_API_KEY']}"},
        limits=httpx.Limits(max_connections=None),
        timeout=60,
    )
    PlainEditor(weryai).run(os.environ["DISCORD_TOKEN"], log_handler=None)


if __name__ == "__main__":
    main()
