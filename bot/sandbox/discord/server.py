"""The local Discord as a server on loopback, and the handle by which tests hold it."""

# ruff: noqa: ASYNC109 - how long to wait reads best as an argument of what is waited for

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.sandbox.discord import posting
from bot.sandbox.discord.clock import Clock
from bot.sandbox.discord.events import RequestServed, Watch
from bot.sandbox.discord.faults import Faults, Latency
from bot.sandbox.discord.gateway import Gateway
from bot.sandbox.discord.handles import TIMEOUT, wait_until
from bot.sandbox.discord.openapi import OpenApiChecker
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.permissions import NONE, Overwrite, Permission
from bot.sandbox.discord.posting import Draft
from bot.sandbox.discord.ratelimits import RateLimits
from bot.sandbox.discord.rest import channels, commands, interactions, messages, people
from bot.sandbox.discord.rest.api import MAX_BODY, PREFIX, RestApi
from bot.sandbox.discord.rest.routing import Call, Result, Router
from bot.sandbox.discord.state import Channel, ChannelType, Guild, Message, MessageType, Role, User
from bot.sandbox.discord.world import World

BOT_PERMISSIONS = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ATTACH_FILES
    | Permission.EMBED_LINKS
)
"""What the bot's own role grants where a test says nothing else."""

TOO_MANY = 429
SESSION_STARTS = 1000
"""How often Discord lets a small bot identify in a day."""


