"""What people do with the bot's commands, components and forms from the page."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from bot.sandbox.discord import interactions
from bot.sandbox.discord.state import InteractionType, Json
from tests.sandbox.page.stage import BUTTON, FORM, MENU, USER_MENU, Client, Refused, Stage


def suggest(stage: Stage, *names: str) -> None:
    """The bot's answer to the newest autocomplete."""
    one = stage.used
    one.choices = [{"name": name, "value": name} for name in names]
    interactions.acknowledge(stage.world, one, 8)


async def test_the_picker_offers_what_its_person_may_use(
    ada: Client, mo: Client, stage: Stage
) -> None:
    offered = {}
    for name, client in (("ada", ada), ("mo", mo)):
        found = (await client.act("commands", channel=str(stage.channel.id)))["commands"]
        offered[name] = {(one["name"], one["type"]) for one in found}
    menus = {("Ask about this", 3), ("Who is this", 2)}
    assert offered["ada"] == {("ask", 1)} | menus
    assert offered["mo"] == {("ask", 1), ("config", 1)} | menus


async def test_a_command_is_used_with_options_of_every_kind(ada: Client, stage: Stage) -> None:
    file = {"name": "a.txt", "type": "text/plain", "data": base64.b64encode(b"hi").decode()}
    options = {"prompt": "Hello?", "whom": str(stage.mo.id), "file": file}
    await ada.act("slash", channel=str(stage.channel.id), command="/ask", options=options)
    data = stage.used.data
    given = {one["name"]: one["value"] for one in data["options"]}
    assert (given["prompt"], given["whom"]) == ("Hello?", str(stage.mo.id))
    assert data["resolved"]["users"][str(stage.mo.id)]["username"] == "mo"
    assert data["resolved"]["attachments"][given["file"]]["filename"] == "a.txt"


async def test_a_subcommand_is_used(mo: Client, stage: Stage) -> None:
    await mo.act("slash", channel=str(stage.channel.id), command="config model", options={})
    assert stage.used.data["options"][0]["name"] == "model"
    shown = (await mo.frame("interaction"))["interaction"]
    assert (shown["name"], shown["kind"]) == ("config model", 2)


@pytest.mark.parametrize(
    ("command", "options", "words"),
    [
        ("ask", {}, "'prompt' is required"),
        ("ask", {"prompt": "x", "sugar": 2}, "no such option: sugar"),
        ("config model", {}, "not offered 'config'"),
        ("dance", {}, "not offered 'dance'"),
    ],
)
async def test_what_the_picker_would_not_let_go_is_refused(
    ada: Client, stage: Stage, command: str, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refused, match=words) as caught:
        await ada.act("slash", channel=str(stage.channel.id), command=command, options=options)
    assert caught.value.code is None
    assert stage.world.interactions == {}


async def test_suggestions_come_as_one_types_and_hold_up_nothing_else(
    ada: Client, stage: Stage
) -> None:
    asked = {"channel": str(stage.channel.id), "command": "ask", "option": "model"}
    first = await ada.begin(
        "autocomplete", **asked, value="gp", options={"prompt": "x", "model": 5}
    )
    await ada.act("type", channel=str(stage.channel.id))
    (focused,) = [one for one in stage.used.data["options"] if one.get("focused")]
    assert (focused["name"], focused["value"]) == ("model", "gp")
    suggest(stage, "GPT-5", "GPT-4o")
    found = (await ada.result(first))["choices"]
    assert [one["name"] for one in found] == ["GPT-5", "GPT-4o"]


async def test_suggestions_that_stay_away_are_said_to(ada: Client, stage: Stage) -> None:
    asked = {"channel": str(stage.channel.id), "command": "ask", "option": "model"}
    first = await ada.begin("autocomplete", **asked, value="gp", options={})
    await ada.act("type", channel=str(stage.channel.id))
    stage.sandbox.clock.advance(3.1)
    with pytest.raises(Refused, match="Loading options failed"):
        await ada.result(first)


