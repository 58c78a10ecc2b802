"""What people may do, see, press and fill in."""

from __future__ import annotations

import pytest

from bot.sandbox.discord import posting
from bot.sandbox.discord.components import labels
from bot.sandbox.discord.errors import ApiError
from bot.sandbox.discord.handles import NotPossible, NotReached
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.posting import Draft
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Json, Message, MessageType
from tests.sandbox.discord.conftest import Home


def row(*components: Json) -> Json:
    return {"type": 1, "components": list(components)}


def button(label: str, **more: object) -> Json:
    return {"type": 2, "style": 1, "label": label, "custom_id": label.lower(), **more}


MENU: Json = {
    "type": 3,
    "custom_id": "menu",
    "placeholder": "Pick",
    "max_values": 2,
    "options": [{"label": "One", "value": "1"}, {"label": "Two", "value": "2"}],
}


@pytest.fixture
def shown(sandbox: DiscordSandbox, home: Home) -> Message:
    """A message of the bot's with buttons and a menu."""
    link = {"type": 2, "style": 5, "label": "Docs", "url": "https://example.com"}
    buttons = row(button("Stop"), button("Again", disabled=True), link)
    draft = Draft(content="here", components=[buttons, row(MENU)])
    return posting.post(sandbox.world, home.channel, sandbox.bot_user, draft)


async def test_people_are_held_to_their_permissions(sandbox: DiscordSandbox, home: Home) -> None:
    message = await home.mo.send(home.channel, "mine")
    sandbox.set_overwrite(home.channel, home.guild, deny=Permission.SEND_MESSAGES)
    with pytest.raises(ApiError, match="50013"):
        await home.ada.send(home.channel, "no")
    with pytest.raises(ApiError, match="50013"):
        await home.ada.delete(message)
    with pytest.raises(ApiError, match="50005"):
        await home.ada.edit(message, "yours")
    sandbox.set_overwrite(home.channel, home.ada, deny=Permission.VIEW_CHANNEL)
    assert home.ada.sees(home.channel) == []
    assert not home.ada.may_view(home.channel)
    with pytest.raises(ApiError, match="50001"):
        await home.ada.type(home.channel)


async def test_an_empty_message_cannot_be_sent(home: Home) -> None:
    with pytest.raises(NotPossible):
        await home.ada.send(home.channel, "  ")


async def test_a_reply_mentions_its_author_unless_switched_off(home: Home) -> None:
    message = await home.mo.send(home.channel, "hello")
    reply = await home.ada.send(home.channel, "hi", reply_to=message)
    silent = await home.ada.send(home.channel, "hi", reply_to=message, ping=False)
    assert reply.type is MessageType.REPLY
    assert (reply.pings.users, silent.pings.users) == ((home.mo.id,), ())


async def test_buttons_are_pressed_by_label_or_id(home: Home, shown: Message) -> None:
    assert labels(shown) == ["Stop", "Docs"]
    for name in ("Stop", "stop"):
        handle = await home.ada.click(shown, name)
        assert handle.interaction.data == {"custom_id": "stop", "component_type": 2, "id": 2}
        assert handle.interaction.source is shown


@pytest.mark.parametrize("name", ["Again", "Docs", "Nothing"])
async def test_what_cannot_be_pressed_is_not_pressed(
    sandbox: DiscordSandbox, home: Home, shown: Message, name: str
) -> None:
    with pytest.raises(NotPossible):
        await home.ada.click(shown, name)
    assert sandbox.world.interactions == {}


async def test_only_what_one_sees_can_be_pressed_but_a_press_can_be_forged(
    home: Home, shown: Message
) -> None:
    await home.mo.delete(shown)
    with pytest.raises(NotPossible, match="does not see"):
        await home.ada.click(shown, "Stop")
    forged = await home.ada.forge_click(shown, "reply:1:stop")
    assert forged.interaction.data["custom_id"] == "reply:1:stop"


async def test_menus_take_labels_or_values_within_their_bounds(home: Home, shown: Message) -> None:
    handle = await home.ada.select(shown, "Pick", ["One", "2"])
    assert handle.interaction.data["values"] == ["1", "2"]
    for wrong in ([], ["1", "2", "1"], ["Three"]):
        with pytest.raises(NotPossible):
            await home.ada.select(shown, "menu", wrong)


async def test_a_menu_of_users_resolves_them(sandbox: DiscordSandbox, home: Home) -> None:
    draft = Draft(components=[row({"type": 5, "custom_id": "who"})])
    message = posting.post(sandbox.world, home.channel, sandbox.bot_user, draft)
    handle = await home.ada.select(message, "who", [home.mo.user])
    data = handle.interaction.data
    assert data["values"] == [str(home.mo.id)]
    assert data["resolved"]["users"][str(home.mo.id)]["username"] == "mo"


