"""Questions that wait, as those who ask them see it, in virtual time."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.conversation import ChannelId, GuildId, Place, Presser
from bot.core.errors import InvalidInput, LineFull, NotAllowed, ReplyDelayed, ReplyGone
from bot.core.notices import GLANCE, UNNOTICED, WITHDRAWN
from bot.core.options import Change, Scope
from bot.core.ports.weryai import Finish
from bot.core.replies import Controls, ReplyState
from bot.core.room import IN_CONVERSATION, IN_SERVER
from bot.core.service import LATER, LATEST
from bot.core.streaming import GIVE_UP_AFTER, PATIENCE, THINKING
from tests.core.fake_discord import FakeSurface
from tests.core.fake_model import FOREVER, Step, words
from tests.core.samples import ADA, BOB, SERVER, place, turn
from tests.core.world import ANSWER, ENDLESS, MODERATOR, SHOWN, THREAD, Asked, World
from tests.virtual_time import in_virtual_time, run

LONG: list[Step] = [0.5, "Because", 9.0, " so.", Finish("stop")]
NEXT = "-# ⏳ Next in line…"


def before(count: int) -> str:
    return f"-# ⏳ {count} before you"


def read(asked: Asked) -> list[str]:
    """Every text that its first message has shown."""
    return [sent.frame.content for sent in asked.surface.sent if sent.index == 0]


async def until(moment: float) -> None:
    await asyncio.sleep(moment - asyncio.get_running_loop().time())


# --- what is shown --------------------------------------------------------------------------------


@in_virtual_time
async def test_who_waits_reads_how_many_are_before_them_as_the_line_goes_on() -> None:
    world = World(LONG)
    _, second, third = (world.ask(text) for text in "abc")
    await until(UNNOTICED + 0.5)
    assert (second.surface.text, third.surface.text) == (before(1), before(2))
    assert second.surface.buttons is third.surface.buttons is Controls.STREAMING
    await until(18)
    assert third.surface.text == before(1)
    await world.everybody()
    assert read(second)[-1] == read(third)[-1] == SHOWN
    assert read(third)[:2] == [before(2), before(1)]
    assert world.discord.refused == 0


@in_virtual_time
async def test_the_answer_grows_in_the_message_of_the_notice() -> None:
    world = World(LONG, ["Because", 3.0, " so.", Finish("stop")])
    _, second = world.ask("a"), world.ask("b")
    await world.everybody()
    assert read(second) == [before(1), "Because", SHOWN]
    assert len(second.surface.address.message_ids) == 1
    assert len(world.discord.messages) == 2


@in_virtual_time
async def test_a_short_wait_shows_nothing() -> None:
    world = World([0.2, "Because so.", Finish("stop")])
    for text in "abc":
        world.ask(text)
    await world.everybody()
    assert [read(asked) for asked in world.asked] == [[SHOWN]] * 3


@in_virtual_time
async def test_who_waits_for_a_place_alone_is_next() -> None:
    world = World(LONG, places=1)
    world.ask(at=place(1))
    waiting = world.ask(at=place(2))
    await until(2)
    assert waiting.surface.text == NEXT
    late = world.ask(at=place(3))
    behind = world.ask(at=place(3))
    await until(4)
    assert (late.surface.text, behind.surface.text) == (before(1), before(2))
    await world.everybody()


@in_virtual_time
async def test_a_private_question_that_waits_for_a_place_reads_so_too() -> None:
    world = World(LONG, places=1)
    world.ask()
    secret, another = (world.ask("Secret", shared=False) for _ in range(2))
    await until(2)
    assert (secret.surface.text, another.surface.text) == (NEXT, before(1))
    await world.everybody()
    assert secret.surface.text == another.surface.text == SHOWN


@in_virtual_time
async def test_what_will_be_gathered_shows_nothing_and_counts_once() -> None:
    world = World(LONG)
    world.ask("a", at=THREAD, gathers=True)
    await asyncio.sleep(0.1)
    gathered = [world.ask(text, at=THREAD, gathers=True) for text in "bcd"]
    last = world.ask("/ask", at=THREAD)
    await until(5)
    assert [read(asked) for asked in gathered] == [[], [], []]
    assert last.surface.text == before(2)
    await world.everybody()


@in_virtual_time
async def test_a_model_that_takes_its_time_is_no_longer_waited_for_in_line() -> None:
    world = World(LONG, [5.0, "Because so.", Finish("stop")])
    world.ask("a")
    waiting = world.ask("b")
    await world.everybody()
    assert read(waiting) == [before(1), THINKING.content, SHOWN]


@in_virtual_time
async def test_an_answer_that_did_not_wait_shows_nothing_before_its_text() -> None:
    world = World([PATIENCE + 5, "Because so.", Finish("stop")])
    assert await world.ask().answered() == SHOWN
    assert read(world.asked[0]) == [SHOWN]


@in_virtual_time
async def test_a_notice_on_its_way_arrives_before_the_text_while_the_model_is_asked() -> None:
    world = World([0.6, "Because so.", Finish("stop")], ["Because", 2.0, " so.", Finish("stop")])
    world.discord.latency = 0.4
    world.ask("a")
    second = world.ask("b")
    await world.everybody()
    assert read(second) == [before(1), "Because", SHOWN]
    begun_at = world.model.closed_at[1] - 2.0
    assert begun_at < second.surface.sent[0].asked_at + world.discord.latency
    assert second.surface.sent[1].asked_at == pytest.approx(
        second.surface.sent[0].asked_at + world.discord.latency, abs=0.02
    )


@in_virtual_time
async def test_a_notice_that_fails_as_the_turn_comes_is_not_tried_again() -> None:
    world = World([0.6, "Because so.", Finish("stop")], ["Because", 2.0, " so.", Finish("stop")])
    world.discord.latency = 0.4
    world.ask("a")
    second = world.ask("b")
    second.surface.troubles = [ReplyDelayed("502", retry_after=60.0)]
    await world.everybody()
    assert read(second) == ["Because", SHOWN]
    assert second.surface.tries[1] == pytest.approx(UNNOTICED + world.discord.latency, abs=0.02)


@in_virtual_time
async def test_who_waits_moves_up_as_soon_as_more_may_be_answered() -> None:
    longest: list[Step] = [30.0, "Because so.", Finish("stop")]
    world = World([5.0, *longest[1:]], longest, places=4)
    for channel in range(7):
        world.ask(at=place(channel + 1))
        await asyncio.sleep(0.01)
    await until(1.0)
    world.throttle.refused()
    await until(7)
    assert world.asked[-1].surface.text == before(2)
    for _ in range(2 + 3):
        world.throttle.eased()
    await until(14)
    assert world.asked[-1].surface.text == before(1)
    await world.everybody()


@in_virtual_time
async def test_a_notice_follows_a_quick_line_no_closer_than_a_second() -> None:
    world = World([0.3, "Because so.", Finish("stop")])
    for _ in range(15):
        world.ask(surface=FakeSurface(world.discord, str(len(world.asked)), metered=False))
        await asyncio.sleep(0.01)
    last = world.ask(surface=FakeSurface(world.discord, "last", metered=False))
    await world.everybody()
    times = [sent.asked_at for sent in last.surface.sent[:-1]]
    assert len(times) > 3
    assert min(later - earlier for earlier, later in pairwise(times)) >= GLANCE


# --- notices are courtesies -----------------------------------------------------------------------


@in_virtual_time
async def test_notices_take_no_frames_from_the_answer_that_is_growing() -> None:
    def frames(world: World) -> int:
        return len(world.asked[0].surface.sent)

    alone, crowded = World(words(800)), World(words(800), ANSWER)
    alone.ask()
    await alone.everybody()
    crowded.ask()
    await asyncio.sleep(0.1)
    for _ in range(IN_CONVERSATION):
        crowded.ask()
    await crowded.asked[0].task
    noticed = [asked for asked in crowded.asked[1:] if asked.surface.text]
    assert len(noticed) > IN_CONVERSATION / 2
    assert frames(crowded) >= 0.75 * frames(alone)
    assert crowded.discord.refused == 0
    await crowded.everybody()
    assert crowded.discord.refused == 0


@in_virtual_time
async def test_a_notice_that_discord_does_not_take_is_tried_again() -> None:
    world = World(LONG)
    world.ask("a")
    waiting = world.ask("b")
    waiting.surface.troubles = [ReplyDelayed("502"), None]
    await until(5)
    assert waiting.surface.text == before(1)
    await world.everybody()


@pytest.mark.parametrize("trouble", [ReplyGone("gone"), ZeroDivisionError(), ReplyDelayed("502")])
@in_virtual_time
async def test_a_notice_that_cannot_be_shown_does_not_keep_the_question_from_its_answer(
    trouble: Exception,
) -> None:
    world = World(LONG)
    world.ask("a")
    waiting = world.ask("b")
    waiting.surface.troubles = [trouble] * (8 if isinstance(trouble, ReplyDelayed) else 1)
    assert await waiting.answered() == SHOWN


@in_virtual_time
async def test_a_database_that_fails_meanwhile_does_not_keep_the_notice_from_being_shown() -> None:
    world = World(LONG)
    world.ask("a")
    waiting = world.ask("b")
    world.memory.failing = {"checkpoint"}
    await until(3)
    assert waiting.surface.text == before(1)
    world.memory.failing = set()
    assert await waiting.answered() == SHOWN


# --- leaving the line -----------------------------------------------------------------------------


@pytest.mark.parametrize("by", [Presser(ADA.id, moderator=False), MODERATOR])
@in_virtual_time
async def test_who_asked_and_moderators_stop_a_question_that_waits(by: Presser) -> None:
    world = World(LONG, ANSWER)
    first = world.ask("a")
    stopped, last = world.ask("b"), world.ask("c", by=BOB)
    await until(2)
    await world.service.stop(stopped.reply, by)
    assert (stopped.surface.text, stopped.surface.buttons) == (WITHDRAWN.content, Controls.NONE)
    assert world.state(stopped) is ReplyState.WITHDRAWN
    await until(8)
    assert last.surface.text == before(1)
    await world.everybody()
    assert world.prompts[-1] == ["Ada: a", "Because so.", "Bob: c"] or len(world.prompts) == 2
    assert "b" not in world.memory.said(1)
    assert first.surface.buttons is Controls.NONE, "the newer answer is c's"
    assert last.surface.buttons is Controls.ENDED
    assert not world.memory.not_shown
    with pytest.raises(InvalidInput):
        await world.service.stop(stopped.reply, by)


@in_virtual_time
async def test_nobody_else_stops_a_question_that_waits() -> None:
    world = World(LONG)
    world.ask("a")
    waiting = world.ask("b")
    await until(2)
    with pytest.raises(NotAllowed):
        await world.service.stop(waiting.reply, Presser(BOB.id, moderator=False))
    assert await waiting.answered() == SHOWN


@in_virtual_time
async def test_a_stopped_question_leaves_the_answer_before_it_its_buttons() -> None:
    world = World(ANSWER, LONG, ANSWER)
    first = world.ask("a")
    await first.task
    pressed = asyncio.create_task(world.press("Regenerate", first))
    await asyncio.sleep(0.1)
    waiting = world.ask("b")
    await asyncio.sleep(2)
    await world.service.stop(waiting.reply, MODERATOR)
    await pressed
    await world.press("Regenerate", first)
    assert first.surface.buttons is Controls.ENDED


@in_virtual_time
async def test_a_question_that_waits_for_a_place_is_stopped_without_one() -> None:
    world = World(ENDLESS, ANSWER, places=1)
    world.ask(at=place(1))
    waiting, behind = world.ask(at=place(2)), world.ask(at=place(2))
    await until(2)
    await world.service.stop(waiting.reply, MODERATOR)
    await waiting.task
    await until(4)
    assert behind.surface.text == NEXT
    await world.service.stop(world.asked[0].reply, MODERATOR)
    assert await behind.answered() == SHOWN


@pytest.mark.parametrize("places", [1, 5])
@in_virtual_time
async def test_a_deleted_question_takes_its_notice_along(places: int) -> None:
    world = World(LONG, places=places)
    world.ask(at=place(1 if places > 1 else 2))
    waiting = world.ask()
    await until(3)
    [notice] = waiting.surface.address.message_ids
    await world.service.deleted([waiting.turn.said[0].message_id])
    assert notice not in world.discord.messages
    await world.everybody()
    assert world.state(waiting) is ReplyState.WITHDRAWN
    assert len(world.model.requests) == 1


@pytest.mark.parametrize("button", ["Regenerate", "Continue"])
@in_virtual_time
async def test_no_press_holds_on_to_a_question_that_waits(button: str) -> None:
    """As where an answer's old buttons are still there while it is taken up after a crash."""
    world = World(LONG)
    world.ask()
    waiting = world.ask("b")
    await until(3)
    with pytest.raises(InvalidInput, match="already on it"):
        await world.press(button, waiting)
    await world.service.deleted([waiting.turn.said[0].message_id])
    await world.everybody()
    assert world.state(waiting) is ReplyState.WITHDRAWN
    assert len(world.model.requests) == 1


