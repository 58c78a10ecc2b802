"""What a message shows while its text is growing, and at its end."""

import pytest

from bot.core.text import MAX_CONTENT, Pages

LIMIT = 100


def words(count: int) -> str:
    return " ".join(["word"] * count)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Some **bold", "Some **bold**"),
        ("Some *italic", "Some *italic*"),
        ("Some _italic", "Some _italic_"),
        ("Some __underlined", "Some __underlined__"),
        ("Some ***both", "Some ***both***"),
        ("Some ***both** and", "Some ***both** and*"),
        ("Some ~~gone", "Some ~~gone~~"),
        ("Some ||secret", "Some ||secret||"),
        ("Some ||secret\n\nand more", "Some ||secret\n\nand more||"),
        ("Some `code", "Some `code`"),
        ("Some ``co`de", "Some ``co`de``"),
        ("**bold *and `code", "**bold *and `code`***"),
        ("```py\nx = 1", "```py\nx = 1\n```"),
        ("```py\nx = '``", "```py\nx = '\n```"),
        ("*a *b", "*a *b*"),
        ("_a snake_case", "_a snake_case_"),
        ("**bold *both*** and ~~gone", "**bold *both*** and ~~gone~~"),
        ("Some `a <b", "Some `a <b`"),
        ("```\nhttps://example.co", "```\nhttps://example.co\n```"),
        ("Done **bold** and *italic* `code`.", "Done **bold** and *italic* `code`."),
    ],
)
def test_what_is_open_is_closed_for_the_frame(text: str, shown: str) -> None:
    assert Pages().render(text, final=False) == [shown]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("See [the docs](https://exa", "See [the docs]"),
        ("See [the docs](https://example.com/a_(b)", "See [the docs]"),
        ('See [the docs](https://example.com "a ti', "See [the docs]"),
        ("See https://example.co", "See"),
        ("Hi <@1234", "Hi"),
        ("Hi <:smi", "Hi"),
        ("At <t:17000", "At"),
        ("A ~~b *c", "A ~~b *c*~~"),
        ("Now *", "Now"),
        ("Now **", "Now"),
        ("Now `", "Now"),
        ("Now |", "Now"),
        ("Now \\", "Now"),
        ("Code:\n``", "Code:"),
        ("Code:\n```", "Code:"),
        ("Code:\n```pyth", "Code:"),
        ("Code:\n```python\n", "Code:"),
        ("Code:\n```python\n\n  ", "Code:"),
        ("Table:\n| a | b", "Table:"),
        ("Table:\n| a |\n| b", "Table:\n| a |"),
        ("List:\n-", "List:"),
        ("Title:\n##", "Title:"),
        ("Title:\n## ", "Title:"),
    ],
)
def test_what_may_still_change_its_meaning_is_held_back(text: str, shown: str) -> None:
    assert Pages().render(text, final=False) == [shown]
    assert Pages().render(text.rstrip(), final=True)[0].startswith(text.rstrip())


@pytest.mark.parametrize(
    "text",
    [
        "2 ** 3 is 8 and 2 * 3 is 6",
        "a snake_case_name and __init",
        "an escaped \\*star and \\`tick",
        "* one\n* two",
        "- **a** b\n- c",
        "| a |\n| b |\nmore",
        "|x| is absolute\n",
        "if a || b then",
        "https://example.com/a_b_c is _it_",
        "see <https://example.com/_x> and",
        "[1, 2, 3] and [a](https://example.com/x_y) b",
        "``` a b ``` and more",
        "~ tilde ~~~ run",
        "about ~80 and |x| and ****four",
        "5 * 3 *",
    ],
)
def test_what_is_no_markup_is_shown_as_it_is(text: str) -> None:
    shown = text.rstrip("* \n").replace("__init", "__init__")
    assert Pages().render(text, final=False) == [shown]


def test_an_unclosed_style_is_plain_text_once_its_paragraph_has_ended() -> None:
    for text in ("*Note: this\n\nNext", "**Note: this\n- item", "the ` key\n\nNext"):
        assert Pages().render(text, final=False) == [text]


def test_a_held_back_piece_comes_out_when_it_gets_too_long() -> None:
    for text in ("See https://example.com/" + "a" * 400, "| a " * 120 + "end", "<" * 401):
        assert Pages().render(text, final=False) == [text]


def test_the_last_frame_shows_all_and_closes_only_an_open_block() -> None:
    for text in (
        "2 **",
        "an *open",
        "*open",
        "<@12",
        "| a | b",
        "[x](https://",
        "#",
        "a `b",
        "```",
        "```py",
    ):
        assert Pages().render(text, final=True) == [text]
    assert Pages().render("```py\nx = 1", final=True) == ["```py\nx = 1\n```"]


def test_a_style_opened_again_is_closed_on_the_last_page_too() -> None:
    assert Pages(LIMIT).render(f"Some **{words(30)}", final=True)[-1].endswith("word**")


def test_a_frame_near_the_limit_makes_room_for_what_it_closes() -> None:
    text = "**" + words(100)[: LIMIT - 3]
    (frame,) = Pages(LIMIT).render(text, final=False)
    assert len(frame) <= LIMIT
    assert frame.endswith("**")


def test_a_text_that_grows_on_after_its_end_keeps_its_pages() -> None:
    chain = Pages(LIMIT)
    before = chain.render(words(30), final=True)
    after = chain.render(f"{words(30)} and {words(30)}", final=True)
    assert after[: len(before) - 1] == before[:-1]
    assert " ".join(after) == f"{words(30)} and {words(30)}"


def test_a_long_text_is_not_read_again_from_its_beginning() -> None:
    class Counting(str):
        """A text that counts how much of it is copied."""

        __slots__ = ()
        copied = 0

        def __getitem__(self, key: object) -> str:
            piece = str.__getitem__(self, key)  # type: ignore[index] # as str itself
            Counting.copied += len(piece)
            return piece

    chain = Pages()
    text = words(20_000)
    chain.render(text, final=False)
    chain.render(Counting(text), final=False)
    assert Counting.copied <= MAX_CONTENT
