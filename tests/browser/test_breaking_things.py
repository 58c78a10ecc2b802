from __future__ import annotations

from playwright.async_api import expect

from bot.sandbox.weryai.faults import Fault
from tests.browser.stage import Quiet, Stage


async def test_there_is_a_switch_for_every_fault_of_weryai(quiet: Quiet) -> None:
    panel = await quiet.underneath("Break things")
    names = await panel.locator(".fault-button code").all_text_contents()
    assert set(Fault) <= set(names)


async def test_a_failure_of_weryai_is_chosen_waits_and_happens(stage: Stage) -> None:
    panel = await stage.underneath("Break things")
    fault = stage.page.locator("[data-control=weryai-no_credits]")
    await panel.locator("details", has=fault).locator("summary").click()
    await fault.click()
    await expect(fault.locator(".waiting")).to_have_text("1")
    answer = await stage.ask("hello")
    await expect(answer.locator(".text")).to_contain_text("credits")
    await expect(fault.locator(".waiting")).to_have_count(0)


async def test_a_failure_of_discord_is_chosen_and_happens(stage: Stage) -> None:
    panel = await stage.underneath("Break things")
    fault = stage.page.locator("[data-control=discord-limit_send]")
    await panel.locator("details", has=fault).locator("summary").click()
    await fault.click()
    await expect(fault.locator(".waiting")).to_have_text("1")
    await stage.ask("hello")
    assert [one.status for one in stage.ground.discord.requests if one.status == 429]


async def test_what_waits_can_be_forgotten(quiet: Quiet) -> None:
    panel = await quiet.underneath("Break things")
    fault = quiet.page.locator("[data-control=weryai-stall]")
    await panel.locator("details", has=fault).locator("summary").click()
    await fault.click()
    await expect(fault.locator(".waiting")).to_be_visible()
    await panel.get_by_role("button", name="Forget all that still wait").click()
    await expect(fault.locator(".waiting")).to_have_count(0)


async def test_the_model_becomes_slower_or_faster(stage: Stage) -> None:
    panel = await stage.underneath("Break things")
    await panel.get_by_role("button", name="Slow").click()
    await expect(panel.get_by_role("button", name="Slow")).to_have_attribute("aria-pressed", "true")
    assert stage.weryai.pace.per_second == 10
    await panel.get_by_role("button", name="At once").click()
    await expect(panel).to_contain_text("Now as fast as can be")
    assert stage.weryai.pace.per_second is None


async def test_rate_limits_and_latency_are_switched(quiet: Quiet) -> None:
    panel = await quiet.underneath("Break things")
    limits = panel.get_by_role("switch", name="Rate limits")
    await limits.press("Space")
    await expect(limits).not_to_be_checked()
    await quiet.discord.until(lambda: not quiet.discord.limits.enabled)
    await panel.get_by_role("slider", name="Latency").fill("1.5")
    await expect(panel.get_by_role("slider", name="Latency")).to_have_value("1.5")


async def test_the_gateway_is_dropped_and_the_bot_comes_back(stage: Stage) -> None:
    panel = await stage.underneath("Break things")
    await expect(panel.get_by_role("heading", name="Gateway")).to_have_text("Gateway: connected")
    await panel.get_by_role("button", name="Drop the connection").click()
    await expect(panel.get_by_role("heading", name="Gateway")).to_have_text("Gateway: connected")
    await stage.ask("hello")
