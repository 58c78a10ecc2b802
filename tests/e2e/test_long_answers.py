"""Answers longer than a message: cut at the best place, whole when joined, a file in the end."""

from __future__ import annotations

import re

import pytest

from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.state import Message
from tests.e2e.playing import Ask, by_mention, ends_again, every_way, in_private
from tests.e2e.reading import every_version, faults_of, joined, said_by_the_bot
from tests.e2e.stage import DEFAULT_NAME, Home, answers_to, buttons, conversation, text_of

SENTENCE = "The wind pulls a sail forward, and the keel holds it. "
PARAGRAPHS = "\n\n".join(f"Number {n}. " + (SENTENCE * 3).strip() for n in range(25))
LINES = "\n".join(f"Line {n} of a poem that has no paragraphs at all" for n in range(100))
SENTENCES = "".join(f"This is number {n}. {SENTENCE}" for n in range(60)).strip()
WORDS = " ".join(f"word{n}" for n in range(600))
NOTHING_BUT_LETTERS = "".join(f"{n:05}" for n in range(1000))
EMOJI = "👩‍👩‍👧🇩🇪" * 400
CODE = "\n".join(f"    line_{n} = compute({n})  # **not bold**" for n in range(120))
FENCED = f"```python\ndef sail():\n{CODE}\n```"
MANY_PAGES = "\n\n".join(f"Number {n}. " + (SENTENCE * 12).strip() for n in range(14))


async def pages_of(home: Home, text: str, ask: Ask = by_mention, size: int = 7) -> list[Message]:
    """The messages of an answer that comes in little pieces, held to what holds for all."""
    home.weryai.answer_next([text[at : at + size] for at in range(0, len(text), size)])
    await home.answered(await ask(home, "Write a lot!"))
    pages = said_by_the_bot(home.channel)
    frames = every_version(pages)
    assert {frame: faults for frame in frames if (faults := faults_of(frame))} == {}
    assert [buttons(page) for page in pages] == [[]] * (len(pages) - 1) + [["Regenerate"]]
    assert sum(DEFAULT_NAME in page.content for page in pages) == 1
    return pages


@pytest.mark.parametrize(
    ("text", "between", "good_end"),
    [
        pytest.param(PARAGRAPHS, "\n\n", r"keel holds it\.", id="paragraph"),
        pytest.param(LINES, "\n", r"no paragraphs at all", id="line"),
        pytest.param(SENTENCES, " ", r"\.", id="sentence"),
        pytest.param(WORDS, " ", r"word\d+", id="word"),
        pytest.param(NOTHING_BUT_LETTERS, "", r"\d", id="forced"),
        pytest.param(EMOJI, "", "👧|🇩🇪", id="emoji"),
    ],
)
async def test_it_is_cut_at_the_best_place_and_joins_to_the_models_text(
    home: Home, text: str, between: str, good_end: str
) -> None:
    pages = await pages_of(home, text)

    assert len(pages) > 1
    assert joined(pages, between) == text
    for page in pages[:-1]:
        assert re.search(rf"(?:{good_end})\Z", page.content), page.content[-40:]
        assert len(page.content.encode("utf-16-le")) // 2 > 1000, "cut far too early"


@every_way
async def test_a_code_block_is_closed_and_opened_again_in_its_language(
    home: Home, ask: Ask
) -> None:
    pages = await pages_of(home, FENCED, ask)

    assert len(pages) > 2
    for page in pages:
        assert page.content.startswith("```python\n")
        assert text_of(page).endswith("\n```")
    assert joined(pages, "\n") == FENCED


async def test_text_around_code_joins_to_the_models_text(home: Home) -> None:
    text = f"{PARAGRAPHS[:1500]}\n\n{FENCED}\n\nAnd the end."

    pages = await pages_of(home, text)

    whole = "".join(joined(pages, " ").split())
    assert whole == "".join(text.split())


