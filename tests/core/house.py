"""Places, and people who take them for a while."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from bot.core.conversation import ChannelId, GuildId, Person, Place
from bot.core.places import Places, Spot
from bot.core.throttle import Throttle
from tests.core.samples import ADA, turn


def spot(server: int = 1, channel: int = 1, *, by: Person = ADA, shared: bool = True) -> Spot:
    place = Place(GuildId(server), ChannelId(100 * server + channel))
    return Spot.of(turn(at=place, by=by, shared=shared))


def directly(channel: int) -> Spot:
    return Spot.of(turn(at=Place(None, ChannelId(channel))))


@dataclass
class House:
    """Places, and people who take them for a while.

    Attributes:
        most: what each server allows itself.
        order: whose turns came, by server and conversation.
    """

    throttle: Throttle
    most: dict[int, int] = field(default_factory=dict)
    order: list[tuple[int, int]] = field(default_factory=list)
    running: Counter[int] = field(default_factory=Counter)
    most_running: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.places = Places(self.throttle, self.at_once)

    async def at_once(self, place: Place) -> int | None:
        await asyncio.sleep(0)
        return self.most.get(place.guild_id or 0)

    async def stay(self, mine: Spot, seconds: float = 1.0) -> None:
        async with self.places.held(mine) as given:
            if not given:
                return
            assert self.throttle.running <= self.throttle.allowed or not self.waits(mine)
            self.order.append(mine.key)
            self.running[mine.server] += 1
            self.most_running[mine.server] = max(
                self.most_running[mine.server], self.running[mine.server]
            )
            try:
                await asyncio.sleep(seconds)
            finally:
                self.running[mine.server] -= 1

    def waits(self, mine: Spot) -> bool:
        return mine.given is None or not mine.given.done()

    def is_empty(self) -> bool:
        left = [*self.places._servers, *self.places._rotation]
        return not left and self.throttle.running == 0


def house(places: int, **most: int) -> House:
    return House(Throttle(places), {int(server[1:]): number for server, number in most.items()})


async def hold(places: Places, mine: Spot) -> bool:
    async with places.held(mine) as given:
        return given
