"""From the data of a stream's events to the core's chat events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from bot.core.errors import ModelError, ModelUnavailable
from bot.core.ports.weryai import ChatEvent, Delta, Finish
from bot.core.replies import Usage
from bot.weryai.failures import failure, request_id
from bot.weryai.schemas import Choice, Unreadable, read_answer

_DONE = b"[DONE]"


class StreamReader:
    """Follows one answer: what each choice has said, and whether it has ended.

    Args:
        headers: the response's, for the request's id in an error.
        choices: how many were asked for.

    Attributes:
        done: nothing more comes: after `[DONE]`, a whole answer at once, or a failure.
    """

    __slots__ = ("_begun", "_choices", "_failure", "_halves", "_headers", "_usage", "done")

    def __init__(self, headers: Mapping[str, str], choices: int = 1) -> None:
        self._headers = headers
        self._choices = choices
        self._begun: dict[int, bool] = {}  # choice → whether its finish_reason has come
        self._halves: dict[int, str] = {}  # choice → the first half of a character cut in two
        self._usage: Usage | None = None
        self._failure: ModelError | None = None
        self.done = False

    @property
    def told(self) -> bool:
        """Whether every choice has ended, so that only formalities can follow."""
        return len(self._begun) >= self._choices and all(self._begun.values())

    def read(self, events: Iterable[bytes]) -> list[ChatEvent]:
        """Take the data of some events; return what they say. After `[DONE]` nothing counts.

        A failure waits for `end`, so that what came together with it is not lost.
        """
        told: list[ChatEvent] = []
        for data in events:
            if self.done or data == _DONE:
                self.done = True
                break
            try:
                self._read_one(data, told)
            except ModelError as error:
                self._failure = error
                self.done = True
                break
        return told

    def read_whole(self, body: bytes) -> list[ChatEvent]:
        """Take a plain JSON body, which is a complete answer; return all it says.

        Raises:
            ModelError: it tells of a failure, cannot be read, or there is no choice in it.
        """
        told: list[ChatEvent] = []
        self._read_one(body, told)
        if not self._begun:
            raise self._broken("a body without choices")
        self.done = True
        return told + self.end()

    def end(self) -> list[ChatEvent]:
        """The connection has ended, or the answer is done; return what remains to be said.

        After `[DONE]` a choice without a finish_reason counts as finished with `stop`.

        Raises:
            ModelError: an event told of a failure, or could not be read.
            ModelUnavailable: the stream broke off.
        """
        if self._failure is not None:
            raise self._failure
        unfinished = [index for index, finished in self._begun.items() if not finished]
        if not self.done and (unfinished or not self._begun):
            raise self._broken("the stream broke off")
        events: list[ChatEvent] = [Finish("stop", index) for index in unfinished]
        if not self._begun:
            events.append(Finish("stop"))
        if self._usage is not None:
            events.append(self._usage)
        return events

    def _read_one(self, data: bytes, told: list[ChatEvent]) -> None:
        try:
            answer = read_answer(data)
        except Unreadable as error:
            raise self._broken(f"an event that cannot be read: {error}") from error
        if answer.failed:
            raise failure(HTTPStatus.OK, self._headers, data)
        if answer.usage is not None:  # some servers count along in every chunk: the last counts
            self._usage = Usage(answer.usage.prompt_tokens, answer.usage.completion_tokens)
        for choice in answer.choices or ():
            self._take(choice, told)

    def _take(self, choice: Choice, told: list[ChatEvent]) -> None:
        index = choice.index
        finished = self._begun.setdefault(index, False)
        message = choice.delta or choice.message
        if message is not None and message.content is not None:
            if not isinstance(message.content, str):
                raise self._broken("content that is no text")
            if text := self._whole_characters(message.content, index):
                told.append(Delta(text, index))
        if choice.finish_reason and not finished:
            self._begun[index] = True
            told.append(Finish(choice.finish_reason, index))

    def _whole_characters(self, text: str, index: int) -> str:
        """Join a character whose UTF-16 halves came in two deltas; one alone becomes U+FFFD."""
        if self._halves:
            text = self._halves.pop(index, "") + text
        if text.isascii() or not _has_surrogate(text):
            return text
        if "\ud800" <= text[-1] <= "\udbff":
            self._halves[index] = text[-1]
            text = text[:-1]
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _broken(self, detail: str) -> ModelUnavailable:
        return ModelUnavailable(detail, request_id=request_id(self._headers))


def _has_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
