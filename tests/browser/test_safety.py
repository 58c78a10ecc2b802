from __future__ import annotations

from playwright.async_api import Browser, WebSocketRoute, expect

from bot.sandbox.discord.state import MessageFlag
from tests.browser.stage import Quiet, new_page


async def test_the_page_asks_no_other_host_whatever_is_written(quiet: Quiet) -> None:
    embed = {
        "title": "x",
        "image": {"url": "https://example.com/a.png"},
        "thumbnail": {"url": "https://example.com/b.png"},
    }
    item = {"media": {"url": "https://example.com/c.png"}}
    quiet.write("![](https://example.com/d.png) https://example.com/e.png", embeds=[embed])
    quiet.write(
        components=[{"type": 12, "id": 1, "items": [item]}], flags=MessageFlag.IS_COMPONENTS_V2
    )
    await expect(quiet.last.locator(".elsewhere")).to_be_visible()
    assert quiet.complaints == []


async def test_the_policy_stops_what_would_ask_another_host(quiet: Quiet) -> None:
    blocked = await quiet.page.evaluate(
        """() => new Promise((resolve) => {
            document.addEventListener("securitypolicyviolation",
                (event) => resolve([event.effectiveDirective, event.blockedURI]));
            fetch("https://example.com/").catch(() => {});
        })"""
    )
    assert blocked == ["connect-src", "https://example.com/"]
    quiet.complaints.clear()  # the browser told of it, as it should


async def test_another_page_cannot_open_the_socket(quiet: Quiet, browser: Browser) -> None:
    page = await new_page(browser)
    await page.route("http://elsewhere.test/", lambda route: route.fulfill(body="<p>elsewhere</p>"))
    await page.goto("http://elsewhere.test/")
    address = quiet.url.replace("http", "ws", 1) + "live"
    outcome = await page.evaluate(
        """(address) => new Promise((resolve) => {
            const socket = new WebSocket(address);
            socket.onopen = () => resolve("open");
            socket.onerror = () => resolve("refused");
        })""",
        address,
    )
    assert outcome == "refused"
    await page.context.close()


async def test_a_lost_connection_is_told_and_found_again(quiet: Quiet) -> None:
    reachable = True
    sockets: list[WebSocketRoute] = []

    async def relay(socket: WebSocketRoute) -> None:
        if not reachable:
            await socket.close()
            return
        socket.connect_to_server()
        sockets.append(socket)

    await quiet.page.route_web_socket("**/live", relay)
    await quiet.page.reload()
    await expect(quiet.page.locator("h1")).to_have_text("general")
    reachable = False
    await sockets[-1].close()
    notice = quiet.page.locator(".notice.lasting")
    await expect(notice).to_contain_text("Connecting again")
    reachable = True
    await expect(notice).to_have_count(0)
    quiet.write("still here")
    await expect(quiet.last.locator(".text")).to_have_text("still here")
