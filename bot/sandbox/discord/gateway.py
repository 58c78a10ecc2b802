"""The gateway: identifies bots, sends them what happens, and lets them resume.

Source: Discord's documentation, "Gateway" (v10), and "Opcodes and Status Codes".
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

import aiohttp
import orjson
from aiohttp import web

from bot.sandbox.discord import compression, dispatch, payloads
from bot.sandbox.discord.dispatch import Delivery, Intent
from bot.sandbox.discord.events import Event, GatewayChanged
from bot.sandbox.discord.sessions import Close, Closing, Connection, Op, Session
from bot.sandbox.discord.state import Json
from bot.sandbox.discord.world import Application, World

MAX_PAYLOAD = 4096
"""Bytes a client may send at once."""
_ALL_INTENTS = int(~Intent(0))


class Gateway:
    """All sessions, and the door through which they come.

    Attributes:
        reachable: whether anybody can connect; False answers them with 503.
        acknowledges: whether heartbeats are answered; False makes a connection look dead.
        swallows: events for which this holds are lost without a trace.
        url: where bots connect.
        identified: how many sessions have been started.
    """

    def __init__(self, world: World, *, heartbeat_seconds: float = 41.25) -> None:
        self.reachable = True
        self.acknowledges = True
        self.swallows: Callable[[str, Json], bool] = lambda _name, _body: False
        self.url = ""
        self.identified = 0
        self.sessions: dict[str, Session] = {}
        self._world = world
        self._heartbeat_seconds = heartbeat_seconds
        self._connections: set[Connection] = set()
        world.feed.listen(self._dispatch)

    @property
    def connected(self) -> list[Session]:
        """The sessions that have a connection now."""
        return [one for one in self.sessions.values() if one.connection is not None]

    def drop(self) -> None:
        """Cut every TCP connection; the sessions can be resumed."""
        for connection in tuple(self._connections):
            connection.abort()

    def ask_to_reconnect(self) -> None:
        """Opcode 7 to everybody: come back and resume."""
        for connection in self._connections:
            connection.send_op(Op.RECONNECT)

    def invalidate(self, *, resumable: bool) -> None:
        """Opcode 9 to everybody; what is not resumable must identify anew."""
        for connection in self._connections:
            connection.send_op(Op.INVALID_SESSION, resumable)
        if not resumable:
            self.sessions.clear()

    def close(self) -> None:
        """Ask every connection to end, as Discord does when a server of its goes away."""
        for connection in self._connections:
            connection.close(aiohttp.WSCloseCode.GOING_AWAY)

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one WebSocket until it ends."""
        if not self.reachable:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(compress=False, max_msg_size=1 << 20)
        await socket.prepare(request)
        connection = Connection(socket, request.transport)
        self._connections.add(connection)
        writer = asyncio.create_task(connection.write(), name="gateway writer")
        try:
            self._greet(connection, request)
            async for frame in socket:
                self._receive(connection, frame)
        except Closing as closing:
            connection.close(closing.code)
            await writer
        finally:
            self._connections.discard(connection)
            self._disconnected(connection)
            writer.cancel()
            await asyncio.wait([writer])
        return socket

    def _greet(self, connection: Connection, request: web.Request) -> None:
        if request.query.get("v") != "10" or request.query.get("encoding") != "json":
            raise Closing(Close.INVALID_VERSION)
        connection.compress = compression.stream(request.query.get("compress", ""))
        milliseconds = int(self._heartbeat_seconds * 1000)
        connection.send_op(Op.HELLO, {"heartbeat_interval": milliseconds})

    def _disconnected(self, connection: Connection) -> None:
        session = connection.session
        if session is None or session.connection is not connection:
            return
        session.connection = None
        if connection.socket.close_code in (aiohttp.WSCloseCode.OK, aiohttp.WSCloseCode.GOING_AWAY):
            self.sessions.pop(session.id, None)  # leaving politely ends the session
        self._world.publish(GatewayChanged(session.id, "dropped"))

    def _receive(self, connection: Connection, frame: aiohttp.WSMessage) -> None:
        if frame.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
            return
        connection.count(self._world.clock.now())
        try:
            if len(frame.data) > MAX_PAYLOAD:
                raise Closing(Close.DECODE_ERROR)
            payload = orjson.loads(frame.data)
            op, body = Op(payload["op"]), payload["d"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise Closing(Close.DECODE_ERROR) from None
        except ValueError:
            raise Closing(Close.UNKNOWN_OPCODE) from None
        if op is Op.HEARTBEAT:
            self._beat(connection, body)
        elif op is Op.IDENTIFY:
            self._identify(connection, body)
        elif op is Op.RESUME:
            self._resume(connection, body)
        elif connection.session is None:
            raise Closing(Close.NOT_AUTHENTICATED)

    def _beat(self, connection: Connection, sequence: int | None) -> None:
        if not self.acknowledges:
            return
        if connection.session is not None:
            connection.session.received(sequence)
        connection.send_op(Op.HEARTBEAT_ACK)

    def _identify(self, connection: Connection, body: Json) -> None:
        if connection.session is not None:
            raise Closing(Close.ALREADY_AUTHENTICATED)
        application = self._world.application
        if body["token"] != application.token:
            raise Closing(Close.AUTHENTICATION_FAILED)
        shard, shards = body.get("shard") or (0, 1)
        if not 0 <= shard < shards:
            raise Closing(Close.INVALID_SHARD)
        intents = allowed_intents(application, body["intents"])
        session = Session(secrets.token_hex(16), intents, shard, shards, connection=connection)
        self._forget_abandoned(shard, shards)
        self.sessions[session.id] = session
        connection.session = session
        self.identified += 1
        self._welcome(session)
        self._world.publish(GatewayChanged(session.id, "ready"))

    def _forget_abandoned(self, shard: int, shards: int) -> None:
        """A shard that identifies anew does not come back for its old session."""
        for old in tuple(self.sessions.values()):
            if old.connection is None and (old.shard, old.shards) == (shard, shards):
                del self.sessions[old.id]

    def _welcome(self, session: Session) -> None:
        application = self._world.application
        guilds = [one for one in self._world.guilds.values() if session.holds(one)]
        body = {
            "v": 10,
            "user": payloads.own_user(application),
            "guilds": [{"id": str(one.id), "unavailable": True} for one in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "shard": [session.shard, session.shards],
            "application": {
                "id": str(application.id),
                "flags": payloads.application(application)["flags"],
            },
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "user_settings": {},
            "geo_ordered_rtc_regions": [],
            "_trace": ["sandbox"],
        }
        session.send("READY", body)
        for guild in guilds:
            self._deliver(session, dispatch.guild_create(self._world, guild))

    def _resume(self, connection: Connection, body: Json) -> None:
        if connection.session is not None:
            raise Closing(Close.ALREADY_AUTHENTICATED)
        if body["token"] != self._world.application.token:
            raise Closing(Close.AUTHENTICATION_FAILED)
        session = self.sessions.get(body["session_id"])
        sequence = int(body["seq"] or 0)
        if session is None or sequence < session.sequence - len(session.sent):
            connection.send_op(Op.INVALID_SESSION, body=False)
            return
        if sequence > session.sequence:
            raise Closing(Close.INVALID_SEQUENCE)
        if session.connection is not None:
            session.connection.abort()
        session.connection, connection.session = connection, session
        for number, data in session.sent:
            if number > sequence:
                connection.send(data)
        session.send("RESUMED", {"_trace": ["sandbox"]})
        self._world.publish(GatewayChanged(session.id, "resumed"))

    def _dispatch(self, event: Event) -> None:
        if not self.sessions:
            return
        for delivery in dispatch.deliveries(self._world, event):
            for session in self.sessions.values():
                if session.wants(delivery):
                    self._deliver(session, delivery)

    def _deliver(self, session: Session, delivery: Delivery) -> None:
        if session.wants(delivery):
            body = delivery.payload(session.intents)
            if not self.swallows(delivery.name, body):
                session.send(delivery.name, body)


def allowed_intents(application: Application, asked: int) -> Intent:
    """The intents a bot asked for; raises `Closing` for unknown or privileged ones not enabled."""
    if asked & ~_ALL_INTENTS:
        raise Closing(Close.INVALID_INTENTS)
    intents = Intent(asked)
    privileged = {
        Intent.MESSAGE_CONTENT: application.message_content,
        Intent.GUILD_MEMBERS: application.guild_members,
        Intent.GUILD_PRESENCES: application.presences,
    }
    if any(one in intents and not enabled for one, enabled in privileged.items()):
        raise Closing(Close.DISALLOWED_INTENTS)
    return intents
