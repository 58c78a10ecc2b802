from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.sandbox.discord import interactions, posting
from bot.sandbox.discord.interactions import DEADLINE_SECONDS
from bot.sandbox.discord.state import Interaction, InteractionType, Json
from bot.sandbox.terminal import converse
from bot.sandbox.terminal.exchange import Patience
from tests.sandbox.terminal.conftest import TIMEOUT, Paper, Stage, row

FORM: Json = {
    "title": "Ask about this",
    "custom_id": "form",
    "components": [
        {"type": 18, "label": "Question", "component": {"type": 4, "custom_id": "q", "style": 2}},
        {"type": 1, "components": [{"type": 4, "custom_id": "t", "style": 1, "label": "Tone"}]},
    ],
}


class Typist:
    """Types lines at the prompt; each is obeyed before the next."""

    def __init__(self, stage: Stage, paper: Paper, *, redraw: bool = False) -> None:
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._waiting = asyncio.Event()
        self.done = asyncio.create_task(
            converse(
                stage.sandbox,
                stage.people,
                stage.channel,
                read_line=self._read,
                write=paper.write,
                redraw=redraw,
                patience=Patience(rest=0.01),
            )
        )

    async def _read(self) -> str | None:
        self._waiting.set()
        return await self._lines.get()

    async def type(self, line: str | None) -> None:
        async with asyncio.timeout(TIMEOUT):
            await self._waiting.wait()
            self._waiting.clear()
            self._lines.put_nowait(line)
            if line not in (None, ":quit"):
                await self._waiting.wait()


@pytest.fixture
async def typist(stage: Stage, paper: Paper) -> AsyncIterator[Typist]:
    typist = Typist(stage, paper)
    yield typist
    if not typist.done.done():
        await typist.type(":quit")
    await typist.done


def said(stage: Stage) -> list[str]:
    return [message.content for message in stage.channel.messages.values()]


def newest(stage: Stage) -> Interaction:
    return list(stage.world.interactions.values())[-1]


@pytest.mark.parametrize("line", ["hi", "@bot hi", "@Wery hi", "@BOT hi"])
async def test_a_line_in_a_channel_mentions_the_bot(
    stage: Stage, typist: Typist, line: str
) -> None:
    await typist.type(line)
    assert said(stage) == [f"{stage.sandbox.bot_mention} hi"]


async def test_an_empty_line_says_nothing(stage: Stage, typist: Typist) -> None:
    await typist.type("   ")
    assert said(stage) == []


async def test_a_command_is_used(stage: Stage, typist: Typist, paper: Paper) -> None:
    await typist.type("/ask What is x? model:GPT_5")
    stage.respond(newest(stage), "A letter.", "Regenerate")
    await paper.shows("Wery: A letter.\n[Regenerate]\n")


async def test_a_mistake_is_said_and_forgiven(stage: Stage, typist: Typist, paper: Paper) -> None:
    await typist.type("/nothing")
    await typist.type(":click Nothing")
    await typist.type(":as nobody")
    await typist.type(":thread")
    await typist.type(":menu Ask about this")
    await typist.type("hi")
    assert paper.text.count("⚠ ") == 5
    assert len(said(stage)) == 1


async def test_the_buttons_of_the_newest_message_are_pressed(stage: Stage, typist: Typist) -> None:
    stage.say("Old", "Stop", "Regenerate")
    new = stage.say("New", "Stop")
    await typist.type(":stop")
    assert newest(stage).source is new
    await typist.type(":click regenerate")
    assert newest(stage).data["custom_id"] == "regenerate"


async def test_a_moderator_is_somebody_else(stage: Stage, typist: Typist) -> None:
    await typist.type(":as moderator")
    await typist.type("hi")
    assert [message.author for message in stage.channel.messages.values()] == [stage.mo.user]


async def test_in_a_thread_nobody_needs_to_mention_the_bot(
    stage: Stage, typist: Typist, paper: Paper
) -> None:
    await stage.ada.start_thread(stage.channel, "Old")
    thread = await stage.ada.start_thread(stage.channel, "Spanish")
    await paper.shows("A thread: Spanish (:thread goes there)\n")
    await typist.type(":thread")
    await typist.type("Hola")
    assert list(thread.messages.values())[-1].content == "Hola"
    await typist.type(":thread Ol")
    await typist.type(":channel gen")
    await typist.type("hi")
    assert said(stage)[-1] == f"{stage.sandbox.bot_mention} hi"


async def test_direct_messages_are_ones_own(stage: Stage, typist: Typist) -> None:
    await typist.type(":dm")
    await typist.type("psst")
    await typist.type(":as moderator")
    await typist.type("hi")
    assert [(await stage.ada.open_dm()).messages.popitem()[1].content, *said(stage)] == [
        "psst",
        f"{stage.sandbox.bot_mention} hi",
    ]


