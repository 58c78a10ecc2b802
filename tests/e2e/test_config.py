"""`/config …` and members' own models: by a moderator, a member and a stranger, across restarts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.sandbox.discord.components import walk, words
from bot.sandbox.discord.events import InteractionCreated
from bot.sandbox.discord.handles import InteractionHandle, NotPossible
from bot.sandbox.discord.interactions import begin
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.state import InteractionType, Message
from tests.e2e.stage import DEFAULT_MODEL, TOO_MANY, Home, Stage

RESTARTED = "I was restarted since I showed you this. Please use the command once more."
NOT_YOURS = "Only whoever used the command may use this."
BAD_REQUEST = 400
NO_LONGER = "You may not manage this server any more, so nothing was changed."


async def told(home: Home, command: str, /, **options: Any) -> str:
    """What a moderator reads, and nobody else."""
    answer = await shown(home, command, **options)
    assert not home.ada.can_see(answer)
    return words(answer)


async def shown(
    home: Home, command: str, /, *, by: Person | None = None, **options: Any
) -> Message:
    """The private message that answers a command, once the bot knows that Discord has it."""
    answer = await (await (by or home.mo).slash(home.channel, command, **options)).answered()
    await settled(home)
    return answer


async def settled(home: Home) -> None:
    """Let the bot hear what became of its last request: nobody presses faster than that."""
    await home.ada.autocomplete(home.channel, "ask", "model", "")


def named(message: Message, what: str) -> str:
    """The custom id of a button or menu."""
    ids = [str(one.get("custom_id", "")) for one in walk(message.components)]
    (found,) = [one for one in ids if one.endswith(f":{what}")]
    return found


async def press(home: Home, message: Message, what: str) -> InteractionHandle:
    """A moderator presses a button; what comes of it is there."""
    before = len(message.versions)
    handle = await home.mo.click(message, named(message, what))
    await home.until(
        lambda: len(message.versions) > before or handle.modal or handle.responses, "The press"
    )
    await settled(home)
    return handle


async def noticed(handle: InteractionHandle) -> str:
    """The private notice that a press was answered with."""
    await handle.settled()
    (notice,) = handle.responses
    assert notice.ephemeral_for == handle.interaction.user.id
    return words(notice)


async def changes(home: Home) -> int:
    """How many changes the server's log has."""
    return (await told(home, "config log")).count("→")


async def asked(home: Home, **options: Any) -> dict[str, Any]:
    """What WeryAI is asked when somebody asks."""
    await home.answered(await home.ask("Who are you?", **options))
    return dict(home.weryai.requests[-1].json)


# --- a moderator ----------------------------------------------------------------------------------


async def test_what_is_changed_on_the_panel_applies_to_the_next_question(home: Home) -> None:
    panel = await shown(home, "config show")
    await press(home, panel, "group:Wording")
    form = await press(home, panel, "write:temperature")
    before = len(panel.versions)
    await home.mo.submit(form, value="1.25")
    await home.until(lambda: len(panel.versions) > before)

    assert "**Temperature** · `1.25`" in words(panel)
    assert (await asked(home))["temperature"] == 1.25

    await press(home, panel, "reset:temperature")
    assert "temperature" not in await asked(home)


@pytest.mark.parametrize(
    ("option", "least", "most", "beyond"),
    [
        ("temperature", "0", "2", ("-0.1", "2.1")),
        ("top_p", "0", "1", ("-0.1", "1.1")),
        ("presence_penalty", "-2", "2", ("-2.1", "2.1")),
        ("frequency_penalty", "-2", "2", ("-2.1", "2.1")),
        ("history", "1", "50", ("0", "51")),
        ("max_tokens", "1", "4096", ("0", "-1")),
    ],
)
async def test_values_at_the_ends_of_a_range_are_taken_and_those_beyond_refused(
    home: Home, option: str, least: str, most: str, beyond: tuple[str, str]
) -> None:
    for value in (least, most):
        assert f"→ `{value}`" in await told(home, "config set", option=option, value=value)
    for value in beyond:
        text = await told(home, "config set", option=option, value=value)
        assert text.startswith(f"`{option}` must be a")
        assert f"you gave `{value}`" in text
    assert await changes(home) == 2


