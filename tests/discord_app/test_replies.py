"""A reply's messages: created once, edited after, by whichever way to Discord is open."""

from __future__ import annotations

import pytest

from bot.core.conversation import ChannelId, EventId, MessageId, ReplyId
from bot.core.errors import ReplyDelayed, ReplyGone
from bot.core.replies import Controls, File, Frame
from bot.discord_app.own_messages import OwnMessages
from bot.discord_app.replies import MessageChain
from bot.discord_app.rest import DiscordRest
from bot.discord_app.routes import ChannelRoutes
from bot.sandbox.discord.components import labels
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Message, MessageFlag
from tests.discord_app.conftest import Home, Observer

EDITING = "PATCH /channels/{channel_id}/messages/{message_id}"
CREATING = "POST /channels/{channel_id}/messages"


@pytest.fixture
async def question(home: Home) -> Message:
    return await home.ada.send(home.channel, "What is that?")


@pytest.fixture
def chain(rest: DiscordRest, home: Home, question: Message) -> MessageChain:
    chain = MessageChain(
        ChannelRoutes(rest, ChannelId(home.channel.id)),
        EventId(question.id),
        reply_to=MessageId(question.id),
    )
    chain.bind(ReplyId(7))
    return chain


async def test_the_first_frame_replies_to_the_question_and_pings_nobody(
    chain: MessageChain, home: Home, question: Message
) -> None:
    await chain.show(0, Frame(f"Hello {home.ada.mention} @everyone", Controls.STREAMING))

    [answer] = home.answers()
    assert answer.reference is question
    assert not answer.pings
    assert labels(answer) == ["Stop"]
    assert chain.address.message_ids == (answer.id,)


async def test_later_frames_edit_the_same_message(chain: MessageChain, home: Home) -> None:
    await chain.show(0, Frame("Hel", Controls.STREAMING))
    await chain.show(0, Frame("Hello.", Controls.ENDED))

    [answer] = home.answers()
    assert [version.content for version in answer.versions] == ["Hel", "Hello."]
    assert labels(answer) == ["Regenerate"]


async def test_buttons_name_their_reply(chain: MessageChain, home: Home) -> None:
    await chain.show(0, Frame("Hello", Controls.RESUMABLE))

    [answer] = home.answers()
    buttons = answer.components[0]["components"]
    assert [button["custom_id"] for button in buttons] == [
        "reply:7:continue",
        "reply:7:regenerate",
    ]


async def test_links_show_no_preview(chain: MessageChain, home: Home) -> None:
    await chain.show(0, Frame("https://example.com"))
    await chain.show(0, Frame("https://example.com and more"))

    assert MessageFlag.SUPPRESS_EMBEDS in home.answers()[0].flags


async def test_a_chain_grows_by_messages_that_reply_to_nothing(
    chain: MessageChain, home: Home
) -> None:
    await chain.show(0, Frame("One"))
    await chain.show(1, Frame("Two"))

    assert [message.content for message in home.answers()] == ["One", "Two"]
    assert home.answers()[1].reference is None
    assert len(chain.address.message_ids) == 2


async def test_the_lane_tells_whether_a_frame_creates_or_edits(
    chain: MessageChain, observer: Observer
) -> None:
    assert chain.lane(0).route == CREATING
    await chain.show(0, Frame("One"))
    assert chain.lane(0).route == EDITING
    assert chain.lane(1).route == CREATING
    await chain.show(0, Frame("One more"))

    assert [lane.route for lane in observer.started_lanes] == [CREATING, EDITING]


async def test_the_whole_text_is_attached_once_and_stays(chain: MessageChain, home: Home) -> None:
    await chain.show(0, Frame("Long", attachment=File("answer.md", "All of it")))
    await chain.show(0, Frame("Long.", attachment=File("answer.md", "All of it")))

    [answer] = home.answers()
    [file] = answer.attachments
    assert (file.filename, file.data) == ("answer.md", b"All of it")
    assert answer.versions[0].attachments == answer.versions[1].attachments


async def test_another_text_takes_the_files_place_and_none_takes_it_away(
    chain: MessageChain, home: Home
) -> None:
    await chain.show(0, Frame("Long", attachment=File("answer.md", "All of it")))
    await chain.show(0, Frame("Longer", attachment=File("answer.md", "All of it and more")))
    [answer] = home.answers()
    assert [file.data for file in answer.attachments] == [b"All of it and more"]

    await chain.show(0, Frame("Short"))

    assert answer.attachments == ()