@every_way
async def test_all_sorts_of_styles_that_cross_a_seam_stay_what_they_are(
    home: Home, ask: Ask
) -> None:
    text = (
        f"**{SENTENCE * 60}**\n\n||{SENTENCE * 40}|| *{SENTENCE * 3}* and [text](https://x.org/a_b)"
    )

    pages = await pages_of(home, text, ask)

    words = re.sub(r"[\s*|]", "", "".join(text_of(page) for page in pages))
    assert words == re.sub(r"[\s*|]", "", text)


async def test_full_messages_never_change_again(home: Home) -> None:
    words = [f"w{number:04} " for number in range(800)]
    home.weryai.answer_next(words)
    gate = home.weryai.hold_next(after=350)
    question = await home.mention("Write a lot!")
    await home.until(lambda: len(answers_to(question)) == 2)
    first = answers_to(question)[0]
    sealed = len(first.versions)
    assert buttons(answers_to(question)[1]) == ["Stop"]

    gate.release()
    await home.answered(question)

    contents = {version.content for version in first.versions[sealed:]}
    assert contents <= {first.versions[sealed - 1].content}
    assert buttons(first) == []


@every_way
async def test_beyond_five_messages_the_whole_text_comes_as_a_file(home: Home, ask: Ask) -> None:
    pages = await pages_of(home, MANY_PAGES, ask, size=40)

    assert len(pages) == 5
    [file] = pages[-1].attachments
    assert file.filename == "answer.md"
    assert file.data.decode() == MANY_PAGES
    assert all(not page.attachments for page in pages[:-1])
    assert pages[-1].content.endswith(f"\n-# The whole answer comes as a file.\n-# {DEFAULT_NAME}")
    assert MANY_PAGES.startswith(joined(pages, "\n\n"))


async def test_without_the_right_to_attach_files_the_answer_ends_without_one(
    home: Home,
) -> None:
    deny = Permission.ATTACH_FILES
    home.discord.set_overwrite(home.channel, home.discord.bot_user, deny=deny)

    pages = await pages_of(home, MANY_PAGES, size=40)

    assert len(pages) == 5
    assert pages[-1].attachments == ()
    assert pages[-1].content.endswith(
        f"\n-# The whole answer comes as a file.\n-# {DEFAULT_NAME}"
        "\n-# The file is missing: I lack the permission Attach Files here."
    )
    assert buttons(pages[-1]) == ["Regenerate"]


@every_way
async def test_the_file_goes_with_the_answer_it_belonged_to(home: Home, ask: Ask) -> None:
    pages = await pages_of(home, MANY_PAGES, ask, size=40)
    home.weryai.answer_next("Short.")

    await home.ada.click(pages[-1], "Regenerate")

    kept = pages[-1] if ask is in_private else pages[0]
    await ends_again(home, kept, "Short.")
    assert kept.attachments == ()
    if ask is not in_private:  # of which a press reaches no other message
        await home.until(lambda: [one.deleted for one in pages] == [False] + [True] * 4)


@pytest.mark.parametrize("ask", [by_mention, in_private])
async def test_a_long_answer_is_remembered_as_a_whole(home: Home, ask: Ask) -> None:
    await pages_of(home, MANY_PAGES, ask, size=40)

    await home.answered(await home.mention("And now?"))

    told = conversation(home.weryai.requests[1])
    assert (("assistant", MANY_PAGES) in told) == (ask is by_mention)


async def test_a_stopped_long_answer_says_so_in_its_last_message_only(home: Home) -> None:
    words = [f"w{number:04} " for number in range(800)]
    home.weryai.answer_next(words)
    home.weryai.hold_next(after=700)
    question = await home.mention("Write a lot!")
    await home.until(lambda: len(answers_to(question)) == 3)
    await home.until(lambda: buttons(answers_to(question)[-1]) == ["Stop"])

    await home.ada.click(answers_to(question)[-1], "Stop")

    last = await home.answered(question)
    assert last is answers_to(question)[-1]
    assert [("Stopped" in page.content) for page in answers_to(question)] == [False, False, True]
    assert joined(answers_to(question), " ") == "".join(words[:700]).strip()
