"""Several answers and answers in JSON, asked for and read in the page."""

from __future__ import annotations

import json

from playwright.async_api import Locator, expect

from tests.browser.stage import Stage

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
}


async def option(stage: Stage, name: str, value: str = "") -> None:
    """Add an option to the command that is being typed."""
    await stage.page.get_by_role("button", name=f"Add the option {name}").click()
    if value:
        await stage.page.keyboard.type(value)


def button(answer: Locator, name: str) -> Locator:
    return answer.get_by_role("button", name=name, exact=True)


async def test_variants_are_paged_through(stage: Stage) -> None:
    await stage.command("/ask Tell me about tea")
    await option(stage, "variants", "3")
    await stage.page.keyboard.press("Enter")

    answer = stage.last
    await expect(button(answer, "1/3")).to_be_disabled()
    await expect(button(answer, "◀")).to_be_disabled()
    await button(answer, "▶").click()
    await expect(answer.locator(".text")).to_contain_text("Answer 2, in other words")
    await expect(button(answer, "2/3")).to_be_disabled()
    await button(answer, "▶").click()
    await expect(button(answer, "3/3")).to_be_disabled()
    await expect(button(answer, "▶")).to_be_disabled()


async def test_a_schema_is_attached_and_its_answer_comes_as_a_file(stage: Stage) -> None:
    await stage.command("/ask Who was Ada?")
    async with stage.page.expect_file_chooser() as chosen:
        await option(stage, "schema")
        await stage.page.get_by_label("schema: ").click()
    await (await chosen.value).set_files(
        {
            "name": "person.json",
            "mimeType": "application/json",
            "buffer": json.dumps(SCHEMA).encode(),
        }
    )
    await stage.page.get_by_label("prompt: ").press("Enter")

    answer = stage.last
    await expect(answer.locator(".text")).to_contain_text("✓ follows the schema")
    await expect(answer.locator("pre")).to_contain_text('"name": "Who was Ada?"')
    await expect(answer.locator(".file")).to_contain_text("answer.json")
