"""The account's credits: when the operator is warned, and what members read."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

import pytest

from bot.core.conversation import ChannelId, Place
from bot.core.credits import HOUR, JITTER, CreditsWatch
from bot.core.errors import ModelUnavailable, OutOfCredits, StillOutOfCredits
from tests.core.samples import BOB, place, turn
from tests.core.world import World
from tests.virtual_time import in_virtual_time


class Account:
    """An account whose credits are as a test says, look by look; the last ones stay."""

    def __init__(self, *balances: float | Exception) -> None:
        self.balances = list(balances)
        self.looks: list[float] = []
        self.shown: list[float] = []
        self.told: list[str] = []
        self.reachable = True

    async def balance(self) -> float:
        self.looks.append(asyncio.get_running_loop().time())
        left = self.balances.pop(0) if len(self.balances) > 1 else self.balances[0]
        if isinstance(left, Exception):
            raise left
        return left

    async def tell(self, sentence: str) -> bool:
        if self.reachable:
            self.told.append(sentence)
        return self.reachable

    def watch(self, warn_below: float | None = 100) -> CreditsWatch:
        return CreditsWatch(
            self.balance, show=self.shown.append, tell=self.tell, warn_below=warn_below
        )


@in_virtual_time
async def test_the_credits_are_asked_for_every_ten_minutes_or_so() -> None:
    account = Account(500, 400, 300)
    with suppress(TimeoutError):
        await asyncio.wait_for(account.watch().keep_watching(), 25 * 60)
    assert account.shown == [500, 400, 300]
    pauses = [later - earlier for earlier, later in zip(account.looks, account.looks[1:])]  # noqa: B905 - pairs
    assert all(600 * (1 - JITTER) <= pause <= 600 * (1 + JITTER) for pause in pauses)


@pytest.mark.parametrize(
    ("balances", "warnings"),
    [
        ([500, 100, 101], 0),
        ([500, 99.9], 1),
        ([99], 1),
        ([500, 99, 98, 0], 1),
        ([500, 99, 98, 500, 400], 1),
        ([500, 99, 100, 99], 2),
        ([99, ModelUnavailable(), 98], 1),
    ],
)
def test_the_operator_is_warned_once_when_they_fall_below_the_threshold(
    balances: list[float | Exception], warnings: int
) -> None:
    @in_virtual_time
    async def scenario() -> None:
        account = Account(*balances)
        watch = account.watch()
        for _ in balances:
            await watch.look()
        assert len(account.told) == warnings

    scenario()


@in_virtual_time
async def test_the_warning_says_how_many_are_left_and_what_to_do() -> None:
    account = Account(1234)
    await account.watch(warn_below=5000).look()
    [told] = account.told
    assert told.startswith("The WeryAI account has 1,234 credits left, fewer than 5,000. Add some")


@in_virtual_time
async def test_without_a_threshold_nobody_is_warned() -> None:
    account = Account(0)
    await account.watch(warn_below=None).look()
    assert account.told == []
    assert account.shown == [0]


@in_virtual_time
async def test_what_did_not_get_through_is_told_the_next_time_and_not_again() -> None:
    account = Account(50)
    account.reachable = False
    watch = account.watch()
    await watch.look()
    account.reachable = True
    await watch.look()
    await watch.look()
    assert len(account.told) == 1


@in_virtual_time
async def test_what_did_not_get_through_is_not_told_when_there_are_credits_again() -> None:
    account = Account(50, 500)
    account.reachable = False
    watch = account.watch()
    await watch.look()
    account.reachable = True
    await watch.look()
    assert account.told == []


def test_a_failure_keeps_what_is_known_and_is_logged_once_in_a_row(
    caplog: pytest.LogCaptureFixture,
) -> None:
    failed = ModelUnavailable("no route")

    @in_virtual_time
    async def scenario() -> None:
        account = Account(500, failed, failed, 400, failed)
        watch = account.watch()
        with caplog.at_level(logging.WARNING):
            for _ in range(5):
                await watch.look()
        assert account.shown == [500, 400]

    scenario()
    assert [record.message for record in caplog.records] == [
        "WeryAI does not tell the account's credits: ModelUnavailable (no route)"
    ] * 2


# --- what members read ----------------------------------------------------------------------------


def world_without_credits() -> World:
    return World([0.5, OutOfCredits()])


@in_virtual_time
async def test_a_conversation_reads_it_in_full_once_and_then_in_short() -> None:
    world = world_without_credits()
    first, second = await world.ask().answered(), await world.ask(by=BOB).answered()
    elsewhere = await world.ask(at=place(7)).answered()
    assert first.startswith(f"⚠ {OutOfCredits.text}")
    assert second.startswith(f"⚠ {StillOutOfCredits.text}")
    assert elsewhere.startswith(f"⚠ {OutOfCredits.text}")


@in_virtual_time
async def test_after_an_hour_it_is_said_in_full_again() -> None:
    world = world_without_credits()
    await world.ask().answered()
    await asyncio.sleep(HOUR - 10)
    assert StillOutOfCredits.text in await world.ask().answered()
    await asyncio.sleep(20)
    assert OutOfCredits.text in await world.ask().answered()
    assert StillOutOfCredits.text in await world.ask().answered()


@in_virtual_time
async def test_an_answer_given_anew_keeps_the_full_text_that_it_replaces() -> None:
    world = world_without_credits()
    asked = world.ask()
    await asked.task
    again = await world.press("Regenerate", asked)
    assert OutOfCredits.text in again.text


@in_virtual_time
async def test_what_only_the_asker_reads_counts_for_them_alone() -> None:
    world = world_without_credits()
    assert OutOfCredits.text in await world.ask(shared=False).answered()
    assert OutOfCredits.text in await world.ask().answered()
    assert OutOfCredits.text in await world.ask(shared=False, by=BOB).answered()
    assert StillOutOfCredits.text in await world.ask(shared=False).answered()


@in_virtual_time
async def test_in_direct_messages_it_is_the_same() -> None:
    world = world_without_credits()
    direct = Place(None, ChannelId(70))
    assert OutOfCredits.text in await world.send(turn(at=direct)).answered()
    assert StillOutOfCredits.text in await world.send(turn(at=direct)).answered()
