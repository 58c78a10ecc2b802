"""Work in the database that a cancelled caller does not tear apart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def whole(
    method: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, T]]:
    """What is begun is carried through; a caller cancelled meanwhile leaves when it is done.

    A statement cut off in the middle costs its connection, and SQLite's write lock with it for as
    long as anything refers to the cursor: Python closes a connection only when its last cursor is
    gone. All of it takes milliseconds, so that waiting for its end is the better way.
    """

    @wraps(method)
    async def carried_through(*args: P.args, **kwargs: P.kwargs) -> T:
        task = asyncio.create_task(method(*args, **kwargs))
        cancelled: asyncio.CancelledError | None = None
        while not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            if not task.cancelled():
                task.exception()  # seen: the caller leaves cancelled, however it went
            raise cancelled
        return task.result()

    return carried_through
