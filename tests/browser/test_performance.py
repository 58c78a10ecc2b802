"""Measured as shares and ratios, so that a slow machine does not fail them."""

from __future__ import annotations

import pytest
from playwright.async_api import CDPSession, expect

from bot.sandbox.discord.state import Message
from tests.browser.stage import Quiet

MANY, FEW = 2000, 100
EDITS = 100
FRAMES_BETWEEN = 3  # of the browser's 60 a second: 20 edits a second
LONG = "A line of **bold** and `code` that makes the text a good deal longer than before.\n"
FRAMES = """(count) => new Promise((resolve) => {
    const next = () => count-- > 0 ? requestAnimationFrame(next) : resolve();
    next();
})"""
SCROLL = """async () => {
    const scroller = document.getElementById("scroller");
    for (let step = 0; step < 60; step++) {
        scroller.scrollTop -= 60;
        await new Promise(requestAnimationFrame);
    }
    scroller.scrollTop = scroller.scrollHeight;
    await new Promise(requestAnimationFrame);
}"""


@pytest.mark.parametrize("panel", [None, "Versions"])
async def test_twenty_edits_a_second_take_less_than_half_a_core(
    quiet: Quiet, panel: str | None
) -> None:
    await _fill(quiet, FEW)
    if panel is not None:
        await quiet.underneath(panel)
    growing = quiet.write("begins")
    await expect(quiet.last.locator(".text")).to_have_text("begins")
    meter = await _meter(quiet)
    busy, wall = await meter.read()
    for edit in range(EDITS):
        quiet.rewrite(growing, (LONG * 23)[: 15 * (edit + 1)])
        await quiet.page.evaluate(FRAMES, FRAMES_BETWEEN)
    spent, passed = await meter.read()
    await expect(quiet.last.locator(".text")).to_contain_text("(edited)")
    assert (spent - busy) / (passed - wall) < 0.5


async def test_two_thousand_messages_scroll_as_smoothly_as_a_hundred(quiet: Quiet) -> None:
    await _fill(quiet, FEW)
    few = await _cost_of_scrolling(quiet)
    await _fill(quiet, MANY - FEW)
    many = await _cost_of_scrolling(quiet)
    assert await quiet.messages.count() == MANY
    assert many < 4 * few


async def test_a_change_touches_no_other_message(quiet: Quiet) -> None:
    await _fill(quiet, FEW)
    growing = quiet.write("begins")
    await expect(quiet.last.locator(".text")).to_have_text("begins")
    await quiet.page.evaluate(
        """() => {
            window.touched = new Set();
            new MutationObserver((changes) => changes.forEach(({target}) =>
                touched.add((target.closest ?? target.parentElement.closest)
                    .call(target.closest ? target : target.parentElement, "li.message")?.dataset.id)))
                .observe(document.getElementById("messages"),
                    {subtree: true, childList: true, characterData: true});
        }"""
    )
    quiet.rewrite(growing, "begins and goes on")
    await expect(quiet.last.locator(".text")).to_contain_text("goes on")
    assert await quiet.page.evaluate("[...touched]") == [str(growing.id)]


async def _fill(quiet: Quiet, count: int) -> list[Message]:
    there = await quiet.messages.count()
    posted = [quiet.write(f"Message {one} with **some** `words` in it") for one in range(count)]
    await expect(quiet.messages).to_have_count(there + count)
    return posted


class _Meter:
    def __init__(self, session: CDPSession) -> None:
        self._session = session

    async def read(self) -> tuple[float, float]:
        """Seconds that the page's main thread was busy, and seconds of the clock."""
        metrics = (await self._session.send("Performance.getMetrics"))["metrics"]
        by_name = {one["name"]: float(one["value"]) for one in metrics}
        return by_name["TaskDuration"], by_name["Timestamp"]


async def _meter(quiet: Quiet) -> _Meter:
    session = await quiet.page.context.new_cdp_session(quiet.page)
    await session.send("Performance.enable")
    return _Meter(session)


async def _cost_of_scrolling(quiet: Quiet) -> float:
    """Seconds of the main thread for a second of turning the wheel."""
    meter = await _meter(quiet)
    costs = []
    for _ in range(4):  # the least of them is the least disturbed
        before, _ = await meter.read()
        await quiet.page.evaluate(SCROLL)
        after, _ = await meter.read()
        costs.append(after - before)
    return min(costs)
