from __future__ import annotations

import re

from playwright.async_api import expect

from bot.sandbox.discord.faults import Fault
from tests.browser.stage import Quiet, Stage

REQUIRED = "This option is required. Specify a value."


async def test_the_picker_names_and_describes_commands_and_marks_required_options(
    stage: Stage,
) -> None:
    await stage.page.keyboard.press("/")  # from anywhere on the page
    ask = stage.page.get_by_role("option").first
    await expect(ask.locator("b")).to_have_text("/ask")
    await expect(ask.locator(".about")).to_have_text("Ask a question, and watch the answer grow")
    await expect(ask.locator(".option.required")).to_have_text("prompt")
    options = ["prompt", "model", "web", "private", "variants", "format", "schema"]
    await expect(ask.locator(".option")).to_have_text(options)
    await stage.page.keyboard.type("mod")
    await expect(stage.page.get_by_role("option")).to_have_count(1)


async def test_members_are_not_offered_what_moderators_are(stage: Stage) -> None:
    await stage.box.fill("/config")
    await expect(stage.page.locator(".suggestion-title")).to_contain_text("No command matches")
    await stage.be("Mo")
    await stage.box.fill("/config")
    await expect(stage.page.get_by_role("option").first).to_contain_text("/config ")


async def test_a_command_is_chosen_filled_in_and_run_with_the_keyboard_alone(stage: Stage) -> None:
    keys = stage.page.keyboard
    await keys.type("/as")
    await expect(stage.page.get_by_role("option").first).to_contain_text("/ask")
    await keys.press("Tab")
    await expect(stage.page.get_by_label("prompt: ")).to_be_focused()
    await keys.type("Which model are you?")
    await keys.press("Tab")
    await keys.press("Enter")  # adds the option "model"
    await expect(stage.page.get_by_label("model: ")).to_be_focused()
    await keys.type("gpt-5")
    await expect(stage.page.get_by_role("option", name="GPT-5.4")).to_be_visible()
    while await stage.page.locator(".suggestion[aria-selected=true]").inner_text() != "GPT-5.4":
        await keys.press("ArrowDown")
    await keys.press("Enter")
    await expect(stage.page.get_by_label("model: ")).to_have_value("GPT-5.4")
    await keys.press("Enter")
    await expect(stage.last.locator(".quoted")).to_contain_text("Ada used /ask")
    await expect(stage.last.locator(".text")).to_contain_text("I am GPT-5.4")


async def test_what_an_option_does_not_take_is_said_in_discords_words(stage: Stage) -> None:
    keys = stage.page.keyboard
    await stage.command("/ask ")
    await keys.press("Enter")
    error = stage.page.locator(".option-error")
    await expect(error).to_have_text(f"prompt: {REQUIRED}")
    await keys.type("hello")
    await expect(error).to_be_hidden()
    await stage.page.get_by_role("button", name="Add the option web").click()
    await keys.type("maybe")
    await keys.press("Enter")
    await expect(error).to_have_text("web: Specify either true or false.")
    await expect(stage.page.get_by_label("web: ")).to_have_attribute("aria-invalid", "true")
    await keys.press("Escape")
    await expect(stage.box).to_be_focused()
    await expect(stage.messages).to_have_count(0)


async def test_suggestions_follow_what_is_typed_and_say_when_they_fail(stage: Stage) -> None:
    faults = stage.ground.discord.faults
    await stage.command("/ask ")
    await stage.page.get_by_role("button", name="Add the option model").click()
    await stage.page.keyboard.type("claude")
    await expect(stage.page.get_by_role("option").first).to_contain_text(
        re.compile("claude", re.IGNORECASE)
    )
    held: Fault = faults.hold("POST", "/interactions/")
    await stage.page.keyboard.type("x")
    title = stage.page.locator(".suggestion-title")
    await expect(title).to_contain_text("Loading options…")
    await held.arrived.wait()
    stage.ground.discord.clock.advance(4)
    await expect(title).to_contain_text("Loading options failed")
    faults.clear()


async def test_a_command_that_nobody_answers_says_so(stage: Stage) -> None:
    held = stage.ground.discord.faults.hold("POST", "/interactions/")
    await stage.command("/help ")
    await stage.page.keyboard.press("Enter")
    pending = stage.page.locator("#pending .message")
    await expect(pending).to_contain_text("Sending command…")
    await held.arrived.wait()
    stage.ground.discord.clock.advance(4)
    await expect(pending).to_contain_text("The application did not respond")
    stage.ground.discord.faults.clear()


async def test_a_mention_is_completed_and_notifies(quiet: Quiet) -> None:
    await quiet.box.press_sequentially("hi @we")
    await expect(quiet.page.get_by_role("option").first).to_contain_text("@Wery")
    await quiet.page.keyboard.press("Enter")
    await expect(quiet.box).to_have_value("hi @Wery ")
    await quiet.page.keyboard.press("Enter")
    await expect(quiet.last.locator(".mention")).to_have_text("@Wery")
    [sent] = quiet.channel.messages.values()
    assert sent.pings.users == (quiet.discord.world.application.bot.id,)


async def test_replies_edits_and_files_are_sent_as_in_discord(quiet: Quiet) -> None:
    quiet.write("a question")
    await quiet.last.hover()
    await quiet.last.get_by_role("button", name="Reply").click()
    await quiet.page.set_input_files(
        "input[type=file]",
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"some notes"},
    )
    await expect(quiet.page.locator(".chip")).to_have_text("notes.txt")
    await quiet.say("an answer")
    await expect(quiet.last.locator(".quoted")).to_contain_text("a question")
    await expect(quiet.last.locator(".file")).to_contain_text("notes.txt")
    await quiet.box.press("ArrowUp")
    await expect(quiet.box).to_have_value("an answer")
    await quiet.say("a better answer")
    await expect(quiet.last.locator(".text")).to_have_text("a better answer (edited)")
    answer = list(quiet.channel.messages.values())[-1]
    assert answer.reference is not None
    assert [file.data for file in answer.attachments] == [b"some notes"]


async def test_what_is_refused_stays_in_the_box(quiet: Quiet) -> None:
    long = "x" * 2001
    await quiet.say(long)
    await expect(quiet.page.locator(".notice")).to_contain_text("2000")
    await expect(quiet.box).to_have_value(long)


async def test_a_draft_waits_in_its_channel(quiet: Quiet) -> None:
    guild = quiet.channel.guild
    assert guild is not None
    quiet.discord.add_channel(guild, "random")
    await quiet.box.fill("not yet")
    await quiet.go("random")
    await expect(quiet.box).to_have_value("")
    await quiet.go("general")
    await expect(quiet.box).to_have_value("not yet")
