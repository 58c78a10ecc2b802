"""What a person reads when something fails; never a stack trace, never silence."""

from __future__ import annotations

import logging
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bot.core.errors import BotError, InvalidInput, ReplyGone
from bot.discord_app import codes

log = logging.getLogger(__name__)

OUTDATED = "This command has changed. Press Ctrl+R, or restart Discord, and try again."
THINKING = "thinking"  # in an interaction's `extras`: everybody sees that it is thinking
TOO_LATE = frozenset({codes.UNKNOWN_INTERACTION, codes.ALREADY_ACKNOWLEDGED})
NO_PLACE = frozenset(
    {
        codes.UNKNOWN_CHANNEL,
        codes.MISSING_ACCESS,
        codes.MISSING_PERMISSIONS,
        codes.THREAD_ARCHIVED,
        codes.THREAD_LOCKED,
    }
)
UNREACHABLE = (discord.HTTPException, aiohttp.ClientError, OSError)  # what discord.py raises
NOT_PERMITTED = "You may not use this command here."
DELETED = "My message was deleted before I was done. Please use the command again."
NOT_SHOWN = (
    "I could not show you the whole answer in <#{channel}>: I may not write there any more, or "
    "the place is gone. Tell a moderator, or ask me somewhere else."
)


class DiscordRefused(BotError):
    """Discord does not let the bot in; the message tells the operator what to do."""

    text = "Discord does not let the bot in."


def sentence_for(error: BaseException, event_id: int) -> str:
    """What a person reads of an error; one that nobody foresaw goes to the log, with its trace.

    Args:
        error: whatever was raised.
        event_id: of the interaction or message, to find the log line by.
    """
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    if isinstance(error, BotError):
        detail = "" if isinstance(error, InvalidInput) else str(error)  # which may quote a person
        log.info("event %d: %s %s", event_id, type(error).__name__, detail)
        return error.text
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return OUTDATED
    if isinstance(error, app_commands.CheckFailure):
        return NOT_PERMITTED
    log.error("event %d: unforeseen error", event_id, exc_info=error)
    return (
        "Something went wrong on my side. Please try again. If it stays so, tell whoever runs "
        f"the bot about `{event_id}`."
    )


async def think(interaction: discord.Interaction[Any], *, private: bool) -> None:
    """Acknowledge a command within Discord's 3 seconds: "… is thinking"."""
    await interaction.response.defer(thinking=True, ephemeral=private)
    if not private:
        interaction.extras[THINKING] = True


async def tell(interaction: discord.Interaction[Any], text: str) -> None:
    """Tell only the person who acted; an interaction that has died is logged."""
    try:
        await _respond(interaction, text)
    except UNREACHABLE as error:
        log.warning("interaction %d: the person could not be told: %s", interaction.id, error)


async def tell_directly(person: discord.User | discord.Member, text: str) -> None:
    """Tell somebody in a direct message; whoever takes none is logged."""
    try:
        await person.send(text)
    except UNREACHABLE as error:
        log.info("user %d: no direct message either: %s", person.id, error)


async def report(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Tell a person of an error.

    A `BotError` but `ReplyGone` is raised before any answer is shown: it takes the place of
    "thinking", which goes first, because a followup would inherit its publicity.
    """
    original = getattr(error, "original", error)
    code = original.code if isinstance(original, discord.HTTPException) else 0
    if interaction.client.is_closed():
        log.info("interaction %d: cut off by the shutdown", interaction.id)
        return
    if code in TOO_LATE:
        log.warning("interaction %d: came too late, or twice: %s", interaction.id, original)
        return
    if code == codes.UNKNOWN_MESSAGE:
        log.warning("interaction %d: its message was deleted", interaction.id)
        await tell(interaction, DELETED)
        return
    if code in NO_PLACE:
        log.warning("interaction %d: no place to answer it in: %s", interaction.id, original)
    if code in NO_PLACE or isinstance(original, ReplyGone):  # which is logged where it happened
        await _tell_anywhere(interaction)
        return
    if isinstance(original, BotError) and interaction.extras.pop(THINKING, False):
        try:
            await interaction.delete_original_response()
        except UNREACHABLE as gone:
            log.info("interaction %d: its response is gone: %s", interaction.id, gone)
    await tell(interaction, sentence_for(error, interaction.id))


async def _respond(interaction: discord.Interaction[Any], text: str) -> None:
    if interaction.response.is_done():
        await interaction.followup.send(text, ephemeral=True)
    else:
        await interaction.response.send_message(text, ephemeral=True)


async def _tell_anywhere(interaction: discord.Interaction[Any]) -> None:
    """Say that the answer is not to be seen, where it was asked for or else directly."""
    try:
        await _respond(interaction, ReplyGone.text)
    except UNREACHABLE:
        await tell_directly(interaction.user, NOT_SHOWN.format(channel=interaction.channel_id))


def calm_suggestions() -> None:
    """Let suggestions that nobody waits for any more be one line of the log, without a trace.

    Somebody types on, or the connection was away for three seconds: discord.py logs each as an
    error of its own, and gives nobody else the word.
    """
    logging.getLogger("discord.app_commands.tree").addFilter(_calmed)


def _calmed(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, UNREACHABLE):
        record.levelno, record.levelname = logging.INFO, "INFO"
        record.msg, record.args = f"{record.getMessage()}: {error}", ()
        record.exc_info = None
    return True


class Tree(app_commands.CommandTree[Any]):
    """The commands; every error of theirs is told."""

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Tell the person who used the command."""
        if interaction.type is discord.InteractionType.autocomplete:
            log.warning("autocomplete failed", exc_info=error)
            return
        await report(interaction, error)