async def test_a_file_from_before_a_restart_goes_with_the_new_text(
    chain: MessageChain, rest: DiscordRest, home: Home
) -> None:
    await chain.show(0, Frame("Long", attachment=File("answer.md", "All of it")))
    again = MessageChain(
        ChannelRoutes(rest, ChannelId(home.channel.id)),
        EventId(1),
        messages=chain.address.message_ids,
    )

    await again.show(0, Frame("Anew"))

    assert home.answers()[0].attachments == ()


async def test_a_file_that_may_not_be_attached_is_left_out_and_said_to_be_missing(
    chain: MessageChain, sandbox: DiscordSandbox, home: Home
) -> None:
    sandbox.set_overwrite(home.channel, sandbox.bot_user, deny=Permission.ATTACH_FILES)
    frame = Frame("Long", attachment=File("answer.md", "All of it"))

    with pytest.raises(ReplyDelayed) as delayed:
        await chain.show(0, frame)
    await chain.show(0, frame)

    assert delayed.value.retry_after == 0.0
    [answer] = home.answers()
    missing = "\n-# The file is missing: I lack the permission Attach Files here."
    assert answer.content == f"Long{missing}"
    assert answer.attachments == ()


async def test_where_there_is_no_room_for_it_nothing_is_said_of_a_missing_file(
    chain: MessageChain, sandbox: DiscordSandbox, home: Home
) -> None:
    sandbox.set_overwrite(home.channel, sandbox.bot_user, deny=Permission.ATTACH_FILES)
    frame = Frame("x" * 1950, attachment=File("answer.md", "All of it"))

    with pytest.raises(ReplyDelayed):
        await chain.show(0, frame)
    await chain.show(0, frame)

    assert home.answers()[0].content == "x" * 1950


async def test_without_a_file_a_refusal_is_final(
    chain: MessageChain, sandbox: DiscordSandbox, home: Home
) -> None:
    sandbox.set_overwrite(home.channel, sandbox.bot_user, deny=Permission.SEND_MESSAGES)
    frame = Frame("Long", attachment=File("answer.md", "All of it"))

    with pytest.raises(ReplyDelayed):
        await chain.show(0, frame)
    with pytest.raises(ReplyGone):
        await chain.show(0, frame)


async def test_a_file_that_no_further_message_may_carry_comes_with_the_one_before(
    chain: MessageChain, sandbox: DiscordSandbox, home: Home
) -> None:
    await chain.show(0, Frame("One"))
    sandbox.set_overwrite(home.channel, sandbox.bot_user, deny=Permission.SEND_MESSAGES)
    whole = File("answer.md", "All of it")
    with pytest.raises(ReplyDelayed):
        await chain.show(1, Frame("Two", attachment=whole))
    with pytest.raises(ReplyGone):
        await chain.show(1, Frame("Two", attachment=whole))

    await chain.show(0, Frame("One.", attachment=whole))

    [answer] = home.answers()
    assert answer.content == "One."
    assert [file.data for file in answer.attachments] == [b"All of it"]


async def test_a_deleted_answer_is_gone_by_choice(chain: MessageChain, home: Home) -> None:
    await chain.show(0, Frame("Hello"))
    await home.mo.delete(home.answers()[0])

    with pytest.raises(ReplyGone) as gone:
        await chain.show(0, Frame("Hello again"))

    assert gone.value.by_choice


async def test_a_deleted_question_does_not_keep_the_answer_away(
    chain: MessageChain, home: Home, question: Message
) -> None:
    await home.ada.delete(question)

    await chain.show(0, Frame("Hello"))

    assert home.answers()[0].content == "Hello"


@pytest.mark.parametrize("taken", [Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES])
async def test_permission_taken_away_is_final(
    chain: MessageChain, sandbox: DiscordSandbox, home: Home, taken: Permission
) -> None:
    sandbox.set_overwrite(home.channel, sandbox.bot_user, deny=taken)

    with pytest.raises(ReplyGone) as gone:
        await chain.show(0, Frame("Hello"))

    assert not gone.value.by_choice


async def test_a_deleted_channel_is_final(
    chain: MessageChain, sandbox: DiscordSandbox, home: Home
) -> None:
    await chain.show(0, Frame("Hello"))
    sandbox.world.remove_channel(home.channel)

    with pytest.raises(ReplyGone):
        await chain.show(0, Frame("Hello again"))


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_temporary_failure_leaves_the_frame_to_be_shown_later(
    chain: MessageChain, sandbox: DiscordSandbox, home: Home, status: int
) -> None:
    await chain.show(0, Frame("Hello"))
    sandbox.faults.answer("PATCH", "/messages/", status, {"retry_after": 0.2})

    with pytest.raises(ReplyDelayed):
        await chain.show(0, Frame("Hello again"))
    await chain.show(0, Frame("Hello again, newer"))

    assert [version.content for version in home.answers()[0].versions] == [
        "Hello",
        "Hello again, newer",
    ]