@in_virtual_time
async def test_a_deleted_notice_takes_its_question_along() -> None:
    world = World(LONG)
    world.ask()
    waiting = world.ask("b")
    await until(3)
    [notice] = waiting.surface.address.message_ids
    del world.discord.messages[notice]
    await world.service.deleted([notice])
    await world.everybody()
    assert world.state(waiting) is ReplyState.WITHDRAWN
    assert len(world.model.requests) == 1
    assert len(world.discord.messages) == 1


@in_virtual_time
async def test_an_edited_question_keeps_its_notice_and_is_answered_as_it_reads_now() -> None:
    world = World(LONG)
    world.ask("a")
    waiting = world.ask("b")
    await until(3)
    await world.service.edited(waiting.turn.said[0].message_id, "B")
    assert await waiting.answered() == SHOWN
    assert world.prompts[-1][-1] == "B"


# --- a line has an end ----------------------------------------------------------------------------


@in_virtual_time
async def test_a_conversation_takes_no_more_questions_than_can_be_waited_for() -> None:
    world = World(LONG, ANSWER)
    for _ in range(1 + IN_CONVERSATION):
        world.ask()
        await asyncio.sleep(0.01)
    stored = len(world.memory.rows)
    with pytest.raises(LineFull, match="20 wait here") as refused:
        await world.ask().task
    assert (
        refused.value.text == "20 questions are waiting here already. Please ask again in a minute."
    )
    assert len(world.memory.rows) == stored
    assert world.asked[-1].surface.tries == []
    elsewhere = world.ask(at=place(2))
    await elsewhere.task
    await world.asked[0].task
    assert await world.ask().answered() == SHOWN, "there is room again"
    world.asked.remove(next(one for one in world.asked if one.task.done() and one.task.exception()))
    await world.everybody()


