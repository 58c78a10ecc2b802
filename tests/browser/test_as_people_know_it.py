from __future__ import annotations

from playwright.async_api import expect

from bot.sandbox.discord.events import TypingStarted
from bot.sandbox.discord.state import Attachment, MessageFlag
from tests.browser.stage import Quiet, Stage

MARKDOWN = """\
# Heading
Some **bold**, *italic*, __underlined__, ~~struck~~, ||hidden|| and `code`.
> quoted

- one
  - inner
1. first
```python
def f(x): return "s"  # why
```
-# small
<t:0:d> <@{ada}> <#{channel}> [masked](https://example.com/x) <https://example.com/y>"""


async def test_markdown_is_shown_as_discord_shows_it(quiet: Quiet) -> None:
    quiet.write(MARKDOWN.format(ada=quiet.ada.id, channel=quiet.channel.id))
    text = quiet.last.locator(".text")
    for selector, words in {
        "h1": "Heading",
        "strong": "bold",
        "em": "italic",
        "u": "underlined",
        "s": "struck",
        "blockquote": "quoted",
        "ul ul li": "inner",
        "ol li": "first",
        "pre .code-keyword >> nth=0": "def",
        "pre .code-string": '"s"',
        "pre .code-comment": "# why",
        "small.subtext": "small",
        "time": "01/01/1970",
        "span.mention": "@Ada",
        "button.mention": "#general",
        "a >> nth=0": "masked",
        "a >> nth=1": "https://example.com/y",
    }.items():
        await expect(text.locator(selector)).to_have_text(words)


async def test_a_spoiler_shows_when_it_is_pressed_by_mouse_or_key(quiet: Quiet) -> None:
    quiet.write("||first|| ||second||")
    spoilers = quiet.last.locator(".spoiler")
    hidden = spoilers.locator(".spoiler-text")
    await expect(hidden.first).to_be_hidden()
    await spoilers.first.click()
    await expect(hidden.first).to_be_visible()
    await expect(hidden.last).to_be_hidden()
    await spoilers.last.press("Enter")
    await expect(hidden.last).to_be_visible()


async def test_what_people_write_never_becomes_html(quiet: Quiet) -> None:
    nasty = '<img src=x onerror="document.title=1"> [x](javascript:alert(1)) <script>1</script>'
    quiet.write(nasty)
    await expect(quiet.last.locator(".text")).to_have_text(nasty)
    await expect(quiet.last.locator(".text *")).to_have_count(0)


async def test_edits_and_deletions_arrive_live(quiet: Quiet) -> None:
    message = quiet.write("one")
    await expect(quiet.last.locator(".text")).to_have_text("one")
    quiet.rewrite(message, "one two")
    await expect(quiet.last.locator(".text")).to_have_text("one two (edited)")
    quiet.delete(message)
    await expect(quiet.messages).to_have_count(0)


async def test_a_growing_answer_keeps_what_the_reader_has_opened(quiet: Quiet) -> None:
    message = quiet.write("```\ncode\n```\nand")
    pre = quiet.last.locator("pre")
    await pre.evaluate("node => (node.mark = 'the same node')")
    quiet.rewrite(message, "```\ncode\n```\nand more")
    await expect(quiet.last.locator(".text")).to_contain_text("and more")
    assert await pre.evaluate("node => node.mark") == "the same node"


async def test_attachments_replies_and_reactions_show(quiet: Quiet) -> None:
    question = await quiet.ada.send(quiet.channel, "a question")
    files = (Attachment(1, "answer.md", "text/markdown", b"x" * 2048),)
    message = quiet.write("an answer", reference=question, attachments=files)
    await expect(quiet.last.locator(".quoted")).to_contain_text("a question")
    await expect(quiet.last.locator(".file")).to_contain_text("answer.md2.0 KB")
    await quiet.ada.react(message, "🎉")
    reaction = quiet.last.locator(".reaction")
    await expect(reaction).to_have_text("🎉1")
    await expect(reaction).to_have_attribute("aria-pressed", "true")
    await reaction.click()
    await expect(reaction).to_have_count(0)
    assert not message.reactions.get("🎉")