async def test_everything_is_exported_and_taken_back_in_another_server(
    stage: Stage,
) -> None:
    first, second = stage.home("First"), stage.home("Second")
    async with stage.running_bot():
        await told(first, "config set", option="model", value="GPT_5")
        await told(first, "config set", option="history", value="9")
        exported = (await shown(first, "config export")).attachments[0].data

        file = second.mo.file("config.json", exported)
        text = await told(second, "config import", file=file)

        assert text.startswith("Done: 2 changes in 1 place.")
        assert (await asked(first))["model"] == (await asked(second))["model"] == "GPT_5"


async def test_one_wrong_value_in_a_file_changes_nothing(home: Home) -> None:
    document = {"version": 1, "server": {"seed": 7, "temperature": 9, "model": "GPT_9000"}}
    file = home.mo.file("config.json", json.dumps(document).encode())

    text = await told(home, "config import", file=file)

    assert text.startswith("Nothing was changed: 2 things are wrong in the file.")
    assert "seed" not in await asked(home)
    assert await changes(home) == 0


async def test_changes_are_announced_where_a_moderator_wants_them(home: Home) -> None:
    records = home.discord.add_channel(home.guild, "records")
    await told(home, "config set", option="log_channel", value=str(records.id))
    await told(home, "config set", option="seed", value="7")

    announced = [message.content for message in home.mo.sees(records)]
    assert announced[-1] == f"<@{home.mo.id}> · server · **Seed**: not set → `7`"
    assert await changes(home) == 2


async def test_many_changes_in_a_row_are_all_announced_without_a_429(home: Home) -> None:
    records = home.discord.add_channel(home.guild, "records")
    await told(home, "config set", option="log_channel", value=str(records.id))
    for seed in range(7):  # more than Discord lets anybody say in five seconds
        await told(home, "config set", option="seed", value=str(seed))

    announced = [message.content for message in home.mo.sees(records)]
    assert len(announced) == 8
    assert not any(one.status == TOO_MANY for one in home.discord.requests)


async def test_everything_outlives_a_restart_but_an_open_panel_says_that_it_is_old(
    stage: Stage,
) -> None:
    home = stage.home()
    async with stage.running_bot() as bot:
        await told(home, "config set", option="model", value="GPT_5", scope="channel")
        await told(home, "config set", option="seed", value="7")
        panel = await shown(home, "config show")
        log = await told(home, "config log")

        await bot.restart()

        assert await noticed(await home.mo.click(panel, named(panel, "group:Prompt"))) == RESTARTED
        request = await asked(home)
        assert (request["model"], request["seed"]) == ("GPT_5", 7)
        assert await told(home, "config log") == log


# --- a member, a stranger, and who was a moderator ------------------------------------------------


async def test_discord_offers_none_of_it_to_members(home: Home) -> None:
    file = home.ada.file("config.json", b'{"version": 1, "server": {"seed": 1}}')
    commands: list[tuple[str, dict[str, Any]]] = [
        ("config show", {}),
        ("config set", {"option": "seed", "value": "1"}),
        ("config reset", {}),
        ("config export", {}),
        ("config import", {"file": file}),
        ("config log", {}),
    ]
    for command, options in commands:
        with pytest.raises(NotPossible):
            await home.ada.slash(home.channel, command, **options)
    assert await changes(home) == 0


async def test_forged_presses_of_a_moderators_panel_change_nothing(home: Home) -> None:
    panel = await shown(home, "config show")
    await press(home, panel, "group:Answers")
    await told(home, "config set", option="seed", value="7")
    confirmation = await shown(home, "config reset")

    for message, what in (
        (panel, "set:buttons"),
        (panel, "write:max_tokens"),
        (confirmation, "reset"),
    ):
        forged = await home.ada.forge_click(message, named(message, what))
        assert (await noticed(forged)).startswith(NOT_YOURS)
    assert await changes(home) == 1


