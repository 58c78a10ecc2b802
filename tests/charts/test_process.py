"""Pictures drawn by a process of their own, and what goes wrong with it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import bot
from bot.charts.process import SIGNATURE, ChartProcess, open_charts
from bot.core.charts import Bar, Chart
from bot.core.errors import PictureFailed

CHART = Chart(
    "Tokens by day", "Your usage, today (UTC)", [Bar("日本", 3, 1, "Ann")], over_time=True
)
PNG = "b'\\x89PNG\\r\\n\\x1a\\n'"


def painter(program: str, *, seconds: float = 20.0) -> ChartProcess:
    """A painter whose process runs this program."""
    return ChartProcess(dict, command=(sys.executable, "-c", program), seconds=seconds)


async def test_a_picture_is_a_png_wherever_the_bot_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_charts() as charts:
        assert (await charts.draw(CHART)).startswith(b"\x89PNG\r\n\x1a\n")


async def test_the_process_is_told_the_chart_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    program = (
        "import os, sys; told = sys.stdin.buffer.read();"
        f"sys.stdout.buffer.write({PNG} + told + repr((os.getcwd(), *os.environ)).encode())"
    )
    async with open_charts() as charts:
        charts._command = (sys.executable, "-c", program)
        told = (await charts.draw(CHART))[8:]
    content, names = json.JSONDecoder().raw_decode(told.decode())[0], told.decode()
    assert content["bars"] == [{"label": "日本", "read": 3, "written": 1, "fallback": "Ann"}]
    assert f"'{Path(bot.__file__).parents[1]}', " in names
    assert "MPLCONFIGDIR" in names
    assert "DISCORD_TOKEN" not in names


async def test_a_folder_is_made_for_the_first_picture_and_gone_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # where it is looked up once for all

    def folders() -> int:
        return len(list(tmp_path.iterdir()))

    async with open_charts() as charts:
        charts._command = (sys.executable, "-c", f"import sys; sys.stdout.buffer.write({PNG})")
        made = [folders()]
        for _ in range(2):
            await charts.draw(CHART)
            made.append(folders())
    await charts.draw(CHART)  # somebody asked at the last moment
    assert [*made, folders()] == [0, 1, 1, 0]


async def test_where_no_folder_can_be_made_the_bot_runs_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    async with open_charts() as charts:
        assert (await charts.draw(CHART)).startswith(SIGNATURE)


@pytest.mark.parametrize(
    "program", ["import sys; sys.exit(3)", "print('no picture')", f"raise SystemExit({PNG})"]
)
async def test_what_is_no_picture_has_failed(program: str) -> None:
    with pytest.raises(PictureFailed):
        await painter(program).draw(CHART)


async def test_a_program_that_is_not_there_has_failed() -> None:
    with pytest.raises(PictureFailed, match="no process"):
        await ChartProcess(dict, command=("/nowhere/python",)).draw(CHART)


async def test_who_takes_too_long_is_ended(tmp_path: Path) -> None:
    started = tmp_path / "pid"
    program = (
        f"import os, time; open({str(started)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    )
    with pytest.raises(PictureFailed, match="not within"):
        await painter(program, seconds=1.0).draw(CHART)
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)


async def test_one_is_drawn_after_the_other() -> None:
    class Counting(ChartProcess):
        now = most = 0

        async def _ask(self, told: bytes) -> tuple[int, bytes]:
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0)
            self.now -= 1
            return 0, SIGNATURE

    charts = Counting(dict)
    await asyncio.gather(*(charts.draw(CHART) for _ in range(3)))
    assert charts.most == 1


async def test_whoever_is_cut_off_leaves_the_place_to_the_next() -> None:
    charts = painter(f"import sys; sys.stdin.read(); sys.stdout.buffer.write({PNG})")
    cut_off = asyncio.create_task(charts.draw(CHART))
    await asyncio.sleep(0)
    cut_off.cancel()
    await asyncio.gather(cut_off, return_exceptions=True)
    assert await charts.draw(CHART)


def test_the_bots_own_process_never_loads_matplotlib() -> None:
    program = "import sys, bot.cli; sys.exit('matplotlib' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)  # noqa: S603 - our own program
