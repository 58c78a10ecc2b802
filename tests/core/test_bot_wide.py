"""What all lanes share: fifty requests a second, and who goes first where they do not suffice."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from bot.core.pacing import EditBudget
from bot.core.ports.discord_app import Lane
from bot.core.retiring import RETIREMENT
from bot.core.windows import BotWide, Progress, Urgency
from tests.core.fake_discord import FakeDiscord
from tests.core.frames import EDITS, TOKEN, edits_for, edits_of, now, send
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_a_hundred_channels_share_fifty_requests_a_second_fairly() -> None:
    discord = FakeDiscord(EditBudget(), length=0.1)  # only the bot-wide limit binds
    everybody = await asyncio.gather(*(edits_for(30, discord, edits_of(n)) for n in range(100)))
    counts = [len(times) for times in everybody]
    assert discord.refused == 0
    assert sum(counts) > 0.9 * 30 * 50
    assert max(counts) - min(counts) <= 2


@in_virtual_time
async def test_as_much_as_the_limit_allows_comes_evenly_and_not_in_clumps() -> None:
    discord = FakeDiscord(EditBudget(requests_per_second=21))
    sent = sorted(
        await asyncio.gather(
            *(send(discord, edits_of(n), Progress(Urgency.FIRST)) for n in range(60))
        )
    )
    first_half, rest = sent[:10], sent[10:]
    assert first_half[-1] == first_half[0], "while there is plenty of room nobody waits"
    assert min(b - a for a, b in pairwise(rest)) >= 1 / 20 - 1e-9
    assert sent[-1] < 3.2


@in_virtual_time
async def test_the_way_there_and_back_does_not_count_twice() -> None:
    def after_answers_that_took(*seconds: float) -> float:
        wide = BotWide(1)
        for took in seconds:
            wide.hold(0.0)
            wide.end(10.0, took)
        return wide.frees_at(10.0)

    assert after_answers_that_took(0.25) == 10.75
    assert after_answers_that_took(0.25, 0.5) == 10.75, "the quickest shows what it takes at least"
    assert after_answers_that_took(1.5) == 11.0, "this one was no matter of the way"


@in_virtual_time
async def test_a_way_that_has_become_shorter_holds_for_what_came_before_it() -> None:
    wide = BotWide(2)
    for took in (0.5, 0.25):
        wide.hold(0.0)
        wide.end(10.0, took)
    assert wide.in_use(10.6) == 2
    assert wide.in_use(10.75) == 0


@in_virtual_time
async def test_what_failed_without_an_answer_counts_as_long_as_it_may_have_been_on_its_way() -> (
    None
):
    wide = BotWide(3)
    for took in (0.25, None, 0.25):
        wide.hold(0.0)
        wide.end(10.0, took)
    assert wide.in_use(10.75) == 1
    assert wide.in_use(11.25) == 0


@in_virtual_time
async def test_requests_that_ask_no_leave_go_before_all_frames_and_are_not_refused() -> None:
    discord = FakeDiscord(EditBudget(), length=0.1)
    look_ups: list[float] = []

    async def look_up(number: int) -> None:
        await asyncio.sleep(5 + number / 10)
        asked = now()
        await discord.request(Lane("GET /users", str(number)))
        look_ups.append(now() - asked)

    frames = [edits_for(10, discord, edits_of(n)) for n in range(100)]
    await asyncio.gather(*(look_up(number) for number in range(20)), *frames)
    assert discord.refused == 0
    assert max(look_ups) < 0.1


@in_virtual_time
async def test_a_burst_of_requests_that_ask_no_leave_draws_no_429() -> None:
    discord = FakeDiscord(EditBudget())
    lanes = [Lane("GET /users", str(number)) for number in range(200)]
    await asyncio.gather(*(discord.request(lane) for lane in lanes))
    assert discord.refused == 0
    assert now() < 4.5


@in_virtual_time
async def test_a_request_whose_frame_has_leave_needs_no_other() -> None:
    budget = EditBudget(requests_per_second=1)
    async with (
        budget.leave(EDITS, Progress(Urgency.FIRST)),
        asyncio.timeout(1),
        budget.turn(EDITS),
    ):
        budget.started(EDITS)
    assert now() == 0.0


@in_virtual_time
async def test_an_interactions_frames_do_not_wait_for_the_bot_wide_limit() -> None:
    discord = FakeDiscord(EditBudget(requests_per_second=1))
    await send(discord, EDITS, Progress(Urgency.ORDINARY))
    before = now()
    assert await send(discord, TOKEN, Progress(Urgency.ORDINARY)) == before


@in_virtual_time
async def test_when_the_limit_binds_final_frames_go_first_and_then_first_ones() -> None:
    discord = FakeDiscord(EditBudget(requests_per_second=3))
    for channel in (10, 11):
        await send(discord, edits_of(channel), Progress(Urgency.FINAL))
    order: list[Urgency] = []

    async def one(channel: int, urgency: Urgency, unseen: int) -> None:
        await send(discord, edits_of(channel), Progress(urgency, unseen, shown_at=-1.0))
        order.append(urgency)

    final, first, full = Urgency.FINAL, Urgency.FIRST, Urgency.ROLLOVER
    waiting = [(full, 80), (Urgency.ORDINARY, 400), (first, 5), (final, 1)]
    await asyncio.gather(*(one(n, *each) for n, each in enumerate(waiting, 1)))
    assert order == [final, first, Urgency.ORDINARY, full]


@in_virtual_time
async def test_in_a_crowd_of_beginnings_last_frames_go_first_and_then_the_most_unseen_text() -> (
    None
):
    discord = FakeDiscord(EditBudget(requests_per_second=1))
    await send(discord, edits_of(0), Progress(Urgency.FINAL))
    order: list[tuple[Urgency, int]] = []

    async def one(channel: int, urgency: Urgency, unseen: int) -> None:
        await send(discord, edits_of(channel), Progress(urgency, unseen, shown_at=0.0))
        order.append((urgency, unseen))

    first, full, ordinary = Urgency.FIRST, Urgency.ROLLOVER, Urgency.ORDINARY
    waiting = [(first, 5), (full, 80), (ordinary, 400), (first, 90), (Urgency.FINAL, 1), (first, 7)]
    await asyncio.gather(*(one(n, *each) for n, each in enumerate(waiting, 1)))
    final, *rest = order
    assert final == (Urgency.FINAL, 1)
    assert [unseen for _, unseen in rest] == [400, 90, 80, 7, 5]


@in_virtual_time
async def test_among_equals_the_most_unseen_text_goes_first() -> None:
    discord = FakeDiscord(EditBudget(requests_per_second=1))
    await send(discord, edits_of(0), Progress(Urgency.FINAL))
    order: list[int] = []

    async def one(channel: int, unseen: int) -> None:
        await send(discord, edits_of(channel), Progress(Urgency.ORDINARY, unseen=unseen))
        order.append(unseen)

    await asyncio.gather(*(one(n, unseen) for n, unseen in enumerate((10, 500, 60), 1)))
    assert order == [500, 60, 10]


@in_virtual_time
async def test_an_old_answers_buttons_go_however_busy_it_is() -> None:
    discord = FakeDiscord(EditBudget(), length=0.1)

    async def growing(channel: int) -> None:
        progress = Progress(Urgency.ORDINARY)
        while now() < 60:
            progress.unseen = 300
            await send(discord, edits_of(channel), progress)

    busy = [asyncio.create_task(growing(channel)) for channel in range(100)]
    await asyncio.sleep(5)
    retirement = Progress(Urgency.ORDINARY, RETIREMENT, shown_at=now())
    async with asyncio.timeout(40), discord.budget.leave(edits_of(1000), retirement):
        assert not any(task.done() for task in busy)
    await asyncio.gather(*busy)
