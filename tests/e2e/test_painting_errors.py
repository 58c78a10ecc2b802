"""What Discord may do to a growing answer: it is shown all the same, or ends in order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.sandbox.discord.faults import Fault, Faults
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.state import Channel, Message
from tests.e2e.database import stored
from tests.e2e.playing import Ask, both_ways, by_command, every_way, growing, paced
from tests.e2e.reading import joined, said_by_the_bot
from tests.e2e.stage import DEFAULT_NAME, Home, buttons, conversation, small_print, text_of

WHOLE = f"One two three four.\n-# {DEFAULT_NAME}"
HTML = "<html><body>502 Bad Gateway</body></html>"
BACKSTAGE = Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES

SENDING = Permission.SEND_MESSAGES | Permission.SEND_MESSAGES_IN_THREADS
WITHOUT_FILE = "The file is missing: I lack the permission Attach Files here."

Trouble = Callable[[Faults], Fault]

temporary = pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(lambda faults: faults.answer("PATCH", "/messages/", 500), id="500"),
        pytest.param(lambda faults: faults.answer("PATCH", "/messages/", 502, HTML), id="502"),
        pytest.param(lambda faults: faults.drop("PATCH", "/messages/"), id="dropped"),
        pytest.param(
            lambda faults: faults.drop("PATCH", "/messages/", after=True), id="confirmation-lost"
        ),
        pytest.param(lambda faults: faults.limit("PATCH", "/messages/", retry_after=0.2), id="429"),
        pytest.param(
            lambda faults: faults.limit("PATCH", "/messages/", retry_after=0.2, scope="global"),
            id="global-429",
        ),
    ],
)


def requests_to(home: Home, *messages: Message) -> int:
    """How many requests have changed these messages."""
    paths = tuple(f"/messages/{one.id}" for one in messages)
    return sum(one.path.endswith((*paths, "/messages/@original")) for one in home.discord.requests)


@both_ways
@temporary
async def test_after_a_temporary_failure_the_newest_text_is_shown(
    home: Home, ask: Ask, trouble: Trouble
) -> None:
    home.stage.except_for.rate_limited = True
    question, answer, gate = await growing(home, ask)
    fault = trouble(home.discord.faults)

    gate.allow(1)
    await fault.arrived.wait()
    gate.release()

    assert await home.answered(question) is answer
    assert answer.content == WHOLE
    assert [one.content for one in said_by_the_bot(home.channel)] == [WHOLE]
    assert requests_to(home, answer) <= 8
    await home.answered(await home.mention("And now?"))
    assert ("assistant", "One two three four.") in conversation(home.weryai.requests[1])


async def test_failures_in_a_row_are_no_retry_storm(home: Home) -> None:
    question, answer, gate = await growing(home)
    elsewhere = replace(home, channel=home.discord.add_channel(home.guild, "elsewhere"))
    before = requests_to(home, answer)
    home.discord.faults.answer("PATCH", f"/{answer.id}$", 500, times=1000)
    home.weryai.answer_next(["word "] * 50)

    gate.release()
    with paced(home, per_second=40):
        await elsewhere.answered(await elsewhere.mention("Hello?"))
    tries = requests_to(home, answer) - before
    home.discord.faults.clear()

    assert await home.answered(question) is answer
    assert answer.content == WHOLE
    assert 1 <= tries <= 3


@pytest.mark.parametrize("lost", ["before", "after"])
async def test_a_first_message_whose_answer_is_lost_comes_once(home: Home, lost: str) -> None:
    home.discord.faults.drop("POST", "/messages$", after=lost == "after")
    home.weryai.answer_next("Here I am.")

    question = await home.mention("Hello?")

    assert text_of(await home.answered(question)) == "Here I am."
    assert len(said_by_the_bot(home.channel)) == 1


@every_way
@pytest.mark.parametrize("lost", ["503", "before", "after"])
async def test_a_further_message_that_fails_once_comes_once(
    home: Home, ask: Ask, lost: str
) -> None:
    words = [f"w{number:04} " for number in range(800)]
    home.weryai.answer_next(words)
    gate = home.weryai.hold_next(after=100)
    question = await ask(home, "Write a lot!")
    await home.begun(question)
    creating = r"/messages$|/webhooks/\d+/[^/]+$"
    if lost == "503":
        home.discord.faults.answer("POST", creating, 503)
    else:
        home.discord.faults.drop("POST", creating, after=lost == "after")

    gate.release()

    await home.answered(question)
    assert joined(said_by_the_bot(home.channel), " ") == "".join(words).strip()


async def test_without_the_right_to_read_history_it_answers_without_a_reference(
    home: Home,
) -> None:
    deny = Permission.READ_MESSAGE_HISTORY
    home.discord.set_overwrite(home.channel, home.discord.bot_user, deny=deny)
    home.weryai.answer_next("Here I am.")

    await home.mention("Hello?")

    await home.until(lambda: any("Here" in m.content for m in said_by_the_bot(home.channel)))
    [answer] = said_by_the_bot(home.channel)
    assert answer.reference is None


@pytest.mark.parametrize("denied", [Permission.VIEW_CHANNEL, BACKSTAGE])
async def test_where_its_permissions_are_taken_away_the_answer_is_remembered_all_the_same(
    home: Home, denied: Permission
) -> None:
    _, answer, gate = await growing(home)
    home.discord.set_overwrite(home.channel, home.discord.bot_user, deny=denied)
    before = requests_to(home, answer)

    gate.release()

    await told_directly(home)
    assert requests_to(home, answer) == before + 1
    assert answer.content == "One two"
    home.discord.set_overwrite(home.channel, home.discord.bot_user)
    await home.answered(await home.mention("And now?"))
    assert ("assistant", "One two three four.") in conversation(home.weryai.requests[1])


@pytest.mark.parametrize("files", [True, False])
@pytest.mark.parametrize("in_thread", [True, False])
async def test_where_no_further_message_may_be_sent_the_last_one_shows_the_ending(
    home: Home, *, in_thread: bool, files: bool
) -> None:
    place = await home.mo.start_thread(home.channel, "Talk") if in_thread else home.channel
    taken = SENDING if files else SENDING | Permission.ATTACH_FILES
    words = [f"w{number:04} " for number in range(800)]
    home.weryai.answer_next(words)
    gate = home.weryai.hold_next(after=100)
    question = await home.mention("Write a lot!", channel=place)
    await home.begun(question)
    home.discord.set_overwrite(home.channel, home.discord.bot_user, deny=taken)

    gate.release()

    answer = await home.answered(question)
    assert said_by_the_bot(place)[-1] is answer
    assert buttons(answer) == ["Regenerate"]
    assert "\n-# I may not send more here. The whole answer comes as a file.\n" in answer.content
    assert small_print(answer) == (DEFAULT_NAME if files else WITHOUT_FILE)
    whole = "".join(words).encode()
    assert [file.data for file in answer.attachments] == [whole] * files
    assert whole.decode().startswith(text_of(answer))


async def test_a_command_is_answered_to_its_end_without_any_permission(home: Home) -> None:
    question, answer, gate = await growing(home, by_command)
    home.discord.set_overwrite(home.channel, home.discord.bot_user, deny=BACKSTAGE)

    gate.release()

    assert await home.answered(question) is answer
    assert answer.content == WHOLE


@pytest.mark.parametrize("locked", [False, True])
async def test_a_thread_archived_in_mid_stream_ends_the_answer_in_order(
    home: Home, *, locked: bool
) -> None:
    thread = await home.mo.start_thread(home.channel, "Talk")
    in_thread = replace(home, channel=thread)
    _, answer, gate = await growing(in_thread)
    before = requests_to(home, answer)
    await home.mo.change_thread(thread, archived=True, locked=locked)

    gate.release()

    await told_directly(home)
    assert requests_to(home, answer) == before + 1
    await home.mo.change_thread(thread, archived=False, locked=False)
    await in_thread.answered(await in_thread.mention("And now?"))
    assert ("assistant", "One two three four.") in conversation(home.weryai.requests[1])


@pytest.mark.parametrize("what", ["channel", "thread", "server"])
async def test_a_place_that_is_gone_in_mid_stream_leaves_the_answer_in_the_history(
    home: Home, what: str
) -> None:
    channel = home.discord.add_channel(home.guild, "doomed")
    place = await home.mo.start_thread(channel, "Talk") if what == "thread" else channel
    doomed = replace(home, channel=place)
    _, answer, gate = await growing(doomed)
    before = requests_to(home, answer)

    if what == "server":
        home.discord.world.remove_guild(home.guild)
    else:
        home.discord.world.remove_channel(place)
    gate.release()

    await home.stage.bots[0].log.says("not shown to its end", home.stage.since(home.stage.bots[0]))
    assert requests_to(home, answer) <= before + 1
    await until_remembered(home, place)


async def until_remembered(home: Home, place: Channel) -> None:
    """Wait until the whole answer is in a conversation's history."""
    elsewhere = home.stage.home("Elsewhere")
    await elsewhere.answered(await elsewhere.mention("Hello?"))
    query = "SELECT text FROM messages WHERE conversation_id = ? AND role = 'assistant'"
    assert stored(home.stage.database, query, place.id) == [("One two three four.",)]