async def test_entries_of_a_messages_and_of_a_persons_menu_are_used(
    ada: Client, stage: Stage
) -> None:
    message = stage.say("about me")
    await ada.act("menu", name="Ask about this", message=str(message.id))
    assert stage.used.data["target_id"] == str(message.id)
    place = str(stage.channel.id)
    await ada.act("menu", name="Who is this", user=str(stage.mo.id), channel=place)
    assert stage.used.data["target_id"] == str(stage.mo.id)


async def test_a_button_is_pressed(ada: Client, stage: Stage) -> None:
    message = stage.say("running", BUTTON)
    await ada.act("click", message=str(message.id), custom_id="stop", nonce="n2")
    assert (stage.used.type, stage.used.source) == (InteractionType.COMPONENT, message)
    shown = (await ada.frame("interaction"))["interaction"]
    assert (shown["name"], shown["nonce"]) == ("stop", "n2")
    with pytest.raises(Refused, match="has no 'go'"):
        await ada.act("click", message=str(message.id), custom_id="go")


async def test_values_are_chosen_from_menus(ada: Client, stage: Stage) -> None:
    message = stage.say("choose", MENU, USER_MENU)
    await ada.act("select", message=str(message.id), custom_id="pick", values=["2"])
    assert stage.used.data["values"] == ["2"]
    someone = str(stage.mo.id)
    await ada.act("select", message=str(message.id), custom_id="whom", values=[someone])
    assert stage.used.data["values"] == [someone]
    assert someone in stage.used.data["resolved"]["users"]
    with pytest.raises(Refused, match="takes 1 to 1 values"):
        await ada.act("select", message=str(message.id), custom_id="pick", values=[])


async def test_a_form_is_sent_by_the_person_it_was_opened_for(
    ada: Client, mo: Client, stage: Stage
) -> None:
    message = stage.say("press", BUTTON)
    opened = (await ada.act("click", message=str(message.id), custom_id="stop"))["interaction"]
    stage.used.modal = FORM
    interactions.acknowledge(stage.world, stage.used, 9)
    with pytest.raises(Refused):
        await mo.act("submit", interaction=opened, values={"question": "Mine?"})
    for values, words in (
        ({"question": ""}, "is required"),
        ({"question": "x" * 4001}, "characters"),
        ({"question": 5}, "object of strings"),
        ({"colour": "red"}, "no field 'colour'"),
    ):
        with pytest.raises(Refused, match=words):
            await ada.act("submit", interaction=opened, values=values)
    await ada.act("submit", interaction=opened, values={"question": "Why?"})
    sent = stage.used
    assert sent.type is InteractionType.MODAL_SUBMIT
    assert sent.data["components"][0]["components"][0]["value"] == "Why?"


async def test_an_answer_names_the_command_and_who_used_it(ada: Client, stage: Stage) -> None:
    await ada.act("slash", channel=str(stage.channel.id), command="ask", options={"prompt": "x"})
    stage.respond(stage.used, "an answer")
    shown = (await ada.message("an answer"))["message"]
    assert shown["command"] == {"user": str(stage.ada.id), "name": "ask"}
    done = await ada.frame("interaction", where=lambda one: one["interaction"]["response"])
    assert done["interaction"]["response"] == shown["id"]


async def test_a_deferred_answer_that_never_comes_is_told_to_have_failed(
    ada: Client, stage: Stage
) -> None:
    await ada.act("slash", channel=str(stage.channel.id), command="ask", options={"prompt": "x"})
    interactions.defer(stage.world, stage.used, 5, ephemeral=True)
    shown = await ada.frame("interaction", where=lambda one: state(one) == "deferred")
    assert shown["interaction"]["ephemeral"] is True
    stage.sandbox.clock.advance(15 * 60)
    await ada.frame("interaction", where=lambda one: state(one) == "failed")


def state(frame: Json) -> str:
    return str(frame["interaction"]["state"])
