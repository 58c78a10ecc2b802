"""Who is served the page, and what a browser is told it may do."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from bot.sandbox.discord.state import Attachment
from bot.sandbox.page.server import PageServer
from bot.sandbox.weryai import WeryAIRelay
from tests.sandbox.page.stage import NOWHERE, Client, Opener, Stage

STATIC = Path(__file__).parents[3] / "bot/sandbox/page/static"
FILES = sorted(one for one in STATIC.rglob("*.*") if one.is_file())
GOING_AWAY = 1001


async def test_the_page_is_served_at_its_address(
    http: aiohttp.ClientSession, server: PageServer
) -> None:
    async with http.get(server.url) as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        assert "<!doctype html>" in (await response.text()).lower()


@pytest.mark.parametrize("path", ["", "live", "main.js", "files/1/a.txt"])
@pytest.mark.parametrize("token", ["", "x", "TOKEN-", "x" * 32])
async def test_nothing_is_served_without_the_token(
    http: aiohttp.ClientSession, server: PageServer, path: str, token: str
) -> None:
    wrong = token.replace("TOKEN", server.token)
    for address in (f"/t/{wrong}/{path}", f"/{path}", f"/{path}?token={server.token}"):
        async with http.get(Opener(http, server).origin + address) as response:
            assert response.status == 404, address


async def test_each_run_has_a_token_of_its_own(stage: Stage) -> None:
    servers = [PageServer(stage.sandbox, stage.people, WeryAIRelay(NOWHERE)) for _ in range(2)]
    assert servers[0].token != servers[1].token
    assert len(servers[0].token) >= 32


async def test_a_name_that_was_rebound_to_loopback_is_refused(
    http: aiohttp.ClientSession, server: PageServer
) -> None:
    port = server.url.split("/")[2].partition(":")[2]
    for host, status in ((f"evil.example:{port}", 403), (f"localhost:{port}", 200)):
        async with http.get(server.url, headers={"Host": host}) as response:
            assert response.status == status, host


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://127.0.0.1:1"])
async def test_other_pages_cannot_open_the_socket(
    http: aiohttp.ClientSession, server: PageServer, origin: str | None
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await http.ws_connect(server.url + "live", origin=origin)
    assert caught.value.status == 403


async def test_only_loopback_is_listened_on(server: PageServer) -> None:
    assert server.url.startswith("http://127.0.0.1:")
    host, port = "127.0.0.2", int(server.url.split("/")[2].partition(":")[2])
    with pytest.raises(OSError, match=r"[Cc]onnect"):
        await asyncio.open_connection(host, port)


async def test_the_browser_is_told_to_load_nothing_from_elsewhere(
    http: aiohttp.ClientSession, server: PageServer
) -> None:
    for path in ("", *(str(one.relative_to(STATIC)) for one in FILES)):
        async with http.get(server.url + path) as response:
            assert response.status == 200, path
            policy = response.headers["Content-Security-Policy"]
            rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
            assert rules.pop("default-src") == "'self'"
            assert rules.pop("connect-src") == f"'self' ws://{server.url.split('/')[2]}"
            assert rules.pop("img-src") == "'self' data:"
            assert set(rules.values()) == {"'none'"}
            assert response.headers["Referrer-Policy"] == "no-referrer"
            assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_page_names_no_other_host_and_holds_no_inline_code() -> None:
    for one in FILES:
        text = re.sub(r"http://www\.w3\.org/\S*", "", one.read_text())  # names of XML's, not places
        loads = (
            r"(?:src|href)=[\"']?(?:https?:)?//|@import|url\((?!['\"]?(?:#|data:))|\binnerHTML\b"
        )
        assert not re.search(loads, text), one
        assert not re.search(r"""(?:from|import)\s*\(?["'](?!\.)""", text), one
        if one.suffix == ".html":
            assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\bsrc=)", text), one


@pytest.mark.parametrize(
    "path", ["../secret.json", "%2e%2e/secret.json", "..%2fsecret.json", "a//b.js", "page.py"]
)
async def test_only_the_pages_own_files_are_served(
    http: aiohttp.ClientSession, stage: Stage, tmp_path: Path, path: str
) -> None:
    static = tmp_path / "static"
    (static / "a").mkdir(parents=True)
    for name in ("secret.json", "static/index.html", "static/a/b.js", "static/page.py"):
        (tmp_path / name).write_text("content")
    relay = WeryAIRelay(NOWHERE)
    async with PageServer(stage.sandbox, stage.people, relay, static=static) as server:
        for asked, status in ((path, 404), ("a/b.js", 200), ("", 200)):
            async with http.get(URL(server.url + asked, encoded=True)) as response:
                assert response.status == status, asked


@pytest.mark.parametrize(
    ("kind", "place"),
    [("image/png", "inline"), ("text/html", "attachment"), ("image/svg+xml", "attachment")],
)
async def test_an_attachment_can_never_run_as_part_of_the_page(
    http: aiohttp.ClientSession, server: PageServer, stage: Stage, kind: str, place: str
) -> None:
    stage.world.files[7] = Attachment(7, "ä b.x", kind, b"content")
    async with http.get(server.url + "files/7/x") as response:
        assert await response.read() == b"content"
        assert response.headers["Content-Disposition"].startswith(place)
        assert (response.content_type == kind) is (place == "inline")
        assert "sandbox" in response.headers["Content-Security-Policy"]


async def test_a_file_that_is_not_there_is_not_found(
    http: aiohttp.ClientSession, server: PageServer
) -> None:
    for path in ("files/7/x", "files/x/x", f"files/{'7' * 5000}/x", "missing.js", "server.py"):
        async with http.get(server.url + path) as response:
            assert response.status == 404


async def test_the_page_is_told_when_the_sandbox_leaves(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    async with PageServer(stage.sandbox, stage.people, WeryAIRelay(NOWHERE)) as server:
        socket = await http.ws_connect(server.url + "live", origin=Opener(http, server).origin)
        client = Client(socket)
        await client.frame("snapshot")
    async with asyncio.timeout(10):
        frame = await socket.receive()
    assert frame.type is aiohttp.WSMsgType.CLOSE
    assert frame.data == GOING_AWAY


async def test_a_page_that_is_closed_is_forgotten(opener: Opener, stage: Stage) -> None:
    before = len(stage.world.feed._listeners)
    client = await opener.open(stage.ada)
    assert len(stage.world.feed._listeners) == before + 1
    await client.socket.close()
    async with asyncio.timeout(10):
        while len(stage.world.feed._listeners) > before:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0)