class DiscordSandbox:
    """A local Discord: `async with DiscordSandbox() as sandbox: …` serves it on loopback.

    Args:
        bot_name: what the bot is called.
        openapi: Discord's OpenAPI description; every request is checked against it.
        rate_limits: whether requests meet Discord's limits.
        message_content: whether the privileged message content intent is enabled in the portal.
        guild_members: whether the privileged members intent is.
        heartbeat_seconds: how often a connected bot must beat.
        shards: how many shards Discord recommends.
        clock: the sandbox's time; everything but waiting in tests follows it.
        port: where to serve; 0 takes a free port.
    """

    def __init__(  # noqa: PLR0913 - each has a default; a test names the one it is about
        self,
        *,
        bot_name: str = "Wery",
        openapi: str | Path | None = None,
        rate_limits: bool = True,
        message_content: bool = True,
        guild_members: bool = False,
        heartbeat_seconds: float = 41.25,
        shards: int = 1,
        clock: Clock | None = None,
        port: int = 0,
    ) -> None:
        self.clock = clock or Clock()
        self.world = World.new(self.clock, bot_name=bot_name)
        self.world.application.message_content = message_content
        self.world.application.guild_members = guild_members
        self.gateway = Gateway(self.world, heartbeat_seconds=heartbeat_seconds)
        self.limits = RateLimits(self.clock.now, wall=self.clock.now)
        self.limits.enabled = rate_limits
        self._gateway_routes = {
            ("GET", "/gateway"): self._where,
            ("GET", "/gateway/bot"): self._how,
        }
        tables = (one.ROUTES for one in (channels, commands, interactions, messages, people))
        self.api = RestApi(self.world, Router([*tables, self._gateway_routes]), self.limits)
        if openapi is not None:
            self.api.checker = OpenApiChecker(openapi)
        self._shards = shards
        self._port = port
        self._runner: web.AppRunner | None = None

    # Serving

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=MAX_BODY)
        application.router.add_get("/gateway", self.gateway.connect)
        application.router.add_get("/attachments/{channel}/{file}/{name}", self._attachment)
        application.router.add_route("*", PREFIX + "/{path:.*}", self.api.serve)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.world.cdn_url = self.url
        self.gateway.url = f"ws://127.0.0.1:{self._port}/gateway"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.api.faults.clear()
        self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self.clock.close()

    @property
    def url(self) -> str:
        """Where it serves, without a path."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def api_url(self) -> str:
        """What to give a bot as DISCORD_API_URL."""
        return self.url + PREFIX

    # The bot

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.world.application.token

    @property
    def application_id(self) -> int:
        """The bot's application's id, which is also its user's."""
        return self.world.application.id

    @property
    def bot_user(self) -> User:
        """The bot."""
        return self.world.application.bot

    @property
    def bot_mention(self) -> str:
        """How a message mentions the bot."""
        return f"<@{self.bot_user.id}>"

    async def bot_ready(self, *, shards: int = 1, timeout: float = TIMEOUT) -> None:
        """Wait until so many shards of the bot are connected and have been told their guilds."""
        await self.until(
            lambda: len(self.gateway.connected) >= shards,
            timeout=timeout,
            what="The bot's connection",
        )

    # Making the world

    def add_person(self, name: str, *, bot: bool = False) -> Person:
        """Somebody (or some other bot) who is in no guild yet."""
        return Person(self.world, self.world.add_user(name, bot=bot))

    def add_guild(
        self,
        name: str,
        *,
        owner: Person | None = None,
        bot_permissions: Permission = BOT_PERMISSIONS,
    ) -> Guild:
        """A server that the bot has been invited to with these permissions."""
        user = self.world.application.owner if owner is None else owner.user
        return self.world.add_guild(name, user, bot_permissions=bot_permissions)

    def add_channel(self, guild: Guild, name: str) -> Channel:
        """A text channel."""
        return self.world.add_channel(guild, name, ChannelType.TEXT)

    def add_member(
        self,
        guild: Guild,
        who: str | Person,
        permissions: Permission = NONE,
        *,
        roles: Iterable[Role] = (),
    ) -> Person:
        """Let somebody in; `permissions` and `roles` come on top of what everyone may do."""
        person = self.add_person(who) if isinstance(who, str) else who
        self.world.add_member(guild, person.user, permissions, roles)
        return person

    def post_as_webhook(self, channel: Channel, name: str, text: str) -> Message:
        """Let a channel's webhook, which is no bot's, send a message."""
        webhook = User(self.world.ids.make(), name, name, bot=True)
        draft = Draft(content=text, webhook_id=webhook.id)
        return posting.post(self.world, channel, webhook, draft)

    def post_system(self, channel: Channel, about: Person, kind: MessageType) -> Message:
        """Let Discord itself say something, such as that somebody joined."""
        return posting.post(self.world, channel, about.user, Draft(type=kind))

    def add_role(self, guild: Guild, name: str, permissions: Permission = NONE) -> Role:
        """A role nobody has yet; give it with `world.set_roles`."""
        return self.world.add_role(guild, name, permissions)

    def set_overwrite(
        self,
        channel: Channel,
        target: Role | Person | User | Guild,
        *,
        allow: Permission = NONE,
        deny: Permission = NONE,
    ) -> None:
        """Allow or deny in a channel, to a role, somebody, or (a guild) everyone."""
        is_role = isinstance(target, Role | Guild)
        self.world.set_overwrite(channel, Overwrite(target.id, is_role, allow, deny))

    # Looking on

    @property
    def requests(self) -> list[RequestServed]:
        """Every REST request so far."""
        return self.api.requests

    @property
    def violations(self) -> list[str]:
        """What the bot did that Discord's API does not have; empty for a correct bot."""
        return self.api.violations

    @property
    def rate_limited(self) -> int:
        """How many requests were answered with 429."""
        return sum(1 for one in self.requests if one.status == TOO_MANY)

    async def until(
        self,
        predicate: Callable[[], object],
        *,
        timeout: float = TIMEOUT,
        what: str = "What the test waits for",
    ) -> None:
        """Wait for a condition, looked at upon every change; raises `NotReached`."""
        await wait_until(self.world, predicate, timeout=timeout, what=what)

    def watch(self) -> Watch:
        """Everything that happens from now on; use it under `aclosing`."""
        return self.world.feed.watch()

    # Making it hard

    @property
    def faults(self) -> Faults:
        """What goes wrong with REST requests."""
        return self.api.faults

    def set_latency(self, mean: float, jitter: float = 0.0, *, seed: int = 0) -> None:
        """Let every REST request take so many real seconds."""
        self.api.latency = Latency(mean, jitter, seed=seed)

    # Routes of its own

    async def _attachment(self, request: web.Request) -> web.Response:
        file = self.world.files.get(int(request.match_info["file"]))
        if file is None:
            raise web.HTTPNotFound
        return web.Response(body=file.data, content_type=file.content_type.partition(";")[0])

    def _where(self, call: Call) -> Result:
        """GET /gateway."""
        return {"url": self.gateway.url}

    def _how(self, call: Call) -> Result:
        """GET /gateway/bot."""
        limit = {
            "total": SESSION_STARTS,
            "remaining": SESSION_STARTS - self.gateway.identified,
            "reset_after": 86_400_000,
            "max_concurrency": 1,
        }
        return {"url": self.gateway.url, "shards": self._shards, "session_start_limit": limit}
