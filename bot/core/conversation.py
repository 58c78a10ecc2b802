"""What is said, by whom and where: the facts the whole bot speaks in.

Everything here is frozen data of the standard library. Discord's events become a `Turn`,
the stored history is a sequence of `Said`, and `build_prompt` makes the request's messages of
both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

GuildId = NewType("GuildId", int)
ChannelId = NewType("ChannelId", int)  # a channel, a thread or a DM: whatever Discord gives an id
UserId = NewType("UserId", int)
RoleId = NewType("RoleId", int)
MessageId = NewType("MessageId", int)
EventId = NewType("EventId", int)  # the snowflake of a message or interaction; ids grow with time
ReplyId = NewType("ReplyId", int)

HISTORY_LIMIT = 50  # WeryAI takes 1 to 50 messages, the system message among them


class Role(StrEnum):
    """The roles of OpenAI's chat completions that the bot uses."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One element of the request's `messages`."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who talks to the bot. `name` is the display name where it was said."""

    id: UserId
    name: str


@dataclass(frozen=True, slots=True)
class Presser:
    """Somebody who asks or presses a button, as Discord describes them at that moment.

    Attributes:
        user: who it is.
        moderator: whether they may stop and change other people's answers there.
        manager: whether they may change what applies in the server (Manage Server).
        roles: theirs in the server; none in a DM.
        at: the conversation in which they pressed something, where all this is true; None: they
            said something, and pressed nothing.
    """

    user: UserId
    moderator: bool
    manager: bool = False
    roles: frozenset[RoleId] = frozenset()
    at: ChannelId | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said. A thread has its parent in `channel_id`; a DM has no guild."""

    guild_id: GuildId | None
    channel_id: ChannelId
    thread_id: ChannelId | None = None

    @property
    def conversation_id(self) -> ChannelId:
        """The channel whose history this is: the thread, if there is one."""
        return self.thread_id or self.channel_id


@dataclass(frozen=True, slots=True)
class Names:
    """What people call a place: its server and its channel; empty where nobody knows.

    A thread goes by its channel's name: its own is whatever any member wrote.
    """

    server: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said in a conversation, as it is stored and sent to the model.

    `message_id` is Discord's (an interaction's id for a slash command's prompt), so that an edit
    or a deletion in Discord finds it again. `author` is None for the bot itself. `quoted` is the
    text of the message it replies to.
    """

    message_id: MessageId
    role: Role
    text: str
    author: Person | None = None
    quoted: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Something the bot has to answer: one or several messages said since its last answer.

    `event_id` is the id of the (last) message or interaction and the turn's key: a replayed
    event never answers twice. `shared` is False for a private question, which is neither added
    to the channel's history nor shown it. What `gathers` (a message in a thread or DM) is
    answered together with what else is said there meanwhile. `names` are the place's.
    """

    event_id: EventId
    place: Place
    asker: Person
    said: tuple[Said, ...]
    shared: bool = True
    gathers: bool = False
    options: dict[str, object] = field(default_factory=dict)  # of this question alone
    names: Names = Names()

    @property
    def private(self) -> bool:
        """Whether only the asker is concerned, so that their own choice of a model counts."""
        return not self.shared or self.place.guild_id is None

    @property
    def characters(self) -> int:
        """How long the question is."""
        return sum(len(said.text) for said in self.said)

    @property
    def people(self) -> frozenset[UserId]:
        """Everybody whose words this is: they may press the answer's buttons."""
        said = {entry.author.id for entry in self.said if entry.author is not None}
        return frozenset(said | {self.asker.id})


def gathered(turns: Sequence[Turn]) -> Turn:
    """Several turns of one conversation as one: what was said while an answer was being given.

    The last turn gives the key, the asker, the names and, where they set the same one, the
    options.

    Raises:
        ValueError: `turns` is empty.
    """
    if not turns:
        raise ValueError("there is nothing to gather")
    last = turns[-1]
    options: dict[str, object] = {}
    for turn in turns:
        options |= turn.options
    return Turn(
        event_id=last.event_id,
        place=last.place,
        asker=last.asker,
        said=tuple(said for turn in turns for said in turn.said),
        shared=last.shared,
        gathers=last.gathers,
        options=options,
        names=last.names,
    )
