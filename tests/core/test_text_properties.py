"""What holds of every text, however it arrives."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.text import MIN_LIMIT, Pages, utf16_cut
from tests.core.discord_markdown import QUOTE_MARKS, plain, without_code

MANY = settings(max_examples=150, deadline=None)
LIMITS = st.sampled_from([MIN_LIMIT, 130, 300])

PIECES = """
**|*|_|__|***|~~|`|``|```|> |>>> |- |# |1. |\\|\\*|(|[|]|<|word |text|snake_case |2 ** 3 |A sentence. |
[link](https://x.com/a_b)|<@123>|<:a_b:1>|<t:1:R>|https://ex.com/f_b?x |🙂|👩‍👩‍👧|🇩🇪|你好。
""".replace("\n", "").split("|")
PIPES = ["||", "|", "| a | b |\n"]
SPACES = [" ", "    ", "\n", "\n\n", "```py\n", "\n```\n", "\t", "\r\n", "\u00a0"]
CHARACTERS = ["e\u0301", "x" * 40, "\ud83d"]
SOUP = st.lists(
    st.sampled_from([*PIECES, *PIPES, *SPACES, *CHARACTERS]) | st.text(max_size=8),
    min_size=10,
    max_size=150,
).map("".join)

WORD = st.sampled_from(["alpha", "beta", "Gamma.", "delta,", "naïve", "42", "你好", "🙂", "(so)"])
WORDS = st.lists(WORD, min_size=1, max_size=30).map(" ".join)
SPAN = st.one_of(
    WORDS,
    st.builds(
        "{0}{1}{0}".format, st.sampled_from(["**", "*", "_", "__", "~~", "||", "`", "***"]), WORDS
    ),
    st.builds("**{} *{}* {}**".format, WORD, WORDS, WORD),
    st.builds("||{} **{}** {}||".format, WORD, WORDS, WORD),
    st.builds("[{}](https://example.com/{})".format, WORD, st.sampled_from(["a_b_c", "x*y", "z"])),
    st.sampled_from(["<@123456>", "<:smile_x:99>", "<t:1700000000:R>", "https://ex.org/a_b/_c"]),
)
LINE = st.lists(SPAN, min_size=1, max_size=5).map(" ".join)
CODE = st.lists(st.sampled_from(["x = 1", "", "    y **= _z", "# a || b", "`q`", "v" * 90]))
FENCE = st.builds(
    "```{}\n{}\nend\n```".format, st.sampled_from(["", "python", "c++"]), CODE.map("\n".join)
)
BLOCK = st.one_of(
    LINE,
    st.builds("## {}".format, WORDS),
    st.lists(LINE.map("- {}".format), min_size=1, max_size=4).map("\n".join),
    st.lists(LINE.map("> {}".format), min_size=1, max_size=2).map("\n".join),
    FENCE,
)
DOCUMENTS = st.lists(BLOCK, min_size=1, max_size=8).map("\n\n".join)

ADDRESS = re.compile(r"https?://\S*|<[^>]*>")
OPENED_FENCE = re.compile(r"(?:> |>>> )?```[^\n]*\n")


def units_of(text: str) -> int:
    """The length in UTF-16 units, counted otherwise than by the code that is tried."""
    return sum(2 if ord(character) > 0xFFFF else 1 for character in text)


def prefixes(text: str, cuts: list[int]) -> list[str]:
    """The text as it arrives, cut at some places."""
    return [text[:end] for end in sorted({cut % (len(text) + 1) for cut in cuts} | {len(text)})]


def bare(text: str) -> str:
    """A text without white space and without any character that a marker may have."""
    return re.sub(r"[\s`*_~|>]", "", text)


def shows(page: str, source: str, *, whole: bool) -> bool:
    """Whether a page has exactly (or a beginning of) its source's text, but for the markers."""
    for shown in (page, OPENED_FENCE.sub("", page, count=1)):
        if bare(shown) == bare(source) or (not whole and bare(source).startswith(bare(shown))):
            return True
    return False


CUTS = st.lists(st.integers(min_value=0, max_value=10_000), max_size=20)


@MANY
@given(SOUP, LIMITS, CUTS)
def test_every_frame_of_any_text_fits_and_has_its_code_blocks_closed(
    text: str, limit: int, cuts: list[int]
) -> None:
    for part in prefixes(text, cuts):
        for page in Pages(limit).render(part, final=False):
            assert units_of(page) <= limit
            assert page.strip()
            assert page == page.rstrip()
            assert "```" not in without_code(page)


@MANY
@given(SOUP, LIMITS, CUTS)
def test_pages_are_the_same_however_the_text_arrives(
    text: str, limit: int, cuts: list[int]
) -> None:
    growing = Pages(limit)
    sealed: list[str] = []
    for part in prefixes(text, cuts):
        at_once = Pages(limit)
        frame = growing.render(part, final=False)
        assert frame == at_once.render(part, final=False)
        assert growing.render(part, final=True) == at_once.render(part, final=True)
        assert frame[: len(sealed)] == sealed
        sealed = frame[: len(growing.sources(part)) - 1]


@MANY
@given(SOUP, LIMITS, CUTS)
def test_the_sources_are_the_text_and_one_for_each_page(
    text: str, limit: int, cuts: list[int]
) -> None:
    for part in prefixes(text, cuts):
        pages = Pages(limit)
        sources = pages.sources(part)
        assert "".join(sources) == part
        final = pages.render(part, final=True)
        if part.strip():
            assert len(sources) == len(final)
        for page, source in zip(final, sources, strict=False):
            assert units_of(page) <= limit
            assert shows(page, source, whole=True)
        for page, source in zip(pages.render(part, final=False), sources, strict=False):
            assert shows(page, source, whole=False)


@MANY
@given(DOCUMENTS, LIMITS, CUTS)
def test_no_marker_of_a_well_formed_text_is_ever_seen(
    text: str, limit: int, cuts: list[int]
) -> None:
    for part in prefixes(text, cuts):
        for page in Pages(limit).render(part, final=False):
            read = ADDRESS.sub("", plain(without_code(page)))
            assert not re.search(r"[*_`~|]", read), page


@MANY
@given(DOCUMENTS, LIMITS)
def test_the_pages_of_a_well_formed_text_read_as_the_text_does(text: str, limit: int) -> None:
    def read(content: str) -> str:
        return re.sub(r"\s", "", QUOTE_MARKS.sub("", plain(content)))

    pages = Pages(limit).render(text, final=True)
    assert "".join(map(read, pages)) == read(text)


@MANY
@given(st.text(), st.integers(min_value=0, max_value=30))
def test_a_cut_is_the_longest_beginning_that_fits(text: str, units: int) -> None:
    cut = utf16_cut(text, units)
    assert units_of(text[:cut]) <= units
    assert cut == len(text) or units_of(text[: cut + 1]) > units
