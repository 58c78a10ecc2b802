"""How much of a growing message has to be read again, and what is found in it."""

import pytest

from bot.core.text.markdown import read


@pytest.mark.parametrize(
    ("content", "unsettled"),
    [
        ("Plain words and more", " more"),
        ("A **bold** word", " word"),
        ("Some `code` and **open words", "**open words"),
        ("Some words and *italic **bold** word", "*italic **bold** word"),
        ("A secret ||of\n\nparagraphs", "||of\n\nparagraphs"),
        ("Words\n\n```py\nx = 1", "```py\nx = 1"),
        ("Words\n\n```py\nx = 1\n```\nAnd on", " on"),
        ("the ` key\n\n**and** more words", "` key\n\n**and** more words"),
        ("a block\n```py\n```\n\nmore words", "```py\n```\n\nmore words"),
        ("odd ``code` and words", "``code` and words"),
    ],
)
def test_what_is_before_the_last_open_thing_is_settled(content: str, unsettled: str) -> None:
    assert content[read(content).settled :] == unsettled


def test_reading_goes_on_from_what_is_settled() -> None:
    begun = read("An **open** and shut ")
    found = read("An **open** and shut *case", begun.settled)
    assert found.marks == [("*", 21)]
    assert found.settled == 21