async def told_directly(home: Home) -> None:
    """Wait until Ada has been told, in a direct message, that the answer is not to be seen."""
    direct = await home.ada.open_dm()
    await home.until(lambda: direct.messages, "A direct message")
    assert "I could not show you the whole answer" in str(direct.messages.values())


async def test_a_failing_discord_keeps_no_other_channel_waiting(home: Home) -> None:
    question, answer, gate = await growing(home)
    fault = home.discord.faults.hold("PATCH", f"/messages/{answer.id}$")
    gate.release()
    await fault.arrived.wait()
    elsewhere = home.discord.add_channel(home.guild, "elsewhere")

    await home.answered(await home.mention("Hello?", channel=elsewhere))

    fault.release()
    await home.answered(question)
    assert buttons(answer) == ["Regenerate"]


@temporary
async def test_an_older_answers_buttons_go_all_the_same(home: Home, trouble: Trouble) -> None:
    home.stage.except_for.rate_limited = True
    older = await home.answered(await home.mention("Hello?"))
    gate = home.weryai.hold_next(after=0)
    question = await home.mention("And now?")
    await gate.reached()
    fault = trouble(home.discord.faults)
    fault.path = re.compile(f"/{older.id}$")

    gate.release()

    await home.answered(question)
    await fault.arrived.wait()
    await home.until(lambda: not buttons(older), "The end of the older answer's buttons")