@in_virtual_time
async def test_however_many_come_in_one_moment_no_more_are_taken() -> None:
    world = World(ANSWER)
    for _ in range(50):
        world.ask()
    results = await asyncio.gather(*(asked.task for asked in world.asked), return_exceptions=True)
    assert sum(isinstance(result, LineFull) for result in results) == 50 - 1 - IN_CONVERSATION


@in_virtual_time
async def test_a_server_takes_no_more_questions_than_can_be_waited_for() -> None:
    world = World(LONG, places=1)
    for channel in range(IN_SERVER + 1):
        world.ask(at=place(channel + 1), shared=channel > IN_CONVERSATION)
        await asyncio.sleep(0.01)
    with pytest.raises(LineFull, match="100 wait in this server"):
        await world.ask(at=place(999)).task
    other = world.ask(at=Place(GuildId(2), ChannelId(5)))
    await until(3)
    assert other.surface.text.startswith("-# ⏳")
    for asked in world.asked:
        asked.task.cancel()
    await asyncio.gather(*(asked.task for asked in world.asked), return_exceptions=True)
    assert world.service._answering.lines.room.empty


@in_virtual_time
async def test_while_there_are_places_a_server_may_ask_as_much_at_once_as_it_likes() -> None:
    world = World(ANSWER)
    for channel in range(3 * IN_SERVER):
        world.ask(at=place(channel + 1))
    await world.everybody()
    assert len(world.model.requests) == 3 * IN_SERVER


