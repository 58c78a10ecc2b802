"""Checks against JSON Schemas, each in a short-lived process.

A schema may have a pattern that takes years to match, and Python's `re` cannot be interrupted: so
whatever is done with a stranger's schema is done where it can be killed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.core.errors import Unchecked

WORKER = Path(__file__).with_name("schema_worker.py")
PATIENCE = 10.0  # seconds, the start of Python included; the worker allows itself less
TOO_DEEP = "$: it is nested too deeply"
AT_ONCE = 2  # a process takes a moment of a processor and some memory

NEEDED = ("SYSTEMROOT",)  # environment: Python does not start on Windows without it

log = logging.getLogger(__name__)


class SchemaProcesses:
    """Implements `bot.core.ports.weryai.SchemaChecker`.

    Args:
        patience: seconds until a check is given up, the wait for its turn included.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._places = asyncio.Semaphore(AT_ONCE)

    async def flaw(self, schema: Mapping[str, Any]) -> str | None:
        """What is wrong with a schema, in a few words; None: it can be used.

        Raises:
            Unchecked: it takes too long or too much memory.
        """
        return await self._found({"schema": schema})

    async def problem(self, schema: Mapping[str, Any], answer: Any) -> str | None:
        """Where an answer does not follow the schema first, and how; None: it does.

        Raises:
            Unchecked: it takes too long or too much memory.
        """
        return await self._found({"schema": schema, "answer": answer})

    async def _found(self, asked: Mapping[str, Any]) -> str | None:
        try:
            question = json.dumps(asked).encode()
        except RecursionError:
            return TOO_DEEP
        try:
            async with asyncio.timeout(self._patience), self._places:
                code, told = await _asked(question)
        except TimeoutError:
            raise Unchecked from None
        except OSError as error:
            log.warning("a schema could not be checked: %s", error)
            raise Unchecked from error
        if code:
            log.info("a check of a schema ended with code %d", code)
            raise Unchecked
        found: str | None = json.loads(told)["found"]
        return found


async def _asked(question: bytes) -> tuple[int | None, bytes]:
    """A worker's exit code and its answer; it is gone afterwards, whatever happens."""
    # -I: nothing of this process's folder or environment reaches a stranger's schema.
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(WORKER),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # which might quote the answer
        env={name: os.environ[name] for name in NEEDED if name in os.environ},
    )
    try:
        told, _ = await worker.communicate(question)
    finally:
        if worker.returncode is None:
            with suppress(ProcessLookupError):
                worker.kill()
            await worker.wait()
    return worker.returncode, told
