"""The REST API's front, where a request meets latency, faults, rate limits and the checks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

import aiohttp
import orjson
from aiohttp import web

from bot.sandbox.discord.errors import ApiError, Refusal
from bot.sandbox.discord.events import RequestServed
from bot.sandbox.discord.faults import Fault, Faults, Latency
from bot.sandbox.discord.message_payloads import ATTACHMENT_LIMIT
from bot.sandbox.discord.ratelimits import RateLimits
from bot.sandbox.discord.rest.routing import Answer, Call, Route, Router, Upload
from bot.sandbox.discord.world import World

PREFIX = "/api/v10"
MAX_BODY = 25 * 1024 * 1024
_TOO_MANY = 429


class Checker(Protocol):
    """Compares requests with Discord's description of its API."""

    def check_request(
        self, method: str, path: str, query: Mapping[str, str], json_body: Any
    ) -> list[str]:
        """What is wrong with a request, a sentence each."""


class RestApi:
    """Serves every path below /api/v10.

    Attributes:
        requests: every request in the order in which it was answered.
        violations: what requests did that Discord's API does not have.
    """

    def __init__(self, world: World, router: Router, limits: RateLimits) -> None:
        self.limits = limits
        self.latency = Latency()
        self.faults = Faults()
        self.checker: Checker | None = None
        self.requests: list[RequestServed] = []
        self.violations: list[str] = []
        self._world = world
        self._router = router

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        path = request.raw_path.partition("?")[0].removeprefix(PREFIX)
        found = self._router.find(request.method, path)
        body, files, broken = await _read(request)
        delay = self.latency.draw()
        await _pause(delay / 2)
        fault = self.faults.take(request.method, path)
        if fault is not None:
            await fault.released.wait()
        answer, headers = self._answer(request, path, found, (body, files, broken), fault)
        self._note(request.method, found[0].template if found else path, path, answer, headers)
        await _pause(delay / 2)
        if fault is not None and fault.drop:
            return _cut(request)
        return _response(answer, headers)

    def _answer(  # noqa: PLR0911 - each way out is one reason to refuse, in Discord's order
        self,
        request: web.Request,
        path: str,
        found: tuple[Route, dict[str, str]] | None,
        content: tuple[Any, dict[int, Upload], bool],
        fault: Fault | None,
    ) -> tuple[Answer, dict[str, str]]:
        body, files, broken = content
        if found is None:
            self.violations.append(f"{request.method} {path}: the sandbox has no such route")
            return _refuse(Refusal.NOT_FOUND), {}
        if fault is not None and not fault.after and (fault.drop or fault.status is not None):
            return Answer(fault.status or 0, fault.body), fault.headers
        route, ids = found
        token = f"Bot {self._world.application.token}"
        if not route.is_interaction and request.headers.get("Authorization") != token:
            return _refuse(Refusal.UNAUTHORIZED), {}
        verdict = self.limits.take(
            route.method, route.template, route.major(ids), globally=not route.is_interaction
        )
        if not verdict.allowed:
            return Answer(_TOO_MANY, verdict.body), verdict.headers
        if broken:
            return _refuse(Refusal.INVALID_JSON), verdict.headers
        if sum(len(one.data) for one in files.values()) > ATTACHMENT_LIMIT:
            return _refuse(Refusal.BODY_TOO_LARGE), verdict.headers
        if self.checker is not None:
            found_wrong = self.checker.check_request(route.method, path, request.query, body)
            self.violations += [f"{route.method} {path}: {one}" for one in found_wrong]
        answer = self._handle(
            route, Call(self._world, ids, request.query, {} if body is None else body, files)
        )
        if fault is not None and fault.status is not None:
            return Answer(fault.status, fault.body), fault.headers
        return answer, verdict.headers

    def _handle(self, route: Route, call: Call) -> Answer:
        try:
            result = route.handler(call)
        except ApiError as error:
            return Answer(error.status, error.body())
        except Exception as error:
            self.violations.append(f"{route.method} {route.template} broke the sandbox: {error!r}")
            raise
        if isinstance(result, Answer):
            return result
        return Answer(204) if result is None else Answer(200, result)

    def _note(
        self, method: str, template: str, path: str, answer: Answer, headers: Mapping[str, str]
    ) -> None:
        limit, remaining = (headers.get(f"X-RateLimit-{one}") for one in ("Limit", "Remaining"))
        served = RequestServed(
            at=self._world.clock.now(),
            method=method,
            route=template,
            path=path,
            status=answer.status,
            bucket=headers.get("X-RateLimit-Bucket"),
            limit=None if limit is None else int(limit),
            remaining=None if remaining is None else int(remaining),
        )
        self.requests.append(served)
        self._world.publish(served)


async def _read(request: web.Request) -> tuple[Any, dict[int, Upload], bool]:
    """The JSON body, the files, and whether the JSON was broken."""
    if not request.can_read_body:
        return None, {}, False
    files: dict[int, Upload] = {}
    try:
        if request.content_type != "multipart/form-data":
            return orjson.loads(await request.read() or b"null"), files, False
        body: Any = None
        async for part in await request.multipart():
            assert isinstance(part, aiohttp.BodyPartReader)
            name, data = part.name or "", await part.read()
            if name == "payload_json":
                body = orjson.loads(data)
            elif name.startswith("files["):
                kind = part.headers.get("Content-Type", "application/octet-stream")
                files[int(name[6:-1])] = Upload(part.filename or name, kind, bytes(data))
    except ValueError:
        return None, {}, True
    return body, files, False


async def _pause(seconds: float) -> None:
    if seconds > 0:
        await asyncio.sleep(seconds)


def _refuse(refusal: Refusal) -> Answer:
    error = refusal.error()
    return Answer(error.status, error.body())


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _response(answer: Answer, headers: Mapping[str, str]) -> web.Response:
    if isinstance(answer.body, str):
        return web.Response(
            status=answer.status, text=answer.body, content_type="text/html", headers=headers
        )
    if answer.body is None:
        return web.Response(status=answer.status, headers=headers)
    return web.Response(
        status=answer.status,
        body=orjson.dumps(answer.body),
        content_type="application/json",
        headers=headers,
    )
