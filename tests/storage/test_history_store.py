"""The history, on both databases."""

from __future__ import annotations

import pytest

from bot.core.conversation import HISTORY_LIMIT, ChannelId, MessageId, Person, Role, Said, UserId
from bot.storage.history import SqlHistoryStore
from bot.storage.replies import SqlReplyStore

from .samples import CHANNEL, accepted, answer, begun, ending, question, said, shown


def texts(entries: list[Said]) -> list[str]:
    return [entry.text for entry in entries]


async def test_an_unknown_conversation_has_no_history(history: SqlHistoryStore) -> None:
    assert await history.recent(CHANNEL, 50) == []


async def test_questions_and_answers_come_back_as_they_were_said_oldest_first(
    history: SqlHistoryStore, replies: SqlReplyStore
) -> None:
    bob = Person(UserId(32), "Bób 🐢")
    asked = Said(MessageId(1), Role.USER, "Why? 🤔", bob, quoted="the sky is blue")
    turn = question(2, "Tell me", said_before=[asked])
    await answer(replies, turn, ending("Because.\n\n```py\n1\n```", address=shown(3, 4)))
    assert await history.recent(CHANNEL, 50) == [
        asked,
        turn.said[1],
        Said(MessageId(3), Role.ASSISTANT, "Because.\n\n```py\n1\n```"),
    ]


async def test_the_limit_leaves_the_newest(
    history: SqlHistoryStore, replies: SqlReplyStore
) -> None:
    for event in (1, 2, 3):
        await answer(replies, question(event), ending(f"answer {event}"))
    newest = await history.recent(CHANNEL, 3)
    assert texts(newest) == ["answer 2", "question 3", "answer 3"]


async def test_the_51st_message_pushes_the_oldest_out(
    history: SqlHistoryStore, replies: SqlReplyStore
) -> None:
    for event in range(1, 26):
        await answer(replies, question(event), ending(f"answer {event}"))
    assert texts(await history.recent(CHANNEL, 100))[0] == "question 1"
    reply = await begun(replies, question(26))
    stored = await history.recent(CHANNEL, 100)
    assert len(stored) == HISTORY_LIMIT
    assert [stored[0].text, stored[-1].text] == ["answer 1", "question 26"]
    await replies.finish(reply, ending("answer 26"))
    stored = await history.recent(CHANNEL, 100)
    assert len(stored) == HISTORY_LIMIT
    assert [stored[0].text, stored[-1].text] == ["question 2", "answer 26"]


async def test_of_a_turn_longer_than_the_history_the_newest_50_stay(
    history: SqlHistoryStore, replies: SqlReplyStore
) -> None:
    await begun(replies, question(60, said_before=[said(number) for number in range(1, 60)]))
    stored = await history.recent(CHANNEL, 100)
    assert [entry.message_id for entry in stored] == list(range(11, 61))


async def test_trimming_one_conversation_leaves_the_others_alone(
    history: SqlHistoryStore, replies: SqlReplyStore
) -> None:
    await begun(replies, question(1, channel=51))
    await begun(replies, question(60, said_before=[said(number) for number in range(2, 60)]))
    assert texts(await history.recent(ChannelId(51), 50)) == ["question 1"]


async def test_what_is_already_stored_is_not_stored_again(
    history: SqlHistoryStore, replies: SqlReplyStore
) -> None:
    reply = await begun(replies, question(2, said_before=[said(1)]))
    await replies.begin(reply, question(2, said_before=[said(1)]))
    assert texts(await history.recent(CHANNEL, 50)) == ["question 1", "question 2"]


async def test_an_edit_changes_the_history_and_what_a_second_answer_is_given_to(
    history: SqlHistoryStore, replies: SqlReplyStore
) -> None:
    reply = await answer(replies, question(2, said_before=[said(1)]))
    await history.edited(MessageId(1), "better")
    assert texts(await history.recent(CHANNEL, 50)) == ["better", "question 2", "the answer"]
    record = await replies.load(reply)
    assert record is not None
    assert [entry.text for entry in record.turn.said] == ["better", "question 2"]


