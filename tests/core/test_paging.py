"""Paging through the variants of an answer, in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.conversation import GuildId, UserId
from bot.core.errors import InvalidInput, NotAllowed
from bot.core.option_kinds import OPTIONS
from bot.core.options import Change, Scope
from bot.core.ports.weryai import Delta, Finish
from bot.core.replies import Controls, Paging, ReplyState, Variant
from tests.core.fake_model import FOREVER
from tests.core.samples import FLASH, turn
from tests.core.two_variants import (
    COMPLETE,
    LENGTH,
    ONE_OF_TWO,
    STRANGER,
    TWO,
    TWO_OF_TWO,
    answered,
    variants,
)
from tests.core.world import ANSWER, MODERATOR, World
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_paging_shows_another_and_the_history_keeps_it() -> None:
    world = World(TWO, ANSWER)
    asked = await answered(world)
    shown = await world.press("", asked, variant=1)
    assert shown.text == TWO_OF_TWO
    assert shown.messages[-1].paging == Paging(1, 2)
    assert shown.buttons is Controls.RESUMABLE
    assert shown.bound == asked.reply
    assert world.state(asked) is LENGTH
    assert world.memory.said(1) == ["Why?", "Zwei und Schluss."]
    assert not world.memory.not_shown
    await world.ask("And then?").task
    assert world.prompts[-1] == ["Why?", "Zwei und Schluss.", "And then?"]
    assert len(world.model.requests) == 2, "paging asks no model"


@in_virtual_time
async def test_paging_back_shows_the_first_as_it_was() -> None:
    world = World(TWO)
    asked = await answered(world)
    await world.press("", asked, variant=1)
    assert (await world.press("", asked, variant=0)).text == ONE_OF_TWO
    assert world.memory.said(1) == ["Why?", "One and only."]


@in_virtual_time
async def test_it_is_stored_before_it_is_visible_and_no_usage_is_added() -> None:
    world = World(TWO)
    asked = await answered(world)
    world.memory.journal.clear()
    await world.press("", asked, variant=1)
    assert world.memory.journal == [
        "load",
        "choose_variant 1",
        f"show {TWO_OF_TWO}",
        "keep 1",
        "shown",
    ]
    assert len(world.memory.endings[asked.reply]) == 1


@pytest.mark.parametrize("by", [STRANGER, MODERATOR])
@in_virtual_time
async def test_only_askers_and_moderators_page(by: object) -> None:
    world = World(TWO)
    asked = await answered(world)
    if by is STRANGER:
        with pytest.raises(NotAllowed):
            await world.press("", asked, variant=1, by=by)
        assert world.memory.said(1) == ["Why?", "One and only."]
    else:
        assert (await world.press("", asked, variant=1, by=by)).text == TWO_OF_TWO


@pytest.mark.parametrize("variant", [-1, 2, 98])
@in_virtual_time
async def test_there_is_no_variant_beyond_those_that_came(variant: int) -> None:
    world = World(TWO)
    asked = await answered(world)
    with pytest.raises(InvalidInput, match="no such variant"):
        await world.press("", asked, variant=variant)
    assert asked.surface.text == ONE_OF_TWO


@in_virtual_time
async def test_an_answer_alone_has_no_variant_to_show() -> None:
    world = World(ANSWER)
    asked = await answered(world, n=1)
    with pytest.raises(InvalidInput, match="no such variant"):
        await world.press("", asked, variant=0)


@in_virtual_time
async def test_nobody_pages_while_it_streams() -> None:
    world = World(TWO)
    asked = world.ask(n=2)
    await asyncio.sleep(1)
    with pytest.raises(InvalidInput, match="already on it"):
        await world.press("", asked, variant=1)
    assert await asked.answered() == ONE_OF_TWO


@in_virtual_time
async def test_nobody_pages_what_is_about_to_be_answered_anew() -> None:
    world = World(TWO, TWO)
    asked = await answered(world)
    again = asyncio.create_task(world.press("Regenerate", asked))
    await asyncio.sleep(0)
    with pytest.raises(InvalidInput, match="already on it"):
        await world.press("", asked, variant=1)
    assert (await again).text == ONE_OF_TWO


@in_virtual_time
async def test_once_a_question_has_been_accepted_nothing_is_paged() -> None:
    world = World(TWO, ANSWER)
    asked = await answered(world)
    newer = world.ask("And then?")
    await world.memory.happened(f"accept {newer.turn.event_id}")
    with pytest.raises(InvalidInput, match="newer answer"):
        await world.press("", asked, variant=1)
    await newer.task
    assert world.prompts[-1] == ["Why?", "One and only.", "And then?"]


@in_virtual_time
async def test_a_press_that_comes_again_is_done_once() -> None:
    world = World(TWO)
    asked = await answered(world)
    first, second = turn().event_id, turn().event_id
    await world.press("", asked, variant=1, trigger=first)
    await world.press("", asked, variant=0, trigger=second)
    with pytest.raises(InvalidInput):
        await world.press("", asked, variant=1, trigger=first)
    assert world.memory.said(1) == ["Why?", "One and only."]


@in_virtual_time
async def test_two_presses_at_once_are_done_one_after_the_other() -> None:
    world = World(TWO)
    asked = await answered(world)
    world.discord.latency = 1.0
    first = asyncio.create_task(world.press("", asked, variant=1))
    await world.memory.happened("choose_variant 1")
    await asyncio.sleep(0.5)
    second = asyncio.create_task(world.press("", asked, variant=0))
    assert (await first).address == (await second).address
    assert (await second).text == ONE_OF_TWO
    assert world.memory.said(1) == ["Why?", "One and only."]


@in_virtual_time
async def test_regenerate_waits_until_a_page_is_turned() -> None:
    world = World(TWO, TWO)
    asked = await answered(world)
    world.discord.latency = 1.0
    paged = asyncio.create_task(world.press("", asked, variant=1))
    await world.memory.happened("choose_variant 1")
    await asyncio.sleep(0.5)
    again = await world.press("Regenerate", asked)
    await paged
    assert again.text == ONE_OF_TWO
    assert world.model.requests[-1].n == 2, "it asks for as many again"
    assert world.memory.said(1) == ["Why?", "One and only."]


@in_virtual_time
async def test_the_chain_grows_and_shrinks_with_what_is_shown() -> None:
    long = "\n\n".join(f"Paragraph {number}. {'word ' * 90}" for number in range(10))
    world = World(["Short.", Delta(long, 1), Finish("stop"), Finish("stop", 1)])
    asked = await answered(world)
    first = asked.surface.address.message_ids
    grown = await world.press("", asked, variant=1)
    assert len(grown.messages) > 2
    assert grown.address.message_ids[:1] == first
    assert [frame.paging for frame in grown.messages[:-1]] == [None] * (len(grown.messages) - 1)
    assert grown.messages[0].controls is Controls.NONE
    assert world.memory.rows[asked.reply].address == grown.address
    shrunk = await world.press("", asked, variant=0)
    assert shrunk.address.message_ids == first
    assert list(world.discord.messages) == list(first)
    assert shrunk.text.startswith("Short.\n-# 1/2")


@in_virtual_time
async def test_a_page_that_the_process_did_not_live_to_show_is_shown_by_the_next() -> None:
    world = World(TWO)
    asked = await answered(world)
    world.discord.latency = 5.0
    pressed = asyncio.create_task(world.press("", asked, variant=1))
    await world.memory.happened("choose_variant 1")
    pressed.cancel()
    world.discord.latency = 0.04
    await world.killed()
    await world.recovery.recover()
    [surface] = world.found.values()
    assert surface.text == TWO_OF_TWO
    assert not world.memory.not_shown


@in_virtual_time
async def test_a_footer_with_details_does_not_tell_what_is_not_known() -> None:
    world = World(TWO)
    change = Change(Scope.SERVER, GuildId(1), OPTIONS["footer"].name, "details")
    await world.options.change(GuildId(1), [change], by=UserId(1))
    asked = await answered(world)
    assert "50 tokens" in asked.surface.text
    shown = await world.press("", asked, variant=1)
    assert shown.text == TWO_OF_TWO
    assert len(shown.sent) == 1, "it is shown once"


@in_virtual_time
async def test_where_answers_have_no_buttons_variants_are_paged_all_the_same() -> None:
    world = World(TWO)
    change = Change(Scope.SERVER, GuildId(1), OPTIONS["buttons"].name, value=False)
    await world.options.change(GuildId(1), [change], by=UserId(1))
    asked = await answered(world)
    assert asked.surface.buttons is Controls.NONE
    assert asked.surface.messages[-1].paging == Paging(0, 2)


@in_virtual_time
async def test_a_private_answer_is_paged_whatever_is_asked_meanwhile() -> None:
    world = World(TWO, ANSWER)
    asked = world.ask(n=2, shared=False)
    await asked.task
    await world.ask("And then?").task
    assert (await world.press("", asked, variant=1)).text == TWO_OF_TWO
    assert "Zwei und Schluss." not in world.memory.said(1)


@in_virtual_time
async def test_continue_goes_on_with_the_one_that_shows_and_keeps_the_others() -> None:
    world = World(TWO, [" Wirklich.", Finish("stop")])
    asked = await answered(world)
    await world.press("", asked, variant=1)
    after = await world.press("Continue", asked)
    assert after.text == f"Zwei und Schluss. Wirklich.\n-# 2/2 · {FLASH.name}"
    assert world.model.requests[-1].n is None
    assert world.memory.rows[asked.reply].variant == 1
    assert variants(world, asked) == (
        Variant("One and only.", COMPLETE),
        Variant("Zwei und Schluss. Wirklich.", COMPLETE),
    )
    assert (await world.press("", asked, variant=0)).text == ONE_OF_TWO


@in_virtual_time
async def test_a_crash_while_one_goes_on_keeps_the_others() -> None:
    world = World(TWO, [" Wirklich", FOREVER])
    asked = await answered(world)
    await world.press("", asked, variant=1)
    again = asyncio.create_task(world.press("Continue", asked))
    await asyncio.sleep(3)
    again.cancel()
    await world.killed()
    await world.recovery.recover()
    assert variants(world, asked) == (
        Variant("One and only.", COMPLETE),
        Variant("Zwei und Schluss. Wirklich", ReplyState.INTERRUPTED),
    )
    assert (await world.press("", asked, variant=0)).text == ONE_OF_TWO


@in_virtual_time
async def test_nothing_is_paged_shortly_before_a_restart() -> None:
    world = World(TWO)
    asked = await answered(world)
    await world.answering.shut_down(0.0)
    with pytest.raises(InvalidInput, match="about to restart"):
        await world.press("", asked, variant=1)