async def test_a_message_whose_confirmation_was_lost_is_not_sent_twice(
    chain: MessageChain, sandbox: DiscordSandbox, home: Home
) -> None:
    sandbox.faults.drop("POST", "/messages$", after=True)

    with pytest.raises(ReplyDelayed):
        await chain.show(0, Frame("Hello"))
    with pytest.raises(ReplyDelayed, match="other text"):
        await chain.show(0, Frame("Hello again"))
    await chain.show(0, Frame("Hello again"))

    [answer] = home.answers()
    assert answer.content == "Hello again"


async def test_a_message_too_old_to_edit_is_answered_by_a_new_one(
    chain: MessageChain, sandbox: DiscordSandbox, home: Home
) -> None:
    await chain.show(0, Frame("Old"))
    sandbox.clock.advance(3601)
    for number in range(5):
        await chain.show(0, Frame(f"Old {number}"))
    sandbox.clock.advance(5)  # the bucket is full again

    with pytest.raises(ReplyDelayed) as delayed:
        await chain.show(0, Frame("New"))
    assert delayed.value.retry_after == 0
    assert chain.lane(0).route == CREATING
    await chain.show(0, Frame("New"))
    await chain.show(0, Frame("New and more"))

    old, new = home.answers()
    assert (old.content, new.content) == ("Old 4", "New and more")
    assert new.reference is old
    assert chain.address.message_ids == (new.id,)


async def test_without_message_history_the_answer_comes_without_the_reference(
    chain: MessageChain, sandbox: DiscordSandbox, home: Home
) -> None:
    sandbox.set_overwrite(home.channel, sandbox.bot_user, deny=Permission.READ_MESSAGE_HISTORY)

    with pytest.raises(ReplyDelayed):
        await chain.show(0, Frame("Hello"))
    await chain.show(0, Frame("Hello"))

    assert home.answers()[0].reference is None


async def test_superfluous_messages_are_deleted_and_taken_down_as_ones_own_doing(
    rest: DiscordRest, home: Home
) -> None:
    own = OwnMessages()
    routes = ChannelRoutes(rest, ChannelId(home.channel.id))
    chain = MessageChain(routes, EventId(1), own=own)
    for index in range(3):
        await chain.show(index, Frame(f"Page {index}"))
    ids = chain.address.message_ids

    await chain.keep(1)

    assert [message.content for message in home.answers()] == ["Page 0"]
    assert chain.address.message_ids == ids[:1]
    assert [own.removed(id_) for id_ in ids] == [False, True, True]


async def test_a_superfluous_message_that_is_not_deleted_at_once_is_deleted_later(
    chain: MessageChain, home: Home, sandbox: DiscordSandbox
) -> None:
    for index in range(4):
        await chain.show(index, Frame(f"Page {index}"))
    ids = chain.address.message_ids
    await home.mo.delete(home.answers()[3])
    sandbox.faults.answer("DELETE", f"/messages/{ids[2]}", 503)

    await chain.keep(1)
    assert chain.address.message_ids == ids[:3]
    await chain.keep(1)

    assert chain.address.message_ids == ids[:1]
    assert [message.content for message in home.answers()] == ["Page 0"]


async def test_a_retired_answer_keeps_its_text_and_loses_its_buttons(
    chain: MessageChain, home: Home
) -> None:
    await chain.show(0, Frame("Hello", Controls.ENDED))

    await chain.retire()

    [answer] = home.answers()
    assert answer.content == "Hello"
    assert labels(answer) == []


@pytest.mark.parametrize("status", [429, 503])
async def test_buttons_that_are_not_taken_off_for_now_are_said_to_be_still_there(
    chain: MessageChain, sandbox: DiscordSandbox, home: Home, status: int
) -> None:
    await chain.show(0, Frame("Hello", Controls.ENDED))
    sandbox.faults.answer("PATCH", "/messages/", status, {"retry_after": 0.2})

    with pytest.raises(ReplyDelayed):
        await chain.retire()
    await chain.retire()

    assert labels(home.answers()[0]) == []


async def test_courtesies_never_raise_what_is_final(
    chain: MessageChain, sandbox: DiscordSandbox, home: Home
) -> None:
    await chain.show(0, Frame("Hello", Controls.ENDED))
    sandbox.world.remove_channel(home.channel)

    await chain.typing()
    await chain.retire()
    await chain.keep(0)

    assert {request.status for request in sandbox.requests[1:]} == {404}
