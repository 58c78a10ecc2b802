"""What is said where the bot is: which of it is for the bot, and whether it may answer there."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

import discord
from discord.ext import commands

from bot.core.conversation import Turn
from bot.core.errors import AccessDenied, LimitReached, LineFull, ReplyGone
from bot.core.pacing import EditBudget
from bot.core.service import ChatService
from bot.discord_app import codes
from bot.discord_app.errors import NOT_SHOWN, UNREACHABLE, sentence_for, tell_directly
from bot.discord_app.refusals import Refusals
from bot.discord_app.replay import Replay
from bot.discord_app.surfaces import ReplySurfaces
from bot.discord_app.turns import presser_by_message

log = logging.getLogger(__name__)

SAID_BY_PEOPLE = frozenset({discord.MessageType.default, discord.MessageType.reply})


class Listener(Protocol):
    """Knows one kind of message that is meant for the bot."""

    async def turn_of(self, message: discord.Message) -> Turn | None:
        """The message as a turn, or None if it is not of this kind."""
        ...


class Listening(commands.Cog):
    """Answers messages.

    Args:
        service: gives the answers.
        surfaces: where they are shown.
        listeners: asked in this order; the first that knows a message has it.
        me: the bot's user id.
        budget: gives leave for what has to be asked of Discord before.
        replay: knows when what was missed has been told.
    """

    def __init__(
        self,
        service: ChatService,
        surfaces: ReplySurfaces,
        listeners: Sequence[Listener],
        me: int,
        budget: EditBudget,
        replay: Replay,
    ) -> None:
        self._service = service
        self._budget = budget
        self._replay = replay
        self._surfaces = surfaces
        self._listeners = listeners
        self._me = me
        self._refusals = Refusals()

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message if it is meant for the bot; bots and webhooks never are answered."""
        if message.author.bot or message.webhook_id or message.type not in SAID_BY_PEOPLE:
            return
        turn = None
        try:
            turn = await self._turn_of(message)
            if turn is not None:
                await self._answer(message, turn)
        except ReplyGone:  # logged where it happened
            await tell_directly(message.author, NOT_SHOWN.format(channel=message.channel.id))
        except AccessDenied as denied:  # everybody would see what is meant for one person
            log.info("message %d: not let in: %s", message.id, denied)
        except (LimitReached, LineFull) as refusal:
            if self._refusals.is_news(message, refusal):
                await _tell(message, sentence_for(refusal, message.id))
        except Exception as error:  # noqa: BLE001 - whatever it is, who asked is told
            text = sentence_for(error, message.id)
            if turn is not None or self._for_me(message):
                await _tell(message, text)

    async def _answer(self, message: discord.Message, turn: Turn) -> None:
        await self._replay.over(message.guild)
        if may_answer(message.channel):
            by = await presser_by_message(message, self._budget)
            await self._service.answer(turn, self._surfaces.to_message(message), by)
            return
        log.warning("message %d: may not answer in channel %d", message.id, message.channel.id)
        await tell_directly(message.author, CANNOT_WRITE.format(channel=message.channel.id))

    def _for_me(self, message: discord.Message) -> bool:
        return message.guild is None or any(user.id == self._me for user in message.mentions)

    async def _turn_of(self, message: discord.Message) -> Turn | None:
        for listener in self._listeners:
            turn = await listener.turn_of(message)
            if turn is not None:
                return turn
        return None


CANNOT_WRITE = (
    "I saw your question in <#{channel}>, but I may not write there. Ask a moderator to give me "
    "the permissions View Channel, Send Messages and Send Messages in Threads."
)


def may_answer(channel: discord.abc.MessageableChannel) -> bool:
    """Whether the bot may write there, as far as the cache knows."""
    guild = getattr(channel, "guild", None)
    if guild is None or guild.me is None or isinstance(channel, discord.PartialMessageable):
        return True
    assert isinstance(channel, discord.Thread | discord.abc.GuildChannel)
    may = channel.permissions_for(guild.me)
    if isinstance(channel, discord.Thread):
        closed = channel.locked and not may.manage_threads
        return may.view_channel and may.send_messages_in_threads and not closed
    return may.view_channel and may.send_messages


async def _tell(message: discord.Message, text: str) -> None:
    try:
        await message.reply(text, mention_author=False)
    except UNREACHABLE as error:
        code = error.code if isinstance(error, discord.HTTPException) else 0
        if isinstance(error, discord.Forbidden) or code == codes.NO_HISTORY_FOR_REPLY:
            await tell_directly(message.author, text)
            return
        log.warning("message %d: the person could not be told: %s", message.id, error)
