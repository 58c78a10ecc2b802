"""Several answers to one question, and which of them the conversation keeps, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot.core.conversation import EventId, ReplyId
from bot.core.replies import Address, ReplyState, Variant
from bot.storage.engine import Database
from bot.storage.history import SqlHistoryStore, ensure_conversation
from bot.storage.replies import SqlReplyStore
from bot.storage.tables import replies as rows

from .samples import CHANNEL, GUILD, accepted, answer, begun, ending, question, shown
from .working import held

COMPLETE, LENGTH = ReplyState.COMPLETE, ReplyState.LENGTH
VARIANTS = (Variant("one", COMPLETE), Variant("two", LENGTH), Variant("three\0", COMPLETE))
THREE = replace(ending("one", address=shown(1_005)), variants=VARIANTS)
LATER = EventId(2_000)


async def texts(history: SqlHistoryStore) -> list[str]:
    return [entry.text for entry in await history.recent(CHANNEL, 50)]


async def test_variants_are_stored_with_the_one_that_shows(replies: SqlReplyStore) -> None:
    reply = await answer(replies, question(5), THREE)
    record = await replies.load(reply)
    assert record is not None
    assert record.variant == 0
    assert record.variants == (*VARIANTS[:2], Variant("three\N{REPLACEMENT CHARACTER}", COMPLETE))


async def test_an_answer_alone_has_no_variants(replies: SqlReplyStore) -> None:
    record = await replies.load(await answer(replies, question(5)))
    assert record is not None
    assert (record.variants, record.variant) == ((), 0)


async def test_the_chosen_variant_is_the_answer_everywhere(
    replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    reply = await answer(replies, question(5, "Why?"), THREE)
    chosen = await replies.choose_variant(reply, 1, LATER)
    assert chosen is not None
    assert chosen == await replies.load(reply)
    assert (chosen.text, chosen.state, chosen.variant) == ("two", LENGTH, 1)
    assert chosen.variants[:2] == VARIANTS[:2], "the others are still there"
    assert chosen.address == shown(1_005)
    assert await texts(history) == ["Why?", "two"]


async def test_until_it_is_shown_a_restart_shows_it(replies: SqlReplyStore) -> None:
    reply = await answer(replies, question(5), THREE)
    assert await replies.unfinished() == []
    chosen = await replies.choose_variant(reply, 1, LATER)
    assert await replies.unfinished() == [chosen]
    await replies.shown(reply, shown(1_005, 1_006))
    assert await replies.unfinished() == []
    record = await replies.load(reply)
    assert record is not None
    assert record.address == shown(1_005, 1_006)


@pytest.mark.parametrize("index", [-1, 3, 99])
async def test_there_are_no_variants_but_those_that_came(
    replies: SqlReplyStore, history: SqlHistoryStore, index: int
) -> None:
    reply = await answer(replies, question(5, "Why?"), THREE)
    before = await replies.load(reply)
    assert await replies.choose_variant(reply, index, LATER) is None
    assert await replies.load(reply) == before
    assert await texts(history) == ["Why?", "one"]


async def test_an_answer_alone_or_unknown_or_running_has_nothing_to_choose(
    replies: SqlReplyStore,
) -> None:
    alone = await answer(replies, question(5))
    running = await begun(replies, question(6, channel=51))
    for reply in (alone, running, ReplyId(77)):
        assert await replies.choose_variant(reply, 0, LATER) is None


async def test_a_press_that_comes_again_changes_nothing(replies: SqlReplyStore) -> None:
    reply = await answer(replies, question(5), THREE)
    await replies.choose_variant(reply, 1, LATER)
    assert await replies.choose_variant(reply, 0, LATER) is None
    assert await replies.choose_variant(reply, 0, EventId(LATER - 1)) is None
    record = await replies.load(reply)
    assert record is not None
    assert record.text == "two"


async def test_once_another_question_is_accepted_the_answer_stays(
    replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    reply = await answer(replies, question(5, "Why?"), THREE)
    await replies.accept(question(6), Address())
    assert await replies.choose_variant(reply, 1, LATER) is None
    assert await texts(history) == ["Why?", "one"]


async def test_a_private_answer_can_be_paged_whatever_else_is_asked(
    replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    reply = await answer(replies, question(5, shared=False), THREE)
    await answer(replies, question(6, "Why?"))
    chosen = await replies.choose_variant(reply, 1, LATER)
    assert chosen is not None
    assert chosen.text == "two"
    assert await texts(history) == ["Why?", "the answer"]


async def test_what_was_deleted_does_not_come_back_by_paging(
    replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    reply = await answer(replies, question(5, "Why?"), THREE)
    await history.deleted(shown(1_005).message_ids)
    await replies.choose_variant(reply, 1, LATER)
    assert await texts(history) == ["Why?"]


async def test_a_question_and_a_page_at_once_agree_on_what_was_showing(
    replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    """Whoever comes first: a refused page leaves the old text, a page that is done the new one."""
    for round_ in range(8):
        event = 10_000 + 100 * round_
        address = shown(event + 1)
        reply = await answer(replies, question(event), replace(THREE, address=address))

        async def page(reply: ReplyId = reply, trigger: int = event + 2) -> str | None:
            chosen = await replies.choose_variant(reply, 1, EventId(trigger))
            return None if chosen is None else chosen.text

        async def ask(event: int = event + 3) -> str:
            await begun(replies, question(event))
            return (await texts(history))[-2]

        paged, before = await asyncio.gather(page(), ask())
        assert before == (paged or "one")


async def test_a_page_waits_for_a_question_that_is_being_accepted(
    database: Database, replies: SqlReplyStore
) -> None:
    reply = await answer(replies, question(5), THREE)
    later = await accepted(replies, question(6, channel=51))

    def lock(connection: sa.Connection) -> None:  # as `accept` does
        ensure_conversation(database, connection, CHANNEL, GUILD)

    def ask(connection: sa.Connection) -> None:
        of_the_same = rows.update().where(rows.c.id == later).values(conversation_id=CHANNEL)
        connection.execute(of_the_same)

    async with held(database, lock, ask):
        paged = asyncio.create_task(replies.choose_variant(reply, 1, LATER))
        done, _ = await asyncio.wait({paged}, timeout=0.3)
        assert not done
    assert await paged is None


async def test_a_new_answer_replaces_all_variants(replies: SqlReplyStore) -> None:
    reply = await answer(replies, question(5), THREE)
    await replies.choose_variant(reply, 1, LATER)
    opened = await replies.reopen(reply, EventId(LATER + 1), keep=False)
    assert opened is not None
    assert (opened.text, opened.variants, opened.variant) == ("", (), 0)


async def test_an_answer_that_goes_on_keeps_the_others(replies: SqlReplyStore) -> None:
    reply = await answer(replies, question(5), THREE)
    await replies.choose_variant(reply, 1, LATER)
    opened = await replies.reopen(reply, EventId(LATER + 1), keep=True)
    assert opened is not None
    assert (opened.text, opened.variant) == ("two", 1)
    longer = (VARIANTS[0], Variant("two and more", COMPLETE))
    await replies.finish(reply, replace(ending("two and more"), variants=longer, variant=1))
    record = await replies.load(reply)
    assert record is not None
    assert (record.variants, record.variant) == (longer, 1)
