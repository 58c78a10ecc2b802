"""Every failure the bot knows, in one tree, and what a person reads of each.

    BotError
    ├── InvalidInput            something a person typed cannot be used
    │   ├── InvalidOption       a value is outside its range
    │   ├── EmptyPrompt         nothing was asked
    │   ├── PromptTooLong       more characters than an answer's question may have
    │   ├── UnknownModel        no such model in the catalogue
    │   └── InvalidFile         a file to import has something wrong in it
    ├── LineFull                too many questions wait already        retryable
    ├── NotAllowed              this person may not do this
    │   ├── AccessDenied        this server does not let them ask there
    │   └── LimitReached        they, or the server, have used what they may
    ├── ModelError              WeryAI did not answer
    │   ├── ModelUnavailable    no connection, 5xx, a broken stream        retryable
    │   ├── ModelTimeout        connect, first byte or silence             retryable
    │   ├── RateLimited         429, or the vendor's words for it          retryable
    │   ├── QueueFull           the model's queue is full                  retryable
    │   ├── Unauthorized        the key is wrong or may not do this
    │   ├── OutOfCredits        the account's credits are used up
    │   │   └── StillOutOfCredits   which has been said here before
    │   ├── ModelNotSupported   WeryAI does not know the model
    │   ├── ContentFiltered     the content check refused the text
    │   └── BadRequest          WeryAI refused the request
    ├── ReplyError              Discord does not show the answer
    │   ├── ReplyDelayed        5xx, 429, network: try again later         retryable
    │   └── ReplyGone           deleted, no permission, archived, expired
    ├── PictureFailed           a picture could not be drawn
    ├── Unchecked               a schema takes too long to check against
    └── StorageError            the database cannot be used
        ├── DatabaseUnavailable it does not answer or refuses
        └── DatabaseTooNew      a newer version of the bot has migrated it

Adapters translate outside errors into these at the edge, once. `BotError.text` is written for
the member who reads it: what happened and what to do next, in one or two sentences.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.phrases import quotable


class BotError(Exception):
    """The root of the tree.

    Attributes:
        text: what a member reads: what happened and what to do next.
        retryable: whether the same thing may well succeed later.
    """

    text = "Something went wrong on my side. Please try again."
    retryable = False

    def __init__(self, detail: str = "", *, text: str | None = None) -> None:
        super().__init__(detail or text or self.text)
        if text is not None:
            self.text = text


class InvalidInput(BotError):
    """Something a person typed cannot be used; `text` says what would be."""

    text = "I cannot use that. Please check what you typed."


class InvalidOption(InvalidInput):
    """A value is outside its range."""

    def __init__(self, field: str, expected: str, value: object) -> None:
        super().__init__(
            f"{field}={value!r} is not {expected}",
            text=f"`{field}` must be {expected}; you gave `{quotable(str(value))}`.",
        )
        self.field = field


class EmptyPrompt(InvalidInput):
    """Nothing was asked."""

    text = "There is no question in that. Write what you would like to know."


class PromptTooLong(InvalidInput):
    """The question has more characters than the bot takes."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(
            f"{length} characters, {limit} allowed",
            text=f"That is {length:,} characters; I can take {limit:,}. Please shorten it.",
        )


class UnknownModel(InvalidInput):
    """The catalogue has no such model."""

    def __init__(self, model: str) -> None:
        super().__init__(
            f"unknown model {quotable(model)!r}",
            text=f"I do not know a model `{quotable(model)}`. "
            "Pick one from the list that appears as you type.",
        )


class InvalidFile(InvalidInput):
    """A file cannot be imported, so that nothing of it was.

    Attributes:
        problems: everything that is wrong, a sentence each.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(f"{len(problems)} problems", text="\n".join(problems))
        self.problems = tuple(problems)


class LineFull(BotError):
    """Too many questions wait already; this one was not accepted."""

    retryable = True

    def __init__(self, waiting: int, where: str) -> None:
        super().__init__(
            f"{waiting} wait {where}",
            text=f"{waiting} questions are waiting {where} already. Please ask again in a minute.",
        )


class NotAllowed(BotError):
    """This person may not do this."""

    text = "You may not do that here."


class AccessDenied(NotAllowed):
    """The server's lists do not let this person ask there."""


