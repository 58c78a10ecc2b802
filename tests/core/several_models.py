"""A WeryAI whose models each have something of their own to say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from bot.core.errors import ModelUnavailable, RateLimited
from bot.core.options import Change, Scope
from bot.core.ports.weryai import ChatEvent, Finish, ModelInfo
from bot.core.requests import ChatRequest
from tests.core.fake_model import Step, play
from tests.core.samples import ADA, FLASH, MINI, SERVER
from tests.core.world import ANSWER, World

GROK = ModelInfo("GROK_4", "Grok-4")
OK: list[Step] = ["Yes", Finish("stop")]
DOWN: list[Step] = [ModelUnavailable()]
SLOW_DOWN: list[Step] = [RateLimited(retry_after=3)]
INSTEAD = f"Yes\n-# {FLASH.name} was not available: {MINI.name} answered"


class Models:
    """A WeryAI whose models each have something of their own to say.

    Attributes:
        asked: the keys of the models that were asked, at which `moments` and what (`requests`).
        scripts: what each says, time after time; the last again and again.
    """

    def __init__(self, **scripts: list[list[Step]]) -> None:
        self.asked: list[str] = []
        self.requests: list[ChatRequest] = []
        self.moments: list[float] = []
        self.scripts = scripts

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        self.asked.append(request.model)
        self.moments.append(asyncio.get_running_loop().time())
        self.requests.append(request)
        scripts = self.scripts[request.model]
        script = scripts.pop(0) if len(scripts) > 1 else scripts[0]
        async for event in play(script):
            yield event


async def world_of(models: Models, *fallbacks: ModelInfo, **options: Any) -> World:
    """A world with a server whose fallback models these are."""
    world = World(ANSWER)
    world.catalogue.add(GROK)
    world.model = models  # type: ignore[assignment] # it streams as the other does
    world._start()
    chosen = {"fallback_models": [model.key for model in fallbacks], **options}
    changes = [Change(Scope.SERVER, SERVER, name, value) for name, value in chosen.items()]
    await world.options.change(SERVER, changes, by=ADA.id)
    return world
