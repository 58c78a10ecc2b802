"""How Discord says no: an HTTP status, a numeric code, a sentence, and where the form is wrong.

Codes and sentences are those of Discord's documentation ("Opcodes and Status Codes") and, for the
form errors' own codes, of what Discord's REST API answers ("Reference", "Error Messages").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

Path = tuple[str | int, ...]


class ApiError(Exception):
    """A request that Discord refuses.

    Attributes:
        status: the HTTP status.
        code: Discord's JSON error code; 0 for the plain HTTP errors.
        message: Discord's sentence.
        errors: Discord's nested object of form errors (50035 only).
        extra: further members of the body, such as `retry_after` in seconds.
    """

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        errors: Mapping[str, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{status} (error code: {code}): {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors
        self.extra = extra or {}

    def body(self) -> dict[str, Any]:
        """The JSON body that Discord answers with."""
        body: dict[str, Any] = {"message": self.message, "code": self.code, **self.extra}
        if self.errors is not None:
            body["errors"] = dict(self.errors)
        return body


class Refusal(Enum):
    """Every refusal whose sentence is fixed: `raise Refusal.UNKNOWN_CHANNEL.error()`."""

    UNAUTHORIZED = (401, 0, "401: Unauthorized")
    NOT_FOUND = (404, 0, "404: Not Found")

    UNKNOWN_CHANNEL = (404, 10003, "Unknown Channel")
    UNKNOWN_GUILD = (404, 10004, "Unknown Guild")
    UNKNOWN_MEMBER = (404, 10007, "Unknown Member")
    UNKNOWN_MESSAGE = (404, 10008, "Unknown Message")
    UNKNOWN_ROLE = (404, 10011, "Unknown Role")
    UNKNOWN_USER = (404, 10013, "Unknown User")
    UNKNOWN_EMOJI = (400, 10014, "Unknown Emoji")
    UNKNOWN_WEBHOOK = (404, 10015, "Unknown Webhook")
    UNKNOWN_INTERACTION = (404, 10062, "Unknown interaction")
    UNKNOWN_COMMAND = (404, 10063, "Unknown application command")

    TOO_MANY_REACTIONS = (400, 30010, "Maximum number of reactions reached (20)")
    BODY_TOO_LARGE = (413, 40005, "Request entity too large")
    ALREADY_ACKNOWLEDGED = (400, 40060, "Interaction has already been acknowledged.")

    MISSING_ACCESS = (403, 50001, "Missing Access")
    NOT_IN_DM = (403, 50003, "Cannot execute action on a DM channel")
    NOT_THE_AUTHOR = (403, 50005, "Cannot edit a message authored by another user")
    EMPTY_MESSAGE = (400, 50006, "Cannot send an empty message")
    CANNOT_MESSAGE_USER = (403, 50007, "Cannot send messages to this user")
    MISSING_PERMISSIONS = (403, 50013, "Missing Permissions")
    BAD_BULK_DELETE = (
        400,
        50016,
        (
            "Provided too few or too many messages to delete."
            " Must provide at least 2 and fewer than 100 messages to delete"
        ),
    )
    WRONG_CHANNEL_TYPE = (400, 50024, "Cannot execute action on this channel type")
    INVALID_WEBHOOK_TOKEN = (401, 50027, "Invalid Webhook Token")
    TOO_OLD_TO_BULK_DELETE = (400, 50034, "A message provided was too old to bulk delete")
    THREAD_ARCHIVED = (400, 50083, "Thread is archived")
    INVALID_JSON = (400, 50109, "The request body contains invalid JSON.")

    NO_HISTORY_TO_REPLY = (400, 160002, "Cannot reply without permission to read message history")
    THREAD_EXISTS = (400, 160004, "A thread has already been created for this message")
    THREAD_LOCKED = (400, 160005, "Thread is locked")

    def error(self) -> ApiError:
        """A new error to raise."""
        return ApiError(*self.value)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a form, at a path such as `("embeds", 0, "title")`."""

    path: Path
    code: str
    message: str


def invalid_form(problems: Iterable[Problem]) -> ApiError:
    """50035 with Discord's nested `errors`: {"content": {"_errors": [{"code", "message"}]}}."""
    errors: dict[str, Any] = {}
    for problem in problems:
        node = errors
        for step in problem.path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": problem.code, "message": problem.message})
    return ApiError(400, 50035, "Invalid Form Body", errors)


def invalid_field(path: Path, code: str, message: str) -> ApiError:
    """50035 for a single thing that is wrong."""
    return invalid_form([Problem(path, code, message)])


def unknown_reply() -> ApiError:
    """What a reply to a message that does not exist is refused with."""
    return invalid_field(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")


def too_many_old_edits(retry_after: float) -> ApiError:
    """30046: a message older than an hour takes few edits; `retry_after` in seconds.

    Discord answers it with status 429, so a library waits and tries again before it gives up.
    """
    return ApiError(
        429,
        30046,
        "Maximum number of edits to messages older than 1 hour reached. Try again later",
        extra={"retry_after": retry_after, "global": False},
    )
