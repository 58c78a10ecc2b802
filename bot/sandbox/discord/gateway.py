"""The gateway: sessions that outlive their connections, and the WebSocket they talk through.

Source: Discord's documentation, "Gateway" (v10), and "Opcodes and Status Codes".
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

import aiohttp
import orjson
from aiohttp import web

from bot.sandbox.discord import compression, dispatch, payloads
from bot.sandbox.discord.dispatch import Delivery, Intent
from bot.sandbox.discord.events import Event, GatewayChanged
from bot.sandbox.discord.state import Guild, Json
from bot.sandbox.discord.world import Application, World

MAX_PAYLOAD = 4096
"""Bytes a client may send at once."""
REPLAY_LIMIT = 5000
"""How many events the sandbox keeps for a session that might resume."""
_SHARD_BITS = 22
_ALL_INTENTS = int(~Intent(0))


class Op(IntEnum):
    """The opcodes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE_UPDATE = 3
    VOICE_STATE_UPDATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_GUILD_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Close(IntEnum):
    """The close codes the sandbox uses."""

    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SEQUENCE = 4007
    INVALID_SHARD = 4010
    INVALID_VERSION = 4012
    INVALID_INTENTS = 4013
    DISALLOWED_INTENTS = 4014


class Closing(Exception):
    """The server ends the connection with this code."""

    def __init__(self, code: Close) -> None:
        super().__init__(code.name)
        self.code = code


@dataclass(slots=True, eq=False)
class Session:
    """What the gateway remembers of one shard of a bot, connected or not."""

    id: str
    intents: Intent
    shard: int
    shards: int
    sequence: int = 0
    sent: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=REPLAY_LIMIT))
    connection: Connection | None = None

    def wants(self, delivery: Delivery) -> bool:
        """Whether its intents and its shard ask for this event."""
        guild_id = 0 if delivery.guild is None else delivery.guild.id
        on_shard = (guild_id >> _SHARD_BITS) % self.shards == self.shard
        return on_shard and delivery.intent in self.intents

    def send(self, name: str, body: object) -> None:
        """Number an event, keep it for a resume, and send it if somebody is connected."""
        self.sequence += 1
        frame = {"op": Op.DISPATCH, "t": name, "s": self.sequence, "d": body}
        data = orjson.dumps(frame)
        self.sent.append((self.sequence, data))
        if self.connection is not None:
            self.connection.send(data)

    def received(self, sequence: int | None) -> None:
        """The client has everything up to here: nothing of it need be kept."""
        while self.sent and sequence is not None and self.sent[0][0] <= sequence:
            self.sent.popleft()


class Connection:
    """One WebSocket; what is sent goes out in order, compressed as the client asked."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self.socket = socket
        self.session: Session | None = None
        self.compress: Callable[[bytes], bytes] | None = None
        self._transport = transport
        self._outbox: asyncio.Queue[bytes | int] = asyncio.Queue()

    def send(self, data: bytes) -> None:
        """Queue one payload."""
        self._outbox.put_nowait(data)

    def send_op(self, op: Op, body: object = None) -> None:
        """Queue a payload that is no event."""
        self.send(orjson.dumps({"op": op, "d": body, "s": None, "t": None}))

    def close(self, code: int) -> None:
        """Close after what is queued."""
        self._outbox.put_nowait(code)

    def abort(self) -> None:
        """Cut the TCP connection, as a failing network does."""
        if self._transport is not None:
            self._transport.abort()

    async def write(self) -> None:
        """Send what is queued, until closed."""
        with contextlib.suppress(ConnectionError):
            while isinstance(data := await self._outbox.get(), bytes):
                if self.compress is None:
                    await self.socket.send_str(data.decode())
                else:
                    await self.socket.send_bytes(self.compress(data))
            await self.socket.close(code=data)


class Gateway:
    """All sessions, and the door through which they come.

    Attributes:
        acknowledges: whether heartbeats are answered; False makes a connection look dead.
        swallows: events for which this holds are lost without a trace.
    """

    def __init__(self, world: World, *, heartbeat_seconds: float = 41.25) -> None:
        self.acknowledges = True
        self.swallows: Callable[[str, Json], bool] = lambda _name, _body: False
        self.url = ""
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
        self._welcome(session)
        self._world.publish(GatewayChanged(session.id, "ready"))

    def _forget_abandoned(self, shard: int, shards: int) -> None:
        """A shard that identifies anew does not come back for its old session."""
        for old in tuple(self.sessions.values()):
            if old.connection is None and (old.shard, old.shards) == (shard, shards):
                del self.sessions[old.id]

    def _welcome(self, session: Session) -> None:
        application = self._world.application
        guilds = [one for one in self._world.guilds.values() if self._holds(session, one)]
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

    def _holds(self, session: Session, guild: Guild) -> bool:
        return (guild.id >> _SHARD_BITS) % session.shards == session.shard

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
