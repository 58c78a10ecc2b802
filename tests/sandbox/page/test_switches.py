"""What can be broken from the page, and that it breaks."""

from __future__ import annotations

import re
from typing import Any

import aiohttp
import pytest

from bot.sandbox.discord.state import Json
from bot.sandbox.page.server import PageServer
from bot.sandbox.page.troubles import DISCORD_TROUBLES, WERYAI_TROUBLES
from bot.sandbox.weryai import API_KEY, Fault, WeryAIRelay, WeryAISandbox, texts
from bot.sandbox.weryai.answers import answer
from bot.sandbox.weryai.hints import HINTS, Hint
from tests.sandbox.discord.clients import Gateway
from tests.sandbox.page.stage import NOWHERE, Client, Opener, Refused, Stage

CUT = 0
"""What a request whose connection was cut is noted with here instead of a status."""


async def post(http: aiohttp.ClientSession, stage: Stage) -> int:
    """A message of the bot's; the status of its answer."""
    url = f"{stage.sandbox.api_url}/channels/{stage.channel.id}/messages"
    headers = {"Authorization": f"Bot {stage.sandbox.token}"}
    try:
        async with http.post(url, json={"content": "hi"}, headers=headers) as response:
            return response.status
    except aiohttp.ClientConnectionError:
        return CUT


def waiting(switches: Json) -> dict[str, int]:
    """How often each fault is still to come."""
    faults = [*switches["discord_faults"], *switches["weryai"]["faults"]]
    return {one["name"]: one["waiting"] for one in faults if one["waiting"]}


async def test_every_fault_of_weryai_has_its_switch() -> None:
    listed = [fault for group in WERYAI_TROUBLES.values() for fault in group]
    assert sorted(listed) == sorted(Fault)
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("limit_send", 429),
        ("limit_edit", 200),
        ("limit_shared", 429),
        ("limit_global", 429),
        ("error_500", 500),
        ("error_500_after", 500),
        ("error_502", 502),
        ("error_503", 503),
        ("drop", CUT),
        ("drop_after", CUT),
        ("forbidden", 403),
        ("gone", 200),
        ("expired", 200),
    ],
)
async def test_a_fault_of_discords_meets_the_next_request(
    ada: Client, stage: Stage, http: aiohttp.ClientSession, name: str, status: int
) -> None:
    assert name in DISCORD_TROUBLES
    await ada.act("fault", server="discord", name=name)
    shown = (await ada.frame("switches"))["switches"]
    assert waiting(shown) == {name: 1}
    assert await post(http, stage) == status
    if status != 200:
        assert waiting((await ada.frame("switches"))["switches"]) == {}
        assert await post(http, stage) == 200


async def test_a_fault_of_discords_meets_edits_and_callbacks(
    ada: Client, stage: Stage, http: aiohttp.ClientSession
) -> None:
    message, headers = stage.say("x"), {"Authorization": f"Bot {stage.sandbox.token}"}
    url = f"{stage.sandbox.api_url}/channels/{stage.channel.id}/messages/{message.id}"
    for name, status in (("limit_edit", 429), ("gone", 404)):
        await ada.act("fault", server="discord", name=name)
        async with http.patch(url, json={"content": "y"}, headers=headers) as response:
            assert response.status == status
    await ada.act("slash", channel=str(stage.channel.id), command="ask", options={"prompt": "x"})
    await ada.act("fault", server="discord", name="expired")
    callback = f"{stage.sandbox.api_url}/interactions/{stage.used.id}/{stage.used.token}/callback"
    async with http.post(callback, json={"type": 5}) as response:
        assert (response.status, (await response.json())["code"]) == (404, 10062)


async def test_several_faults_wait_and_can_be_forgotten(
    ada: Client, mo: Client, stage: Stage, http: aiohttp.ClientSession
) -> None:
    await ada.act("fault", server="discord", name="error_503", times=2)
    await ada.act("fault", server="weryai", name="rate_limit", times=3)
    assert await post(http, stage) == 503
    expected = {"error_503": 1, "rate_limit": 3}
    await mo.frame("switches", where=lambda one: waiting(one["switches"]) == expected)
    await mo.act("clear_faults")
    await ada.frame("switches", where=lambda one: waiting(one["switches"]) == {})
    assert await post(http, stage) == 200


