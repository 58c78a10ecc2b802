"""Limits and lists at work: which questions are let in, counted and refused, in virtual time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.core.choices import Choices
from bot.core.conversation import ChannelId, EventId, Place, Presser, RoleId
from bot.core.errors import (
    AccessDenied,
    EmptyPrompt,
    InvalidInput,
    LimitReached,
    PromptTooLong,
    StorageError,
)
from bot.core.limits import NOT_HELD, Limits
from bot.core.options import Change, Scope
from bot.core.ports.weryai import Finish
from bot.core.quotas import What
from bot.core.replies import ReplyState, Usage
from tests.core.fake_model import Step
from tests.core.fake_stores import FakeCounters
from tests.core.samples import ADA, BOB, FLASH, SERVER, place, turn
from tests.core.world import ANSWER, Asked, World
from tests.virtual_time import in_virtual_time

VIP = RoleId(21)
MANAGER = Presser(ADA.id, moderator=True, manager=True)
COUNTED: list[Step] = ["Because.", Usage(40, 60), Finish("stop")]
LONG_ANSWER: list[Step] = ["Because", Finish("length")]
DM = Place(None, ChannelId(70))


async def rule(world: World, **rules: Any) -> None:
    """Moderators set the server's rules."""
    changes = [Change(Scope.SERVER, SERVER, name, value) for name, value in rules.items()]
    await world.options.change(SERVER, changes, by=BOB.id)


def limits_of(world: World) -> Limits:
    choices = Choices(world.options, world.catalogue, {"model": FLASH.key})
    return Limits(choices, FakeCounters(world.memory), clock=world.memory.clock)


async def refused(asked: Asked) -> LimitReached:
    with pytest.raises(LimitReached) as caught:
        await asked.task
    assert asked.surface.sent == []
    return caught.value


# --- limits ---------------------------------------------------------------------------------------


@in_virtual_time
async def test_one_more_question_than_the_limit_is_refused_and_not_stored() -> None:
    world = World(ANSWER, ANSWER)
    await rule(world, limits={"members": {"questions_per_minute": 2}})
    for _ in range(2):
        await world.ask().answered()

    error = await refused(world.ask())

    assert "You may use 2 questions per minute" in error.text
    assert len(world.memory.rows) == 2
    assert len(world.model.requests) == 2


@in_virtual_time
async def test_a_minute_after_the_first_question_one_may_ask_again() -> None:
    world = World(ANSWER, ANSWER)
    await rule(world, limits={"members": {"questions_per_minute": 1}})
    first = world.ask()
    await first.answered()
    error = await refused(world.ask())

    await asyncio.sleep(error.until - world.memory.clock())

    await world.ask().answered()


@in_virtual_time
async def test_the_limit_is_each_members_own_and_the_servers_is_for_all() -> None:
    world = World(*[ANSWER] * 3)
    await rule(
        world,
        limits={"members": {"questions_per_minute": 2}, "server": {"questions_per_minute": 3}},
    )
    await world.ask().answered()
    await world.ask().answered()
    assert "You may use" in (await refused(world.ask())).text
    await world.ask(by=BOB).answered()

    assert "This server may use" in (await refused(world.ask(by=BOB))).text


@in_virtual_time
async def test_of_questions_asked_at_once_no_more_pass_than_may() -> None:
    world = World(*[ANSWER] * 10)
    await rule(world, limits={"server": {"questions_per_minute": 10}})
    asked = [world.ask(at=place(1 + number)) for number in range(40)]

    results = await asyncio.gather(*(one.task for one in asked), return_exceptions=True)

    assert sum(isinstance(result, LimitReached) for result in results) == 30
    assert len(world.memory.rows) == 10


@in_virtual_time
async def test_the_same_event_is_counted_once_and_never_refused_after_it_was_answered() -> None:
    world = World(ANSWER)
    await rule(world, limits={"members": {"questions_per_minute": 1}})
    asked = turn()
    await world.send(asked).answered()

    again = world.send(asked)
    await again.task

    assert again.surface.sent == []
    assert world.memory.counters[SERVER, What.QUESTIONS, ADA.id].used == 1


@in_virtual_time
async def test_without_limits_nothing_is_read_or_counted() -> None:
    world = World(ANSWER)
    await world.ask().answered()
    assert "used" not in world.memory.journal
    assert (SERVER, What.QUESTIONS, ADA.id) not in world.memory.counters


