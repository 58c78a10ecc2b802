"""The few REST requests that paint a reply, one request each and nothing more.

discord.py would do them too, but it sleeps inside the call when a bucket is empty and repeats a
failed request with the text it was given then. A growing answer wants the opposite: learn at
once what became of a frame, and send the newest text next time. When a request may go out is
decided before (`bot.core.pacing`), so nothing here waits.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson

from bot.core.errors import ReplyDelayed
from bot.core.ports.discord_app import Lane
from bot.core.replies import File
from bot.discord_app import codes

# Discord asks bots to name themselves in this form: "User Agent" in its API reference.
USER_AGENT = "DiscordBot (https://www.weryai.com, 0.1)"
REQUEST_TIMEOUT = 20.0  # seconds; Discord answers or fails within 15
FILE_TYPES = {"json": "application/json"}
TEXT = "text/markdown"  # of any other file

TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500
CLIENT_ERROR = 400


class Refused(Exception):
    """Discord refused a request for good (a 4xx that is no rate limit).

    Attributes:
        status: HTTP's.
        code: Discord's own error code, 0 where it gave none.
    """

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(f"{status} (code {code}): {message}")
        self.status = status
        self.code = code


class DiscordRest:
    """Discord's REST API over a pooled session.

    Args:
        session: whose trace, if any, reports the requests.
        api_url: with the version, as `https://discord.com/api/v10`.
        token: the bot's.
    """

    def __init__(self, session: aiohttp.ClientSession, api_url: str, token: str) -> None:
        self._session = session
        self._api_url = api_url.rstrip("/")
        self._authorization = {"Authorization": f"Bot {token}"}

    async def send(
        self,
        method: str,
        path: str,
        payload: Mapping[str, Any] | None = None,
        *,
        lane: Lane | None = None,
        attachment: File | None = None,
        as_bot: bool = True,
    ) -> Any:
        """Make one request and return its decoded answer (None where it is empty).

        Args:
            method: HTTP's.
            path: below the API's address, with its query.
            payload: the JSON body.
            lane: the request's bucket, where the caller knows it.
            attachment: a file to send along.
            as_bot: False where the path's token is the authorization.

        Raises:
            ReplyDelayed: a rate limit, 5xx, or no answer.
            Refused: any other 4xx.
        """
        body = _body(payload, attachment)
        headers = dict(self._authorization) if as_bot else {}
        if isinstance(body, bytes):
            headers["Content-Type"] = "application/json"
        try:
            async with self._session.request(
                method, self._api_url + path, data=body, headers=headers, trace_request_ctx=lane
            ) as response:
                answer = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ReplyDelayed(f"{method}: {type(error).__name__}") from error
        if response.status >= CLIENT_ERROR:
            raise _failure(response, _decoded(answer))
        return _decoded(answer)


@asynccontextmanager
async def open_rest(
    api_url: str, token: str, trace: aiohttp.TraceConfig | None = None
) -> AsyncIterator[DiscordRest]:
    """Open the pooled session for as long as the block lasts."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),  # the edit budget is the limit
        timeout=aiohttp.ClientTimeout(total=REQUEST_TIMEOUT),
        headers={"User-Agent": USER_AGENT},
        cookie_jar=aiohttp.DummyCookieJar(),
        trace_configs=[] if trace is None else [trace],
    ) as session:
        yield DiscordRest(session, api_url, token)


def _body(
    payload: Mapping[str, Any] | None, attachment: File | None
) -> bytes | aiohttp.FormData | None:
    if payload is None:
        return None
    encoded = orjson.dumps(payload)
    if attachment is None:
        return encoded
    ending = attachment.name.rpartition(".")[2]
    form = aiohttp.FormData(quote_fields=False)  # Discord does not unescape "files[0]"
    form.add_field("payload_json", encoded.decode(), content_type="application/json")
    form.add_field(
        "files[0]",
        attachment.text.encode(),
        filename=attachment.name,
        content_type=f"{FILE_TYPES.get(ending, TEXT)}; charset=utf-8",
    )
    return form


def _decoded(answer: bytes) -> Any:
    try:
        return orjson.loads(answer) if answer else None
    except orjson.JSONDecodeError:  # a proxy's page of HTML
        return None


def _failure(response: aiohttp.ClientResponse, answer: Any) -> ReplyDelayed | Refused:
    told = answer if isinstance(answer, dict) else {}
    status = response.status
    code = told.get("code")
    code = code if isinstance(code, int) else 0  # a proxy's JSON may have another one, or none
    # Discord answers with 429 here too, but waiting for up to an hour is no way to go on.
    if status == TOO_MANY_REQUESTS and code != codes.TOO_OLD_TO_EDIT:
        wait = told.get("retry_after")
        return ReplyDelayed("429", retry_after=wait if isinstance(wait, int | float) else None)
    if status >= SERVER_ERROR:
        return ReplyDelayed(str(status))
    return Refused(status, code, str(told.get("message", "")))
