from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.browser.stage import Stage, quiet_stage


async def test_help_tells_which_words_give_which_answer(stage: Stage) -> None:
    await stage.command("/help ")
    await stage.page.keyboard.press("Enter")
    await expect(stage.last.locator(".answer-table")).to_contain_text("a long story")


async def test_answers_vary_with_what_is_asked(stage: Stage) -> None:
    code = await stage.ask("write some python code")
    await expect(code.locator("pre .code-keyword").first).to_be_visible()
    await expect(code.get_by_role("button", name="Regenerate")).to_be_visible()
    german = await stage.ask("auf Deutsch bitte")
    await expect(german.locator(".text")).to_contain_text("Gern auf Deutsch")
    await expect(german.get_by_role("button", name="Regenerate")).to_be_visible()
    before = await stage.messages.count()
    await stage.ask("a long story")
    await expect(stage.last.get_by_role("button", name="Regenerate")).to_be_visible()
    assert await stage.messages.count() > before + 2  # more than 2,000 characters: two messages


async def test_the_page_says_whose_models_answer(browser: Browser) -> None:
    async with quiet_stage(browser) as local:
        await expect(local.page.locator(".models")).to_have_text("local model")
    async with quiet_stage(browser, real_models=True) as real:
        await expect(real.page.locator(".models")).to_have_text("real models")
        panel = await real.underneath("WeryAI")
        await expect(panel).to_contain_text("WERYAI_API_KEY is set")
