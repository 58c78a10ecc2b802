"""`/reset`: forgets a conversation."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.core.conversation import Place, Presser
from bot.core.errors import NotAllowed
from bot.core.phrases import counted
from bot.core.service import ChatService
from bot.discord_app.errors import think
from bot.discord_app.threads import ListenedThreads
from bot.discord_app.turns import AnyInteraction, place_of, presser_of

REFUSAL = (
    "Only moderators can make me forget this conversation (in a thread, whoever opened it, too)."
)
FORGOTTEN = "I have forgotten this conversation ({messages}). The next question starts anew."
NOTHING = "There is nothing to forget here."


class Reset(commands.Cog):
    """Lets people start anew."""

    def __init__(self, service: ChatService, threads: ListenedThreads) -> None:
        self._service = service
        self._threads = threads

    @app_commands.command(name="reset", description="Forget the conversation of this place")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def reset(self, interaction: AnyInteraction) -> None:
        """`/reset`: of this channel, thread or direct conversation."""
        await think(interaction, private=True)
        place = place_of(interaction)
        if not await self._may_reset(presser_of(interaction), place):
            raise NotAllowed(text=REFUSAL)
        count = await self._service.forget(place.conversation_id)
        told = FORGOTTEN.format(messages=counted(count, "message")) if count else NOTHING
        await interaction.followup.send(told, ephemeral=True)

    async def _may_reset(self, by: Presser, place: Place) -> bool:
        if place.guild_id is None or by.moderator:
            return True
        if place.thread_id is None:
            return False
        return await self._threads.opener(place.thread_id) == by.user
