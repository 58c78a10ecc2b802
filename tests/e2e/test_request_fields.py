"""Every field of WeryAI's request, as moderators choose it at each scope.

The whole table, with every boundary, is in `tests/core/test_request_fields.py`.
"""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.discord.state import Channel
from tests.e2e.configuring import configure
from tests.e2e.stage import Home, Stage, small_print

# By option: what is sent for the server, a channel in it, and a thread in that.
CHOSEN: dict[str, tuple[Any, Any, Any]] = {
    "model": ("GPT_5", "GROK_4", "GLM_5"),
    "max_tokens": (1, 8192, 77),
    "temperature": (0, 2, 0.7),
    "top_p": (0, 1, 0.25),
    "presence_penalty": (-2, 2, 0.5),
    "frequency_penalty": (-2, 2, -0.5),
    "seed": (0, -1, 2**63 - 1),
}
PROMPTS = ("In the server.", "In the {channel}.", "In the {x} {{thread}}.")
SCOPES = ("server", "channel", "thread")
WEB = [{"id": "web"}]

BEYOND = [
    ("temperature", "2.1", "0 to 2"),
    ("temperature", "-0.1", "0 to 2"),
    ("top_p", "1.01", "0 to 1"),
    ("top_p", "-0.01", "0 to 1"),
    ("presence_penalty", "2.01", "-2 to 2"),
    ("presence_penalty", "-2.01", "-2 to 2"),
    ("frequency_penalty", "2.01", "-2 to 2"),
    ("frequency_penalty", "-2.01", "-2 to 2"),
    ("max_tokens", "0", "1 or more"),
    ("seed", "0.5", "a whole number"),
    ("history", "0", "1 to 50"),
    ("history", "51", "1 to 50"),
    ("web_search", "always", "off, on or members"),
    ("temperature", "nan", "0 to 2"),
]


async def asked(home: Home, channel: Channel | None = None) -> dict[str, Any]:
    """The body of the request that a question makes."""
    await home.answered(await home.mention("Why?", channel=channel))
    body: dict[str, Any] = home.weryai.requests[-1].json
    return body


def instructions(body: dict[str, Any]) -> list[str]:
    return [said["content"] for said in body["messages"] if said["role"] == "system"]


async def test_each_field_is_sent_as_it_was_chosen_and_the_nearest_scope_counts(
    home: Home,
) -> None:
    thread = await home.ada.start_thread(home.channel, "Talk")
    for number, scope in enumerate(SCOPES):
        where = thread if scope == "thread" else home.channel
        for option, values in CHOSEN.items():
            await configure(home, option, values[number], scope=scope, channel=where)
        await configure(home, "system_prompt", PROMPTS[number], scope=scope, channel=where)

        body = await asked(home, thread)

        assert {name: body[name] for name in CHOSEN} == {
            name: values[number] for name, values in CHOSEN.items()
        }
        assert instructions(body) == [PROMPTS[number].replace("{channel}", "general")]
        assert "plugins" not in body
    farther = await asked(home)
    assert {name: farther[name] for name in CHOSEN} == {
        name: values[1] for name, values in CHOSEN.items()
    }


async def test_the_operators_defaults_are_sent_where_nobody_chose(stage: Stage) -> None:
    home = stage.home()
    settings = {
        "DEFAULT_MODEL": "GPT_5",
        "SYSTEM_PROMPT": "You serve {server}.",
        "MAX_TOKENS": "99",
        "TEMPERATURE": "1.5",
        "WEB_SEARCH": "on",
    }
    async with stage.running_bot(**settings):  # type: ignore[arg-type] # settings are texts
        body = await asked(home)

    assert body == {
        "model": "GPT_5",
        "messages": [
            {"role": "system", "content": "You serve Home."},
            {"role": "user", "content": "Why?"},
        ],
        "max_tokens": 99,
        "temperature": 1.5,
        "plugins": WEB,
        "stream": True,
    }


async def test_a_question_asks_for_a_model_the_web_variants_and_json_itself(home: Home) -> None:
    question = await home.ask("Why?", model="GPT_5", web=True, variants=2, format="json")
    await home.answered(question)

    body = home.weryai.requests[-1].json
    assert (body["model"], body["plugins"], body["n"]) == ("GPT_5", WEB, 2)
    assert body["response_format"] == {"type": "json_object"}


@pytest.mark.parametrize(("option", "value", "expected"), BEYOND)
async def test_a_value_beyond_its_range_is_refused_with_the_range(
    home: Home, option: str, value: str, expected: str
) -> None:
    before = await asked(home)

    told = await configure(home, option, value)

    assert told.startswith(f"`{option}` must be ")
    assert expected in told
    after = await asked(home)
    for body in (before, after):
        del body["messages"]
    assert after == before


@pytest.mark.parametrize(("history", "sent"), [(1, 1), (3, 2), (4, 4), (50, 6)])
async def test_no_more_messages_are_sent_than_history_says(
    home: Home, history: int, sent: int
) -> None:
    await asked(home)
    await asked(home)
    await configure(home, "history", history)

    messages = (await asked(home))["messages"]

    assert len(messages) == sent
    assert messages[-1]["role"] == "user"
    assert messages[-1]["content"].endswith("Why?")


async def test_a_longer_answer_than_the_model_gives_is_lowered_and_said(home: Home) -> None:
    await configure(home, "max_tokens", 8193)

    answer = await home.answered(await home.mention("Why?"))

    assert home.weryai.requests[-1].json["max_tokens"] == 8192
    assert small_print(answer) == "Gemini-2.5-Flash · Longest answer lowered to 8,192 tokens"