async def test_what_only_another_person_sees_is_not_shown(
    stage: Stage, typist: Typist, paper: Paper
) -> None:
    await typist.type("")
    stage.say("secret", ephemeral_for=stage.mo.id)
    stage.say("public")
    await paper.shows("public")
    assert "secret" not in paper.text


async def test_an_unanswered_interaction_is_told(
    stage: Stage, typist: Typist, paper: Paper
) -> None:
    await typist.type("/ask hi")
    stage.sandbox.clock.advance(DEADLINE_SECONDS)
    await paper.shows("⚠ The application did not respond.\n")


async def test_another_persons_interaction_is_their_own_affair(
    stage: Stage, typist: Typist, paper: Paper
) -> None:
    await typist.type("")
    await stage.mo.slash(stage.channel, "ask", prompt="hi")
    stage.sandbox.clock.advance(DEADLINE_SECONDS)
    stage.say("later")
    await paper.shows("later")
    assert "did not respond" not in paper.text


async def test_a_deleted_reply_is_told(stage: Stage, typist: Typist, paper: Paper) -> None:
    await typist.type("hi")
    reply = stage.say("Hello")
    posting.delete(stage.world, stage.channel, [reply], bulk=False)
    await paper.shows("(a message of the bot's was deleted)\n")


async def test_a_menu_opens_a_form_which_is_filled_a_line_a_field(
    stage: Stage, typist: Typist, paper: Paper
) -> None:
    stage.world.put_command(None, {"name": "Ask about this", "type": 3})
    await typist.type("hi")
    await typist.type(":menu Ask about this")
    one = newest(stage)
    one.modal = FORM
    interactions.acknowledge(stage.world, one, 9)
    await paper.shows("Ask about this (:cancel closes the form)\n")
    await typist.type("Is it true?")
    await typist.type("stern")
    submitted = newest(stage)
    assert submitted.type is InteractionType.MODAL_SUBMIT
    label, line = submitted.data["components"]
    assert label["component"]["value"] == "Is it true?"
    assert line["components"][0]["value"] == "stern"


async def test_a_form_can_be_closed(stage: Stage, typist: Typist, paper: Paper) -> None:
    await typist.type("/ask hi")
    one = newest(stage)
    one.modal = FORM
    interactions.acknowledge(stage.world, one, 9)
    await paper.shows(":cancel closes the form")
    await typist.type(":cancel")
    await typist.type("a message")
    assert said(stage) == [f"{stage.sandbox.bot_mention} a message"]


async def test_help_names_every_command_and_person(typist: Typist, paper: Paper) -> None:
    await typist.type(":help")
    for word in (":stop", ":click", ":thread", ":channel", ":dm", ":as member|moderator", ":quit"):
        assert word in paper.text


async def test_after_the_last_line_the_reply_is_seen_to_its_end(stage: Stage, paper: Paper) -> None:
    typist = Typist(stage, paper)
    await typist.type("hi")
    await typist.type(None)
    reply = stage.say("Hel", "Stop")
    await paper.shows("Hel")
    stage.edit(reply, "Hello", "Regenerate")
    await typist.done
    assert paper.text.endswith("Wery: Hello\n[Regenerate]\n")


async def test_on_a_terminal_the_prompt_says_who_types_where(stage: Stage, paper: Paper) -> None:
    typist = Typist(stage, paper, redraw=True)
    await paper.shows("Ada in #general >")
    await typist.type(":as moderator")
    await typist.type(":dm")
    await paper.shows("Mo in direct messages >")
    await typist.type(":quit")
    await typist.done


async def test_a_panel_is_shown_as_its_words_and_files(
    stage: Stage, typist: Typist, paper: Paper
) -> None:
    await typist.type("")
    select = {"type": 3, "custom_id": "m", "placeholder": "Model", "options": []}
    embed = {
        "title": "Title",
        "fields": [{"name": "Name", "value": "Value"}],
        "footer": {"text": "Foot"},
    }
    message = stage.say("Words", embeds=[embed], attachments=(stage.ada.file("a.md", b"123"),))
    panel = [{"type": 17, "components": [{"type": 10, "content": "# Panel"}, *row("Change")]}]
    revision = posting.Revision(components=[*panel, {"type": 1, "components": [select]}])
    posting.edit(stage.world, message, revision)
    await paper.shows("[Change]")
    assert paper.text.endswith(
        "Wery: Words\nTitle\nName: Value\nFoot\n# Panel\n[Model ▾]\n📎 a.md (3 bytes)\n[Change]\n"
    )
