"""What a person holds after using a command, a component or a form."""

# ruff: noqa: ASYNC109 - how long to wait reads best as an argument of what is waited for

from __future__ import annotations

from collections.abc import Callable

from bot.sandbox.discord.state import Interaction, InteractionState, Json, Message
from bot.sandbox.discord.world import World

TIMEOUT = 10.0
"""Real seconds to wait for anything before a test is told that it did not happen."""


class NotPossible(Exception):
    """Discord's own app would not have let the person do this."""


class NotReached(AssertionError):
    """What was waited for did not happen; the text shows how things stood."""


async def wait_until(
    world: World, predicate: Callable[[], object], *, timeout: float, what: str
) -> None:
    """Wait for a condition, looked at upon every event; raises `NotReached`."""
    if not await world.feed.until(predicate, timeout=timeout):
        raise NotReached(f"{what}: not within {timeout} s\n{_picture(world)}")


def _picture(world: World) -> str:
    """The last messages everywhere, as a test's failure shows them."""
    lines = ["The last messages:"]
    recent = sorted(
        (one for channel in world.channels.values() for one in channel.messages.values()),
        key=lambda one: one.versions[-1].at,
    )
    for one in recent[-8:]:
        marks = [f"version {len(one.versions)}"]
        marks += ["deleted"] if one.deleted else []
        marks += ["thinking"] if one.thinking else []
        marks += ["ephemeral"] if one.ephemeral_for else []
        place = one.channel.name
        lines.append(f"  #{place} {one.author.name} ({', '.join(marks)}): {one.content[:300]!r}")
    states = [f"{one.type.name} {one.state.value}" for one in world.interactions.values()]
    lines.append(f"The last interactions: {', '.join(states[-5:]) or 'none'}")
    return "\n".join(lines)


class InteractionHandle:
    """One interaction as its person sees it."""

    def __init__(self, world: World, interaction: Interaction) -> None:
        self.interaction = interaction
        self._world = world

    def __repr__(self) -> str:
        one = self.interaction
        return f"<InteractionHandle {one.type.name} {one.state.value} of {one.user.name}>"

    @property
    def state(self) -> InteractionState:
        """Pending, deferred ("… is thinking"), acknowledged, or failed."""
        return self.interaction.state

    @property
    def failed(self) -> bool:
        """Whether the person read "The application did not respond"."""
        return self.state is InteractionState.FAILED

    @property
    def response(self) -> Message | None:
        """The original response, if there is one yet; it may still be thinking."""
        return self.interaction.original

    @property
    def responses(self) -> list[Message]:
        """Every message it led to, the original response first."""
        return self.interaction.responses

    @property
    def ephemeral(self) -> bool:
        """Whether only the person sees the response."""
        return self.interaction.ephemeral

    @property
    def modal(self) -> Json | None:
        """The form that was opened, as Discord's JSON."""
        return self.interaction.modal

    async def settled(self, *, timeout: float = TIMEOUT) -> InteractionState:
        """Wait until it is no longer pending: acknowledged, deferred or failed."""
        pending = InteractionState.PENDING
        await wait_until(
            self._world,
            lambda: self.state is not pending,
            timeout=timeout,
            what="An acknowledgement",
        )
        return self.state

    async def answered(self, *, timeout: float = TIMEOUT) -> Message:
        """Wait for a response with something in it; raises `NotReached` if there will be none."""

        def there() -> bool:
            if self.failed:
                raise NotReached("The application did not respond within three seconds")
            return self.response is not None and not self.response.thinking

        await wait_until(self._world, there, timeout=timeout, what="An answer")
        assert self.response is not None
        return self.response

    async def followed_up(self, count: int = 1, *, timeout: float = TIMEOUT) -> list[Message]:
        """Wait for so many messages beyond the original response; all of those there are."""

        def there() -> bool:
            return len(self.responses) > count

        await wait_until(self._world, there, timeout=timeout, what=f"{count} followups")
        return self.responses[1:]
