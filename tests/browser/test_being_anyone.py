from __future__ import annotations

from playwright.async_api import expect

from tests.browser.stage import Stage


async def test_each_person_sees_what_they_may(stage: Stage) -> None:
    people = stage.page.get_by_role("menuitemradio")
    await stage.page.locator(".who").click()
    await expect(people).to_have_count(3)
    await stage.page.keyboard.press("Escape")
    await expect(stage.page.get_by_role("button", name="Create a channel")).to_have_count(0)
    await stage.be("Mo")
    await expect(stage.page.get_by_role("button", name="Create a channel")).to_have_count(1)


async def test_a_moderator_makes_and_removes_a_channel(stage: Stage) -> None:
    await stage.be("Mo")
    await stage.page.get_by_role("button", name="Create a channel").click()
    await stage.page.get_by_label("Channel name").fill("Quiet Place")
    await stage.page.keyboard.press("Enter")
    await expect(stage.page.locator("h1")).to_have_text("quiet-place")
    await stage.ask("hello")
    await stage.page.get_by_role("button", name="This channel").click()
    await stage.page.get_by_role("menuitem", name="Delete the channel").click()
    await stage.page.get_by_role("button", name="Delete").click()
    await expect(stage.page.locator("h1")).to_have_text("general")
    await expect(stage.page.get_by_role("button", name="quiet-place")).to_have_count(0)


async def test_a_permission_that_is_taken_away_is_missed_at_once(stage: Stage) -> None:
    await stage.be("Mo")
    await stage.page.get_by_role("button", name="This channel").click()
    await stage.page.get_by_role("menuitem", name="Permissions").click()
    sending = stage.page.get_by_role("group", name="Send messages", exact=True)
    await sending.locator(".deny").click()
    await stage.page.get_by_role("button", name="Done").click()
    await stage.be("Ada")
    await expect(stage.box).to_be_disabled()
    await expect(stage.box).to_have_attribute(
        "placeholder", "You do not have permission to send messages in this channel."
    )


async def test_a_member_may_not_change_permissions(stage: Stage) -> None:
    await stage.page.get_by_role("button", name="This channel").click()
    await stage.page.get_by_role("menuitem", name="Permissions").click()
    sending = stage.page.get_by_role("group", name="Send messages", exact=True)
    await sending.locator(".deny").click()
    await expect(stage.page.locator(".notice")).to_contain_text("Missing Permissions")


async def test_a_moderator_deletes_the_words_of_others_but_cannot_edit_them(stage: Stage) -> None:
    await stage.say("something rude")
    await stage.be("Mo")
    await stage.last.hover()
    await expect(stage.last.get_by_role("button", name="Edit")).to_have_count(0)
    await stage.menu(stage.last, "Delete message")
    await expect(stage.messages).to_have_count(0)


async def test_somebody_else_may_not_stop_an_answer_that_is_not_theirs(stage: Stage) -> None:
    gate = stage.weryai.hold_next(after=20)
    answer = await stage.ask("a long story")
    stop = answer.get_by_role("button", name="Stop")
    await expect(stop).to_be_visible()
    people = list(stage.ground.people.values())
    await stage.be(people[2].user.display_name)
    await stage.messages.nth(1).get_by_role("button", name="Stop").click()
    await expect(stage.last.locator(".text")).to_contain_text("Only the person who asked")
    await expect(stage.last.locator(".privacy")).to_contain_text("Only you can see this")
    gate.release()


async def test_one_talks_to_the_bot_directly(stage: Stage) -> None:
    await stage.page.get_by_role("button", name="Message Wery").click()
    await expect(stage.page.locator("h1")).to_have_text("Wery")
    await stage.say("hello")
    await expect(stage.last.locator(".text")).to_contain_text("What can I do for you?")
