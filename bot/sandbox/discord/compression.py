"""The gateway's transport compression: one stream per connection, flushed after every payload.

Source: Discord's documentation, "Gateway", "Encoding and Compression".
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

import zstandard

Compress = Callable[[bytes], bytes]


def stream(kind: str) -> Compress | None:
    """A new stream of the asked kind ("zlib-stream", "zstd-stream"); None for plain text."""
    if kind == "zlib-stream":
        deflate = zlib.compressobj(1)
        return lambda data: deflate.compress(data) + deflate.flush(zlib.Z_SYNC_FLUSH)
    if kind == "zstd-stream":
        frames = zstandard.ZstdCompressor(level=1).compressobj()
        block = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        return lambda data: frames.compress(data) + frames.flush(block)
    return None
