"""Limits: set by a moderator, felt by members, per member, per role and for the whole server."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.sandbox.discord.errors import ApiError
from bot.sandbox.discord.handles import InteractionHandle, NotPossible
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.state import Message
from tests.e2e.stage import Home, Stage, buttons

QUESTIONS = "questions per minute"
COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("set", {"what": QUESTIONS, "most": 5}),
    ("remove", {"what": QUESTIONS}),
    ("moderators", {"exempt": False}),
    ("show", {}),
]


async def limits(home: Home, command: str, **options: Any) -> str:
    """What a moderator reads after `/config limits …`."""
    handle = await home.mo.slash(home.channel, f"config limits {command}", **options)
    told = await handle.answered()
    assert not home.ada.can_see(told)
    return told.content


async def asks(home: Home, by: Person | None = None, prompt: str = "Why?") -> Message:
    """Somebody asks and is answered."""
    return await home.answered(await home.ask(prompt, by=by))


async def refusal(home: Home, handle: InteractionHandle, by: Person | None = None) -> str:
    """What somebody reads, and nobody else, whose command was refused."""
    await home.until(lambda: any(one.content for one in handle.responses))
    [told] = [one for one in handle.responses if not one.deleted]
    assert (by or home.ada).can_see(told)
    assert not any(person.can_see(told) for person in others(home, by or home.ada))
    return told.content


def others(home: Home, person: Person) -> list[Person]:
    return [one for one in (home.ada, home.bob, home.mo) if one is not person]


def notices(home: Home) -> list[Message]:
    """What everybody reads of a limit."""
    return [m for m in home.bob.sees(home.channel) if m.content.startswith("You may use")]


async def test_a_member_over_the_limit_reads_which_one_and_when_it_ends(home: Home) -> None:
    await limits(home, "set", what=QUESTIONS, most=2)
    for _ in range(2):
        await asks(home)
    asked = len(home.weryai.requests)

    text = await refusal(home, await home.ask("Why?"))

    assert re.fullmatch(
        r"You may use 2 questions per minute here, and you have\. "
        r"You can ask again <t:\d+:R>\.",
        text,
    )
    assert len(home.weryai.requests) == asked
    await asks(home, by=home.bob)


async def test_by_message_it_is_said_once_however_often_they_ask(home: Home) -> None:
    await limits(home, "set", what=QUESTIONS, most=1)
    await home.answered(await home.mention("Why?"))
    first = await home.mention("And why that?")
    await home.until(lambda: notices(home))
    for _ in range(3):
        await home.mention("Why? Why? Why?")

    await home.answered(await home.mention("And for me?", by=home.bob))

    assert [notice.reference for notice in notices(home)] == [first]


async def test_a_roles_limit_holds_its_members_and_no_longer_than_they_have_it(
    home: Home,
) -> None:
    crowd = home.discord.add_role(home.guild, "Crowd")
    home.discord.world.set_roles(home.guild, home.ada.user, [crowd.id])
    await limits(home, "set", what=QUESTIONS, most=1, role=crowd)
    await asks(home)
    assert "1 question per minute" in await refusal(home, await home.ask("Why?"))
    for _ in range(2):
        await asks(home, by=home.bob)

    home.discord.world.set_roles(home.guild, home.ada.user, [])

    await asks(home)
    await home.answered(await home.mention("And by message?"))


async def test_the_servers_limit_is_for_all_and_moderators_are_exempt(home: Home) -> None:
    await limits(home, "set", what=QUESTIONS, most=2, who="server")
    await asks(home)
    await home.answered(await home.mention("Why?", by=home.bob))
    text = await refusal(home, await home.ask("Why?", by=home.bob), by=home.bob)
    assert text.startswith("This server may use 2 questions per minute, and it has.")

    await asks(home, by=home.mo)
    await home.answered(await home.mention("And I?", by=home.mo))

    await limits(home, "moderators", exempt=False)
    assert "per minute" in await refusal(home, await home.ask("Still?", by=home.mo), by=home.mo)


async def test_tokens_are_counted_and_the_day_has_an_end(home: Home) -> None:
    await asks(home, prompt="Something that has an answer")
    await limits(home, "set", what="tokens per day", most=1)

    text = await refusal(home, await home.ask("Why?"))

    assert text.startswith("You may use 1 token per day here, and you have.")
    assert "tokens today" in await limits(home, "show")


async def test_a_server_gets_so_many_answers_at_once_and_the_others_wait(home: Home) -> None:
    other = home.discord.add_channel(home.guild, "other")
    await limits(home, "set", what="answers at once", most=1, who="server")
    gate = home.weryai.hold_next(after=1)
    first = await home.mention("Tell me something.")
    await home.begun(first)

    second = await home.mention("And me?", by=home.bob, channel=other)
    waiting = await home.begun(second)
    assert "⏳" in waiting.content
    assert len(home.weryai.requests) == 1

    gate.release()
    await home.answered(second)
    assert len(home.weryai.requests) == 2


async def test_a_long_question_is_refused_with_its_length(home: Home) -> None:
    await limits(home, "set", what="prompt characters", most=10)
    await asks(home, prompt="Ten chars.")
    text = await refusal(home, await home.ask("Eleven char"))
    assert "11 characters; I can take 10" in text


async def test_regenerate_counts_and_is_refused_in_private(home: Home) -> None:
    await limits(home, "set", what=QUESTIONS, most=1)
    answer = await asks(home)
    before = answer.content

    handle = await home.ada.click(answer, "Regenerate")

    assert "1 question per minute" in await refusal(home, handle)
    assert answer.content == before
    assert "Regenerate" in buttons(answer)


async def test_a_chat_that_may_not_begin_opens_no_thread(home: Home) -> None:
    await limits(home, "set", what=QUESTIONS, most=1)
    await asks(home)
    handle = await home.ada.slash(home.channel, "chat", prompt="Let us talk")
    assert "per minute" in await refusal(home, handle)
    assert not [one for one in home.discord.world.channels.values() if one.parent is home.channel]


async def test_who_was_over_the_limit_still_is_after_a_restart(stage: Stage) -> None:
    home = stage.home()
    async with stage.running_bot() as bot:
        await limits(home, "set", what=QUESTIONS, most=1)
        await asks(home)
        await bot.restart()
        assert "per minute" in await refusal(home, await home.ask("Why?"))
        assert "Each member: 1 question per minute" in await limits(home, "show")


@pytest.mark.parametrize(("command", "options"), COMMANDS)
async def test_neither_members_nor_strangers_can_touch_the_limits(
    home: Home, command: str, options: dict[str, Any]
) -> None:
    elsewhere = home.stage.home("Elsewhere")
    stranger = elsewhere.mo  # a moderator, but of another server
    await limits(home, "set", what=QUESTIONS, most=7)
    for person in (home.ada, stranger):
        with pytest.raises((NotPossible, ApiError)):
            await person.slash(home.channel, f"config limits {command}", **options)
    assert "Each member: 7 questions" in await limits(home, "show")


async def test_limits_of_one_server_are_not_anothers(home: Home) -> None:
    other = home.stage.home("Other")
    home.discord.add_member(other.guild, home.ada)
    await limits(home, "set", what=QUESTIONS, most=1)
    await asks(home)
    await refusal(home, await home.ask("Why?"))

    await home.answered(await home.ask("Why?", channel=other.channel))
