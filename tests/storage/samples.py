"""Questions and answers to store."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.conversation import (
    ChannelId,
    EventId,
    GuildId,
    MessageId,
    Person,
    Place,
    ReplyId,
    Role,
    Said,
    Turn,
    UserId,
)
from bot.core.replies import Address, Ending, ReplyState, Usage
from bot.storage.replies import SqlReplyStore

ANN = Person(UserId(31), "Ann")
GUILD = GuildId(9)
CHANNEL = ChannelId(50)


def said(message: int, text: str = "", *, author: Person = ANN) -> Said:
    """A member's message."""
    return Said(MessageId(message), Role.USER, text or f"question {message}", author)


def question(
    event: int,
    text: str = "",
    *,
    channel: int = CHANNEL,
    asker: Person = ANN,
    shared: bool = True,
    said_before: Sequence[Said] = (),
) -> Turn:
    """A question by the message of the same id."""
    return Turn(
        event_id=EventId(event),
        place=Place(GUILD, ChannelId(channel)),
        asker=asker,
        said=(*said_before, said(event, text, author=asker)),
        shared=shared,
    )


def shown(*messages: int) -> Address:
    """A reply shown by these messages."""
    return Address(tuple(MessageId(message) for message in messages))


def ending(
    text: str = "the answer",
    *,
    state: ReplyState = ReplyState.COMPLETE,
    address: Address | None = None,
    usage: Usage | None = None,
) -> Ending:
    """How a reply ended."""
    return Ending(state, text, "MODEL", address or Address(), usage, seconds=1.5)


async def accepted(replies: SqlReplyStore, turn: Turn, address: Address | None = None) -> ReplyId:
    """Accept a question that has not been accepted before."""
    reply = await replies.accept(turn, address or Address())
    assert reply is not None
    return reply


async def begun(replies: SqlReplyStore, turn: Turn, address: Address | None = None) -> ReplyId:
    """Accept a question and begin to answer it."""
    reply = await accepted(replies, turn, address)
    await replies.begin(reply, turn)
    return reply


async def answer(replies: SqlReplyStore, turn: Turn, end: Ending | None = None) -> ReplyId:
    """Answer a question; without an ending, by the message whose id is 1,000 higher."""
    reply = await begun(replies, turn)
    end = end or ending(address=shown(turn.event_id + 1_000))
    await replies.finish(reply, end)
    await replies.shown(reply, end.address)
    return reply
