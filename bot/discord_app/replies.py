"""How a reply is shown: a chain of messages, each created once and then edited.

One request is made per `show`; nothing here waits or repeats. What Discord refuses is
translated once, here, into "later" (`ReplyDelayed`) or "never" (`ReplyGone`). Where another way
to Discord is left, the chain takes it at the next `show`, whose lane differs then.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from bot.core.conversation import EventId, MessageId, ReplyId
from bot.core.errors import ReplyDelayed, ReplyGone
from bot.core.ports.discord_app import Lane
from bot.core.replies import Address, File, Frame
from bot.core.text import MAX_CONTENT, utf16_len
from bot.discord_app import codes
from bot.discord_app.buttons import components
from bot.discord_app.own_messages import OwnMessages
from bot.discord_app.rest import Refused
from bot.discord_app.routes import NO_PINGS, ChannelRoutes, Parcel, Sent, TokenRoutes

log = logging.getLogger(__name__)

TOKEN_LIFETIME = 14.5 * 60  # seconds; Discord gives 15 minutes, the rest is for clocks that differ
SUPPRESS_EMBEDS = 1 << 2  # message flag: a link's preview would jump about as the text grows

TOKEN_IS_OVER = frozenset({codes.UNKNOWN_WEBHOOK, codes.UNKNOWN_INTERACTION, codes.INVALID_TOKEN})

WITHOUT_FILE = "\n-# The file is missing: I lack the permission Attach Files here."

NO_BUTTONS = Parcel({"components": []})


@dataclass(slots=True)
class InteractionAccess:
    """What an interaction's token can still reach.

    Attributes:
        token: the secret itself, stored with the address while the reply grows.
        since: when it was given, in Unix seconds.
        clock: Unix seconds.
        original: the deferred response waits to be filled as the first message.
        made: the messages it can edit.
    """

    routes: TokenRoutes
    token: str
    since: float
    clock: Callable[[], float] = time.time
    original: bool = False
    made: set[MessageId] = field(default_factory=set)

    @property
    def alive(self) -> bool:
        """Whether Discord still takes the token."""
        return self.clock() < self.since + TOKEN_LIFETIME


class MessageChain:
    """A `ReplySurface` in one channel, thread or DM.

    Args:
        channel: the bot's own way to it.
        trigger: the event that asked for this; it keys the messages it makes.
        private: its messages are ephemeral, and only `access` leads to them.
        access: an interaction's way, taken as long as it lasts.
        messages: those that exist already.
        too_old: those of them that take too few edits; what they were to show comes as a reply
            to them.
        reply_to: the message that the first one answers.
        own: takes down which messages it makes and deletes.
    """

    def __init__(  # noqa: PLR0913 - each but two has a default
        self,
        channel: ChannelRoutes,
        trigger: EventId,
        *,
        private: bool = False,
        access: InteractionAccess | None = None,
        messages: tuple[MessageId, ...] = (),
        too_old: Collection[MessageId] = (),
        reply_to: MessageId | None = None,
        own: OwnMessages | None = None,
    ) -> None:
        self._channel = channel
        self._trigger = trigger
        self._access = access
        self._private = private
        self._messages = list(messages)
        self._reply_to = reply_to
        self._own = own or OwnMessages()
        self._reply: ReplyId | None = None
        self._may_refer = True
        self._may_attach = True
        self._too_old = {index for index, id_ in enumerate(messages) if id_ in too_old}
        self._attached: dict[int, File | None] = {}  # the file each message carries

    def bind(self, reply: ReplyId) -> None:
        """Name the reply that the buttons belong to."""
        self._reply = reply

    @property
    def address(self) -> Address:
        """Where the reply is now."""
        access = self._access
        if access is None:
            return Address(tuple(self._messages))
        return Address(tuple(self._messages), access.token, access.since)

    def lane(self, index: int) -> Lane:
        """The bucket of the next `show(index, …)`."""
        access = self._access_to(index)
        if self._exists(index):
            return access.routes.editing if access else self._channel.editing
        if access is None:
            return self._channel.creating
        return access.routes.editing if access.original else access.routes.creating

    async def show(self, index: int, frame: Frame) -> None:
        """Create message `index` of the chain, or edit it.

        Raises:
            ReplyDelayed: temporary, or another way is to be tried.
            ReplyGone: final.
        """
        access = self._access_to(index)
        if access is None and self._private:
            raise ReplyGone("the interaction's token has expired")
        parcel = self._parcel(index, frame)
        try:
            if self._exists(index):
                await self._edit(self._messages[index], parcel, access)
            else:
                created = await self._create(index, parcel, access)
                await self._place(index, created.id, access)
                if created.content.strip() != parcel.payload["content"].strip():
                    raise ReplyDelayed("this message was there with other text", retry_after=0.0)
        except Refused as refusal:
            raise self._translated(refusal, index, access, parcel) from refusal
        self._attached[index] = frame.attachment

    @property
    def typing_lane(self) -> Lane | None:
        """The bucket of `typing`; None where Discord shows "thinking", or nobody else may see."""
        thinking = self._access is not None and self._access.original
        return None if self._private or thinking else self._channel.typing_lane

    async def typing(self) -> None:
        """Show the typing indicator."""
        await self._quietly(self._channel.typing())

    async def keep(self, count: int) -> None:
        """Delete the chain's messages after the first `count`; the last ones go first.

        One that Discord does not delete for now stays in the chain, and so do those before it.
        """
        for index in reversed(range(count, len(self._messages))):
            access = self._access_to(index)
            message = self._messages[index]
            self._own.remove(message)  # before Discord tells that it is gone
            if access is not None:
                gone = await self._quietly(access.routes.delete(message))
            else:
                gone = self._private or await self._quietly(self._channel.delete(message))
            if not gone:
                return
            self._messages.pop()

    async def retire(self) -> None:
        """Take the buttons off the last message.

        Raises:
            ReplyDelayed: temporary.
        """
        last = len(self._messages) - 1
        if last < 0:
            return
        access = self._access_to(last)
        if access is None and self._private:
            return
        try:
            await self._edit(self._messages[last], NO_BUTTONS, access)
        except Refused as refusal:
            log.info("not_retired channel=%d error=%s", self._channel.channel, refusal)

    async def _quietly(self, courtesy: Awaitable[object]) -> bool:
        """Do what nobody waits for; False if it may be tried again."""
        try:
            await courtesy
        except (ReplyDelayed, Refused) as error:
            log.info("courtesy_failed channel=%d error=%s", self._channel.channel, error)
            return isinstance(error, Refused)
        return True

    def _exists(self, index: int) -> bool:
        return index < len(self._messages) and index not in self._too_old

    def _access_to(self, index: int) -> InteractionAccess | None:
        """The token, if it lives and reaches this message or may create it."""
        access = self._access
        if access is None or not access.alive:
            return None
        if self._exists(index) and self._messages[index] not in access.made:
            return None
        return access

    def _parcel(self, index: int, frame: Frame) -> Parcel:
        file = frame.attachment if self._may_attach else None
        content = frame.content
        if file is not frame.attachment and utf16_len(content + WITHOUT_FILE) <= MAX_CONTENT:
            content += WITHOUT_FILE
        payload: dict[str, Any] = {
            "content": content,
            "allowed_mentions": NO_PINGS,
            "components": components(frame, self._reply),
        }
        exists = self._exists(index)
        if not exists:
            payload["flags"] = SUPPRESS_EMBEDS
        if file is None:
            if exists:
                payload["attachments"] = []  # whatever file was there goes with its text
        elif not exists or file != self._attached.get(index):
            payload["attachments"] = [{"id": 0, "filename": file.name}]
            return Parcel(payload, file)
        return Parcel(payload)

    async def _edit(
        self, message: MessageId, parcel: Parcel, access: InteractionAccess | None
    ) -> None:
        if access is None:
            await self._channel.edit(message, parcel)
        else:
            await access.routes.edit(message, parcel)

    async def _create(self, index: int, parcel: Parcel, access: InteractionAccess | None) -> Sent:
        if access is None:
            again = "+" if index in self._too_old else ""
            return await self._channel.create(
                parcel, nonce=f"{self._trigger}:{index}{again}", reply_to=self._reference(index)
            )
        if access.original:
            message = await access.routes.edit(None, parcel)
            access.original = False
        else:
            newest = max(self._messages, default=MessageId(0))
            lost = self._own.unconfirmed(self._trigger, newest)
            if lost is not None:  # a webhook takes no nonce, but the gateway has told of it
                access.made.add(lost)
                return Sent(lost, "")
            message = await access.routes.create(parcel)
        access.made.add(message)
        return Sent(message, parcel.payload["content"])

    def _reference(self, index: int) -> MessageId | None:
        if not self._may_refer:
            return None
        if index in self._too_old:
            return self._messages[index]
        return self._reply_to if index == 0 else None

    async def _place(
        self, index: int, message: MessageId, access: InteractionAccess | None
    ) -> None:
        replaced = self._messages[index : index + 1]
        self._messages[index : index + 1] = [message]
        if self._reply is not None:
            self._own.made(message, self._reply)
        self._too_old.discard(index)
        for old in replaced:  # its buttons are the new one's now
            if access is not None and old in access.made:
                await self._quietly(access.routes.edit(old, NO_BUTTONS))
            elif not self._private:
                await self._quietly(self._channel.edit(old, NO_BUTTONS))

    def _translated(
        self, refusal: Refused, index: int, access: InteractionAccess | None, parcel: Parcel
    ) -> ReplyDelayed | ReplyGone:
        exists = self._exists(index)
        if access is not None and refusal.code in TOKEN_IS_OVER:
            self._access = None
        elif exists and refusal.code == codes.TOO_OLD_TO_EDIT:
            self._too_old.add(index)  # the new text comes as a reply to the old message
        elif not exists and refusal.code == codes.NO_HISTORY_FOR_REPLY and self._may_refer:
            self._may_refer = False
        elif refusal.code == codes.MISSING_PERMISSIONS and parcel.attachment is not None:
            self._may_attach = False  # perhaps it is only that
        else:
            self._may_attach = self._may_attach or not exists  # so it was not the file
            return ReplyGone(str(refusal), by_choice=refusal.code == codes.UNKNOWN_MESSAGE)
        if self._private and self._access is None:
            return ReplyGone(str(refusal))
        return ReplyDelayed(str(refusal), retry_after=0.0)
