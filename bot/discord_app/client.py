"""The bot itself: its connection to Discord, and the features on it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp
import discord
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.core.choices import Choices
from bot.core.limits import Limits
from bot.core.pacing import EditBudget
from bot.core.ports.charts import Painter
from bot.core.ports.storage import ReplyStore, ThreadStore, UsageStore
from bot.core.ports.weryai import ModelCatalogue, SchemaChecker
from bot.core.service import ChatService
from bot.discord_app.application import NOT_LET_IN, Application
from bot.discord_app.ask import Asking
from bot.discord_app.catchup import CatchUp
from bot.discord_app.chat import Chatting
from bot.discord_app.config.access import AccessCommands
from bot.discord_app.config.commands import Config
from bot.discord_app.config.limits import LimitCommands
from bot.discord_app.config.log_channel import LogChannel
from bot.discord_app.deletions import Deletions
from bot.discord_app.direct import DirectMessages
from bot.discord_app.errors import DiscordRefused, Tree, calm_suggestions
from bot.discord_app.followups import Followups
from bot.discord_app.help import Help
from bot.discord_app.listening import Listener, Listening
from bot.discord_app.mentions import Mentions
from bot.discord_app.model import Models
from bot.discord_app.private_view import FromBefore
from bot.discord_app.replay import Replay
from bot.discord_app.reset import Reset
from bot.discord_app.rest import DiscordRest
from bot.discord_app.surfaces import ReplySurfaces
from bot.discord_app.sync import sync
from bot.discord_app.threads import ListenedThreads
from bot.discord_app.usage.commands import Usage
from bot.discord_app.views import Presses, ReplyButton

INTENT_REFUSED = (
    "Discord does not give the bot the Message Content intent. Switch it on in the developer "
    "portal (your application, Bot), or set MESSAGE_CONTENT_INTENT to auto or off."
)


@dataclass(frozen=True, slots=True)
class Shards:
    """Which part of the servers this process serves.

    Attributes:
        count: shards in all; None lets Discord decide, and this process serves them all.
        ids: those of this process; None: all.
    """

    count: int | None = None
    ids: Sequence[int] | None = None

    def own(self, guild_id: int | None) -> bool:
        """Whether a server's events come to this process; direct messages come to shard 0.

        Source: Discord's documentation, "Sharding".
        """
        if self.count is None or self.ids is None:
            return True
        return ((guild_id or 0) >> 22) % self.count in self.ids


@dataclass(frozen=True, slots=True)
class Collaborators:
    """What the features are joined to."""

    service: ChatService
    choices: Choices
    catalogue: ModelCatalogue
    threads: ThreadStore
    replies: ReplyStore
    rest: DiscordRest
    surfaces: ReplySurfaces
    schemas: SchemaChecker
    usage: UsageStore
    painter: Painter
    log_channel: LogChannel
    limits: Limits
    budget: EditBudget


class WeryBot(commands.AutoShardedBot):
    """The connection to Discord.

    It keeps in memory only what the gateway needs: no members, no messages.

    Args:
        application: as Discord describes it.
        collaborators: what the features are joined to.
        reads_everything: whether to ask for the Message Content intent.
        shards: this process's part.
        trace: told of discord.py's own requests.
    """

    def __init__(
        self,
        application: Application,
        collaborators: Collaborators,
        *,
        reads_everything: bool,
        shards: Shards,
        trace: aiohttp.TraceConfig,
    ) -> None:
        # The bot never speaks: what is missing for that is nobody's concern.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            command_prefix=commands.when_mentioned,  # demanded, but there are no such commands
            help_command=None,
            tree_cls=Tree,
            intents=_intents(reads_everything=reads_everything),
            application_id=application.id,
            allowed_mentions=discord.AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            shard_count=shards.count,
            shard_ids=None if shards.ids is None else list(shards.ids),  # type: ignore[arg-type]  # None is discord.py's default
            http_trace=trace,
        )
        self._application_id = application.id
        self.collaborators = collaborators
        self._reads_everything = reads_everything
        self.presses = Presses(collaborators.service, collaborators.surfaces)

    async def setup_hook(self) -> None:
        """Find the gateway, join the features, register the commands."""
        calm_suggestions()
        _, gateway, _ = await self.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
        assert self.user is not None  # the login is done
        for feature in self._features(self.user.id):
            await self.add_cog(feature)
        self.add_dynamic_items(ReplyButton)
        await sync(self.tree, self.collaborators.rest, self._application_id)

    async def on_message(self, message: discord.Message, /) -> None:
        """There are no prefix commands; `Listening` hears what is said."""

    async def serve(self, token: str) -> None:
        """Be connected until closed.

        Raises:
            DiscordRefused: the token or an intent is refused.
        """
        try:
            await self.start(token)
        except discord.LoginFailure as error:
            raise DiscordRefused(NOT_LET_IN) from error
        except discord.PrivilegedIntentsRequired as error:
            raise DiscordRefused(INTENT_REFUSED) from error

    def _features(self, me: int) -> list[commands.Cog]:
        joined = self.collaborators
        service, choices, catalogue = joined.service, joined.choices, joined.catalogue
        surfaces = joined.surfaces
        threads = ListenedThreads(joined.threads, joined.replies, surfaces.own, me)
        listeners: list[Listener] = [DirectMessages(me), threads, Mentions(me)]
        reads = self._reads_everything
        run = secrets.token_hex(4)
        replay = Replay()
        asking = Asking(service, choices, catalogue, surfaces, joined.schemas, me)
        self.tree.add_command(asking.about_this)
        subgroups = [LimitCommands(choices, joined.limits), AccessCommands(choices)]
        return [
            asking,
            Chatting(service, choices, catalogue, threads, surfaces, reads_everything=reads),
            Models(choices, catalogue, run=run),
            Config(choices, catalogue, joined.log_channel, run=run, subgroups=subgroups),
            FromBefore(run),
            Usage(joined.usage, catalogue, joined.painter, joined.limits),
            Reset(service, threads),
            Help(reads_everything=reads),
            replay,
            Listening(service, surfaces, listeners, me, joined.budget, replay),
            Deletions(service, threads, surfaces.own, me),
            Followups(surfaces.own, self._application_id),
            CatchUp(self, joined.budget),
        ]


def point_at(api_url: str) -> None:
    """Lead all of discord.py's requests to this address of Discord's REST API.

    discord.py keeps it in a class attribute, so that it holds for the whole process; the
    gateway's address, kept likewise, is asked of it when the bot starts.
    """
    Route.BASE = api_url.rstrip("/")


def _intents(*, reads_everything: bool) -> discord.Intents:
    return discord.Intents(
        guilds=True, guild_messages=True, dm_messages=True, message_content=reads_everything
    )
