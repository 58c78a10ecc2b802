from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.stage import Quiet, full_stage, quiet_stage

ENOUGH = 4.5  # WCAG 2.2, contrast of text, level AA
NAMELESS = """() => [...document.querySelectorAll("button, input, textarea, select, a, [role=button]")]
    .filter((node) => node.checkVisibility({visibilityProperty: true}))
    .filter((node) => !(node.ariaLabel || node.labels?.length || node.innerText?.trim()
        || node.title || node.closest("label")))
    .map((node) => node.outerHTML)"""
CONTRASTS = """() => {
    const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const rgb = (colour) => {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = (colour) => rgb(colour).map((part) => part / 255)
        .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const style = getComputedStyle(document.documentElement);
    const value = (name) => style.getPropertyValue(`--${name}`);
    const pairs = {};
    for (const text of ["text", "strong", "muted", "link", "danger-text", "success-text", "warning-text"])
        for (const ground of ["page", "side", "deep", "raised"]) {
            const [one, other] = [light(value(text)), light(value(ground))].sort((a, b) => b - a);
            pairs[`${text} on ${ground}`] = (one + 0.05) / (other + 0.05);
        }
    return pairs;
}"""


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_every_text_has_enough_contrast_dark_and_light(browser: Browser, theme: str) -> None:
    async with quiet_stage(browser, light=theme == "light") as quiet:
        pairs = await quiet.page.evaluate(CONTRASTS)
        assert {name: round(value, 1) for name, value in pairs.items() if value < ENOUGH} == {}


async def test_dark_and_light_are_switched_and_kept(quiet: Quiet) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = await quiet.page.evaluate(ground)
    await quiet.page.get_by_role("button", name="Dark or light").click()
    light = await quiet.page.evaluate(ground)
    assert light != dark
    await quiet.page.reload()
    await expect(quiet.box).to_be_visible()
    assert await quiet.page.evaluate(ground) == light


@pytest.mark.parametrize("width", [400, 1280])
async def test_nothing_is_wider_than_the_screen_and_everything_has_a_name(
    browser: Browser, width: int
) -> None:
    async with full_stage(browser, size=(width, 800)) as stage:
        await stage.ask("write some python code")
        await expect(stage.last.get_by_role("button", name="Regenerate")).to_be_visible()
        await stage.last.hover()
        for tab in ("Requests", "Versions", "WeryAI", "Break things"):
            await stage.underneath(tab)
            assert await _overflow(stage.page) == 0
            assert await stage.page.evaluate(NAMELESS) == []


async def test_a_narrow_page_hides_the_channels_until_they_are_asked_for(browser: Browser) -> None:
    async with quiet_stage(browser, size=(400, 800)) as quiet:
        await expect(quiet.page.locator("#sidebar")).to_be_hidden()
        await quiet.page.get_by_role("button", name="Channels").click()
        await expect(quiet.page.get_by_role("button", name="general", exact=True)).to_be_visible()
        await quiet.page.keyboard.press("Escape")
        await expect(quiet.page.locator("#sidebar")).to_be_hidden()


async def test_the_page_is_marked_up_for_screen_readers(quiet: Quiet) -> None:
    quiet.write("words")
    page = quiet.page
    await expect(page.get_by_role("navigation", name="Servers and channels")).to_be_visible()
    await expect(page.get_by_role("main", name="general")).to_be_visible()
    await expect(page.get_by_role("log").get_by_role("listitem")).to_have_count(1)
    await expect(page.get_by_role("combobox", name="Message #general")).to_be_visible()
    current = page.get_by_role("button", name="general", exact=True)
    await expect(current).to_have_attribute("aria-current", "page")


async def test_messages_are_walked_through_with_the_arrows(quiet: Quiet) -> None:
    quiet.write("one")
    quiet.write("two")
    await expect(quiet.messages).to_have_count(2)
    await quiet.page.locator("#scroller").focus()
    await quiet.page.keyboard.press("ArrowUp")
    await expect(quiet.last).to_be_focused()
    await quiet.page.keyboard.press("ArrowUp")
    await expect(quiet.messages.first).to_be_focused()
    await quiet.page.keyboard.press("Enter")
    await expect(quiet.page.get_by_role("menuitem", name="Reply")).to_be_focused()
    await quiet.page.keyboard.press("Escape")
    await expect(quiet.messages.first).to_be_focused()


async def _overflow(page: Page) -> int:
    return int(await page.evaluate("document.body.scrollWidth - innerWidth"))