async def test_whoever_types_is_named_until_they_have_said_it(quiet: Quiet) -> None:
    world = quiet.discord.world
    bot = world.application.bot
    world.publish(TypingStarted(quiet.channel, bot, world.clock.now()))
    typing = quiet.page.locator(".typing")
    await expect(typing).to_have_text("Wery is typing…")
    quiet.write("there")
    await expect(typing).to_have_text("")


async def test_a_panel_of_components_v2_shows_and_can_be_used(quiet: Quiet) -> None:
    button = {"type": 2, "id": 4, "style": 1, "label": "Press", "custom_id": "press"}
    options = [{"label": "Red", "value": "r"}, {"label": "Blue", "value": "b"}]
    menu = {"type": 3, "id": 6, "custom_id": "hue", "options": options, "placeholder": "Hue"}
    panel = {
        "type": 17,
        "id": 1,
        "accent_color": 0xFF0000,
        "components": [
            {
                "type": 9,
                "id": 2,
                "components": [{"type": 10, "id": 3, "content": "**Settings**"}],
                "accessory": button,
            },
            {"type": 14, "id": 5, "divider": True, "spacing": 1},
            {"type": 1, "id": 7, "components": [menu]},
        ],
    }
    quiet.write(components=[panel], flags=MessageFlag.IS_COMPONENTS_V2)
    shown = quiet.last.locator(".container")
    await expect(shown.locator("strong")).to_have_text("Settings")
    await shown.get_by_role("button", name="Press").click()
    await shown.locator("summary").click()
    await expect(shown.get_by_role("option", name="Red")).to_be_focused()
    await quiet.page.keyboard.press("ArrowDown")
    await quiet.page.keyboard.press("Enter")
    await expect(shown.locator(".chosen")).to_have_text("Blue")
    data = [one.data for one in quiet.discord.world.interactions.values()]
    assert [one["custom_id"] for one in data] == ["press", "hue"]
    assert data[1]["values"] == ["b"]


async def test_an_answer_to_oneself_is_marked_and_seen_by_nobody_else(stage: Stage) -> None:
    await stage.command("/ask hello")
    await stage.page.get_by_role("button", name="Add the option private").click()
    await stage.page.get_by_role("option", name="True").click()
    await stage.page.keyboard.press("Enter")
    await expect(stage.last.locator(".privacy")).to_contain_text("Only you can see this")
    await expect(stage.last.locator(".text")).to_contain_text("What can I do for you?")
    await stage.be("Mo")
    await expect(stage.messages).to_have_count(0)
    await stage.be("Ada")
    await stage.page.get_by_role("button", name="Dismiss message").click()
    await expect(stage.messages).to_have_count(0)


async def test_a_button_is_pressed_and_answered(stage: Stage) -> None:
    answer = await stage.ask("hello")
    await answer.get_by_role("button", name="Regenerate").click()
    await expect(answer.get_by_role("button", name="Regenerate")).to_be_visible()
    requests = stage.weryai.requests
    await stage.ground.discord.until(lambda: len(requests) == 2)


async def test_a_form_opens_is_checked_and_sent(stage: Stage) -> None:
    await stage.say("The sea is green.")
    await stage.menu(stage.last, "Ask about this")
    form = stage.page.get_by_role("dialog", name="Ask about this")
    await form.get_by_role("button", name="Submit").click()
    await expect(form.get_by_role("alert")).to_contain_text("This field is required")
    await form.get_by_label("Your question").fill("Which model are you?")
    await form.get_by_role("button", name="Submit").click()
    await expect(form).to_have_count(0)
    await expect(stage.last.locator(".author")).to_have_text("Wery")
    await expect(stage.last.locator(".text")).to_contain_text("I am Gemini")


async def test_a_press_that_nobody_answers_says_so(quiet: Quiet) -> None:
    button = {"type": 2, "id": 2, "style": 2, "label": "Old", "custom_id": "old"}
    quiet.write("text", components=[{"type": 1, "id": 1, "components": [button]}])
    await quiet.last.get_by_role("button", name="Old").click()
    await quiet.discord.until(lambda: bool(quiet.discord.world.interactions))
    quiet.discord.clock.advance(4)
    await expect(quiet.last.get_by_role("alert")).to_have_text("This interaction failed")
