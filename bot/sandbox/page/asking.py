"""One action of the page: its fields, read strictly, and what they name."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from bot.sandbox.discord.errors import Refusal
from bot.sandbox.discord.message_payloads import ATTACHMENT_LIMIT
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.state import Attachment, Channel, Guild, Message, User
from bot.sandbox.discord.world import World

T = TypeVar("T")
_ID = re.compile("[0-9]{1,20}")


class Malformed(Exception):
    """An action is not what the protocol says."""


class Fields:
    """The fields of an action; each method raises `Malformed` for one that is not as it must be."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def any(self, name: str) -> Any:
        """A field of any kind."""
        if self._values.get(name) is None:
            raise Malformed(f"{name!r} is missing")
        return self._values[name]

    def text(self, name: str) -> str:
        """A string."""
        return self._of(name, str)

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """A boolean."""
        if default is not None and name not in self:
            return default
        return self._of(name, bool)

    def mapping(self, name: str) -> dict[str, Any]:
        """An object."""
        return self._of(name, dict)

    def texts_by_name(self, name: str) -> dict[str, str]:
        """An object of strings."""
        found = self._of(name, dict)
        if not all(isinstance(one, str) for one in found.values()):
            raise Malformed(f"{name!r} must be an object of strings")
        return found

    def texts(self, name: str) -> list[str]:
        """An array of strings."""
        found = self._of(name, list)
        if not all(isinstance(one, str) for one in found):
            raise Malformed(f"{name!r} must be an array of strings")
        return found

    def array(self, name: str) -> list[Any]:
        """An array, empty if the field is left out."""
        return self._of(name, list) if name in self else []

    def number(self, name: str, low: float, high: float, *, default: float | None = None) -> float:
        """A number in a range."""
        found = default if default is not None and name not in self else self.any(name)
        if (
            isinstance(found, bool)
            or not isinstance(found, int | float)
            or not low <= found <= high
        ):
            raise Malformed(f"{name!r} must be a number from {low:g} to {high:g}")
        return found

    def one_of(self, name: str, choices: Mapping[str, T]) -> T:
        """What one of some names stands for."""
        found = self.text(name)
        if found not in choices:
            raise Malformed(f"{name!r} must be one of: {', '.join(choices)}")
        return choices[found]

    def id(self, name: str) -> int:
        """An id."""
        return as_id(self.any(name))

    def _of(self, name: str, kind: type[T]) -> T:
        found = self.any(name)
        if not isinstance(found, kind):
            raise Malformed(f"{name!r} must be of the kind {kind.__name__}")
        return found


class Asked(Fields):
    """An action, by whom, and what it names.

    Whatever its person does not see does not exist for them: the methods raise the `ApiError`
    that Discord would answer with.
    """

    def __init__(self, values: Mapping[str, Any], world: World, person: Person) -> None:
        super().__init__(values)
        self.world = world
        self.person = person

    def channel(self, name: str = "channel") -> Channel:
        """A channel, thread or DM that is shown to them; raises 10003."""
        return self.channel_by_id(self.id(name))

    def channel_by_id(self, channel_id: int) -> Channel:
        """The same for an id found elsewhere."""
        found = self.world.channels.get(channel_id)
        if found is None or not self.person.may_view(found):
            raise Refusal.UNKNOWN_CHANNEL.error()
        return found

    def message(self, name: str = "message") -> Message:
        """A message they see; raises 10008."""
        return self._message(self.id(name))

    def messages(self, name: str = "messages") -> list[Message]:
        """Messages they see; at least one, all of one channel."""
        found = [self._message(as_id(one)) for one in self.texts(name)]
        if len({one.channel for one in found}) != 1:
            raise Malformed(f"{name!r} must be messages of one channel")
        return found

    def guild(self, name: str = "guild") -> Guild:
        """A server they are in; raises 10004."""
        found = self.world.guild(self.id(name))
        if self.person.id not in found.members:
            raise Refusal.UNKNOWN_GUILD.error()
        return found

    def user(self, name: str = "user") -> User:
        """Anybody; raises 10013."""
        return self.user_by_id(self.id(name))

    def user_by_id(self, user_id: int) -> User:
        """The same for an id found elsewhere."""
        found = self.world.users.get(user_id)
        if found is None:
            raise Refusal.UNKNOWN_USER.error()
        return found

    def upload(self, value: object) -> Attachment:
        """A file of theirs, from an `Upload`; raises 40005 for one beyond Discord's limit."""
        if not isinstance(value, dict):
            raise Malformed("a file must be an object")
        fields = Fields(value)
        try:
            data = base64.b64decode(fields.text("data"), validate=True)
        except ValueError:
            raise Malformed("'data' must be base64") from None
        if len(data) > ATTACHMENT_LIMIT:
            raise Refusal.BODY_TOO_LARGE.error()
        return self.person.file(fields.text("name"), data, fields.text("type"))

    def _message(self, message_id: int) -> Message:
        for channel in self.world.channels.values():
            found = channel.messages.get(message_id)
            # A thread's starter has an id of its own, so an id names one message.
            if found is not None and self.person.can_see(found):
                return found
        raise Refusal.UNKNOWN_MESSAGE.error()


def as_id(value: object) -> int:
    """An id from its string; raises `Malformed`."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Malformed(f"{value!r} is not an id: ids are strings of digits")
    return int(value)
