"""One open page: shows its person what happens, and does what they ask."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from bot.sandbox.discord.errors import ApiError
from bot.sandbox.discord.handles import NotPossible, NotReached
from bot.sandbox.discord.state import Json
from bot.sandbox.page import actions, interacting
from bot.sandbox.page.asking import Asked, Malformed
from bot.sandbox.page.showing import Scene, Showing

_ACTIONS = {**actions.ACTIONS, **interacting.ACTIONS}


class Live:
    """A page's WebSocket, from its opening to its end."""

    def __init__(self, scene: Scene, socket: web.WebSocketResponse) -> None:
        self._scene = scene
        self._socket = socket
        self._showing = Showing(scene)

    async def run(self) -> None:
        """Serve the page until it goes."""
        doing: set[asyncio.Task[None]] = set()
        self._showing.begin()
        try:
            async with asyncio.TaskGroup() as tasks:
                doing.add(tasks.create_task(self._write(), name="page writer"))
                async for frame in self._socket:
                    if frame.type is WSMsgType.TEXT:
                        # A task each: suggestions are waited for while the next key is pressed.
                        task = tasks.create_task(self._do(frame.data), name="page action")
                        doing.add(task)
                        task.add_done_callback(doing.discard)
                for task in tuple(doing):
                    task.cancel()
        finally:
            self._showing.end()

    async def _write(self) -> None:
        while True:
            frame = await self._showing.outbox.next()
            try:
                await self._socket.send_str(orjson.dumps(frame).decode())
            except ConnectionError:
                return  # the page is gone, which ends the reading as well

    async def _do(self, text: str) -> None:
        number: object = None
        try:
            values = _read(text)
            number = values.get("id")
            frame: Json = {"type": "done", "result": await self._act(values)}
        except ApiError as error:
            frame = _refused(_sentence(error), status=error.status, code=error.code)
        except (NotPossible, Malformed) as error:
            frame = _refused(str(error))
        except NotReached:
            frame = _refused("Nothing came within the time for it")
        self._showing.put({**frame, "id": number})

    async def _act(self, values: Mapping[str, Any]) -> Json:
        asked = Asked(values, self._scene.discord.world, self._showing.person)
        switches = self._scene.switches
        match asked.text("do"):
            case "be":
                people = {str(one.id): one for one in self._scene.people.values()}
                self._showing.person = asked.one_of("person", people)
            case "set":
                switches.set(asked)
            case "fault":
                switches.fault(asked)
            case "clear_faults":
                switches.clear()
            case "gateway":
                switches.disturb_gateway(asked)
            case name if name in _ACTIONS:
                result = await _ACTIONS[name](asked)
                if "nonce" in asked and "interaction" in result:
                    self._showing.nonces[int(result["interaction"])] = asked.text("nonce")
                return result
            case name:
                raise Malformed(f"there is no action {name!r}")
        return {}


def _read(text: str) -> Mapping[str, Any]:
    try:
        values = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Malformed("an action must be JSON") from None
    if not isinstance(values, dict):
        raise Malformed("an action must be an object")
    return values


def _refused(text: str, *, status: int | None = None, code: int | None = None) -> Json:
    return {"type": "refused", "text": text, "status": status, "code": code}


def _sentence(error: ApiError) -> str:
    """Discord's sentence, and what is wrong with a form."""
    return " ".join([error.message, *_form_errors(error.errors)])


def _form_errors(node: object) -> list[str]:
    if not isinstance(node, Mapping):
        return []
    own = [str(one["message"]) for one in node.get("_errors", ())]
    inner = [child for key, child in node.items() if key != "_errors"]
    return own + [text for child in inner for text in _form_errors(child)]
