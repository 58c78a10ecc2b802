"""The life of a reply's row, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot.core.conversation import EventId, MessageId, ReplyId
from bot.core.replies import Address, ReplyState, Usage
from bot.storage.engine import Database
from bot.storage.history import SqlHistoryStore
from bot.storage.replies import SqlReplyStore
from bot.storage.tables import usage

from .samples import ANN, CHANNEL, GUILD, accepted, answer, begun, ending, question, said, shown

ENDINGS = [state for state in ReplyState if state.is_answer]
WITH_TOKEN = Address((MessageId(7),), token="secret", token_from=12.5)


async def history_of(history: SqlHistoryStore) -> list[str]:
    return [entry.text for entry in await history.recent(CHANNEL, 50)]


async def state_of(replies: SqlReplyStore, reply: ReplyId) -> ReplyState:
    record = await replies.load(reply)
    assert record is not None
    return record.state


async def test_an_accepted_question_is_stored_whole(replies: SqlReplyStore) -> None:
    turn = question(5)
    reply = await accepted(replies, turn, WITH_TOKEN)
    record = await replies.load(reply)
    assert record is not None
    assert (record.id, record.turn, record.address) == (reply, turn, WITH_TOKEN)
    assert (record.state, record.text, record.model) == (ReplyState.ACCEPTED, "", None)
    assert record.trigger == 5


async def test_an_event_is_accepted_once(replies: SqlReplyStore) -> None:
    first = await accepted(replies, question(5))
    assert await replies.accept(question(5), Address()) is None
    second = await accepted(replies, question(6))
    assert first != second


async def test_an_unknown_reply_is_none(replies: SqlReplyStore) -> None:
    assert await replies.load(ReplyId(77)) is None
    assert await replies.reopen(ReplyId(77), EventId(9), keep=True) is None
    assert await replies.showing(MessageId(77)) is None
    await replies.finish(ReplyId(77), ending())


async def test_a_begun_reply_streams_and_its_question_is_in_the_history(
    replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    reply = await accepted(replies, question(5))
    assert await history_of(history) == []
    await replies.begin(reply, question(5))
    assert await state_of(replies, reply) is ReplyState.STREAMING
    assert await history_of(history) == ["question 5"]


async def test_gathered_questions_are_answered_by_the_last_reply(
    replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    first = await accepted(replies, question(1), Address(token="secret", token_from=1))
    second = await accepted(replies, question(2))
    last = await accepted(replies, question(3))
    together = question(3, said_before=[said(1), said(2)])
    await replies.begin(last, together, [first, second])
    assert await state_of(replies, first) is ReplyState.GATHERED
    assert await state_of(replies, second) is ReplyState.GATHERED
    assert await history_of(history) == ["question 1", "question 2", "question 3"]
    for message in (1, 2, 3):
        record = await replies.showing(MessageId(message))
        assert record is not None
        assert (record.id, record.turn) == (last, together)
    assert [record.id for record in await replies.unfinished()] == [last]
    dropped = await replies.load(first)
    assert dropped is not None
    assert dropped.address.token is None


async def test_a_checkpoint_keeps_what_is_about_to_be_shown(replies: SqlReplyStore) -> None:
    reply = await begun(replies, question(1))
    await replies.checkpoint(reply, "Once", WITH_TOKEN)
    longer = replace(WITH_TOKEN, message_ids=(MessageId(7), MessageId(8)))
    await replies.checkpoint(reply, "Once upon", longer)
    record = await replies.load(reply)
    assert record is not None
    assert (record.text, record.address) == ("Once upon", longer)


async def test_an_ended_reply_has_its_text_model_and_address(replies: SqlReplyStore) -> None:
    reply = await begun(replies, question(1), WITH_TOKEN)
    await replies.finish(reply, ending("All of it", address=WITH_TOKEN))
    record = await replies.load(reply)
    assert record is not None
    assert (record.state, record.text, record.model) == (ReplyState.COMPLETE, "All of it", "MODEL")
    assert record.address == WITH_TOKEN


async def test_a_reply_whose_ending_is_visible_has_no_token_and_is_finished(
    replies: SqlReplyStore,
) -> None:
    reply = await begun(replies, question(1), WITH_TOKEN)
    await replies.finish(reply, ending("All of it", address=WITH_TOKEN))
    assert [record.id for record in await replies.unfinished()] == [reply]
    await replies.shown(reply, shown(7, 8))
    record = await replies.load(reply)
    assert record is not None
    assert record.address == shown(7, 8)
    assert await replies.unfinished() == []


async def test_an_ending_stores_where_it_is_shown_and_so_does_its_being_visible(
    replies: SqlReplyStore,
) -> None:
    reply = await begun(replies, question(1), shown(5))
    await replies.checkpoint(reply, "text", shown(6, 7))
    for address in (shown(8), shown(9)):
        await replies.finish(reply, ending(address=address))
        record = await replies.load(reply)
        assert record is not None
        assert record.address == address
    for address in (shown(6, 7), shown(8, 9)):
        await replies.shown(reply, address)
        record = await replies.load(reply)
        assert record is not None
        assert record.address == address


async def test_a_reply_that_was_reopened_or_has_not_ended_is_not_done_with(
    replies: SqlReplyStore,
) -> None:
    reply = await begun(replies, question(1), WITH_TOKEN)
    await replies.shown(reply, shown(9))
    assert [record.address for record in await replies.unfinished()] == [WITH_TOKEN]
    await replies.finish(reply, ending(address=WITH_TOKEN))
    await replies.reopen(reply, EventId(2), keep=True)
    await replies.shown(reply, WITH_TOKEN)
    assert [record.id for record in await replies.unfinished()] == [reply]


async def test_a_reopened_reply_is_unfinished_again(replies: SqlReplyStore) -> None:
    reply = await answer(replies, question(1))
    assert await replies.unfinished() == []
    await replies.reopen(reply, EventId(2), keep=True)
    assert [record.id for record in await replies.unfinished()] == [reply]


async def test_the_address_of_an_ending_counts_even_if_it_is_shorter(
    replies: SqlReplyStore,
) -> None:
    reply = await begun(replies, question(1), shown(5, 6, 7))
    await replies.checkpoint(reply, "short", shown(5))
    await replies.finish(reply, ending("short", address=shown(5)))
    record = await replies.load(reply)
    assert record is not None
    assert record.address == shown(5)
    assert await replies.showing(MessageId(6)) is None


async def test_a_late_checkpoint_overwrites_no_ending_but_tells_where_it_shows(
    replies: SqlReplyStore,
) -> None:
    reply = await answer(replies, question(1), ending("the end"))
    await replies.checkpoint(reply, "the", Address(shown(5, 6).message_ids, "secret", 1))
    record = await replies.load(reply)
    assert record is not None
    assert (record.text, record.address) == ("the end", shown(5, 6))


@pytest.mark.parametrize("text", ["", " \n"])
async def test_an_empty_answer_does_not_enter_the_history(
    replies: SqlReplyStore, history: SqlHistoryStore, text: str
) -> None:
    await answer(replies, question(1), ending(text, state=ReplyState.FAILED))
    assert await history_of(history) == ["question 1"]


async def test_a_private_question_leaves_no_trace_in_the_history(
    replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    reply = await answer(replies, question(1, shared=False), ending("psst"))
    assert await history_of(history) == []
    record = await replies.load(reply)
    assert record is not None
    assert record.text == "psst"


async def test_usage_is_added_for_each_counted_request(
    replies: SqlReplyStore, database: Database
) -> None:
    counted = Usage(12, 34, estimated=True)
    reply = await answer(replies, question(1), ending(usage=counted))
    await answer(replies, question(2), ending())
    await replies.reopen(reply, EventId(3), keep=False)
    await answer(replies, question(4), ending(state=ReplyState.LENGTH, usage=Usage(5, 6)))
    query = sa.select(usage).order_by(usage.c.id)
    rows = await database.read(lambda connection: connection.execute(query).mappings().all())
    assert [(row["prompt_tokens"], row["completion_tokens"], row["state"]) for row in rows] == [
        (12, 34, "complete"),
        (5, 6, "length"),
    ]
    first = dict(rows[0])
    assert first["at"] > 1_000
    del first["id"], first["at"]
    assert first == {
        "reply_id": reply,
        "guild_id": GUILD,
        "channel_id": CHANNEL,
        "user_id": ANN.id,
        "model": "MODEL",
        "prompt_tokens": 12,
        "completion_tokens": 34,
        "estimated": True,
        "seconds": 1.5,
        "state": "complete",
    }


@pytest.mark.parametrize("state", ENDINGS)
async def test_regenerate_takes_the_old_answer_away(
    replies: SqlReplyStore, history: SqlHistoryStore, state: ReplyState
) -> None:
    reply = await answer(replies, question(1), ending("old", state=state, address=shown(2)))
    record = await replies.reopen(reply, EventId(3), keep=False)
    assert record is not None
    assert (record.state, record.text, record.trigger) == (ReplyState.STREAMING, "", 3)
    assert record.address == shown(2)
    assert record == await replies.load(reply)
    assert await history_of(history) == ["question 1"]
    await replies.finish(reply, ending("new", address=shown(2)))
    assert await history_of(history) == ["question 1", "new"]


async def test_continue_replaces_the_earlier_part(
    replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    cut = ending("one", state=ReplyState.LENGTH, address=shown(2))
    reply = await answer(replies, question(1), cut)
    record = await replies.reopen(reply, EventId(3), keep=True)
    assert record is not None
    assert record.text == "one"
    assert await history_of(history) == ["question 1", "one"]
    await replies.finish(reply, ending("one, two", address=shown(2, 4)))
    assert await history_of(history) == ["question 1", "one, two"]


async def test_a_reply_that_has_not_ended_is_not_reopened(replies: SqlReplyStore) -> None:
    waiting = await accepted(replies, question(1))
    assert await replies.reopen(waiting, EventId(9), keep=False) is None
    await replies.begin(waiting, question(1))
    assert await replies.reopen(waiting, EventId(9), keep=False) is None


@pytest.mark.parametrize(("trigger", "opened"), [(4, False), (5, False), (6, True)])
async def test_only_a_newer_event_reopens(
    replies: SqlReplyStore, trigger: int, *, opened: bool
) -> None:
    reply = await answer(replies, question(5))
    record = await replies.reopen(reply, EventId(trigger), keep=False)
    assert (record is not None) is opened


async def test_the_same_click_reopens_once(replies: SqlReplyStore) -> None:
    reply = await answer(replies, question(1))
    assert await replies.reopen(reply, EventId(5), keep=False) is not None
    await replies.finish(reply, ending())
    assert await replies.reopen(reply, EventId(5), keep=False) is None


async def test_only_the_newest_answer_of_a_conversation_is_reopened(
    replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    old = await answer(replies, question(1), ending("old"))
    await answer(replies, question(2, channel=51))
    assert await replies.reopen(old, EventId(8), keep=True) is not None
    await replies.finish(old, ending("old"))
    await accepted(replies, question(3))
    assert await replies.reopen(old, EventId(9), keep=False) is None
    assert await history_of(history) == ["question 1", "old"]
    assert await state_of(replies, old) is ReplyState.COMPLETE


async def test_a_gathered_reply_supersedes_nothing_and_is_never_reopened(
    replies: SqlReplyStore,
) -> None:
    first = await accepted(replies, question(1))
    second = await accepted(replies, question(2))
    await replies.begin(first, question(1, said_before=[said(2)]), [second])
    await replies.finish(first, ending())
    assert await replies.reopen(second, EventId(9), keep=False) is None
    assert await replies.reopen(first, EventId(9), keep=False) is not None


async def test_a_withdrawn_question_supersedes_nothing_and_is_never_reopened(
    replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    old = await answer(replies, question(1), ending("old", address=shown(2)))
    withdrawn = await accepted(replies, question(3), shown(4))
    await replies.finish(withdrawn, ending("", state=ReplyState.WITHDRAWN, address=shown(4)))
    newest = await accepted(replies, question(5))
    previous = await replies.previous(question(5).place.conversation_id, newest)
    assert previous is not None
    assert previous.id == old
    assert withdrawn in [record.id for record in await replies.unfinished()]
    await replies.shown(withdrawn, shown(4))
    assert withdrawn not in [record.id for record in await replies.unfinished()]
    await replies.finish(newest, ending("", state=ReplyState.WITHDRAWN))
    assert await replies.reopen(withdrawn, EventId(9), keep=False) is None
    assert await replies.reopen(old, EventId(9), keep=False) is not None
    assert await history_of(history) == ["question 1"]


async def test_private_answers_supersede_nothing_and_are_not_superseded(
    replies: SqlReplyStore,
) -> None:
    public = await answer(replies, question(1))
    private = await answer(replies, question(2, shared=False))
    assert await replies.reopen(public, EventId(9), keep=False) is not None
    await answer(replies, question(3))
    assert await replies.reopen(private, EventId(9), keep=False) is not None


async def test_unfinished_replies_come_oldest_first(replies: SqlReplyStore) -> None:
    waiting = await accepted(replies, question(1), shown(91, 92))
    await answer(replies, question(2))
    streaming = await begun(replies, question(3))
    await replies.checkpoint(streaming, "so far", shown(93))
    found = await replies.unfinished()
    assert [(one.id, one.state, one.text, one.address) for one in found] == [
        (waiting, ReplyState.ACCEPTED, "", shown(91, 92)),
        (streaming, ReplyState.STREAMING, "so far", shown(93)),
    ]


async def test_a_reply_is_found_by_its_question_and_by_each_message_that_shows_it(
    replies: SqlReplyStore,
) -> None:
    waiting = await accepted(replies, question(1, shared=False), shown(2))
    ended = await answer(replies, question(5), ending(address=shown(6, 7)))
    for message, reply in ((1, waiting), (2, waiting), (5, ended), (6, ended), (7, ended)):
        record = await replies.showing(MessageId(message))
        assert record is not None
        assert record.id == reply


async def test_a_message_asked_about_twice_belongs_to_the_newer_reply(
    replies: SqlReplyStore,
) -> None:
    await answer(replies, question(2, said_before=[said(1)]))
    newer = await answer(replies, question(3, said_before=[said(1)]))
    record = await replies.showing(MessageId(1))
    assert record is not None
    assert record.id == newer


async def test_the_previous_reply_is_the_newest_ended_one_of_the_conversation(
    replies: SqlReplyStore,
) -> None:
    oldest = await answer(replies, question(1))
    older = await answer(replies, question(2), ending(address=shown(60)))
    await answer(replies, question(3, channel=51))
    await answer(replies, question(4, shared=False))
    gathered = await accepted(replies, question(5))
    newest = await accepted(replies, question(6))
    await replies.begin(newest, question(6, said_before=[said(5)]), [gathered])
    found = await replies.previous(CHANNEL, newest)
    assert found is not None
    assert (found.id, found.address) == (older, shown(60))
    before = await replies.previous(CHANNEL, older)
    assert before is not None
    assert before.id == oldest
    assert await replies.previous(CHANNEL, oldest) is None


async def test_a_private_reply_has_no_previous_one(replies: SqlReplyStore) -> None:
    await answer(replies, question(1))
    private = await answer(replies, question(2, shared=False))
    assert await replies.previous(CHANNEL, private) is None
