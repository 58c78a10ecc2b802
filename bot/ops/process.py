"""What a process that serves for months does otherwise than a short one."""

from __future__ import annotations

import asyncio
import gc
import sys

COLLECT_AFTER = (20_000, 20, 50)  # new objects; rounds of the youngest, then of the next generation


def event_loop() -> asyncio.AbstractEventLoop:
    """A new event loop: uvloop's, which costs a tenth less CPU, but does not exist for Windows."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop  # noqa: PLC0415 - see above

    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


def spare_the_collector() -> None:
    """Once all is built, let the garbage collector leave it alone, and look at the rest less often.

    Otherwise it stops everything for a moment, again and again, to look through what never goes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