async def test_weryais_fault_meets_the_next_question(
    ada: Client, weryai: WeryAISandbox, http: aiohttp.ClientSession
) -> None:
    await ada.act("fault", server="weryai", name="no_credits")
    body = {"model": "GPT_5", "messages": [{"role": "user", "content": "hi"}]}
    headers = {"Authorization": f"Bearer {API_KEY}"}
    url = weryai.base_url + "/v1/chat/completions"
    async with http.post(url, json=body, headers=headers) as response:
        assert response.status == 402
    await ada.frame("switches", where=lambda one: waiting(one["switches"]) == {})


async def test_switches_are_set_and_everybody_is_told(
    ada: Client, mo: Client, stage: Stage, weryai: WeryAISandbox
) -> None:
    settings: list[tuple[str, Any]] = [
        ("rate_limits", False),
        ("latency", {"mean": 0.5, "jitter": 0.25}),
        ("reachable", False),
        ("acknowledges", False),
        ("pace", {"first_after": 1, "per_second": 5, "size": 2}),
        ("balance", 0),
        ("listing", "html"),
    ]
    for name, value in settings:
        await ada.act("set", switch=name, value=value)
    last = await mo.frame(
        "switches", where=lambda one: one["switches"]["weryai"]["listing"] == "html"
    )
    shown = last["switches"]
    assert shown["rate_limits"] is stage.sandbox.limits.enabled is False
    assert shown["latency"] == {"mean": 0.5, "jitter": 0.25}
    assert (shown["gateway"]["reachable"], shown["gateway"]["acknowledges"]) == (False, False)
    assert shown["weryai"]["pace"] == {"first_after": 1, "per_second": 5, "size": 2}
    assert weryai.pace.per_second == 5
    assert (shown["weryai"]["balance"], weryai.balance) == (0, 0)
    pace = {"first_after": 0, "per_second": None, "size": 1}
    await ada.act("set", switch="pace", value=pace)
    assert weryai.pace.per_second is None


@pytest.mark.parametrize("what", ["drop", "reconnect", "invalidate", "invalidate_resumable"])
async def test_the_bots_connection_is_disturbed(
    ada: Client, stage: Stage, http: aiohttp.ClientSession, what: str
) -> None:
    def connected(frame: Json) -> object:
        return frame["switches"]["gateway"]["connected"]

    async with Gateway.open(http, stage.sandbox) as gateway:
        await gateway.identify(stage.sandbox.token, 1)
        await gateway.event("GUILD_CREATE")
        await ada.frame("switches", where=connected)
        await ada.act("gateway", what=what)
        if what == "drop":
            assert await gateway.closed() != 1000
            await ada.frame("switches", where=lambda one: not connected(one))
        else:
            assert await gateway.op(7 if what == "reconnect" else 9) in (None, True, False)


async def test_real_models_cannot_be_broken(http: aiohttp.ClientSession, stage: Stage) -> None:
    async with PageServer(stage.sandbox, stage.people, WeryAIRelay(NOWHERE)) as server:
        opener = Opener(http, server)
        client = await opener.open()
        for act, fields in (
            ("fault", {"server": "weryai", "name": "stall"}),
            ("set", {"switch": "balance", "value": 3}),
        ):
            with pytest.raises(Refused, match="real models"):
                await client.act(act, **fields)
        await client.act("clear_faults")
        await opener.close()


@pytest.mark.parametrize("hint", HINTS, ids=lambda hint: hint.words)
def test_each_hints_words_give_an_answer_of_their_own(hint: Hint) -> None:
    fallbacks = tuple(text.partition("{")[0] for text in texts.SHORT)
    for words in re.split(r"[,;] ", hint.words.replace("…", "it")):
        told = answer([{"role": "user", "content": words}], "GPT-5")
        assert not told.startswith(fallbacks), words
