"""People: what members and moderators do in the local Discord, and what they see.

A `Person` acts as Discord's own app would let them: what it would not even send raises
`NotPossible`, what Discord's servers would refuse raises `ApiError`.
"""

# ruff: noqa: ASYNC109 - how long to wait reads best as an argument of what is waited for

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox.discord import interactions, message_payloads, posting, slash
from bot.sandbox.discord.components import Form, find_component, press_data, select_data
from bot.sandbox.discord.errors import Refusal
from bot.sandbox.discord.events import ReactionChanged, TypingStarted
from bot.sandbox.discord.handles import TIMEOUT, InteractionHandle, NotPossible
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.posting import Draft
from bot.sandbox.discord.rest import access
from bot.sandbox.discord.rules import length
from bot.sandbox.discord.rules.messages import MAX_CONTENT
from bot.sandbox.discord.slash import Filler
from bot.sandbox.discord.state import (
    Attachment,
    Channel,
    ChannelType,
    Command,
    Interaction,
    InteractionType,
    Json,
    Message,
    MessageType,
    User,
)
from bot.sandbox.discord.threads import change_thread, make_thread
from bot.sandbox.discord.world import World

SLASH, USER_MENU, MESSAGE_MENU = 1, 2, 3


class Person:
    """Somebody who uses Discord; made by `DiscordSandbox.add_member`."""

    def __init__(self, world: World, user: User) -> None:
        self.user = user
        self._world = world

    def __repr__(self) -> str:
        return f"<Person {self.user.name}>"

    @property
    def id(self) -> int:
        """Their user id."""
        return self.user.id

    @property
    def mention(self) -> str:
        """How a message mentions them."""
        return f"<@{self.user.id}>"

    # What they see

    def can_see(self, message: Message) -> bool:
        """Whether they see a message: not deleted, theirs if ephemeral, in a channel they view."""
        private_to = message.ephemeral_for
        return (
            not message.deleted and private_to in (None, self.id) and self.may_view(message.channel)
        )

    def may_view(self, channel: Channel) -> bool:
        """Whether a channel is shown to them."""
        return Permission.VIEW_CHANNEL in channel.permissions_of(self.id)

    def sees(self, channel: Channel) -> list[Message]:
        """The messages they see in a channel, oldest first, ephemeral ones for them included."""
        return [one for one in channel.messages.values() if self.can_see(one)]

    # Messages

    async def send(
        self,
        channel: Channel,
        text: str = "",
        *,
        reply_to: Message | None = None,
        ping: bool = True,
        files: Mapping[str, bytes] | Sequence[Attachment] = (),
    ) -> Message:
        """Send a message, perhaps as a reply (which mentions its author, unless not `ping`)."""
        self._require_view(channel)
        access.require_can_send(channel, self.user, files=bool(files), embeds=False)
        if not text.strip() and not files:
            raise NotPossible("there is nothing to send")
        if length(text) > MAX_CONTENT:
            raise NotPossible(f"a message takes at most {MAX_CONTENT} characters")
        if isinstance(files, Mapping):
            files = [self.file(name, data) for name, data in files.items()]
        draft = Draft(
            content=text,
            attachments=tuple(files),
            reference=reply_to,
            type=MessageType.DEFAULT if reply_to is None else MessageType.REPLY,
            allowed_mentions={
                "parse": ["users", "roles", "everyone"],
                "replied_user": ping,
            },
        )
        return posting.post(self._world, channel, self.user, draft)

    async def edit(self, message: Message, text: str) -> Message:
        """Edit a message of theirs."""
        if message.author is not self.user:
            raise Refusal.NOT_THE_AUTHOR.error()
        access.require_can_edit(message.channel, self.user)
        if length(text) > MAX_CONTENT:
            raise NotPossible(f"a message takes at most {MAX_CONTENT} characters")
        return posting.edit(self._world, message, posting.Revision(content=text))

    async def delete(self, *messages: Message) -> None:
        """Delete one message, or several at once (as moderation tools do)."""
        for message in messages:
            if message.author is not self.user:
                access.require(message.channel, self.user, Permission.MANAGE_MESSAGES)
        posting.delete(self._world, messages[0].channel, messages, bulk=len(messages) > 1)

    async def react(self, message: Message, emoji: str) -> None:
        """Add a reaction; one that is there already takes no permission."""
        self._require_view(message.channel)
        if emoji not in message.reactions:
            access.require(message.channel, self.user, Permission.ADD_REACTIONS)
        message.reactions.setdefault(emoji, {})[self.id] = self._world.clock.now()
        self._world.publish(ReactionChanged(message, self.user, emoji, added=True))

    async def unreact(self, message: Message, emoji: str) -> None:
        """Take a reaction of theirs away."""
        if message.reactions.get(emoji, {}).pop(self.id, None) is None:
            raise Refusal.UNKNOWN_EMOJI.error()
        if not message.reactions[emoji]:
            del message.reactions[emoji]
        self._world.publish(ReactionChanged(message, self.user, emoji, added=False))

    async def type(self, channel: Channel) -> None:
        """Begin to type."""
        self._require_view(channel)
        self._world.publish(TypingStarted(channel, self.user, self._world.clock.now()))

    async def open_dm(self) -> Channel:
        """Their direct messages with the bot."""
        return self._world.dm_with(self.user)

    def file(self, name: str, data: bytes, content_type: str = "text/plain") -> Attachment:
        """A file on their device, for an attachment option."""
        return Attachment(self._world.ids.make(), name, content_type, data)

    # Threads

    async def start_thread(
        self, where: Message | Channel, name: str, *, private: bool = False
    ) -> Channel:
        """Start a thread on a message, or in a channel; they are its first member."""
        message = where if isinstance(where, Message) else None
        channel = where.channel if isinstance(where, Message) else where
        self._require_view(channel)
        if channel.guild is None or channel.is_thread:
            raise Refusal.WRONG_CHANNEL_TYPE.error()
        if message is not None and message.thread is not None:
            raise Refusal.THREAD_EXISTS.error()
        public = Permission.CREATE_PUBLIC_THREADS
        needed = Permission.CREATE_PRIVATE_THREADS if private else public
        access.require(channel, self.user, needed)
        kind = ChannelType.PRIVATE_THREAD if private else ChannelType.PUBLIC_THREAD
        return make_thread(self._world, channel, self.user, name, kind=kind, message=message)

    async def change_thread(self, thread: Channel, **changes: object) -> None:
        """Archive, lock or rename a thread: `archived=True`, `locked=True`, `name="…"`."""
        if thread.owner_id != self.id or "locked" in changes:
            access.require(thread, self.user, Permission.MANAGE_THREADS)
        change_thread(self._world, thread, self.user, **changes)

    async def join(self, thread: Channel) -> None:
        """Join a thread."""
        self._require_view(thread)
        self._world.join_thread(thread, self.user)

    async def add_to_thread(self, thread: Channel, user: User) -> None:
        """Add somebody (perhaps the bot) to a thread."""
        self._require_view(thread)
        self._world.join_thread(thread, user)

    # Commands

    async def slash(self, channel: Channel, command: str, /, **options: Any) -> InteractionHandle:
        """Use a slash command, such as `slash(channel, "config show", scope="channel")`.

        Options are checked as the app checks them; a choice may be named or given by its value.
        """
        found, path = self._command(channel, command)
        filler = Filler(self._world, channel)
        filled = filler.fill(found, path, _plain(options))
        data = self._command_data(found, filled.options, filled.resolved)
        return self._begin(InteractionType.COMMAND, channel, data)

    async def autocomplete(
        self,
        channel: Channel,
        command: str,
        option: str,
        partial: str,
        /,
        *,
        timeout: float = TIMEOUT,
        **others: Any,
    ) -> list[Json]:
        """Type `partial` into an option; the suggestions: [{"name": …, "value": …}]."""
        handle = self.begin_autocomplete(channel, command, option, partial, **others)
        await handle.settled(timeout=timeout)
        return handle.interaction.choices or []

    def begin_autocomplete(
        self, channel: Channel, command: str, option: str, partial: str, /, **others: Any
    ) -> InteractionHandle:
        """The same without waiting for the suggestions."""
        found, path = self._command(channel, command)
        filler = Filler(self._world, channel, focused=option)
        filled = filler.fill(found, path, {**_plain(others), option: partial})
        data = self._command_data(found, filled.options, filled.resolved)
        return self._begin(InteractionType.AUTOCOMPLETE, channel, data)

    async def context_menu(
        self, target: Message | User, name: str, channel: Channel | None = None
    ) -> InteractionHandle:
        """Use an entry of the "Apps" menu of a message, or of a user in a channel."""
        place = target.channel if isinstance(target, Message) else channel
        if place is None:
            raise NotPossible("a user's menu is opened in a channel")
        kind = MESSAGE_MENU if isinstance(target, Message) else USER_MENU
        command = slash.find(self._world, self.user, place, name, kind)
        filler = Filler(self._world, place)
        if isinstance(target, Message):
            shown = message_payloads.message(self._world, target)
            resolved: dict[str, Json] = {"messages": {str(target.id): shown}}
        else:
            filler.resolve(target)
            resolved = filler.resolved
        data = self._command_data(command, [], resolved) | {"target_id": str(target.id)}
        return self._begin(InteractionType.COMMAND, place, data)

    # Components and forms

    async def click(self, message: Message, button: str) -> InteractionHandle:
        """Press a button, by its label or custom id."""
        self._require_sees(message)
        data = press_data(find_component(message, button))
        return self._begin(InteractionType.COMPONENT, message.channel, data, source=message)

    async def forge_click(self, message: Message, custom_id: str) -> InteractionHandle:
        """Send a press of a button that was never shown to them, as a manipulated app could."""
        data = {"custom_id": custom_id, "component_type": 2, "id": 1}
        return self._begin(InteractionType.COMPONENT, message.channel, data, source=message)

    async def select(self, message: Message, menu: str, values: list[Any]) -> InteractionHandle:
        """Choose from a menu, by its custom id or placeholder: values, labels, users or roles."""
        self._require_sees(message)
        filler = Filler(self._world, message.channel)
        data = select_data(find_component(message, menu), values, filler)
        return self._begin(InteractionType.COMPONENT, message.channel, data, source=message)

    async def submit(self, opened: InteractionHandle, /, **values: str) -> InteractionHandle:
        """Fill in the form an interaction opened, by the custom ids of its fields, and send it."""
        if opened.modal is None:
            raise NotPossible("no form was opened")
        trigger = opened.interaction
        kind, data = InteractionType.MODAL_SUBMIT, Form(opened.modal).filled(values)
        return self._begin(kind, trigger.channel, data, source=trigger.source, trigger=trigger)

    # Inside

    def _command(self, channel: Channel, line: str) -> tuple[Command, list[str]]:
        self._require_view(channel)
        name, *path = line.removeprefix("/").split()
        return slash.find(self._world, self.user, channel, name, SLASH), path

    def _command_data(
        self, command: Command, options: list[Json], resolved: dict[str, Json]
    ) -> Json:
        data: Json = {"id": str(command.id), "name": command.name, "type": command.type}
        if command.guild_id is not None:
            data["guild_id"] = str(command.guild_id)
        if options:
            data["options"] = options
        if resolved:
            data["resolved"] = resolved
        return data

    def _begin(
        self,
        kind: InteractionType,
        channel: Channel,
        data: Json,
        source: Message | None = None,
        trigger: Interaction | None = None,
    ) -> InteractionHandle:
        world, user = self._world, self.user
        one = interactions.begin(world, kind, user, channel, data, source=source, trigger=trigger)
        return InteractionHandle(world, one)

    def _require_view(self, channel: Channel) -> None:
        if not self.may_view(channel):
            raise Refusal.MISSING_ACCESS.error()

    def _require_sees(self, message: Message) -> None:
        if not self.can_see(message):
            raise NotPossible(f"{self.user.name} does not see that message")


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options may name a `Person`; Discord knows users."""
    return {
        name: value.user if isinstance(value, Person) else value for name, value in options.items()
    }
