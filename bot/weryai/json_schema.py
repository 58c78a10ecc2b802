"""Checks against JSON Schemas, each in a short-lived process.

A schema may have a pattern that takes years to match, and Python's `re` cannot be interrupted: so
whatever is done with a stranger's schema is done where it can be killed.
"""

from __future__ import annotations

import asyncio
import json
import logging
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

log = logging.getLogger(__name__)


class SchemaProcesses:
    """Implements `bot.core.ports.SchemaChecker`.

    Args:
        patience: seconds until a check is given up.
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
        async with self._places:
            try:
                # -I: nothing of this process's folder or environment reaches a stranger's schema.
                worker = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-I",
                    str(WORKER),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.DEVNULL,  # which might quote the answer
                    env={},
                )
            except OSError as error:
                log.warning("a schema could not be checked: %s", error)
                raise Unchecked from error
            try:
                told = await _answer(worker, question, self._patience)
            finally:
                await _end(worker)
        if worker.returncode:
            log.info("a check of a schema ended with code %d", worker.returncode)
            raise Unchecked
        found: str | None = json.loads(told)["found"]
        return found


async def _answer(worker: asyncio.subprocess.Process, asked: bytes, patience: float) -> bytes:
    try:
        told, _ = await asyncio.wait_for(worker.communicate(asked), patience)
    except TimeoutError:
        raise Unchecked from None
    return told


async def _end(worker: asyncio.subprocess.Process) -> None:
    """See that it is gone, however the check went."""
    if worker.returncode is None:
        with suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()
