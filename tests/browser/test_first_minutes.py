from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.stage import Stage


async def test_a_newcomer_asks_watches_talks_in_a_thread_and_chooses_another_model(
    stage: Stage,
) -> None:
    page = stage.page
    # ask, and watch it grow
    gate = stage.weryai.hold_next(after=60)  # deltas: it stands still in the middle
    answer = await stage.ask("explain how tides work")
    await expect(answer.get_by_role("button", name="Stop")).to_be_visible()
    text = answer.locator(".text")
    await expect(text).to_contain_text("apart")
    early = len(await text.inner_text())
    gate.release()
    await expect(answer.get_by_role("button", name="Regenerate")).to_be_visible()
    assert len(await text.inner_text()) > early
    await expect(text).to_contain_text("look at what was dropped")
    await expect(answer.get_by_role("button", name="Stop")).to_have_count(0)

    # open a thread on it, and talk
    await stage.menu(answer, "Start a thread")
    await page.get_by_label("Thread name").fill("Tides")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Tides")
    await stage.say("My name is Ada")
    await expect(stage.messages).to_have_count(3)
    await expect(stage.last.get_by_role("button", name="Regenerate")).to_be_visible()
    await stage.say("What is my name?")
    await expect(stage.last.locator(".text")).to_contain_text("Your name is Ada")

    # be the moderator, and choose another model
    await stage.be("Mo")
    await stage.go("general")
    await stage.command("/config show ")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("option").first).to_have_text("server")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(stage.last.locator(".privacy")).to_contain_text("Only you can see this")
    panel = stage.last.locator(".container")
    await panel.get_by_role("button", name="Choose").first.click()
    await panel.locator("summary[aria-label='Whose models?']").click()
    await panel.get_by_role("option", name="GPT").first.click()
    await panel.locator("summary[aria-label='GPT: which one?']").click()
    await panel.get_by_role("option", name="GPT-5.1").click()
    await expect(panel).to_contain_text("GPT-5.1 (GPT_5_1)")

    # ask again, and read which model answered
    again = await stage.ask("Which model are you?")
    await expect(again.locator(".text")).to_contain_text(re.compile("I am GPT.5.1"))
