"""How an answer is cut into the bytes of a stream, faults and odd manners included."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import zip_longest
from typing import Any

import orjson

from bot.sandbox.weryai.faults import Fault, envelope

DONE = b"data: [DONE]\n\n"
BOM = b"\xef\xbb\xbf"


class Act(Enum):
    """What is done instead of sending bytes."""

    STALL = auto()
    DROP = auto()


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its deltas and how it ends."""

    deltas: Sequence[str]
    finish_reason: str = "stop"

    @property
    def text(self) -> str:
        """The whole answer."""
        return "".join(self.deltas)


@dataclass(frozen=True, slots=True)
class Script:
    """One response: its choices, and what is counted of it."""

    model: str
    choices: Sequence[Choice]
    prompt_tokens: int
    id: str
    created: int = field(default_factory=lambda: int(time.time()))

    @property
    def usage(self) -> dict[str, int]:
        """A delta counts as a token."""
        completion = sum(len(choice.deltas) for choice in self.choices)
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": completion,
            "total_tokens": self.prompt_tokens + completion,
        }

    def plain(self) -> bytes:
        """The response of a request that is not streamed."""
        return orjson.dumps(
            {
                "id": self.id,
                "object": "chat.completion",
                "created": self.created,
                "model": self.model,
                "choices": [
                    {
                        "index": index,
                        "message": {"role": "assistant", "content": choice.text},
                        "finish_reason": choice.finish_reason,
                    }
                    for index, choice in enumerate(self.choices)
                ],
                "usage": self.usage,
            }
        )

    def event(self, choices: list[dict[str, Any]], **more: Any) -> bytes:
        """One event of the stream."""
        chunk = {
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": choices,
        }
        return b"data: " + orjson.dumps(chunk | more) + b"\n\n"

    def deltas(self) -> list[bytes]:
        """One event for each delta, the choices taking turns.

        Only the text differs from event to event, so the rest is built once: the sandbox has to
        send ten thousand of these per second.
        """
        frames = [self._frame(index) for index in range(len(self.choices))]
        turns = zip_longest(*(choice.deltas for choice in self.choices))
        return [
            frames[index][0] + orjson.dumps(text) + frames[index][1]
            for turn in turns
            for index, text in enumerate(turn)
            if text is not None
        ]

    def _frame(self, index: int) -> tuple[bytes, bytes]:
        mark = "\x00"
        event = self.event([{"index": index, "delta": {"content": mark}, "finish_reason": None}])
        before, _, after = event.partition(orjson.dumps(mark))
        return before, after


@dataclass(frozen=True, slots=True)
class Stream:
    """The steps of a stream: what comes first, each delta, and what comes after them."""

    head: bytes
    deltas: Sequence[bytes]
    tail: Sequence[bytes | Act]


_CUT = frozenset(
    {
        Fault.STALL,
        Fault.DROP,
        Fault.BREAK_OFF,
        Fault.ERROR,
        Fault.ERROR_ENVELOPE,
        Fault.NONSENSE,
        Fault.FILTERED,
        Fault.LENGTH,
    }
)
_REASONS: Mapping[Fault | None, str] = {Fault.FILTERED: "content_filter", Fault.LENGTH: "length"}
_OVERLOADED = {"message": "The server is overloaded.", "type": "server_error", "code": None}
_ERROR = b"data: " + orjson.dumps({"error": _OVERLOADED}) + b"\n\n"
_TAILS: Mapping[Fault, tuple[bytes | Act, ...]] = {
    Fault.STALL: (Act.STALL,),
    Fault.STALL_FIRST: (Act.STALL,),
    Fault.DROP: (Act.DROP,),
    Fault.BREAK_OFF: (),
    Fault.ERROR: (_ERROR,),
    Fault.ERROR_FIRST: (_ERROR,),
    Fault.ERROR_ENVELOPE: (
        b"data: " + orjson.dumps(envelope(1011, "insufficient credits")) + b"\n\n",
    ),
    Fault.NONSENSE: (b"data: {this is no JSON\n\n",),
}


def staged(script: Script, fault: Fault | None) -> Stream:
    """The stream of a script. What happens in mid-stream happens when half of it is told."""
    starts: list[dict[str, Any]] = [
        {"index": index, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}
        for index in range(len(script.choices))
    ]
    head = b"".join(script.event([start]) for start in starts)
    deltas = script.deltas()
    if fault in {Fault.STALL_FIRST, Fault.ERROR_FIRST, Fault.EMPTY}:
        deltas = []
    elif fault in _CUT:
        deltas = deltas[: max(1, len(deltas) // 2)]
    if fault is not None and fault in _TAILS:
        return Stream(head if deltas else b"", deltas, _TAILS[fault])
    return Stream(head, deltas, _ending(script, fault))


def _ending(script: Script, fault: Fault | None) -> list[bytes | Act]:
    ends = [
        {"index": index, "delta": {}, "finish_reason": _REASONS.get(fault, choice.finish_reason)}
        for index, choice in enumerate(script.choices)
    ]
    tail = [] if fault is Fault.NO_FINISH else [script.event([end]) for end in ends]
    tail.append(script.event([], usage=script.usage))
    if fault is Fault.NO_BLANK_LINE:
        tail[-1] = tail[-1].removesuffix(b"\n\n")
    elif fault is not Fault.NO_DONE:
        tail.append(DONE)
    return list(tail)


def in_manner(data: bytes, fault: Fault | None) -> Iterator[bytes]:
    """The pieces in which some bytes are written."""
    match fault:
        case Fault.SPLIT_BYTES:
            yield from (data[at : at + 1] for at in range(len(data)))
        case Fault.CRLF:
            yield data.replace(b"\n", b"\r\n")
        case Fault.CR:
            yield data.replace(b"\n", b"\r")
        case Fault.COMMENTS:
            yield b": keep-alive\n\n" + data
        case _:
            yield data