@in_virtual_time
async def test_of_what_comes_at_once_no_more_are_taken_than_find_a_place_or_may_wait() -> None:
    world = World(ANSWER, places=30)
    for channel in range(3 * IN_SERVER):
        world.ask(at=place(channel + 1))
    results = await asyncio.gather(*(asked.task for asked in world.asked), return_exceptions=True)
    assert sum(isinstance(result, LineFull) for result in results) == 3 * IN_SERVER - 30 - IN_SERVER


@in_virtual_time
async def test_while_there_are_places_a_server_still_has_only_so_many_who_wait_in_line() -> None:
    world = World(ANSWER)
    for number in range(2 * IN_SERVER):
        world.ask(at=place(number % 10 + 1))
        await asyncio.sleep(0.001)
    results = await asyncio.gather(*(asked.task for asked in world.asked), return_exceptions=True)
    assert sum(isinstance(result, LineFull) for result in results) == 2 * IN_SERVER - 10 - IN_SERVER


@in_virtual_time
async def test_a_thread_in_which_much_is_said_counts_as_one_question() -> None:
    world = World(LONG, ANSWER)
    world.ask("a", at=THREAD, gathers=True)
    await asyncio.sleep(0.1)
    for _ in range(2 * IN_CONVERSATION):
        world.ask("b", at=THREAD, gathers=True)
    await world.everybody()
    assert len(world.model.requests) == 2


