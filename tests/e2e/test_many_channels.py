"""Many channels at once: each answer is right, and none waits for another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.e2e.stage import TOO_MANY, Home, answers_to, has_ended, text_of

CHANNELS = 20


def told(request: Mapping[str, Any]) -> str:
    """An answer that only this question can have got."""
    return f"You asked: {request['messages'][-1]['content']} " + "And that is all. " * 20


async def test_twenty_channels_are_answered_at_once_and_each_rightly(home: Home) -> None:
    home.weryai.answers = told
    gates = [home.weryai.hold_next(after=12) for _ in range(CHANNELS)]
    channels = [home.discord.add_channel(home.guild, f"room-{n}") for n in range(CHANNELS)]
    asked = [await home.mention(f"What is {n}?", channel=one) for n, one in enumerate(channels)]

    def have_ended(count: int) -> Callable[[], bool]:
        def check() -> bool:
            return count == sum(any(map(has_ended, answers_to(question))) for question in asked)

        return check

    await home.until(lambda: all(answers_to(question) for question in asked), "All first texts")
    assert have_ended(0)()
    for count, gate in enumerate(reversed(gates), start=1):
        gate.release()  # one ends while all that began before it still stand
        await home.until(have_ended(count), "The next ending")

    answers = [text_of(answers_to(question)[0]) for question in asked]
    assert answers == [
        f"You asked: What is {n}? " + ("And that is all. " * 20).rstrip() for n in range(CHANNELS)
    ]


async def test_many_questions_in_one_channel_draw_no_429_by_typing(home: Home) -> None:
    for number in range(8):  # more than Discord lets anybody type in five seconds
        await home.answered(await home.mention(f"Question {number}?"))

    assert any(one.path.endswith("/typing") for one in home.discord.requests)
    assert not any(one.status == TOO_MANY for one in home.discord.requests)
