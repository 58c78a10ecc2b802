"""The edit budget against a Discord that counts, in virtual time: one lane, and those beside it."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from bot.core.errors import ReplyDelayed
from bot.core.pacing import EditBudget
from bot.core.ports.discord_app import Lane
from bot.core.windows import Progress, Urgency
from tests.core.fake_discord import Bucket, FakeDiscord
from tests.core.frames import EDITS, TOKEN, edits_for, edits_of, now, send
from tests.virtual_time import in_virtual_time, run

TYPING = Lane("POST /channels/{channel_id}/typing", "1")


@in_virtual_time
async def test_a_long_reply_is_edited_as_often_as_its_window_allows_and_never_refused() -> None:
    discord = FakeDiscord(EditBudget())
    times = await edits_for(60, discord)
    assert discord.refused == 0
    assert 50 <= len(times) <= 60


@in_virtual_time
async def test_edits_come_evenly_and_never_in_clumps() -> None:
    discord = FakeDiscord(EditBudget())
    times = await edits_for(60, discord)
    steady = [later - earlier for earlier, later in pairwise(times[6:])]
    assert max(steady) < 1.5
    assert min(steady) > 0.4


@in_virtual_time
async def test_a_replys_first_edits_come_closer_together_than_its_later_ones() -> None:
    discord = FakeDiscord(EditBudget())
    await edits_for(1, discord)  # the window's figures are known from here on
    await asyncio.sleep(10)
    times = await edits_for(20, discord)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps[0] < gaps[1] < max(gaps[5:])


@pytest.mark.parametrize("ending", [0.3, 1.0, 2.2, 3.4, 4.1, 7.9, 12.4, 13.0])
def test_the_last_frame_goes_out_at_once_because_a_place_is_kept_for_it(ending: float) -> None:
    async def scenario() -> None:
        discord = FakeDiscord(EditBudget())
        times = await edits_for(ending, discord, then=Urgency.FINAL)
        assert times[-1] - ending < 2 * discord.latency
        assert discord.refused == 0

    run(scenario())


@in_virtual_time
async def test_at_the_end_of_a_window_the_place_kept_is_used_for_an_ordinary_frame() -> None:
    discord = FakeDiscord(EditBudget())
    await edits_for(4.99, discord)
    assert discord.buckets[EDITS].used == 5


@in_virtual_time
async def test_an_empty_window_makes_even_the_last_frame_wait_for_the_next() -> None:
    discord = FakeDiscord(EditBudget())
    for _ in range(5):
        await send(discord, EDITS, Progress(Urgency.FINAL))
    began = discord.buckets[EDITS].began
    sixth = await send(discord, EDITS, Progress(Urgency.FINAL))
    assert sixth >= began + discord.length
    assert discord.refused == 0


@in_virtual_time
async def test_requests_nobody_asked_leave_for_count_all_the_same() -> None:
    discord = FakeDiscord(EditBudget())
    for _ in range(5):
        await discord.request(EDITS)
    frame = await send(discord, EDITS, Progress(Urgency.FINAL))
    assert frame >= 5.0
    assert discord.refused == 0


def courtesy(*, edits: int = 0) -> Progress:
    return Progress(Urgency.ORDINARY, shown_at=now(), edits=edits, courtesy=True)


@in_virtual_time
async def test_courtesies_leave_a_full_message_and_a_last_frame_their_places() -> None:
    discord = FakeDiscord(EditBudget())
    courtesies = [asyncio.create_task(send(discord, EDITS, courtesy())) for _ in range(9)]
    await asyncio.sleep(2)
    assert sum(one.done() for one in courtesies) == 3
    for urgency in (Urgency.ROLLOVER, Urgency.FINAL):
        assert await send(discord, EDITS, Progress(urgency)) == pytest.approx(now(), abs=0.05)
    times = await asyncio.gather(*courtesies)
    assert times[3] >= 5
    assert discord.refused == 0


@in_virtual_time
async def test_of_the_edits_that_are_courtesies_one_goes_out_in_a_window() -> None:
    discord = FakeDiscord(EditBudget())
    await send(discord, EDITS, courtesy())
    times = await asyncio.gather(*(send(discord, EDITS, courtesy(edits=1)) for _ in range(4)))
    assert [later - earlier for earlier, later in pairwise(times)] == pytest.approx([5] * 3)


@in_virtual_time
async def test_a_claim_that_becomes_final_while_it_waits_goes_at_once() -> None:
    discord = FakeDiscord(EditBudget())
    await edits_for(1, discord)
    progress = Progress(Urgency.ORDINARY, shown_at=now(), edits=9)
    waiting = asyncio.create_task(send(discord, EDITS, progress))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    progress.urgency = Urgency.FINAL
    discord.budget.poke()
    ended = now()
    assert await waiting == ended


@in_virtual_time
async def test_a_429_all_the_same_makes_that_lane_wait_as_long_as_discord_says() -> None:
    discord = FakeDiscord(EditBudget())
    discord.buckets[EDITS] = Bucket(5, 5.0, used=5, began=0.0)  # used up by somebody else
    with pytest.raises(ReplyDelayed):
        await send(discord, EDITS, Progress(Urgency.FINAL))
    assert await send(discord, EDITS, Progress(Urgency.FINAL)) >= 5.0
    assert discord.refused == 1


@in_virtual_time
async def test_a_global_429_makes_every_metered_lane_wait_and_no_other() -> None:
    budget = EditBudget()
    discord = FakeDiscord(budget)
    budget.started(EDITS)
    budget.ended(EDITS, status=429, retry_after=3.0, is_global=True)
    assert await send(discord, TOKEN, Progress(Urgency.FINAL)) == 0.0
    assert await send(discord, edits_of(7), Progress(Urgency.FINAL)) >= 3.0


@in_virtual_time
async def test_a_permit_that_is_not_used_goes_back() -> None:
    discord = FakeDiscord(EditBudget(requests_per_second=1))
    for _ in range(3):
        async with discord.budget.leave(EDITS, Progress(Urgency.FINAL)):
            pass
    assert await send(discord, EDITS, Progress(Urgency.FINAL)) == 0.0


@in_virtual_time
async def test_a_permit_goes_back_from_a_window_that_turned_out_to_be_anothers() -> None:
    discord = FakeDiscord(EditBudget(requests_per_second=2))
    create = Lane("POST /channels/{channel_id}/messages", "1")
    figures = {"status": 200, "limit": 5, "remaining": 4, "reset_after": 5.0, "bucket": "both"}
    discord.budget.started(EDITS)
    discord.budget.ended(EDITS, **figures)  # type: ignore[arg-type]  # figures are of mixed types
    await asyncio.sleep(9)
    async with discord.budget.leave(create, Progress(Urgency.FINAL)):
        discord.budget.ended(create, **figures)  # type: ignore[arg-type]  # as above
    async with asyncio.timeout(0.1), discord.budget.leave(EDITS, Progress(Urgency.FINAL)):
        pass
    assert not discord.budget._window(EDITS).permits


@in_virtual_time
async def test_a_painter_that_is_cancelled_while_it_waits_leaves_the_budget_whole() -> None:
    discord = FakeDiscord(EditBudget(requests_per_second=1))
    await send(discord, edits_of(0), Progress(Urgency.FINAL))
    waiting = asyncio.create_task(send(discord, edits_of(1), Progress(Urgency.FINAL)))
    await asyncio.sleep(0.1)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert await send(discord, edits_of(2), Progress(Urgency.FINAL)) < 1.2


@in_virtual_time
async def test_a_request_that_fails_without_an_answer_frees_its_place() -> None:
    budget = EditBudget()
    discord = FakeDiscord(budget)
    budget.started(EDITS)
    budget.ended(EDITS, status=0)
    assert await send(discord, EDITS, Progress(Urgency.FINAL)) == 0.0


@in_virtual_time
async def test_lanes_that_discord_counts_together_share_one_window() -> None:
    budget = EditBudget()
    figures = {"status": 200, "limit": 5, "remaining": 0, "reset_after": 5.0, "bucket": "token"}
    create, edit = Lane("POST", "1", metered=False), Lane("PATCH", "1", metered=False)
    for lane in (create, edit):
        budget.started(lane)
        budget.ended(lane, **figures)  # type: ignore[arg-type]  # figures are of mixed types
    discord = FakeDiscord(budget)
    assert await send(discord, create, Progress(Urgency.FINAL)) >= 5.0


@in_virtual_time
async def test_what_one_route_has_used_is_known_to_another_of_the_same_bucket() -> None:
    budget = EditBudget()
    for route in ("POST", "PATCH"):  # learned from somebody else's token
        other = Lane(route, "other", metered=False)
        budget.started(other)
        budget.ended(other, status=200, limit=5, remaining=4, reset_after=2.0, bucket="webhook")
    edit, create = (Lane(route, "mine", metered=False) for route in ("PATCH", "POST"))
    budget.started(edit)
    budget.ended(edit, status=200, limit=5, remaining=0, reset_after=2.0, bucket="webhook")
    assert await send(FakeDiscord(budget), create, Progress(Urgency.ROLLOVER)) >= 2.0


@in_virtual_time
async def test_windows_that_nobody_uses_are_forgotten() -> None:
    budget = EditBudget()
    discord = FakeDiscord(budget, per_second=10_000)
    for channel in range(1100):
        await discord.request(edits_of(channel))
    assert len(budget._windows) < 1100
    assert len(budget._shared) < 1100


@in_virtual_time
async def test_typing_is_shown_only_while_there_is_plenty_of_room() -> None:
    budget = EditBudget()
    discord = FakeDiscord(budget)
    assert budget.quiet(TYPING)
    await asyncio.gather(*(discord.request(edits_of(n)) for n in range(20)))
    assert not budget.quiet(TYPING)


@in_virtual_time
async def test_typing_is_not_shown_where_its_own_bucket_is_all_but_used_up() -> None:
    budget = EditBudget()
    discord = FakeDiscord(budget)
    for _ in range(4):  # of five in a window
        assert budget.quiet(TYPING)
        await discord.request(TYPING)
    assert not budget.quiet(TYPING)
    assert budget.quiet(Lane(TYPING.route, "2"))
    await asyncio.sleep(10)
    assert budget.quiet(TYPING)
    budget.ended(TYPING, status=429, retry_after=3.0)
    assert not budget.quiet(TYPING)


@pytest.mark.parametrize("status", [0, 502])
def test_what_is_answered_without_figures_may_have_been_counted_all_the_same(status: int) -> None:
    async def scenario() -> None:
        discord = FakeDiscord(EditBudget())
        progress = Progress(Urgency.FINAL)
        for _ in range(discord.limit - 1):
            await send(discord, EDITS, progress)
        async with discord.budget.leave(EDITS, progress):  # Discord does it, but nobody is told
            discord.budget.started(EDITS)
            discord.buckets[EDITS].take(now())
            discord.budget.ended(EDITS, status=status)
        await send(discord, EDITS, progress)
        assert discord.refused == 0

    run(scenario())
