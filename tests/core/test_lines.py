"""The line in each conversation."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from bot.core.changes import REMEMBERED
from bot.core.conversation import MessageId, ReplyId, Turn
from bot.core.lines import Lines, Ticket
from bot.core.pacing import EditBudget
from bot.core.places import Places
from bot.core.throttle import Throttle
from tests.core.fake_discord import FakeDiscord, FakeSurface
from tests.core.samples import place, turn
from tests.virtual_time import in_virtual_time


def ticket(asked: Turn) -> Ticket:
    return Ticket(ReplyId(asked.event_id), asked, FakeSurface(FakeDiscord(EditBudget())), 0.0)


def lines_of_all(places: int = 500) -> Lines:
    return Lines(Places(Throttle(places)))


class Counter:
    """People who stand in line, and whom it answers together."""

    def __init__(self) -> None:
        self.lines = lines_of_all()
        self.batches: list[list[str]] = []
        self.serving = 0
        self.most = 0

    async def stand(self, mine: Ticket, seconds: float = 1.0) -> None:
        async with self.lines.turn_of(mine) as batch:
            self.batches.append([other.turn.said[0].text for other in batch])
            self.serving += bool(batch)
            self.most = max(self.most, self.serving)
            await asyncio.sleep(seconds if batch else 0)
            self.serving -= bool(batch)

    @property
    def answered(self) -> list[list[str]]:
        return [batch for batch in self.batches if batch]


@in_virtual_time
async def test_whoever_came_first_is_answered_first_and_alone() -> None:
    counter = Counter()
    await asyncio.gather(*(counter.stand(ticket(turn(text))) for text in "abc"))
    assert counter.answered == [["a"], ["b"], ["c"]]
    assert counter.most == 1


@in_virtual_time
async def test_conversations_do_not_wait_for_each_other() -> None:
    counter = Counter()
    places = [place(channel) for channel in range(20)] + [place(1, thread=99)]
    await asyncio.gather(*(counter.stand(ticket(turn(at=where))) for where in places))
    assert counter.most == 21


@in_virtual_time
async def test_what_is_said_in_a_thread_meanwhile_is_answered_together() -> None:
    counter = Counter()
    said = [ticket(turn(text, gathers=True)) for text in "abcd"]
    await asyncio.gather(*(counter.stand(one) for one in said))
    assert counter.answered == [["a"], ["b", "c", "d"]]


@in_virtual_time
async def test_a_command_between_messages_of_a_thread_is_answered_by_itself() -> None:
    counter = Counter()
    async with asyncio.TaskGroup() as people, asyncio.timeout(60):
        people.create_task(counter.stand(ticket(turn("first"))))
        await asyncio.sleep(0)
        for text, gathers in [("a", True), ("/ask", False), ("b", True)]:
            people.create_task(counter.stand(ticket(turn(text, gathers=gathers))))
    assert counter.answered == [["first"], ["a", "b"], ["/ask"]]


@in_virtual_time
async def test_deleted_messages_leave_the_line() -> None:
    counter = Counter()
    first, second, third = (ticket(turn(text, gathers=True)) for text in "abc")
    async with asyncio.TaskGroup() as people:
        people.create_task(counter.stand(first))
        await asyncio.sleep(0.5)
        people.create_task(counter.stand(second))
        people.create_task(counter.stand(third))
        await asyncio.sleep(0.1)
        gone = [second.turn.said[0].message_id, first.turn.said[0].message_id]
        assert counter.lines.change(dict.fromkeys(gone)) == [second]
    assert counter.answered == [["a"], ["c"]]


@in_virtual_time
async def test_of_a_turn_with_several_messages_only_the_deleted_ones_leave() -> None:
    lines = lines_of_all()
    both = turn("a")
    both = Turn(both.event_id, both.place, both.asker, (*both.said, *turn("b").said))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(lines.turn_of(ticket(turn("first"))))
        waiting = ticket(both)
        task = asyncio.create_task(stand_once(lines, waiting))
        await asyncio.sleep(0)
        assert lines.change({both.said[0].message_id: None}) == []
    assert [[said.text for said in one.turn.said] for one in await task] == [["b"]]


@in_virtual_time
async def test_an_edited_message_is_answered_as_it_reads_now() -> None:
    lines = lines_of_all()
    waiting = ticket(turn("a"))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(lines.turn_of(ticket(turn("first"))))
        task = asyncio.create_task(stand_once(lines, waiting))
        await asyncio.sleep(0)
        assert lines.change({waiting.turn.said[0].message_id: "b"}) == []
    assert [[said.text for said in one.turn.said] for one in await task] == [["b"]]


def test_only_the_newest_changes_are_kept_for_those_who_come_late() -> None:
    lines = lines_of_all()
    late = turn("a")
    lines.change({late.said[0].message_id: "b"})
    assert lines.changes.as_it_reads_now(late).said[0].text == "b"
    lines.change({MessageId(-number): None for number in range(REMEMBERED)})
    assert lines.changes.as_it_reads_now(late) is late


async def stand_once(lines: Lines, mine: Ticket) -> list[Ticket]:
    async with lines.turn_of(mine) as batch:
        return batch


@in_virtual_time
async def test_somebody_who_gives_up_does_not_hold_up_the_line() -> None:
    counter = Counter()
    async with asyncio.TaskGroup() as people:
        people.create_task(counter.stand(ticket(turn("a", gathers=True))))
        impatient = people.create_task(counter.stand(ticket(turn("b", gathers=True))))
        people.create_task(counter.stand(ticket(turn("c", gathers=True))))
        await asyncio.sleep(0.5)
        impatient.cancel()
    assert counter.answered == [["a"], ["c"]]


@in_virtual_time
async def test_a_failed_answer_does_not_hold_up_the_line() -> None:
    lines = lines_of_all()
    with pytest.raises(ZeroDivisionError):
        async with lines.turn_of(ticket(turn("a"))):
            raise ZeroDivisionError
    assert await stand_once(lines, ticket(turn("b")))


@in_virtual_time
async def test_whoever_comes_just_as_the_gathered_leave_still_has_the_line_to_themselves() -> None:
    counter = Counter()
    gathered = [ticket(turn(text, gathers=True)) for text in "abcde"]

    async def come_as_the_gathered_leave(people: asyncio.TaskGroup) -> None:
        while len(counter.answered) < 2 or counter.serving:  # noqa: ASYNC110 - the very step counts
            await asyncio.sleep(0)
        for text in "xy":
            people.create_task(counter.stand(ticket(turn(text))))
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as people:
        for one in gathered:
            people.create_task(counter.stand(one, seconds=0))
        people.create_task(come_as_the_gathered_leave(people))
    assert counter.most == 1
    assert counter.answered[-2:] == [["x"], ["y"]]


@in_virtual_time
async def test_a_line_nobody_stands_in_is_forgotten() -> None:
    counter = Counter()
    people = [ticket(turn(text, gathers=True)) for text in "abc"]
    await asyncio.gather(*(counter.stand(one) for one in people))
    assert counter.lines._lines == {}