@in_virtual_time
async def test_what_joins_the_next_answer_is_taken_even_where_the_line_is_full() -> None:
    world = World(LONG, ANSWER)
    world.ask("a", at=THREAD, gathers=True)
    await asyncio.sleep(0.1)
    for _ in range(IN_CONVERSATION - 1):
        world.ask("/ask", at=THREAD)
    world.ask("b", at=THREAD, gathers=True)
    await asyncio.sleep(0.1)
    joins = world.ask("c", at=THREAD, gathers=True)
    with pytest.raises(LineFull):
        await world.ask("/ask", at=THREAD).task
    await joins.task
    assert world.state(joins) is ReplyState.COMPLETE
    for asked in world.asked:
        asked.task.cancel()
    await asyncio.gather(*(asked.task for asked in world.asked), return_exceptions=True)


@in_virtual_time
async def test_an_event_that_comes_again_is_not_refused_where_the_line_is_full() -> None:
    world = World(LONG)
    for _ in range(1 + IN_CONVERSATION):
        world.ask()
        await asyncio.sleep(0.01)
    again = world.send(world.asked[3].turn)
    await again.task
    assert again.surface.tries == []
    for asked in world.asked:
        asked.task.cancel()
    await asyncio.gather(*(asked.task for asked in world.asked), return_exceptions=True)


# --- fairness, from question to answer ------------------------------------------------------------


@in_virtual_time
async def test_a_channel_with_many_questions_delays_another_channel_by_one_answer_at_most() -> None:
    world = World([1.0, "Because so.", Finish("stop")], places=1)
    for _ in range(IN_CONVERSATION):
        world.ask(at=place(1))
    await asyncio.sleep(0.5)
    other = world.ask(at=place(2))
    await other.task
    assert len(world.model.requests) == 2


@in_virtual_time
async def test_a_server_with_many_questions_delays_another_server_by_one_answer_at_most() -> None:
    world = World([1.0, "Because so.", Finish("stop")], places=1)
    for channel in range(IN_SERVER):
        world.ask(at=place(channel + 1))
    await asyncio.sleep(0.5)
    await world.ask(at=Place(GuildId(2), ChannelId(5))).task
    assert len(world.model.requests) == 2


@in_virtual_time
async def test_a_server_is_given_no_more_answers_at_once_than_it_allows_itself() -> None:
    world = World([3.0, "Because so.", Finish("stop")])
    rules = {"server": {"answers_at_once": 2}}
    await world.options.change(SERVER, [Change(Scope.SERVER, SERVER, "limits", rules)], by=ADA.id)
    for channel in range(5):
        world.ask(at=place(channel + 1))
        await asyncio.sleep(0.01)
    elsewhere = world.ask(at=Place(GuildId(2), ChannelId(5)))
    await until(2)
    assert world.service.running() == 3
    assert world.asked[2].surface.text == NEXT
    assert world.asked[4].surface.text == before(2)
    await world.everybody()
    assert elsewhere.surface.text == SHOWN


@in_virtual_time
async def test_what_weryai_refuses_slows_all_and_fails_nobody() -> None:
    world = World([1.0, "Because so.", Finish("stop")], places=10)
    asked = [world.ask(at=place(channel + 1)) for channel in range(30)]
    await asyncio.sleep(0.5)
    world.throttle.refused()
    await asyncio.sleep(1.1)
    assert world.service.running() == 7
    await world.everybody()
    assert {one.surface.text for one in asked} == {SHOWN}


# --- the process ends -----------------------------------------------------------------------------


@in_virtual_time
async def test_a_shutdown_leaves_notices_to_the_next_process_which_goes_on_in_their_messages() -> (
    None
):
    world = World(ENDLESS, ANSWER)
    world.ask("a")
    waiting = [world.ask("b"), world.ask("c", shared=True)]
    await until(3)
    shown = [asked.surface.address.message_ids for asked in waiting]
    await world.service.shut_down(grace=2)
    await world.everybody()
    assert {world.state(asked) for asked in waiting} == {ReplyState.ACCEPTED}
    await world.restarted()
    await world.service.recover()
    found = [world.found[asked.reply] for asked in waiting]
    assert [surface.address.message_ids for surface in found] == shown
    assert {surface.text for surface in found} == {SHOWN}
    assert len(world.discord.messages) == 3


