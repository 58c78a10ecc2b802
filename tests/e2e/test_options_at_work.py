"""What moderators choose, as members get to see it: placeholders, footer, buttons, web, models."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.sandbox.discord.handles import InteractionHandle
from bot.sandbox.discord.state import Message
from tests.e2e.configuring import configure
from tests.e2e.stage import DEFAULT_NAME, Home, answers_to, buttons, small_print

WEB = [{"id": "web"}]
OFF = "Web search is switched off here. Ask again without `web`."
ONLY = "Members may pick only these models here: GPT-5, Grok-4."


async def refused(home: Home, handle: InteractionHandle) -> str:
    """What only the asker reads, in the place of an answer."""
    await home.until(lambda: any(one.content for one in handle.responses), "A refusal")
    told = next(one for one in handle.responses if one.content)
    assert not home.bob.can_see(told)
    return told.content


async def ended(home: Home, question: Message, text: str) -> Message:
    """Wait for an answer without buttons."""
    await home.until(
        lambda: any(one.content.startswith(text) for one in answers_to(question)), text
    )
    [answer] = answers_to(question)
    await home.until(lambda: not buttons(answer), "The end")
    return answer


async def test_placeholders_are_filled_in_and_nothing_else(home: Home) -> None:
    prompt = "{server}|{channel}|{user}|{date}|{x}|{{y}}|{0}|{user.name}"
    await configure(home, "system_prompt", prompt)
    sly = home.discord.add_member(home.guild, "{server}{date}")

    await home.answered(await home.mention("Who am I?", by=sly))

    today = datetime.now(UTC).strftime("%Y-%m-%d (%A)")
    filled = f"Home|general|{{server}}{{date}}|{today}|"
    [told, *_] = home.weryai.requests[-1].json["messages"]
    assert told["content"] == filled + "{x}|{{y}}|{0}|{user.name}"


async def test_the_footer_tells_as_much_as_was_chosen(home: Home) -> None:
    home.weryai.answers = lambda _: "Because."
    shown = {}
    for style in ("on", "off", "details"):
        await configure(home, "footer", style)
        shown[style] = (await home.answered(await home.mention("Why?"))).content

    assert shown["on"] == f"Because.\n-# {DEFAULT_NAME}"
    assert shown["off"] == "Because."
    assert shown["details"].startswith(f"Because.\n-# {DEFAULT_NAME} · ")
    assert " tokens · " in shown["details"]


async def test_without_buttons_an_answer_can_still_be_stopped_while_it_grows(home: Home) -> None:
    await configure(home, "buttons", "off")
    home.weryai.answer_next(["One ", "two ", "three."])
    gate = home.weryai.hold_next(after=2)
    question = await home.mention("Count!")
    answer = await home.begun(question)
    assert buttons(answer) == ["Stop"]

    gate.release()

    assert (await ended(home, question, "One two three.")).content == (
        f"One two three.\n-# {DEFAULT_NAME}"
    )


@pytest.mark.parametrize(
    ("policy", "asked", "plugins"),
    [("on", False, WEB), ("members", True, WEB), ("members", False, None), ("off", False, None)],
)
async def test_the_web_is_searched_as_the_server_and_the_asker_want_it(
    home: Home, policy: str, *, asked: bool, plugins: Any
) -> None:
    await configure(home, "web_search", policy)

    await home.answered(await home.ask("News?", web=asked))

    assert home.weryai.requests[-1].json.get("plugins") == plugins


async def test_where_the_web_is_off_members_and_moderators_read_so(home: Home) -> None:
    await configure(home, "web_search", "off")

    for person in (home.ada, home.mo):
        assert await refused(home, await home.ask("News?", by=person, web=True)) == OFF
    assert home.weryai.requests == []


async def test_members_pick_among_the_allowed_models_and_moderators_among_all(home: Home) -> None:
    await configure(home, "member_models", ["GPT_5", "GROK_4"])

    assert await refused(home, await home.ask("Why?", model="GLM_5")) == ONLY
    await home.answered(await home.ask("Why?", model="GROK_4"))
    await home.answered(await home.ask("Why?", model="GEMINI_25_FLASH"))  # it answers anyway
    await home.answered(await home.ask("Why?", by=home.mo, model="GLM_5"))

    asked_of = [request.json["model"] for request in home.weryai.requests]
    assert asked_of == ["GROK_4", "GEMINI_25_FLASH", "GLM_5"]
    offered = await home.ada.autocomplete(home.channel, "ask", "model", "g", prompt="x")
    assert [one["value"] for one in offered] == ["GPT_5", "GROK_4"]


async def test_a_model_that_was_allowed_when_it_was_asked_is_not_when_it_is_asked_again(
    home: Home,
) -> None:
    answer = await home.answered(await home.ask("Why?", model="GLM_5"))
    await configure(home, "member_models", "none")

    pressed = await home.ada.click(answer, "Regenerate")

    assert await refused(home, pressed) == (
        "Members may not pick a model here. Ask again without `model`."
    )
    assert len(home.weryai.requests) == 1
    assert small_print(answer) == "GLM 5"