async def test_buttons_inside_containers_are_found(sandbox: DiscordSandbox, home: Home) -> None:
    section = {
        "type": 9,
        "components": [{"type": 10, "content": "text"}],
        "accessory": button("More"),
    }
    draft = Draft(components=[{"type": 17, "components": [section, row(button("Less"))]}])
    message = posting.post(sandbox.world, home.channel, sandbox.bot_user, draft)
    assert labels(message) == ["More", "Less"]
    assert (await home.ada.click(message, "More")).interaction.data["id"] == 4


async def test_a_form_is_checked_before_it_is_sent(home: Home, shown: Message) -> None:
    opened = await home.ada.click(shown, "Stop")
    with pytest.raises(NotPossible, match="no form"):
        await home.ada.submit(opened, q="x")
    field = {"type": 4, "custom_id": "q", "label": "Q", "style": 1, "min_length": 2}
    note = {"type": 4, "custom_id": "n", "style": 1, "required": False, "value": "as it was"}
    label = {"type": 18, "label": "Note", "component": note}
    opened.interaction.modal = {
        "custom_id": "form",
        "title": "F",
        "components": [row(field), label],
    }
    for wrong in ({}, {"q": "x"}, {"q": "fine", "z": "?"}):
        with pytest.raises(NotPossible):
            await home.ada.submit(opened, **wrong)
    sent = await home.ada.submit(opened, q="fine")
    first, second = sent.interaction.data["components"]
    assert first["components"][0]["value"] == "fine"
    assert second["component"]["value"] == "as it was"
    assert sent.interaction.source is shown


async def test_waiting_in_vain_shows_how_things_stand(
    sandbox: DiscordSandbox, home: Home, shown: Message
) -> None:
    await home.ada.click(shown, "Stop")
    with pytest.raises(NotReached) as failure:
        await sandbox.until(lambda: False, timeout=0, what="The end of the world")
    assert str(failure.value).startswith("The end of the world")
    assert "#general wery (version 1): 'here'" in str(failure.value)
    assert "COMPONENT pending" in str(failure.value)


async def test_a_condition_that_breaks_breaks_the_wait(sandbox: DiscordSandbox, home: Home) -> None:
    with pytest.raises(IndexError):
        await sandbox.until(lambda: home.ada.sees(home.channel)[0])


async def test_an_answer_that_cannot_come_is_not_waited_for(
    sandbox: DiscordSandbox, home: Home, shown: Message
) -> None:
    handle = await home.ada.click(shown, "Stop")
    sandbox.clock.advance(3)
    with pytest.raises(NotReached, match="did not respond"):
        await handle.answered()


async def test_webhooks_bots_and_discord_itself_can_speak(
    sandbox: DiscordSandbox, home: Home
) -> None:
    hook = sandbox.post_as_webhook(home.channel, "News", "extra!")
    joined = sandbox.post_system(home.channel, home.ada, MessageType.USER_JOIN)
    robot = sandbox.add_member(home.guild, sandbox.add_person("Robo", bot=True))
    spoken = await robot.send(home.channel, "beep")
    assert hook.webhook_id
    assert joined.type is MessageType.USER_JOIN
    assert spoken.author.bot


async def test_a_role_can_be_given_with_the_membership(sandbox: DiscordSandbox, home: Home) -> None:
    role = sandbox.add_role(home.guild, "Mods", Permission.MANAGE_MESSAGES)
    grace = sandbox.add_member(home.guild, "Grace", roles=[role])
    message = await home.ada.send(home.channel, "x")
    await grace.delete(message)
    assert message.deleted


async def test_people_start_threads_where_and_how_they_may(
    sandbox: DiscordSandbox, home: Home
) -> None:
    thread = await home.ada.start_thread(home.channel, "Talk")
    for place in (thread, await home.ada.open_dm()):
        with pytest.raises(ApiError, match="50024"):
            await home.ada.start_thread(place, "No")
    denied = Permission.CREATE_PRIVATE_THREADS
    sandbox.set_overwrite(home.channel, home.ada, deny=denied)
    with pytest.raises(ApiError, match="50013"):
        await home.ada.start_thread(home.channel, "Secret", private=True)
    await home.ada.change_thread(thread, archived=True)
    with pytest.raises(ApiError, match="50013"):
        await home.ada.change_thread(thread, locked=True)


async def test_nothing_is_edited_in_an_archived_thread(home: Home) -> None:
    thread = await home.ada.start_thread(home.channel, "Talk")
    message = await home.ada.send(thread, "x")
    await home.ada.change_thread(thread, archived=True)
    with pytest.raises(ApiError, match="50083"):
        await home.ada.edit(message, "y")
