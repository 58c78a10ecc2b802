"""Lines from standard input, while everything else goes on."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator

BLOCK = 65_536


async def typed_lines(file: int) -> AsyncGenerator[str]:
    """Every line that is typed into a file descriptor, until its end; use it under `aclosing`.

    The descriptor is only read when there is something, so that nothing has to be waited for at
    the end, as a thread would. A regular file, of which an event loop cannot be told, is read at
    once.
    """
    loop = asyncio.get_running_loop()
    read: asyncio.Queue[bytes] = asyncio.Queue()

    def take() -> bool:
        data = os.read(file, BLOCK)
        read.put_nowait(data)
        if not data:
            loop.remove_reader(file)
        return bool(data)

    try:
        loop.add_reader(file, take)
    except PermissionError:  # what epoll says of a regular file
        while take():
            pass
    try:
        unfinished = b""
        while data := await read.get():
            *lines, unfinished = (unfinished + data).split(b"\n")
            for line in lines:
                yield line.decode(errors="replace")
        if unfinished:
            yield unfinished.decode(errors="replace")
    finally:
        loop.remove_reader(file)
