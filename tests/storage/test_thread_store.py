"""The threads that are listened to, on both databases."""

from __future__ import annotations

from bot.core.conversation import ChannelId, UserId
from bot.core.ports.storage import ListenedThread
from bot.storage.history import SqlHistoryStore
from bot.storage.replies import SqlReplyStore
from bot.storage.threads import SqlThreadStore

from .samples import answer, question

THREAD = ListenedThread(ChannelId(70), UserId(7))


async def test_a_thread_is_listened_to_from_the_moment_it_is_said(threads: SqlThreadStore) -> None:
    assert await threads.find(THREAD.id) is None
    await threads.listen(THREAD)
    assert await threads.find(THREAD.id) == THREAD


async def test_a_conversation_that_is_no_thread_is_not_listened_to(
    threads: SqlThreadStore, replies: SqlReplyStore
) -> None:
    await answer(replies, question(1, channel=70))
    assert await threads.find(ChannelId(70)) is None


async def test_a_conversation_that_is_already_there_can_be_listened_to(
    threads: SqlThreadStore, replies: SqlReplyStore
) -> None:
    await answer(replies, question(1, channel=70))
    await threads.listen(THREAD)
    await answer(replies, question(2, channel=70))
    assert await threads.find(THREAD.id) == THREAD


async def test_listening_twice_keeps_the_newest_opener(threads: SqlThreadStore) -> None:
    await threads.listen(THREAD)
    await threads.listen(ListenedThread(THREAD.id, UserId(8)))
    assert await threads.find(THREAD.id) == ListenedThread(THREAD.id, UserId(8))


async def test_a_deleted_thread_is_left_and_forgotten(
    threads: SqlThreadStore, replies: SqlReplyStore, history: SqlHistoryStore
) -> None:
    await threads.listen(THREAD)
    await answer(replies, question(1, channel=70))
    await answer(replies, question(2, channel=71))
    await threads.leave(THREAD.id)
    assert await threads.find(THREAD.id) is None
    assert await history.recent(THREAD.id, 50) == []
    assert len(await history.recent(ChannelId(71), 50)) == 2