@in_virtual_time
async def test_tokens_are_counted_before_there_is_a_limit_and_hold_from_then_on() -> None:
    world = World(COUNTED, COUNTED)
    await world.ask().answered()
    await rule(world, limits={"members": {"tokens_per_month": 100}})

    assert "100 tokens per month" in (await refused(world.ask())).text
    await world.ask(by=BOB).answered()


@in_virtual_time
async def test_moderators_are_exempt_but_their_tokens_count() -> None:
    world = World(*[COUNTED] * 3)
    await rule(world, limits={"server": {"questions_per_minute": 1, "tokens_per_day": 200}})
    for _ in range(3):
        await world.send(turn(), by=MANAGER).answered()

    assert (SERVER, What.QUESTIONS, None) not in world.memory.counters
    assert "200 tokens per day" in (await refused(world.ask(by=BOB))).text


@in_virtual_time
async def test_a_role_counts_as_it_is_at_the_question() -> None:
    world = World(*[ANSWER] * 3)
    await rule(world, limits={"roles": {str(VIP): {"questions_per_minute": 1}}})
    with_role = Presser(ADA.id, moderator=False, roles=frozenset({VIP}))
    await world.send(turn(), by=with_role).answered()
    await refused(world.send(turn(), by=with_role))

    await world.ask().answered()


@in_virtual_time
async def test_a_question_may_be_as_long_as_the_limit_and_no_longer() -> None:
    world = World(ANSWER)
    await rule(world, limits={"members": {"prompt_characters": 5}})
    await world.ask("12345").answered()

    with pytest.raises(PromptTooLong, match="6 characters"):
        await world.ask("123456").task


@in_virtual_time
async def test_how_long_a_question_may_be_matters_when_it_is_asked_and_not_anew() -> None:
    world = World(ANSWER, ANSWER)
    asked = world.ask("123456")
    await asked.answered()
    await rule(world, limits={"members": {"prompt_characters": 5}})
    await world.press("Regenerate", asked)


@in_virtual_time
async def test_direct_messages_have_no_limits() -> None:
    world = World(COUNTED, COUNTED)
    await rule(world, limits={"members": {"questions_per_minute": 1}})
    for _ in range(2):
        await world.ask(at=DM).answered()
    assert not world.memory.counters


@in_virtual_time
async def test_a_database_that_fails_lets_nothing_pass_unchecked() -> None:
    world = World(ANSWER)
    await rule(world, limits={"members": {"questions_per_minute": 1}})
    world.memory.failing = {"used"}
    with pytest.raises(StorageError):
        await world.ask().task
    assert not world.memory.rows


@pytest.mark.parametrize("button", ["Regenerate", "Continue"])
@in_virtual_time
async def test_another_answer_counts_as_a_question(button: str) -> None:
    world = World(LONG_ANSWER, LONG_ANSWER, LONG_ANSWER)
    await rule(world, limits={"members": {"questions_per_minute": 2}})
    asked = world.ask()
    await asked.answered()
    await world.press(button, asked)

    with pytest.raises(LimitReached):
        await world.press(button, asked)

    assert world.memory.rows[asked.reply].state is ReplyState.LENGTH
    assert len(world.model.requests) == 2


@in_virtual_time
async def test_a_press_that_changes_nothing_is_not_counted() -> None:
    world = World(LONG_ANSWER, LONG_ANSWER)
    await rule(world, limits={"members": {"questions_per_minute": 9}})
    asked, trigger = world.ask(), EventId(10**6)
    await asked.answered()
    await world.press("Regenerate", asked, trigger=trigger)

    with pytest.raises(InvalidInput):
        await world.press("Regenerate", asked, trigger=trigger)

    assert world.memory.counters[SERVER, What.QUESTIONS, ADA.id].used == 2


@in_virtual_time
async def test_who_was_over_the_limit_still_is_after_a_restart() -> None:
    world = World(ANSWER)
    await rule(world, limits={"members": {"questions_per_minute": 1}})
    await world.ask().answered()
    await world.restarted()
    await refused(world.ask())


# --- where somebody stands ------------------------------------------------------------------------


