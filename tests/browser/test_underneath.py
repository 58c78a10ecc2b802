from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.stage import Quiet, Stage


async def test_each_request_shows_with_its_bucket_and_what_is_left_of_it(stage: Stage) -> None:
    panel = await stage.underneath("Requests")
    await stage.ask("hello")
    sent = panel.locator("li", has_text="POST").filter(has_text="/messages")
    await expect(sent.first).to_contain_text(re.compile(r"create message · \d of 5 left"))
    await expect(sent.first.locator(".status")).to_have_text("200")
    bucket = panel.locator(".bucket", has_text="create message")
    await expect(bucket.get_by_role("meter")).to_have_attribute("max", "5")


async def test_a_request_that_was_refused_stands_out(stage: Stage) -> None:
    panel = await stage.underneath("Requests")
    stage.ground.discord.faults.limit("POST", "/typing", retry_after=0.1)
    await stage.ask("hello")
    await expect(panel.locator(".status.refused")).to_have_text("429")
    await expect(panel.locator("p.subtext")).to_contain_text("1 of them refused")


async def test_the_growing_message_shows_every_version_on_a_time_line(stage: Stage) -> None:
    panel = await stage.underneath("Versions")
    stage.weryai.answer_next([f"word{number} " for number in range(90)])
    gate = stage.weryai.hold_next(after=30)
    answer = await stage.ask("say some words")
    for seen in ("word29", "word59", "word89"):
        await expect(answer.locator(".text")).to_contain_text(seen)
        gate.allow(30)
    await expect(answer.get_by_role("button", name="Regenerate")).to_be_visible()
    message = list(stage.ground.general.messages.values())[-1]
    marks = panel.locator("circle")
    await expect(marks).to_have_count(len(message.versions))
    assert len(message.versions) > 2
    slider = panel.get_by_role("slider", name="Version")
    await slider.fill("1")
    second = message.versions[1].content
    await expect(panel.locator(".version-text")).to_have_text(second)
    await expect(panel.locator(".version-facts")).to_contain_text(
        f"Version 2 of {len(message.versions)}"
    )
    await slider.fill("2")
    added = message.versions[2].content.removeprefix(second)
    assert added != message.versions[2].content
    await expect(panel.locator("ins")).to_have_text(added)


async def test_the_versions_of_any_message_can_be_seen_later(quiet: Quiet) -> None:
    message = quiet.write("one")
    quiet.rewrite(message, "one two")
    quiet.write("another")
    await quiet.menu(quiet.messages.first, "See its versions")
    panel = quiet.page.get_by_role("tabpanel", name="Versions")
    await expect(panel.locator("circle")).to_have_count(2)
    await expect(panel.locator(".version-text")).to_have_text("one two")


async def test_each_request_to_weryai_shows_its_messages_and_options(stage: Stage) -> None:
    panel = await stage.underneath("WeryAI")
    await stage.command("/ask what did I say first?")
    await stage.page.get_by_role("button", name="Add the option web").click()
    await stage.page.keyboard.type("true")
    await stage.page.keyboard.press("Enter")
    await stage.page.keyboard.press("Enter")
    request = panel.locator(".weryai-request")
    await expect(request).to_have_count(1)
    await expect(request.locator(".count")).to_have_text("2 of 50 messages")
    await expect(request.locator(".said .user")).to_contain_text("what did I say first?")
    await expect(request.locator(".options")).to_contain_text("web")
    await expect(request.locator(".state")).to_have_text("finished")
    await expect(request.locator("p.subtext")).to_contain_text("First piece after")


async def test_panels_are_changed_with_the_arrows(quiet: Quiet) -> None:
    await quiet.page.keyboard.press("Control+.")
    await quiet.page.get_by_role("tab", name="Requests").focus()
    await quiet.page.keyboard.press("ArrowRight")
    await expect(quiet.page.get_by_role("tab", name="Versions")).to_be_focused()
    await expect(quiet.page.get_by_role("tabpanel", name="Versions")).to_be_visible()
    await quiet.page.keyboard.press("Control+.")
    await expect(quiet.page.locator("#underneath")).to_be_hidden()
