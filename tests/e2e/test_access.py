"""Who may ask where: denied ones are told in private, or nothing at all."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.discord.errors import ApiError
from bot.sandbox.discord.handles import InteractionHandle, NotPossible
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.state import Channel, Message
from tests.e2e.stage import Home, Stage, has_ended


async def access(home: Home, command: str, **options: Any) -> str:
    """What a moderator reads after `/config access …`."""
    handle = await home.mo.slash(home.channel, f"config access {command}", **options)
    told = await handle.answered()
    assert not home.ada.can_see(told)
    return told.content


async def refusal(home: Home, handle: InteractionHandle, by: Person | None = None) -> str:
    """What somebody reads, and nobody else, whose command was refused."""
    await home.until(lambda: any(one.content for one in handle.responses))
    [told] = [one for one in handle.responses if not one.deleted]
    assert (by or home.ada).can_see(told)
    assert not home.mo.can_see(told)
    return told.content


async def silence(home: Home, said: Message, *, then: Person, channel: Channel) -> None:
    """Nothing answers a message: the next person is answered, and that is all there is to see."""
    answered = await home.answered(await home.mention("And I?", by=then, channel=channel))
    later = [m for m in channel.messages.values() if m.id > said.id and m.author.bot]
    assert later == [answered]


async def test_a_denied_member_is_told_in_private_or_nothing(home: Home) -> None:
    await access(home, "deny", member=home.ada)

    assert "leave to ask me" in await refusal(home, await home.ask("Why?"))
    said = await home.mention("Why?")
    await silence(home, said, then=home.bob, channel=home.channel)
    assert len(home.weryai.requests) == 1


async def test_a_denied_channel_and_its_threads_are_silent_and_others_are_not(
    home: Home,
) -> None:
    other = home.discord.add_channel(home.guild, "other")
    thread = await home.ada.start_thread(home.channel, "Talk")
    await access(home, "deny", channel=home.channel)

    for place in (home.channel, thread):
        text = await refusal(home, await home.ask("Why?", channel=place))
        assert "in this channel" in text
        said = await home.mention("Why?", channel=place)
        await silence(home, said, then=home.mo, channel=place)
    await home.answered(await home.mention("Why?", channel=other))


async def test_only_allowed_roles_may_ask_as_long_as_they_have_them(home: Home) -> None:
    vip = home.discord.add_role(home.guild, "VIP")
    await access(home, "allow", role=vip)
    await refusal(home, await home.ask("Why?"))
    home.discord.world.set_roles(home.guild, home.ada.user, [vip.id])
    await home.answered(await home.ask("Why?"))
    answer = await home.answered(await home.mention("And by message?"))

    home.discord.world.set_roles(home.guild, home.ada.user, [])

    await refusal(home, await home.ask("Why?"))
    assert "leave to ask me" in await refusal(home, await home.ada.click(answer, "Regenerate"))
    said = await home.mention("Why?")
    await silence(home, said, then=home.mo, channel=home.channel)
    assert len(home.weryai.requests) == 3


async def test_a_denied_member_cannot_have_their_answer_anew(home: Home) -> None:
    answer = await home.answered(await home.ask("Why?"))
    before = answer.content
    await access(home, "deny", member=home.ada)

    handle = await home.ada.click(answer, "Regenerate")

    assert "leave to ask me" in await refusal(home, handle)
    assert answer.content == before
    assert len(home.weryai.requests) == 1


async def test_a_denied_member_opens_no_thread(home: Home) -> None:
    await access(home, "deny", member=home.ada)
    for options in ({}, {"prompt": "Let us talk"}):
        handle = await home.ada.slash(home.channel, "chat", **options)
        assert "leave to ask me" in await refusal(home, handle)
    assert not threads(home)


async def test_what_a_denied_member_says_in_a_listened_thread_is_not_answered(
    home: Home,
) -> None:
    await home.bob.slash(home.channel, "chat", prompt="Let us talk")
    await home.until(lambda: threads(home))
    [thread] = threads(home)
    await home.until(lambda: any(has_ended(one) for one in thread.messages.values()))
    await access(home, "deny", member=home.ada)

    await home.ada.send(thread, "And what do you think of me?")
    await home.bob.send(thread, "And of me?")

    await home.until(lambda: len(home.weryai.requests) == 2)
    assert "think of me" not in str(home.weryai.requests[-1].json["messages"])


async def test_moderators_are_never_locked_out(home: Home) -> None:
    await access(home, "deny", channel=home.channel, member=home.mo)
    await access(home, "allow", member=home.bob)
    await home.answered(await home.ask("Why?", by=home.mo))
    await home.answered(await home.mention("Why?", by=home.mo))


async def test_direct_messages_are_not_concerned(home: Home) -> None:
    await access(home, "deny", member=home.ada)
    direct = await home.ada.open_dm()
    await home.answered(await home.ada.send(direct, "Why?"))


async def test_lists_hold_after_a_restart(stage: Stage) -> None:
    home = stage.home()
    async with stage.running_bot() as bot:
        await access(home, "deny", member=home.ada)
        await bot.restart()
        await refusal(home, await home.ask("Why?"))
        assert f"<@{home.ada.id}>" in await access(home, "show")
        await access(home, "remove", member=home.ada)
        await home.answered(await home.ask("Why?"))


@pytest.mark.parametrize("command", ["allow", "deny", "remove", "show"])
async def test_neither_members_nor_strangers_can_touch_the_lists(home: Home, command: str) -> None:
    stranger = home.stage.home("Elsewhere").mo  # a moderator, but of another server
    options = {} if command == "show" else {"member": home.ada}
    await access(home, "deny", member=home.ada)
    for person in (home.ada, home.bob, stranger):
        with pytest.raises((NotPossible, ApiError)):
            await person.slash(home.channel, f"config access {command}", **options)
    assert f"denied: <@{home.ada.id}>" in await access(home, "show")


def threads(home: Home) -> list[Channel]:
    return [one for one in home.discord.world.channels.values() if one.parent is home.channel]
