"""Who may press what `/config` shows, for how long, and what nobody gets past."""

from __future__ import annotations

import pytest

from bot.core.conversation import GuildId
from bot.discord_app import private_view
from bot.sandbox.discord.components import walk, words
from bot.sandbox.discord.events import InteractionCreated
from bot.sandbox.discord.handles import InteractionHandle, NotPossible
from bot.sandbox.discord.interactions import begin
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import InteractionType, Message
from tests.discord_app.config.using import part, pick, press, private_word, shown, told
from tests.discord_app.conftest import Home, Inside

pytestmark = pytest.mark.usefixtures("bot")

NOT_YOURS = "Only whoever used the command may use this."
NO_LONGER = "You may not manage this server any more, so nothing was changed."


async def nothing_changed(home: Home, inside: Inside) -> bool:
    return await inside.options.changes(GuildId(home.guild.id), limit=1) == []


async def panel(home: Home, group: str = "Answers") -> Message:
    message = await shown(home.mo, home.channel, "config show")
    await press(home.mo, message, f"group:{group}")
    return message


async def forged(person: Person, message: Message, custom_id: str) -> str:
    """What somebody reads after a press that their app would never send."""
    handle = await person.forge_click(message, custom_id)
    await handle.settled()
    return await private_word(handle)


@pytest.mark.parametrize("what", ["set:buttons", "write:max_tokens", "scope:channel"])
async def test_a_panel_is_for_whoever_opened_it(home: Home, inside: Inside, what: str) -> None:
    message = await panel(home)
    custom_id = part(message, what)["custom_id"]
    with pytest.raises(NotPossible):
        await home.ada.click(message, custom_id)  # they do not even see it

    before = len(message.versions)
    assert NOT_YOURS in await forged(home.ada, message, custom_id)

    assert await nothing_changed(home, inside)
    assert len(message.versions) == before


async def test_another_moderator_may_not_press_it_either(
    home: Home, inside: Inside, sandbox: DiscordSandbox
) -> None:
    other = sandbox.add_member(home.guild, "Max", Permission.MANAGE_GUILD)
    message = await panel(home)

    assert NOT_YOURS in await forged(other, message, part(message, "set:buttons")["custom_id"])
    assert await nothing_changed(home, inside)


async def test_a_form_counts_only_from_whom_it_was_opened_for(
    home: Home, inside: Inside, sandbox: DiscordSandbox
) -> None:
    message = await panel(home)
    form = await press(home.mo, message, "write:max_tokens")
    assert form.modal is not None
    filled = {
        "custom_id": form.modal["custom_id"],
        "components": [
            {
                "type": 18,
                "id": 2,
                "component": {"type": 4, "id": 3, "custom_id": "value", "value": "5"},
            }
        ],
    }
    sent = begin(
        sandbox.world,
        InteractionType.MODAL_SUBMIT,
        home.ada.user,
        home.channel,
        filled,
        source=message,
        trigger=form.interaction,
    )
    handle = InteractionHandle(sandbox.world, sent)
    await handle.settled()

    assert NOT_YOURS in await private_word(handle)
    assert await nothing_changed(home, inside)


async def test_who_has_lost_manage_server_changes_nothing_more(
    home: Home, inside: Inside, sandbox: DiscordSandbox
) -> None:
    message = await panel(home)
    form = await press(home.mo, message, "write:max_tokens")
    asked = await shown(home.mo, home.channel, "config log")
    sandbox.world.set_roles(home.guild, home.mo.user, [])

    assert await private_word(await press(home.mo, message, "set:buttons")) == NO_LONGER
    assert await private_word(await pick(home.mo, message, "set:footer", "details")) == NO_LONGER
    sent = await home.mo.submit(form, value="5")
    await sent.settled()
    assert await private_word(sent) == NO_LONGER
    assert "Nothing has been changed" in words(asked)
    assert await nothing_changed(home, inside)


async def test_who_was_let_in_by_the_servers_own_screen_may_press(
    home: Home, inside: Inside, sandbox: DiscordSandbox
) -> None:
    """Discord delivers their command although they do not manage the server."""
    command = next(one for one in sandbox.world.commands.values() if one.name == "config")
    data = {
        "id": str(command.id),
        "name": "config",
        "type": 1,
        "options": [{"type": 1, "name": "show", "options": []}],
    }
    world = sandbox.world
    used = begin(world, InteractionType.COMMAND, home.ada.user, home.channel, data)
    message = await InteractionHandle(world, used).answered()

    await press(home.ada, message, "group:Answers")
    await press(home.ada, message, "set:buttons")

    assert not await nothing_changed(home, inside)


async def test_a_press_that_is_sent_twice_changes_once(
    home: Home, inside: Inside, sandbox: DiscordSandbox
) -> None:
    message = await panel(home)
    pressed = await press(home.mo, message, "set:buttons")

    sandbox.world.publish(InteractionCreated(pressed.interaction))
    await press(home.mo, message, "group:Model")  # what was sent before it has been looked at

    assert len(await inside.options.changes(GuildId(home.guild.id), limit=9)) == 1


async def test_a_command_that_is_sent_twice_changes_once(
    home: Home, inside: Inside, sandbox: DiscordSandbox
) -> None:
    used = await home.mo.slash(home.channel, "config set", option="seed", value="1")
    await used.answered()
    await told(home.mo, home.channel, "config reset", option="seed")

    sandbox.world.publish(InteractionCreated(used.interaction))
    await told(home.mo, home.channel, "config log")

    assert await inside.options.chosen_in(GuildId(home.guild.id)) == []


async def test_a_panel_of_an_earlier_run_is_known_as_such(home: Home, inside: Inside) -> None:
    message = await panel(home)
    current = str(part(message, "set:buttons")["custom_id"])
    run = current.split(":")[1]

    said = await forged(home.mo, message, current.replace(run, "0ld"))

    assert said == "I was restarted since I showed you this. Please use the command once more."
    assert await nothing_changed(home, inside)


async def test_a_panel_that_nobody_uses_closes_and_says_so(
    home: Home, sandbox: DiscordSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_view, "LIFETIME", 0.3)
    message = await shown(home.mo, home.channel, "config show")

    closed = "Closed after 15 minutes. `/config show` opens it again."
    assert await sandbox.world.feed.until(lambda: closed in words(message), timeout=10)

    assert "**Model** · **Gemini 2.5 Flash**" in words(message)
    assert not [one for one in walk(message.components) if one.get("custom_id")]
