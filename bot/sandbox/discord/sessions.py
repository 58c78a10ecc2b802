"""The gateway's connections, and the sessions that outlive them.

Source: Discord's documentation, "Gateway" (v10), and "Opcodes and Status Codes".
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

import orjson
from aiohttp import web

from bot.sandbox.discord.dispatch import Delivery, Intent
from bot.sandbox.discord.state import Guild

REPLAY_LIMIT = 5000
"""How many events the sandbox keeps for a session that might resume."""
SENDS = (120, 60.0)
"""How many payloads a client may send in so many seconds."""
_SHARD_BITS = 22


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
    RATE_LIMITED = 4008
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

    def holds(self, guild: Guild | None) -> bool:
        """Whether a guild is on its shard; direct messages (None) are on shard 0."""
        guild_id = 0 if guild is None else guild.id
        return (guild_id >> _SHARD_BITS) % self.shards == self.shard

    def wants(self, delivery: Delivery) -> bool:
        """Whether its intents and its shard ask for this event."""
        return delivery.intent in self.intents and self.holds(delivery.guild)

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
        self._received: deque[float] = deque(maxlen=SENDS[0])

    def count(self, now: float) -> None:
        """Count a payload the client sent at `now`; raises `Closing` beyond 120 a minute."""
        if len(self._received) == SENDS[0] and now - self._received[0] < SENDS[1]:
            raise Closing(Close.RATE_LIMITED)
        self._received.append(now)

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