async def test_an_edit_of_something_unknown_or_of_an_answer_is_ignored(
    history: SqlHistoryStore, replies: SqlReplyStore
) -> None:
    await answer(replies, question(1), ending("mine", address=shown(2)))
    before = await history.recent(CHANNEL, 50)
    await history.edited(MessageId(2), "forged")
    await history.edited(MessageId(3), "unknown")
    assert await history.recent(CHANNEL, 50) == before


async def test_a_deleted_question_leaves_and_its_answer_stays(
    history: SqlHistoryStore, replies: SqlReplyStore
) -> None:
    await answer(replies, question(1), ending("kept"))
    await history.deleted([MessageId(1)])
    assert texts(await history.recent(CHANNEL, 50)) == ["kept"]


async def test_a_question_deleted_while_it_waits_never_enters_the_history(
    history: SqlHistoryStore, replies: SqlReplyStore
) -> None:
    reply = await accepted(replies, question(2, said_before=[said(1)]))
    await history.deleted([MessageId(1)])
    record = await replies.load(reply)
    assert record is not None
    await replies.begin(reply, record.turn)
    assert texts(await history.recent(CHANNEL, 50)) == ["question 2"]


@pytest.mark.parametrize("deleted", [2, 3, 4])
async def test_any_deleted_message_of_an_answer_takes_the_answer_away(
    history: SqlHistoryStore, replies: SqlReplyStore, deleted: int
) -> None:
    await answer(replies, question(1), ending("gone", address=shown(2, 3, 4)))
    await answer(replies, question(5), ending("kept", address=shown(6)))
    await history.deleted([MessageId(deleted), MessageId(99)])
    assert texts(await history.recent(CHANNEL, 50)) == ["question 1", "question 5", "kept"]


async def test_deleting_nothing_does_nothing(
    history: SqlHistoryStore, replies: SqlReplyStore
) -> None:
    await answer(replies, question(1))
    await history.deleted([])
    assert len(await history.recent(CHANNEL, 50)) == 2


async def test_forgetting_counts_what_was_there_and_leaves_other_conversations(
    history: SqlHistoryStore, replies: SqlReplyStore
) -> None:
    await answer(replies, question(1))
    await answer(replies, question(2, channel=51))
    assert await history.forget(CHANNEL) == 2
    assert await history.forget(CHANNEL) == 0
    assert await history.recent(CHANNEL, 50) == []
    assert len(await history.recent(ChannelId(51), 50)) == 2


async def test_forgetting_leaves_nothing_of_the_answers_but_what_is_not_shown_yet(
    history: SqlHistoryStore, replies: SqlReplyStore
) -> None:
    forgotten = await answer(replies, question(1))
    private = await answer(replies, question(2, shared=False))
    unseen = await begun(replies, question(3))
    await replies.finish(unseen, ending())
    await history.forget(CHANNEL)
    assert await replies.load(forgotten) is None
    assert await replies.showing(MessageId(1)) is None
    assert await replies.load(private) is not None
    assert await replies.load(unseen) is not None


async def test_text_that_no_database_takes_is_stored_as_far_as_it_can_be(
    history: SqlHistoryStore, replies: SqlReplyStore
) -> None:
    turn = question(1, "a\0b\ud83dc", asker=Person(UserId(1), "N\0l"))
    await answer(replies, turn, ending("\ud83d\ude00 \udc00", address=shown(2)))
    entries = await history.recent(CHANNEL, 50)
    assert texts(entries) == ["a\ufffdb\ufffdc", "😀 \ufffd"]
    assert entries[0].author == Person(UserId(1), "N\ufffdl")
    record = await replies.showing(MessageId(2))
    assert record is not None
    assert record.turn == turn
    assert record.text == "😀 \ufffd"
