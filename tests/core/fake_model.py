"""A model that says what a test tells it to, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence

from bot.core.ports.weryai import ChatEvent, Delta, Finish, ModelInfo
from bot.core.requests import ChatRequest

# A text is a delta, a number a pause in seconds; FOREVER waits until the request is closed.
Step = str | float | ChatEvent | Exception
FOREVER = float("inf")


class FakeModel:
    """Answers each request by the next script; the last one is used again.

    Attributes:
        requests: everything that was asked.
        streaming: requests open now; `most` is the most of them there were at once.
        closed_at: the loop's time at which each request's stream ended.
    """

    def __init__(self, *scripts: Sequence[Step]) -> None:
        self.scripts = [list(script) for script in scripts]
        self.requests: list[ChatRequest] = []
        self.streaming = 0
        self.most = 0
        self.closed_at: list[float] = []

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        self.requests.append(request)
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        self.streaming += 1
        self.most = max(self.most, self.streaming)
        try:
            async for event in play(script):
                yield event
        finally:
            self.streaming -= 1
            self.closed_at.append(asyncio.get_running_loop().time())


async def play(script: Iterable[Step]) -> AsyncGenerator[ChatEvent, None]:
    """A script as a model's events."""
    for step in script:
        match step:
            case float():
                await (asyncio.Event().wait() if step == FOREVER else asyncio.sleep(step))
            case str():
                yield Delta(step)
            case Exception():
                raise step
            case _:
                yield step


def words(count: int, pause: float = 0.025) -> list[Step]:
    """As many numbered words, one delta each, and the end."""
    spoken: list[Step] = []
    for number in range(count):
        spoken += [pause, f"{number} "]
    return [*spoken, Finish("stop")]


class FakeCatalogue:
    """Offers the models it is given."""

    def __init__(self, *models: ModelInfo) -> None:
        self.models_offered = list(models)

    def add(self, model: ModelInfo) -> None:
        self.models_offered.append(model)

    def models(self) -> Sequence[ModelInfo]:
        return self.models_offered

    def suggest(self, partial: str, limit: int) -> Sequence[ModelInfo]:
        return self.models_offered[:limit]

    def find(self, name: str) -> ModelInfo | None:
        wanted = name.casefold()
        for model in self.models_offered:
            if wanted in {model.key.casefold(), model.name.casefold()}:
                return model
        return None