@in_virtual_time
async def test_members_are_told_what_they_may_use_and_have_used() -> None:
    world = World(COUNTED)
    await rule(
        world,
        limits={
            "members": {"questions_per_minute": 5, "prompt_characters": 900},
            "server": {"tokens_per_month": 5000, "answers_at_once": 2},
        },
    )
    by = Presser(ADA.id, moderator=False)
    assert (await limits_of(world).standing(place(), by))[0] == (
        "You may use 5 questions per minute."
    )
    await world.ask().answered()

    questions, tokens, *others = await limits_of(world).standing(place(), by)

    assert questions == (
        "You may use 5 questions per minute and have used 1; it begins anew <t:61:R>."
    )
    assert tokens.startswith("This server may use 5,000 tokens per month and has used 100; it")
    assert others == [
        "You may use 900 characters per question.",
        "This server may have 2 answers at once.",
    ]
    assert await limits_of(world).standing(place(), MANAGER) == [NOT_HELD]


@in_virtual_time
async def test_without_limits_there_is_nothing_to_tell() -> None:
    world = World()
    by = Presser(ADA.id, moderator=False)
    assert await limits_of(world).standing(place(), by) == []
    await rule(world, limits={"members": {"questions_per_minute": 5}})
    assert await limits_of(world).standing(DM, by) == []


@in_virtual_time
async def test_moderators_are_told_what_the_server_has_used() -> None:
    world = World(COUNTED)
    await rule(world, limits={"server": {"questions_per_minute": 5}})
    await world.ask().answered()

    rules, counts = await limits_of(world).of_server(place())

    assert rules.sentences()[0] == "The whole server: 5 questions per minute"
    assert counts == ["1 question this minute", "100 tokens today", "100 tokens this month"]


@in_virtual_time
async def test_answers_at_once_are_the_servers_rule() -> None:
    world = World()
    assert await limits_of(world).at_once(place()) is None
    await rule(world, limits={"server": {"answers_at_once": 2}})
    assert await limits_of(world).at_once(place(9, thread=10)) == 2
    assert await limits_of(world).at_once(DM) is None


# --- who may ask where ----------------------------------------------------------------------------


@in_virtual_time
async def test_a_denied_member_is_let_in_nowhere_and_nothing_is_counted() -> None:
    world = World(ANSWER)
    await rule(
        world,
        access={"deny": {"members": [ADA.id]}},
        limits={"members": {"questions_per_minute": 1}},
    )
    for where in (place(), place(1, thread=2)):
        with pytest.raises(AccessDenied):
            await world.ask(at=where).task
    assert not world.memory.counters

    await world.ask(by=BOB).answered()


@in_virtual_time
async def test_who_is_denied_learns_nothing_else() -> None:
    world = World()
    await rule(world, access={"deny": {"members": [ADA.id]}})
    with pytest.raises(AccessDenied):
        await world.ask(" ").task
    with pytest.raises(EmptyPrompt):
        await world.ask(" ", by=BOB).task


@in_virtual_time
async def test_a_member_who_has_lost_the_role_cannot_have_their_answer_anew() -> None:
    world = World(ANSWER, ANSWER)
    await rule(world, access={"allow": {"roles": [VIP]}})
    asked = world.send(turn(), by=Presser(ADA.id, moderator=False, roles=frozenset({VIP})))
    await asked.answered()

    with pytest.raises(AccessDenied):
        await world.press("Regenerate", asked)
    assert len(world.model.requests) == 1

    await world.press("Regenerate", asked, by=MANAGER)


@in_virtual_time
async def test_what_was_accepted_before_a_member_was_denied_is_answered_after_a_restart() -> None:
    world = World(ANSWER)
    world.memory.failing = {"begin"}
    asked = world.ask()
    with pytest.raises(StorageError):
        await asked.task
    world.memory.failing.clear()
    await rule(world, access={"deny": {"members": [ADA.id]}})

    await world.restarted()
    await world.recovery.recover()

    assert world.state(asked) is ReplyState.COMPLETE


@in_virtual_time
async def test_a_thread_is_opened_only_for_who_may_ask_in_it() -> None:
    world = World()
    await rule(world, access={"deny": {"channels": [7]}})
    by = Presser(ADA.id, moderator=False)
    await world.service.admit(place(), by)
    await world.service.admit(place(), by, turn())
    for asked in (None, turn(at=place(7))):
        with pytest.raises(AccessDenied):
            await world.service.admit(place(7), by, asked)
