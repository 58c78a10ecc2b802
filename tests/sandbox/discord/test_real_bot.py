"""The local Discord with a real discord.py bot on the other side."""

from __future__ import annotations

import discord

from bot.sandbox.discord.server import DiscordSandbox
from tests.sandbox.discord.conftest import Bot


async def test_a_bot_reads_a_message_answers_and_edits(sandbox: DiscordSandbox, connect) -> None:
    guild = sandbox.add_guild("Home")
    channel = sandbox.add_channel(guild, "general")
    ada = sandbox.add_member(guild, "Ada")
    bot = Bot()

    @bot.event
    async def on_message(message: discord.Message) -> None:
        if message.author != bot.user:
            answer = await message.reply(f"You said {message.content}")
            await answer.edit(content="Edited")

    async with connect(bot):
        question = await ada.send(channel, "  hello ")
        await sandbox.until(lambda: ada.sees(channel)[-1].content == "Edited")

    answer = ada.sees(channel)[-1]
    assert [one.content for one in answer.versions] == ["You said hello", "Edited"]
    assert answer.reference is question


async def test_a_slash_command_is_deferred_and_then_answered(sandbox, connect) -> None:
    guild = sandbox.add_guild("Home")
    channel = sandbox.add_channel(guild, "general")
    ada = sandbox.add_member(guild, "Ada")
    bot = Bot()

    @bot.tree.command(description="Say it again")
    async def echo(interaction: discord.Interaction, text: str) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.edit_original_response(content=text)

    async with connect(bot):
        handle = await ada.slash(channel, "echo", text="again")
        answer = await handle.answered()

    assert answer.content == "again"
    assert handle.ephemeral
