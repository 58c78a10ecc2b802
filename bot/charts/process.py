"""Has pictures drawn in a process of their own, which is gone when the picture is there.

matplotlib takes half a second to begin and a hundred megabytes to hold: the bot's own process,
which serves everybody for months, does without it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, closing
from dataclasses import asdict
from pathlib import Path

from bot.core.charts import Chart
from bot.core.errors import PictureFailed

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "bot.charts")
HERE = Path(__file__).parents[2]  # where `bot` is found, whatever the bot's working directory
SECONDS = 20.0  # for a picture, waiting included; it takes about one
AT_ONCE = 1  # a picture takes a whole core, which answers need, too
SIGNATURE = b"\x89PNG\r\n\x1a\n"
INHERITED = ("PATH", "LANG", "SYSTEMROOT", "TMPDIR")  # no token and no key among them


class ChartProcess:
    """A `Painter`.

    Args:
        environment: gives that of a process; asked when there is a picture to draw.
        command: what draws: JSON comes in, a PNG goes out.
        seconds: until a picture has failed.
    """

    def __init__(
        self,
        environment: Callable[[], Mapping[str, str]],
        *,
        command: Sequence[str] = COMMAND,
        seconds: float = SECONDS,
    ) -> None:
        self._environment = environment
        self._command = command
        self._seconds = seconds
        self._places = asyncio.Semaphore(AT_ONCE)

    async def draw(self, chart: Chart) -> bytes:
        """A chart as a PNG.

        Raises:
            PictureFailed: it could not be drawn in time.
        """
        try:
            async with asyncio.timeout(self._seconds), self._places:
                code, picture = await self._ask(json.dumps(asdict(chart)).encode())
        except TimeoutError as error:
            raise PictureFailed(f"not within {self._seconds:g} s") from error
        except OSError as error:
            raise PictureFailed(f"no process: {error.strerror}") from error
        if code or not picture.startswith(SIGNATURE):
            raise PictureFailed(f"exit code {code}")
        return picture

    async def _ask(self, told: bytes) -> tuple[int, bytes]:
        """Start the process and wait for its end; whoever waits no more ends it."""
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # a traceback may hold people's names
            cwd=HERE,
            env=self._environment(),
        )
        try:
            picture, _ = await process.communicate(told)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return process.returncode or 0, picture


class FontFolder:
    """Where matplotlib keeps what it finds out about fonts, for the next picture.

    It is made for the first one: most runs of the bot draw none, and one that is killed cannot
    clean up.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._path: str | None = None
        self._settled = False  # it is there, or there will be none

    def path(self) -> str | None:
        """The folder; None where none can be made, or any more."""
        if not self._settled:
            self._settled = True
            try:
                made = tempfile.TemporaryDirectory(prefix="bot-charts-", ignore_cleanup_errors=True)
            except OSError as error:  # pictures are drawn without it
                log.warning("no temporary folder, pictures take longer: %s", error.strerror)
            else:
                self._path = self._stack.enter_context(made)
        return self._path

    def close(self) -> None:
        """Delete it; a picture that is asked for as the bot leaves makes no other."""
        self._settled, self._path = True, None
        self._stack.close()


@asynccontextmanager
async def open_charts() -> AsyncIterator[ChartProcess]:
    """A painter whose processes share a folder."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    with closing(FontFolder()) as fonts:

        def environment() -> Mapping[str, str]:
            path = fonts.path()
            return inherited if path is None else {**inherited, "MPLCONFIGDIR": path}

        yield ChartProcess(environment)
