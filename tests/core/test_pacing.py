"""The edit budget against a Discord that counts, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest

from bot.core.answering import RETIREMENT
from bot.core.errors import ReplyDelayed
from bot.core.pacing import EditBudget
from bot.core.ports.discord_app import Lane
from bot.core.windows import BotWide, Progress, Urgency
from tests.core.fake_discord import Bucket, FakeDiscord
from tests.virtual_time import run

EDITS = Lane("PATCH /channels/{channel_id}/messages/{message_id}", "1")
TYPING = Lane("POST /channels/{channel_id}/typing", "1")
TOKEN = Lane("PATCH /webhooks/{webhook_id}/{webhook_token}", "1", metered=False)


def edits_of(channel: int) -> Lane:
    return Lane(EDITS.route, str(channel))


def now() -> float:
    return asyncio.get_running_loop().time()


async def send(discord: FakeDiscord, lane: Lane, progress: Progress) -> float:
    """Send one frame when the budget gives leave; the time it was sent."""
    progress.unseen = max(1, progress.unseen)
    async with discord.budget.leave(lane, progress):
        at = progress.shown_at = now()
        await discord.request(lane)
    progress.edits += 1
    return at


async def edits_for(
    seconds: float, discord: FakeDiscord, lane: Lane = EDITS, *, then: Urgency | None = None
) -> list[float]:
    """Edit as often as the budget lets an ordinary reply, then perhaps once more."""
    progress = Progress(Urgency.ORDINARY, shown_at=now())
    until = now() + seconds
    times = []
    while now() < until:
        try:
            async with asyncio.timeout_at(until):
                times.append(await send(discord, lane, progress))
        except TimeoutError:
            break
    if then is not None:
        progress.urgency = then
        times.append(await send(discord, lane, progress))
    return times


def in_virtual_time(scenario: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    def test() -> None:
        async def whole() -> None:
            await scenario()

        run(whole())

    test.__name__ = scenario.__name__
    return test


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
    discord = FakeDiscord(EditBudget(requests_per_second=22))
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
async def test_frames_leave_room_for_requests_that_ask_no_leave() -> None:
    discord = FakeDiscord(EditBudget(), length=0.1)

    async def look_up_twice_a_second() -> None:
        for number in range(20):
            await discord.request(Lane("GET /users", str(number)))
            await asyncio.sleep(0.5)

    frames = [edits_for(10, discord, edits_of(n)) for n in range(100)]
    await asyncio.gather(look_up_twice_a_second(), *frames)
    assert discord.refused == 0


@in_virtual_time
async def test_an_interactions_frames_do_not_wait_for_the_bot_wide_limit() -> None:
    discord = FakeDiscord(EditBudget(requests_per_second=1))
    await send(discord, EDITS, Progress(Urgency.ORDINARY))
    before = now()
    assert await send(discord, TOKEN, Progress(Urgency.ORDINARY)) == before


@in_virtual_time
async def test_when_the_limit_binds_final_frames_go_first_and_then_first_ones() -> None:
    discord = FakeDiscord(EditBudget(requests_per_second=4))
    for channel in (10, 11):
        await send(discord, edits_of(channel), Progress(Urgency.FINAL))
    order: list[Urgency] = []

    async def one(channel: int, urgency: Urgency) -> None:
        await send(discord, edits_of(channel), Progress(urgency))
        order.append(urgency)

    wanted = [Urgency.ORDINARY, Urgency.ROLLOVER, Urgency.FIRST, Urgency.FINAL]
    await asyncio.gather(*(one(n, urgency) for n, urgency in enumerate(wanted, 1)))
    assert order == sorted(wanted)


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
    waiting = [(first, 5), (full, 80), (ordinary, 400), (first, 90), (Urgency.FINAL, 1)]
    await asyncio.gather(*(one(n, *each) for n, each in enumerate(waiting, 1)))
    assert order == [waiting[4], waiting[2], waiting[3], waiting[1], waiting[0]]


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
