"""One thing asked, and what the bot shows in answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bot.sandbox.discord import slash
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Channel, Interaction, InteractionState, Message
from bot.sandbox.terminal.commands import parse
from bot.sandbox.terminal.pictures import Picture, draw


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds.

    Attributes:
        silence: until a reply that has not begun, or still grows, is given up.
        rest: after which a reply that has neither Stop nor other buttons counts as ended.
    """

    silence: float = 60.0
    rest: float = 2.0


def around(channel: Channel) -> set[Channel]:
    """A channel and its server's threads: where the bot may answer what is said there."""
    return {channel, *(channel.guild.threads.values() if channel.guild else ())}


class Exchange:
    """What was asked at a point in time, and the bot's messages since then.

    Args:
        after: the id of the message or interaction that asked.
        interaction: the interaction, if it was one.
    """

    def __init__(
        self,
        sandbox: DiscordSandbox,
        person: Person,
        channel: Channel,
        after: int,
        interaction: Interaction | None = None,
    ) -> None:
        self._sandbox = sandbox
        self._person = person
        self._after = after
        self._channel = channel
        self._interaction = interaction

    @property
    def answers(self) -> list[Message]:
        """The bot's messages since then, there and in the server's threads, oldest first."""
        found = [one for place in around(self._channel) for one in self._since(place)]
        return sorted(found, key=lambda message: message.id)

    def _since(self, place: Channel) -> list[Message]:
        found = []
        for message in reversed(place.messages.values()):
            if message.id <= self._after:
                break
            if message.author is self._sandbox.bot_user and self._person.can_see(message):
                found.append(message)
        return found

    @property
    def pictures(self) -> list[Picture]:
        """How the answers look now; what shows nothing, such as a thread's start, is left out."""
        drawn = map(draw, self.answers)
        return [picture for picture in drawn if picture.body or picture.buttons]

    @property
    def failed(self) -> bool:
        """Whether the person reads "The application did not respond"."""
        one = self._interaction
        return one is not None and one.state is InteractionState.FAILED

    @property
    def edits(self) -> int:
        """How often the answers have been edited."""
        return sum(len(message.versions) - 1 for message in self.answers)

    async def ended(self, look: Callable[[], object], patience: Patience) -> bool:
        """Wait until the answer is there as a whole; `look` is called whenever it has changed.

        Returns:
            Whether there is one: False if nothing came, or it stopped growing too early.
        """
        while True:
            state = self._state()
            look()
            pictures = self.pictures
            growing = any(picture.growing for picture in pictures)
            if self.failed:
                return False
            if pictures and not growing and pictures[-1].buttons:
                return True
            resting = bool(pictures) and not growing
            changed = await self._sandbox.world.feed.until(
                partial(self._differs_from, state),
                timeout=patience.rest if resting else patience.silence,
            )
            if not changed:
                return resting

    def _differs_from(self, state: object) -> bool:
        return self._state() != state

    def _state(self) -> tuple[object, ...]:
        versions = ((message.id, len(message.versions)) for message in self.answers)
        return (self.failed, *versions)


async def ask(sandbox: DiscordSandbox, person: Person, channel: Channel, line: str) -> Exchange:
    """Send a line as somebody would type it: a slash command, or a message.

    `@bot` mentions the bot; in a server's channel a message that does not mention it does so all
    the same, since it would not be answered otherwise.

    Raises:
        NotPossible: Discord's app would not send it.
        ApiError: Discord refuses it.
    """
    if line.startswith("/"):
        name, options = parse(line, slash.usable(sandbox.world, person.user, channel))
        handle = await person.slash(channel, name, **options)
        one = handle.interaction
        return Exchange(sandbox, person, channel, one.id, one)
    bot = sandbox.bot_user
    names = "|".join(map(re.escape, ("bot", bot.name, bot.display_name)))
    mention = sandbox.bot_mention
    text = re.sub(rf"@(?:{names})\b", mention, line, flags=re.IGNORECASE)
    if channel.guild is not None and not channel.is_thread and mention not in text:
        text = f"{mention} {text}"
    message = await person.send(channel, text)
    return Exchange(sandbox, person, channel, message.id)
