from __future__ import annotations

from contextlib import aclosing

from bot.core.conversation import ChatMessage, Role
from bot.core.options import ChatRequest
from bot.core.ports import ChatEvent, Delta, Finish
from bot.core.replies import Usage
from bot.sandbox.weryai import WeryAISandbox
from bot.weryai.client import WeryAIClient

HELLO = ChatRequest(model="GEMINI_25_FLASH", messages=(ChatMessage(Role.USER, "Hello"),))


async def said(client: WeryAIClient, request: ChatRequest = HELLO) -> list[ChatEvent]:
    async with aclosing(client.stream(request)) as events:
        return [event async for event in events]


async def test_an_answer_comes_delta_by_delta(weryai: WeryAISandbox, client: WeryAIClient) -> None:
    weryai.answer_next(["Hel", "lo ", "you"])
    assert await said(client) == [
        Delta("Hel"),
        Delta("lo "),
        Delta("you"),
        Finish("stop"),
        Usage(2, 3),
    ]
