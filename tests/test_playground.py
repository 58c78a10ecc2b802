"""`make sandbox` as people run it: its page, its prompt, and what is kept from run to run."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.playground import TERMINATED, NotStarted, Playground, open_playground, sandbox
from bot.sandbox.discord.state import Message
from bot.sandbox.weryai import API_KEY, INSTANT, WeryAIRelay, WeryAISandbox

ROOT = Path(__file__).parents[1]
TIMEOUT = 20.0  # seconds, after which a test gives up


@pytest.fixture(autouse=True)
def _at_home_nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without settings of whoever runs the tests."""
    for name in ("WERYAI_API_KEY", "SANDBOX_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
async def ground() -> AsyncIterator[Playground]:
    async with open_playground() as ground:
        yield ground


async def answered(ground: Playground, question: str) -> Message:
    """The bot's answer to a mention in #general, complete."""
    ada, place = ground.people["member"], ground.general
    asked = await ada.send(place, f"{ground.discord.bot_mention} {question}")

    def last() -> Message:
        return ada.sees(place)[-1]

    def complete() -> bool:
        labels = str(last().components)
        return last().reference is asked and "Regenerate" in labels

    await ground.discord.until(complete, timeout=TIMEOUT)
    return last()


async def test_there_are_three_people_and_the_bot(ground: Playground) -> None:
    assert {role: one.user.display_name for role, one in ground.people.items()} == {
        "member": "Ada",
        "moderator": "Mo",
        "second member": "Ben",
    }
    assert ground.general.name == "general"
    assert ground.saved_in is None


async def test_the_page_is_served_and_shows_the_server(ground: Playground) -> None:
    async with (
        ground.page() as page,
        aiohttp.ClientSession() as http,
        http.ws_connect(page.url + "live", origin=page.url.partition("/t/")[0]) as socket,
    ):
        shown = await socket.receive_json()
    assert [one["role"] for one in shown["people"]] == ["member", "moderator", "second member"]
    assert shown["real_models"] is False


async def test_the_next_run_goes_on_where_this_one_ended(tmp_path: Path) -> None:
    folder = tmp_path / "kept here"
    async with open_playground(folder) as ground:
        assert ground.saved_in == str(folder)
        assert isinstance(ground.weryai, WeryAISandbox)
        ground.weryai.pace = INSTANT
        first = await answered(ground, "My name is Ada.")
    async with open_playground(folder) as ground:
        assert isinstance(ground.weryai, WeryAISandbox)
        ground.weryai.pace = INSTANT
        there = {one.id: one.content for one in ground.people["member"].sees(ground.general)}
        assert there[first.id] == first.content
        again = await answered(ground, "What is my name?")
        assert "Your name is Ada: you told me so." in again.content
        assert len(ground.discord.world.guilds) == 1
        assert ground.discord.violations == []


async def test_the_folder_can_be_named_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_DATA", str(tmp_path / "named"))
    async with open_playground() as ground:
        assert ground.saved_in == str(tmp_path / "named")
    for name in ("bot.db", "discord.json"):
        assert (tmp_path / "named" / name).exists()


async def test_a_state_that_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "discord.json").write_text("{")
    with pytest.raises(NotStarted, match=r"SANDBOX_DATA: .*discord\.json holds no state"):
        async with open_playground(tmp_path):
            pass


async def test_with_a_key_of_ones_own_the_bot_asks_the_real_weryai(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with WeryAISandbox(pace=INSTANT) as real:
        monkeypatch.setenv("WERYAI_API_KEY", API_KEY)
        monkeypatch.setenv("WERYAI_BASE_URL", real.base_url)
        real.answer_next("From afar.")
        async with open_playground() as ground:
            assert isinstance(ground.weryai, WeryAIRelay)
            answer = await answered(ground, "hello")
        assert "From afar." in answer.content
        assert len(real.requests) == len(ground.weryai.requests) == 1


def test_the_prompt_names_the_pages_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "typed").write_text(":as nobody\n")
    with (tmp_path / "typed").open() as typed:
        monkeypatch.setattr("sys.stdin", typed)
        assert sandbox(None) == 0
    told = capsys.readouterr().out
    assert "connected to the local Discord and to the local WeryAI" in told
    assert "\n  http://127.0.0.1:" in told
    assert "there are: member, moderator, second-member" in told


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_where_nobody_types_the_page_is_served_until_a_signal_takes_the_bot_along(
    number: signal.Signals, tmp_path: Path
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sandbox"),
        env={**os.environ, "SANDBOX_DATA": str(tmp_path / "kept"), "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(TIMEOUT):
        while b"http://127.0.0.1:" not in (line := await process.stdout.readline()):
            assert line, "it has ended"
        url = line.decode().strip()
        async with aiohttp.ClientSession() as http, http.get(url) as page:
            assert page.status == 200
        process.send_signal(number)
        await process.stdout.read()
        assert await process.wait() == TERMINATED
    assert "stopped" in (tmp_path / "kept" / "bot.log").read_text().splitlines()[-1]


async def asked_once(tmp_path: Path, **environment: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sandbox", "--ask", "What is 1+1?"),
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_a_terminal_without_unicode_is_shown_what_it_can_show(tmp_path: Path) -> None:
    process = await asked_once(tmp_path, PYTHONIOENCODING="ascii")
    async with asyncio.timeout(TIMEOUT):
        told, error = await process.communicate()
    assert (process.returncode, error) == (0, b"")
    assert b"Wery: " in told


async def test_whoever_stops_reading_ends_it_without_a_trace(tmp_path: Path) -> None:
    process = await asked_once(tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout._transport.close()  # type: ignore[attr-defined]  # as `head` does
    async with asyncio.timeout(TIMEOUT):
        assert await process.stderr.read() == b""
        assert await process.wait() == TERMINATED
