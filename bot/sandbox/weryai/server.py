"""The local WeryAI: an HTTP server on loopback that speaks its API."""

from __future__ import annotations

import asyncio
import json
import math
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from aiohttp import web

from bot.sandbox.weryai.faults import (
    Fault,
    Refusal,
    asked_for,
    envelope,
    openai_error,
    refusal,
)
from bot.sandbox.weryai.models import MODELS, Listing, Model, listed
from bot.sandbox.weryai.recording import Gate, Log, Recorded
from bot.sandbox.weryai.rules import Refused, check_request
from bot.sandbox.weryai.script import BOM, Act, Choice, Script, Stream, in_manner, staged
from bot.sandbox.weryai.thinking import cut, last_question, thought_up

API_KEY = "sk-sandbox"
_BACKLOG = 1024  # hundreds of streams may be opened at once

Answers = Callable[[dict[str, Any]], str]
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast an answer comes.

    Attributes:
        first_after: seconds before the first delta.
        per_second: deltas per second; None is as fast as the socket takes them.
        size: characters of a delta.
    """

    first_after: float = 0.3
    per_second: float | None = 40.0
    size: int = 4


INSTANT = Pace(first_after=0.0, per_second=None)


class WeryAISandbox(Log):
    """A WeryAI of one's own. Everything public may be changed while it runs.

    Attributes:
        base_url: its address, once it has been entered.
        pace: how fast it answers.
        answers: called with a request's JSON, gives the answer's text; None: it thinks of one.
        models: what it offers.
        listing: in which shape it lists them.
        balance: the account's credits.
        failing: what goes wrong with every request to a model, by its key.
        at_once: how many answers it gives at the same time, before it refuses more; None: any.
        requests: every request for an answer, in the order they came.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        api_key: str = API_KEY,
        pace: Pace = Pace(),
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(clock)
        self.base_url = ""
        self.pace = pace
        self.answers: Answers | None = None
        self.models: Sequence[Model] = MODELS
        self.listing = Listing.OPENAI
        self.balance: float = 1000
        self.failing: dict[str, Fault] = {}
        self.at_once: int | None = None
        self._answering = 0
        self._host, self._port, self._api_key = host, port, api_key
        self._sleep = sleep
        self._faults: deque[Fault] = deque()
        self._scripts: deque[list[Sequence[str] | str]] = deque()
        self._gates: deque[Gate] = deque()
        self._stopping = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._completions)
        app.router.add_get("/v1/chat/models", self._list_models)
        app.router.add_get("/v1/generation/balance", self._tell_balance)
        # The handler is cancelled when its client goes away: so it learns of that at once.
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1)
        await runner.setup()
        self._runner = runner
        site = web.TCPSite(runner, self._host, self._port, backlog=_BACKLOG)
        await site.start()
        self.base_url = f"http://{self._host}:{runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._stopping.set()
        if self._runner is not None:
            await self._runner.cleanup()

    # --- what tests say -----------------------------------------------------------------------

    def fail_next(self, *faults: Fault) -> None:
        """Let the next requests fail, one fault each."""
        self._faults.extend(faults)

    def answer_next(self, *choices: str | Sequence[str]) -> None:
        """Answer the next request with a text, or with these very deltas.

        Several are for the choices of a request with `n`. A scripted answer is told to its end,
        whatever `max_tokens` says.
        """
        self._scripts.append(list(choices))

    def hold_next(self, after: int = 0) -> Gate:
        """Hold the next streamed answer back after so many deltas."""
        gate = Gate(after)
        self._gates.append(gate)
        return gate

    @property
    def waiting_faults(self) -> Sequence[Fault]:
        """What the next requests will meet."""
        return tuple(self._faults)

    def forget_faults(self) -> None:
        """Let the next requests go well."""
        self._faults.clear()
        self.failing.clear()
        self.at_once = None

    def forget(self) -> None:
        """Drop what was scripted and not used, and the record of what came."""
        self.forget_faults()
        for prepared in (self._scripts, self._gates, self.requests):
            prepared.clear()

    # --- the endpoints ------------------------------------------------------------------------

    async def _list_models(self, request: web.Request) -> web.Response:
        if (refused := self._check_key(request)) is not None:
            return _response(refused)
        body, content_type = listed(self.models, self.listing)
        return web.Response(body=body, content_type=content_type)

    async def _tell_balance(self, request: web.Request) -> web.Response:
        if (refused := self._check_key(request)) is not None:
            return _response(refused)
        return web.json_response(envelope(0, "success") | {"data": self.balance})

    async def _completions(self, request: web.Request) -> web.StreamResponse:
        recorded = Recorded(self._clock())
        try:
            recorded.json = json.loads(await request.read(), parse_constant=_refuse_constant)
        except ValueError:
            recorded.json = None
        await self.note(recorded)
        try:
            response = await self._respond(request, recorded)
        except (asyncio.CancelledError, ConnectionError):
            recorded.closed_by_client = not self._stopping.is_set()
            raise
        else:
            recorded.status = response.status
            return response
        finally:
            recorded.ended.set()

    async def _respond(self, request: web.Request, recorded: Recorded) -> web.StreamResponse:
        try:
            self._check(request, recorded.json)
        except Refused as error:
            return _response(error.refusal)
        recorded.fault = fault = self._fault_of(recorded.json)
        if fault is not None and (refused := refusal(fault)) is not None:
            return _response(refused)
        if fault is Fault.STALL_AT_ONCE:
            await self._stopping.wait()
        if fault in {Fault.STALL_AT_ONCE, Fault.DROP_AT_ONCE}:
            return _drop(request)
        script = self._script_of(recorded.json)
        if fault is Fault.ONE_CHOICE:
            script = replace(script, choices=script.choices[:1])
        if fault is Fault.PLAIN_JSON or not recorded.json.get("stream", False):
            recorded.finished = True
            return web.Response(body=script.plain(), content_type="application/json")
        self._answering += 1
        try:
            return await self._stream(request, script, recorded)
        finally:
            self._answering -= 1

    async def _stream(
        self, request: web.Request, script: Script, recorded: Recorded
    ) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "X-Request-Id": script.id}
        )
        await response.prepare(request)
        if await self._tell(response, staged(script, recorded.fault), recorded):
            await response.write_eof()
            recorded.finished = True
        else:
            _drop(request)
        return response

    def _check(self, request: web.Request, content: object) -> None:
        if (refused := self._check_key(request)) is not None:
            raise Refused(refused)
        if request.content_type != "application/json":
            raise Refused(openai_error(415, "The body must be application/json."))
        check_request(content, self.models)

    async def _tell(self, response: web.StreamResponse, stream: Stream, recorded: Recorded) -> bool:
        """Write a stream at its pace; whether it ends as a response should."""
        gate = self._gates.popleft() if self._gates else Gate(math.inf)
        fault, pace = recorded.fault, self.pace
        recorded.status = response.status
        if fault is Fault.ONE_CHUNK:
            tail = [step for step in stream.tail if isinstance(step, bytes)]
            await response.write(b"".join([stream.head, *stream.deltas, *tail]))
            recorded.sent = len(stream.deltas)
            return True
        due = self._clock() + pace.first_after
        await self._sleep(pace.first_after)
        first = BOM + stream.head if fault is Fault.BOM else stream.head
        for delta in stream.deltas:
            await gate.pass_through(recorded.sent)
            for piece in in_manner(first + delta, fault):
                await response.write(piece)
            first = b""
            recorded.sent += 1
            recorded.written.append(self._clock())
            if pace.per_second is not None:  # by the clock, so that a late delta delays no other
                due += 1 / pace.per_second
            await self._sleep(max(0.0, due - self._clock()))
        await gate.pass_through(recorded.sent)
        for step in stream.tail:
            if step is Act.STALL:
                await self._stopping.wait()
            if isinstance(step, Act):
                return False
            for piece in in_manner(first + step, fault):
                await response.write(piece)
            first = b""
        return True

    def _check_key(self, request: web.Request) -> Refusal | None:
        if request.headers.get("Authorization") == f"Bearer {self._api_key}":
            return None
        return refusal(Fault.UNAUTHORIZED)

    def _fault_of(self, request: dict[str, Any]) -> Fault | None:
        if self._faults:
            return self._faults.popleft()
        if self.at_once is not None and self._answering >= self.at_once:
            return Fault.RATE_LIMIT_BARE
        if request["model"] in self.failing:
            return self.failing[request["model"]]
        return asked_for(last_question(request))

    def _script_of(self, request: dict[str, Any]) -> Script:
        n = request.get("n", 1)
        size = self.pace.size
        if self._scripts:
            given = self._scripts.popleft()
            texts = [given[index % len(given)] for index in range(n)]
            choices = [Choice(cut(text, size) if isinstance(text, str) else text) for text in texts]
        elif self.answers is not None:
            choices = [Choice(cut(self.answers(request), size)) for _ in range(n)]
        else:
            choices = thought_up(request, self.models, size)
        prompt = sum(len(message["content"]) for message in request["messages"])
        return Script(
            model=request["model"],
            choices=choices,
            prompt_tokens=prompt // 4 + 1,
            id=f"chatcmpl-{uuid.uuid4().hex}",
        )


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _response(refused: Refusal) -> web.Response:
    return web.Response(
        status=refused.status,
        body=refused.body,
        headers=dict(refused.headers),
        content_type=refused.content_type,
    )


def _drop(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.StreamResponse()
