"""Server-sent events, from bytes to the data of each event.

The rules are the HTML standard's ("Interpreting an event stream"). Only LF, CR and CRLF end a
line: U+2028 and U+0085 are legal inside JSON, so decoding to text and splitting lines there
(`str.splitlines`, `httpx.Response.aiter_lines`) would tear an event apart. WeryAI gives `event`,
`id` and `retry` no meaning, so only `data` is kept.
"""

from __future__ import annotations

_BOM = b"\xef\xbb\xbf"


class SSEDecoder:
    """Decodes one stream. Bytes may be cut anywhere, inside a character or a line ending too."""

    __slots__ = ("_at_start", "_data", "_line", "_skip_lf")

    def __init__(self) -> None:
        self._line: list[bytes] = []  # the pieces of a line whose end has not come yet
        self._data: list[bytes] = []  # the data lines of an event whose end has not come yet
        self._skip_lf = False  # the last chunk ended in CR: an LF now belongs to it
        self._at_start = True

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take the next bytes; return the data of each event they complete."""
        if self._skip_lf and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._skip_lf = False
        if b"\r" in chunk:
            self._skip_lf = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = chunk.split(b"\n")
        if self._line:
            self._line.append(lines[0])
            if len(lines) == 1:
                return []
            lines[0] = b"".join(self._line)
            self._line.clear()
        if rest := lines.pop():
            self._line.append(rest)
        return self._read(lines) if lines else []

    def end(self) -> list[bytes]:
        """The stream is over; return the data of a last event that no blank line ended."""
        lines = [b"".join(self._line), b""]
        self._line.clear()
        return self._read(lines)

    def _read(self, lines: list[bytes]) -> list[bytes]:
        if self._at_start:
            lines[0] = lines[0].removeprefix(_BOM)
            self._at_start = False
        events: list[bytes] = []
        data = self._data
        for line in lines:
            if not line:
                if data:
                    events.append(data[0] if len(data) == 1 else b"\n".join(data))
                    data.clear()
            elif line.startswith(b"data: "):
                data.append(line[6:])
            elif line.startswith(b"data:"):
                data.append(line[5:])
            elif line == b"data":
                data.append(b"")
        return events