@pytest.mark.parametrize("after", [0.95 + n * 0.013 for n in range(12)])
@in_virtual_time
async def test_killed_while_a_notice_is_being_shown_there_is_one_message_in_the_end(
    after: float,
) -> None:
    world = World([*ANSWER[:2], FOREVER], ANSWER)
    world.ask("a")
    waiting = world.ask("b")
    await until(after)
    await world.killed()
    made = waiting.surface.address.message_ids
    if not world.memory.rows[waiting.reply].address.message_ids:
        for message in made:  # Discord knows the nonce, and gives the same message once more
            del world.discord.messages[message]
    await world.service.recover()
    assert world.found[waiting.reply].text == SHOWN
    assert len(world.discord.messages) == 2


@in_virtual_time
async def test_a_question_that_was_stopped_and_could_not_say_so_says_so_after_a_restart() -> None:
    world = World(LONG)
    world.ask("a")
    waiting = world.ask("b")
    await until(3)
    waiting.surface.troubles = [ReplyDelayed("502", retry_after=1000.0)]
    stopping = asyncio.create_task(world.service.stop(waiting.reply, MODERATOR))
    await until(4)
    stopping.cancel()
    await world.killed()
    await world.service.recover()
    assert world.found[waiting.reply].text == WITHDRAWN.content
    assert waiting.reply not in world.memory.not_shown


@in_virtual_time
async def test_a_question_that_was_stopped_says_so_when_discord_takes_it_again() -> None:
    world = World(LONG)
    world.ask("a")
    waiting = world.ask("b")
    await until(3)
    waiting.surface.troubles = [ReplyDelayed("503")] * GIVE_UP_AFTER
    await world.service.stop(waiting.reply, MODERATOR)
    assert waiting.surface.text != WITHDRAWN.content
    assert waiting.reply in world.memory.not_shown
    showing = asyncio.create_task(world.service.show_late())
    await asyncio.sleep(LATER + 1)
    assert world.found[waiting.reply].text == WITHDRAWN.content
    assert waiting.reply not in world.memory.not_shown
    await asyncio.sleep(LATEST)
    assert len(world.found[waiting.reply].sent) == 1
    showing.cancel()


@settings(max_examples=60, deadline=None)
@given(chance=st.randoms())
def test_whatever_people_do_everybody_is_answered_or_told_and_nothing_is_left(
    chance: random.Random,
) -> None:
    run(turmoil(chance))


async def turmoil(chance: random.Random) -> None:
    """People ask, stop, delete, edit and give up, while answers are given."""
    world = World([0.4, "Because", 1.0, " so.", Finish("stop")], places=2)
    for _ in range(40):
        asked = chance.choice(world.asked) if world.asked else None
        known = asked is not None and asked.surface.bound is not None
        try:
            match chance.randrange(8):
                case 0 if asked and known:
                    asker = Presser(asked.turn.asker.id, moderator=False)
                    await world.service.stop(asked.reply, asker)
                case 1 if asked:
                    await world.service.deleted([asked.turn.said[0].message_id])
                case 2 if asked:
                    await world.service.edited(asked.turn.said[0].message_id, "B")
                case 3 if asked and asked.surface.address.message_ids:
                    [*_, message] = asked.surface.address.message_ids
                    world.discord.messages.pop(message, None)
                    await world.service.deleted([message])
                case 4:
                    world.throttle.refused()
                case _:
                    channel = chance.randint(1, 3)
                    world.send(
                        turn(
                            "a",
                            at=place(channel),
                            shared=chance.random() < 0.7,
                            gathers=channel == 3,
                        )
                    )
        except InvalidInput:
            pass
        await asyncio.sleep(chance.choice([0, 0.001, 0.01, 0.3, 1.1, 2.0]))
    async with asyncio.timeout(1000):
        await asyncio.gather(*(one.task for one in world.asked), return_exceptions=True)
    lines = world.service._answering.lines
    assert {row.state.ended for row in world.memory.rows.values()} <= {True}
    assert not world.memory.not_shown
    assert (lines._lines, world.throttle.running, lines.room.empty) == ({}, 0, True)
    assert world.service._answering.notices._waiting == {}
    waits = [frame for frame in world.discord.messages.values() if "⏳" in frame.content]
    assert waits == []
    assert len(asyncio.all_tasks()) == 1
    assert world.discord.refused == 0