async def test_a_forged_form_changes_nothing(home: Home) -> None:
    panel = await shown(home, "config show")
    await press(home, panel, "group:Answers")
    form = await press(home, panel, "write:max_tokens")
    assert form.modal is not None
    field = {"type": 4, "id": 3, "custom_id": "value", "value": "5"}
    data = {
        "custom_id": form.modal["custom_id"],
        "components": [{"type": 18, "id": 2, "component": field}],
    }

    world, kind = home.discord.world, InteractionType.MODAL_SUBMIT
    sent = begin(world, kind, home.ada.user, home.channel, data, source=panel)

    assert (await noticed(InteractionHandle(world, sent))).startswith(NOT_YOURS)
    assert await changes(home) == 0


async def test_whose_permission_was_taken_away_changes_nothing_more(home: Home) -> None:
    panel = await shown(home, "config show")
    await press(home, panel, "group:Answers")
    form = await press(home, panel, "write:max_tokens")
    roles = list(home.guild.members[home.mo.id].role_ids)
    home.discord.world.set_roles(home.guild, home.mo.user, [])

    assert await noticed(await home.mo.click(panel, named(panel, "set:buttons"))) == NO_LONGER
    assert await noticed(await home.mo.submit(form, value="5")) == NO_LONGER

    home.discord.world.set_roles(home.guild, home.mo.user, roles)
    assert await changes(home) == 0


async def test_what_is_sent_twice_changes_once(home: Home) -> None:
    home.stage.except_for.violations = True  # the second time is answered with 40060
    panel = await shown(home, "config show")
    await press(home, panel, "group:Answers")
    pressed = await press(home, panel, "set:buttons")
    command = await home.mo.slash(home.channel, "config set", option="seed", value="7")
    await command.answered()
    await told(home, "config reset", option="seed")
    count = await changes(home)

    for handle in (pressed, command):
        home.discord.world.publish(InteractionCreated(handle.interaction))
    await home.until(
        lambda: sum(one.status == BAD_REQUEST for one in home.discord.requests) == 2, "Refusals"
    )

    assert await changes(home) == count == 3


# --- a member's own model -------------------------------------------------------------------------


async def choose_own(home: Home, vendor: str, key: str) -> Message:
    message = await shown(home, "model", by=home.ada)
    for what, value in (("vendor", vendor), ("model", key)):
        before = len(message.versions)
        await home.ada.select(message, named(message, what), [value])
        await drawn(home, message, before)
    return message


async def drawn(home: Home, message: Message, before: int) -> None:
    """Wait for another version of a message than those there were."""
    await home.until(lambda: len(message.versions) > before)
    await settled(home)


async def test_a_members_own_model_answers_their_private_questions_alone(home: Home) -> None:
    message = await choose_own(home, "GPT", "GPT_5")
    assert "are answered by **GPT-5** (`GPT_5`): you chose it." in words(message)

    assert (await asked(home, private=True))["model"] == "GPT_5"
    assert (await asked(home))["model"] == DEFAULT_MODEL
    assert (await asked(home, by=home.bob, private=True))["model"] == DEFAULT_MODEL
    direct = await home.ada.open_dm()
    assert (await asked(home, channel=direct))["model"] == "GPT_5"
    assert await changes(home) == 0


async def test_a_members_own_model_is_for_where_moderators_allow_it(home: Home) -> None:
    message = await choose_own(home, "GPT", "GPT_5")
    await told(home, "config set", option="member_models", value="GROK_4, GLM_5")

    assert "you may not pick that here" in words(await shown(home, "model", by=home.ada))
    assert (await asked(home, private=True))["model"] == DEFAULT_MODEL
    handle = await home.ada.select(message, named(message, "model"), ["GPT_5_1"])
    await home.until(lambda: handle.responses)
    assert "may not pick that model here any more" in words(handle.responses[0])
