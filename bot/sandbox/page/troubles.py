"""The faults of both local servers, in words, as the page's switches name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.sandbox.discord.errors import Refusal
from bot.sandbox.discord.faults import Fault as DiscordFault
from bot.sandbox.discord.faults import Faults
from bot.sandbox.weryai import Fault

_SENDING = r"/messages$|/webhooks/[^/]+/[^/]+$"
_EDITING = r"/messages/[^/]+$"
_HTML = "<html><head><title>502 Bad Gateway</title></head></html>"
LIMITED_FOR = 3.0
"""Seconds that a 429 asks the bot to wait."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault of the local Discord under the name of its switch."""

    group: str
    text: str
    make: Callable[[Faults, int], DiscordFault]


def _refusing(method: str, path: str, refusal: Refusal) -> Callable[[Faults, int], DiscordFault]:
    error = refusal.error()
    return lambda faults, times: faults.answer(
        method, path, error.status, error.body(), times=times
    )


DISCORD_TROUBLES: Mapping[str, Trouble] = {
    "limit_send": Trouble(
        "Rate limits",
        "429 when the bot sends a message",
        lambda faults, times: faults.limit("POST", _SENDING, retry_after=LIMITED_FOR, times=times),
    ),
    "limit_edit": Trouble(
        "Rate limits",
        "429 when the bot edits a message",
        lambda faults, times: faults.limit("PATCH", _EDITING, retry_after=LIMITED_FOR, times=times),
    ),
    "limit_shared": Trouble(
        "Rate limits",
        "429 of a limit that others share",
        lambda faults, times: faults.limit(
            "*", "/channels/", retry_after=LIMITED_FOR, scope="shared", times=times
        ),
    ),
    "limit_global": Trouble(
        "Rate limits",
        "429 for everything the bot does",
        lambda faults, times: faults.limit(
            "*", "", retry_after=LIMITED_FOR, scope="global", times=times
        ),
    ),
    "error_500": Trouble(
        "Failures",
        "500, nothing is done",
        lambda faults, times: faults.answer(
            "*", "", 500, {"message": "500: Internal Server Error", "code": 0}, times=times
        ),
    ),
    "error_500_after": Trouble(
        "Failures",
        "500, although it was done",
        lambda faults, times: faults.answer(
            "*",
            "",
            500,
            {"message": "500: Internal Server Error", "code": 0},
            times=times,
            after=True,
        ),
    ),
    "error_502": Trouble(
        "Failures",
        "502 of a proxy, as HTML",
        lambda faults, times: faults.answer("*", "", 502, _HTML, times=times),
    ),
    "error_503": Trouble(
        "Failures",
        "503, overloaded",
        lambda faults, times: faults.answer(
            "*", "", 503, {"message": "upstream connect error", "code": 0}, times=times
        ),
    ),
    "drop": Trouble(
        "Connection",
        "The connection is cut, nothing is done",
        lambda faults, times: faults.drop("*", "", times=times),
    ),
    "drop_after": Trouble(
        "Connection",
        "The connection is cut, although it was done",
        lambda faults, times: faults.drop("*", "", times=times, after=True),
    ),
    "forbidden": Trouble(
        "Refusals",
        "403 Missing Permissions when the bot sends a message",
        _refusing("POST", _SENDING, Refusal.MISSING_PERMISSIONS),
    ),
    "gone": Trouble(
        "Refusals",
        "404 Unknown Message when the bot edits one",
        _refusing("PATCH", _EDITING, Refusal.UNKNOWN_MESSAGE),
    ),
    "expired": Trouble(
        "Refusals",
        "404 Unknown interaction when the bot acknowledges one",
        _refusing("POST", "/callback$", Refusal.UNKNOWN_INTERACTION),
    ),
}

WERYAI_TROUBLES: Mapping[str, Mapping[Fault, str]] = {
    "Refusals": {
        Fault.UNAUTHORIZED: "401, the key is wrong",
        Fault.FORBIDDEN: "403, access denied",
        Fault.NO_CREDITS: "402, no credits left",
        Fault.RATE_LIMIT: "429, come back in a second",
        Fault.RATE_LIMIT_UNTIL: "429, come back at a certain time",
        Fault.RATE_LIMIT_BARE: "429, without saying for how long",
        Fault.BAD_REQUEST: "400, a wrong parameter",
        Fault.UNKNOWN_MODEL: "404, no such model",
        Fault.SERVER_ERROR: "500, something broke",
        Fault.BAD_GATEWAY: "502 of a proxy, as HTML",
        Fault.OVERLOADED: "503, overloaded",
        Fault.REFUSED_CONTENT: "400, the question was flagged",
    },
    "Refusals in a 200": {
        Fault.CODE_1001: "1001, too many requests",
        Fault.CODE_1002: "1002, a wrong parameter",
        Fault.CODE_1003: "1003, no such resource",
        Fault.CODE_1006: "1006, the model is not supported",
        Fault.CODE_1007: "1007, the queue is full",
        Fault.CODE_1009: "1009, permission denied",
        Fault.CODE_1011: "1011, no credits left",
        Fault.CODE_1017: "1017, a subscription is needed",
        Fault.CODE_2003: "2003, the text was flagged",
    },
    "Connection": {
        Fault.DROP_AT_ONCE: "Cut before any answer",
        Fault.STALL_AT_ONCE: "Silent from the beginning",
    },
    "Before the first word": {
        Fault.STALL_FIRST: "Silent before the first word",
        Fault.ERROR_FIRST: "An error before the first word",
    },
    "In the middle": {
        Fault.STALL: "Silent in mid-answer",
        Fault.DROP: "Cut in mid-answer",
        Fault.BREAK_OFF: "The answer just ends",
        Fault.ERROR: "An error in mid-answer",
        Fault.ERROR_ENVELOPE: "The vendor's error in mid-answer",
        Fault.NONSENSE: "Something that is no JSON",
    },
    "Unwelcome endings": {
        Fault.FILTERED: "Stopped by the content filter",
        Fault.LENGTH: "Stopped by the length limit",
        Fault.EMPTY: "An empty answer",
        Fault.NO_DONE: "No [DONE] at the end",
        Fault.NO_FINISH: "No finish reason",
        Fault.NO_BLANK_LINE: "No blank line after the last event",
    },
    "Unusual, but correct": {
        Fault.PLAIN_JSON: "Not streamed, all at once as JSON",
        Fault.SPLIT_BYTES: "One byte at a time",
        Fault.ONE_CHUNK: "Everything in one piece",
        Fault.ONE_CHOICE: "One answer, however many were asked for",
        Fault.CRLF: "Lines end in CRLF",
        Fault.CR: "Lines end in CR",
        Fault.COMMENTS: "Comments between the events",
        Fault.BOM: "A byte order mark at the beginning",
    },
}
"""Every fault of the local WeryAI, by group."""
