"""What WeryAI sends, as far as the bot reads it; unknown fields are ignored.

`Answer` reads every body and every event of a stream alike: a chunk, a whole completion, an error
in OpenAI's style, or the vendor's envelope, since each of them may come where another is expected.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from bot.weryai.lenient import MOST, json_of


class _Schema(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Message(_Schema):
    """A delta, or the whole message of a plain answer."""

    content: object = None  # a string or null; checked where it is read, to keep lone surrogates


class Choice(_Schema):
    index: int = 0
    delta: Message | None = None
    message: Message | None = None
    finish_reason: str | None = None


class TokenUsage(_Schema):
    prompt_tokens: int = Field(default=0, ge=0, le=MOST)
    completion_tokens: int = Field(default=0, ge=0, le=MOST)


def _or_none(value: Any, read: ValidatorFunctionWrapHandler) -> TokenUsage | None:
    """What is no count costs nobody the answer: without one, tokens are estimated."""
    try:
        usage: TokenUsage | None = read(value)
    except ValidationError:
        return None
    return usage


class Answer(_Schema):
    """A chunk, a completion, an error or an envelope; see the module."""

    id: object = None
    choices: list[Choice] | None = None
    usage: Annotated[TokenUsage | None, WrapValidator(_or_none)] = None
    error: Any = None
    status: Any = None
    data: Any = None

    @property
    def failed(self) -> bool:
        """Whether this is an error rather than (a part of) an answer.

        The vendor's envelope means success by a `status` of 0 or 200.
        """
        if self.error:
            return True
        return self.choices is None and self.status not in (None, 0, 200, "0", "200")


class Unreadable(ValueError):
    """The bytes are no JSON of a known shape. The message names fields, never content."""


def read_answer(data: bytes) -> Answer:
    """Read one body, or the data of one event.

    An envelope around a completion is taken off.

    Raises:
        Unreadable: it is no JSON, or of another shape.
    """
    try:
        answer = Answer.model_validate_json(data)
    except ValidationError:
        answer = _read_slowly(data)
    if answer.choices is None and isinstance(answer.data, dict) and not answer.failed:
        return _validated(answer.data)
    return answer


def _read_slowly(data: bytes) -> Answer:
    # A server that cuts text into UTF-16 units escapes half a character as "\ud83d", which only
    # the standard library's parser lets through; `StreamReader` joins the halves.
    try:
        content = json_of(data)
    except ValueError as error:
        raise Unreadable("no JSON") from error
    return _validated(content)


def _validated(content: object) -> Answer:
    try:
        return Answer.model_validate(content)
    except ValidationError as error:
        fields = {".".join(map(str, problem["loc"])) for problem in error.errors()}
        raise Unreadable(f"unexpected {', '.join(sorted(fields)) or 'JSON'}") from None