class LimitReached(NotAllowed):
    """One of the server's limits is reached.

    Attributes:
        until: when its window is over, in Unix seconds.
    """

    def __init__(self, text: str, *, until: float) -> None:
        super().__init__(text=text)
        self.until = until


class ModelError(BotError):
    """WeryAI did not answer.

    Attributes:
        request_id: WeryAI's id of the request, where it gave one.
        retry_after: seconds WeryAI asks us to wait, where it said so.
    """

    text = "The model could not answer. Please try again."

    def __init__(
        self,
        detail: str = "",
        *,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.request_id = request_id
        self.retry_after = retry_after


class ModelUnavailable(ModelError):
    """No connection, a server error, or a stream that broke off."""

    text = "WeryAI cannot be reached right now. Please try again in a moment."
    retryable = True


class ModelTimeout(ModelError):
    """WeryAI took too long to connect, to begin or to go on."""

    text = "The model took too long to answer. Try again, or choose a faster model."
    retryable = True


class RateLimited(ModelError):
    """WeryAI asks us to slow down."""

    text = "WeryAI is getting too many requests. Please wait a minute and try again."
    retryable = True


class QueueFull(ModelError):
    """The model's queue is full."""

    text = "Too many people are asking this model. Try again in a minute, or choose another model."
    retryable = True


class Unauthorized(ModelError):
    """The API key is wrong, or it may not do this."""

    text = "WeryAI does not accept this bot's key. Please tell whoever runs the bot."


class OutOfCredits(ModelError):
    """The account has no credits, or needs a subscription."""

    text = "This bot's WeryAI credits are used up. Please tell whoever runs the bot."


class StillOutOfCredits(OutOfCredits):
    """The same again, where it has been said at length of late."""

    text = "This bot's WeryAI credits are still used up."


class ModelNotSupported(ModelError):
    """WeryAI does not offer this model."""

    text = "WeryAI does not offer this model any more. Choose another one."


class ContentFiltered(ModelError):
    """The content check refused the question or the answer."""

    text = "WeryAI's content check refused this. Please put it in other words."


class BadRequest(ModelError):
    """WeryAI refused the request as malformed."""

    text = "WeryAI could not take this request. Try a shorter question or another model."


class ReplyError(BotError):
    """Discord does not show the answer."""


class ReplyDelayed(ReplyError):
    """A temporary failure: show the newest text again later.

    Attributes:
        retry_after: seconds to wait, where Discord said so.
    """

    retryable = True

    def __init__(self, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class ReplyGone(ReplyError):
    """A final failure: there is no place left to show the answer.

    Attributes:
        by_choice: somebody deleted the answer or its question, which stops it.
        for_now: it was temporary, but for too long: what was to be shown may be shown later.
    """

    text = (
        "I could not show you the whole answer: I may not write there any more, or the place is "
        "gone. Tell a moderator, or ask me somewhere else."
    )

    def __init__(self, detail: str = "", *, by_choice: bool = False, for_now: bool = False) -> None:
        super().__init__(detail)
        self.by_choice = by_choice
        self.for_now = for_now


class PictureFailed(BotError):
    """A picture could not be drawn; what it shows is told in words all the same."""

    text = "The picture could not be drawn this time."
    retryable = True


class Unchecked(BotError):
    """A schema, or an answer against it, could not be checked within its limits."""

    text = "I could not check that schema in time. Please try a simpler one."


class StorageError(BotError):
    """The database cannot be used.

    Attributes:
        remedy: what the operator does about it; empty where that is not known. Never a secret.
    """

    text = "I could not reach my memory. Please try again in a moment."
    retryable = True

    def __init__(self, detail: str = "", *, remedy: str = "") -> None:
        super().__init__(detail)
        self.remedy = remedy


class DatabaseUnavailable(StorageError):
    """The database does not answer or refuses."""


class DatabaseTooNew(StorageError):
    """A newer version of the bot has migrated this database."""

    retryable = False
