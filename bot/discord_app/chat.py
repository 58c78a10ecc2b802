"""`/chat`: a thread in which everybody is answered."""

from __future__ import annotations

import logging

import discord
from discord import app_commands
from discord.ext import commands

from bot.core.choices import Choices
from bot.core.conversation import ChannelId, GuildId, Place, UserId
from bot.core.errors import InvalidInput, NotAllowed
from bot.core.options import Scope
from bot.core.policy import permitted
from bot.core.ports.storage import ListenedThread
from bot.core.ports.weryai import ModelCatalogue
from bot.core.service import ChatService
from bot.core.text import utf16_cut, utf16_len
from bot.discord_app import codes
from bot.discord_app.errors import THINKING, think
from bot.discord_app.models import pickable_completions
from bot.discord_app.readable import names_in, readable
from bot.discord_app.surfaces import ReplySurfaces
from bot.discord_app.threads import ListenedThreads
from bot.discord_app.turns import AnyInteraction, place_of, presser_of, turn_of_prompt

log = logging.getLogger(__name__)

TITLE_LENGTH = 100  # Discord's limit for a thread's name
SHOWN_PROMPT = 1500  # UTF-16 units of the question that the thread begins with

ONLY_IN_CHANNELS = (
    "I can open a thread only in a text channel of a server. Here, simply ask: with `/ask`, by "
    "mentioning me, or in a direct message just like that."
)
MISSING_PERMISSIONS = (
    "I cannot open a thread here. Ask a moderator to give me the permissions View Channel, "
    "Create Public Threads and Send Messages in Threads."
)
TOO_MANY_THREADS = (
    "This server has as many open threads as Discord allows. Close one, or ask me here with `/ask`."
)
EVERYBODY = "-# Everybody who writes in the thread is answered, no mention needed."
MENTIONS_ONLY = (
    "-# Mention me in the thread to be answered: reading other messages (the Message Content "
    "intent) is switched off for me."
)


class Chatting(commands.Cog):
    """Opens threads.

    Args:
        reads_everything: whether Discord gives the bot messages that do not mention it.
    """

    def __init__(
        self,
        service: ChatService,
        choices: Choices,
        catalogue: ModelCatalogue,
        threads: ListenedThreads,
        surfaces: ReplySurfaces,
        *,
        reads_everything: bool,
    ) -> None:
        self._service = service
        self._choices = choices
        self._catalogue = catalogue
        self._threads = threads
        self._surfaces = surfaces
        self._hint = EVERYBODY if reads_everything else MENTIONS_ONLY

    @app_commands.command(name="chat", description="Open a thread to talk in")
    @app_commands.describe(
        prompt="What to begin with",
        model="Who answers in the thread (otherwise the model of this place)",
        title="The thread's name",
    )
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def chat(
        self,
        interaction: AnyInteraction,
        prompt: str | None = None,
        model: str | None = None,
        title: app_commands.Range[str, 1, TITLE_LENGTH] | None = None,
    ) -> None:
        """`/chat`: open a thread from the command's response, and answer there."""
        channel = interaction.channel
        if not isinstance(channel, discord.TextChannel):
            raise InvalidInput(text=ONLY_IN_CHANNELS)
        may = interaction.app_permissions
        if not (may.create_public_threads and may.send_messages_in_threads):
            raise NotAllowed(text=MISSING_PERMISSIONS)
        key = None if model is None else self._choices.model(model).key
        question = (prompt or "").strip()
        asked = turn_of_prompt(interaction, question) if question else None
        if asked is not None:
            self._service.check(asked)
        await think(interaction, private=False)
        by = presser_of(interaction)
        await self._service.admit(place_of(interaction), by, asked)
        if key is not None:
            chosen = {"model": key}
            options = await self._choices.of(place_of(interaction), chosen)
            permitted(options, chosen, self._choices, manager=by.manager)
        opener = discord.utils.escape_markdown(interaction.user.display_name)
        shown = _quote(question) or f"{opener} opens a conversation."
        message = await interaction.edit_original_response(content=f"{shown}\n{self._hint}")
        # A thread started from a message has its id, so that the first word in it is heard.
        thread = ListenedThread(ChannelId(message.id), UserId(interaction.user.id))
        place = Place(GuildId(channel.guild.id), ChannelId(channel.id), thread.id)
        await self._threads.listen(thread)
        if key is not None:
            await self._choices.choose(place, Scope.THREAD, "model", key, by=thread.opener)
        name = (title or "").strip() or _title(interaction, question)
        await self._open(message, name, interaction.user)
        interaction.extras.pop(THINKING)  # its response is worth keeping now
        if question:
            turn = turn_of_prompt(interaction, question, place=place)
            surface = self._surfaces.in_thread(thread.id, turn.event_id)
            await self._service.answer(turn, surface, by)

    @chat.autocomplete("model")
    async def _models(
        self, interaction: AnyInteraction, partial: str
    ) -> list[app_commands.Choice[str]]:
        return await pickable_completions(interaction, partial, self._choices, self._catalogue)

    async def _open(
        self, message: discord.Message, name: str, opener: discord.User | discord.Member
    ) -> None:
        try:
            thread = await message.create_thread(name=name)
        except discord.HTTPException as error:
            await self._threads.leave(ChannelId(message.id))
            if isinstance(error, discord.Forbidden):
                raise NotAllowed(text=MISSING_PERMISSIONS) from error
            if error.code == codes.TOO_MANY_THREADS:
                raise NotAllowed(text=TOO_MANY_THREADS) from error
            raise
        try:
            await thread.add_user(opener)  # puts it into the person's list of channels
        except discord.HTTPException as error:
            log.info("thread %d: its opener could not be added: %s", thread.id, error)


def _title(interaction: AnyInteraction, question: str) -> str:
    text = readable(question, names_in(interaction.guild))
    first = next(iter(text.splitlines()), "").strip()
    if utf16_len(first) > TITLE_LENGTH:
        first = first[: utf16_cut(first, TITLE_LENGTH - 1)].rsplit(" ", 1)[0] + "…"
    return first or f"A chat with {interaction.user.display_name}"


def _quote(question: str) -> str:
    quote = "\n".join(f"> {line}" for line in question.splitlines())
    if utf16_len(quote) <= SHOWN_PROMPT:
        return quote
    return quote[: utf16_cut(quote, SHOWN_PROMPT - 1)] + "…"
