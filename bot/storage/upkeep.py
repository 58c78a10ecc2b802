"""What is done to the database again and again, beside everything else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, NoReturn


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, NoReturn], name: str) -> AsyncIterator[None]:
    """Run what never ends as long as the block lasts; at its end it is cancelled and waited for."""
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
