"""Where a long text is cut, and how the next message goes on."""

import pytest

from bot.core.text import MAX_CONTENT, MIN_LIMIT, Pages, utf16_len

LIMIT = 100  # at least 68 units of it are text, when a page is cut


def pages(text: str, limit: int = LIMIT) -> list[str]:
    return Pages(limit).render(text, final=True)


def words(count: int, word: str = "word") -> str:
    return " ".join([word] * count)


# --- lengths -----------------------------------------------------------------------------------


def test_an_emoji_counts_as_two_units() -> None:
    assert utf16_len("a🙂") == 3
    assert utf16_len("né") == 2


def test_half_an_emoji_from_a_broken_stream_can_be_counted_and_shown() -> None:
    assert utf16_len("\ud83d") == 1
    assert pages("\ud83d") == ["\ud83d"]


def test_a_text_of_exactly_the_limit_stays_one_message() -> None:
    text = words(400).ljust(MAX_CONTENT, "x")
    assert pages(text, MAX_CONTENT) == [text]
    assert len(pages(text + "x", MAX_CONTENT)) == 2


def test_emoji_of_exactly_the_limit_stay_one_message() -> None:
    assert pages("🙂" * 1000, MAX_CONTENT) == ["🙂" * 1000]
    assert all(utf16_len(page) <= MAX_CONTENT for page in pages("🙂" * 1001, MAX_CONTENT))


def test_a_limit_too_small_for_text_between_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 100"):
        Pages(MIN_LIMIT - 1)


def test_nothing_visible_is_no_message() -> None:
    for text in ("", " ", "\n\n \t", "\n" * 300):
        assert pages(text) == []
        assert Pages(LIMIT).render(text, final=False) == []


# --- boundaries --------------------------------------------------------------------------------


def test_a_page_ends_at_a_paragraph_rather_than_at_a_later_line() -> None:
    first, second = words(10), f"{words(3)}\n{words(20)}"
    assert pages(f"{first}\n\n{second}")[0] == first


def test_a_page_ends_at_a_line_rather_than_after_a_later_sentence() -> None:
    first, second = words(10), f"{words(2)}. {words(20)}"
    assert pages(f"{first}\n{second}")[0] == first


def test_a_page_ends_after_a_sentence_rather_than_at_a_later_word() -> None:
    first = f"{words(8)}, end."
    assert pages(f"{first} {words(20)}")[0] == first


def test_a_chinese_page_ends_after_a_sentence() -> None:
    sentence = "这是一个很长的句子用来测试分页。"
    assert pages(sentence * 10)[0] == sentence * 4


def test_a_page_ends_at_a_word_when_there_is_nothing_better() -> None:
    assert pages(words(40))[0] == words(13)


def test_a_boundary_exactly_at_the_end_of_the_page_counts() -> None:
    first = f"{'a' * 40}\n{'b' * 27}"
    assert pages(f"{first}\n\n{words(20)}")[0] == first


def test_a_page_without_any_boundary_is_filled() -> None:
    assert [len(page) for page in pages("x" * 150)] == [68, 82]


def test_a_paragraph_in_the_first_half_does_not_waste_the_page() -> None:
    text = f"{words(3)}\n\n{words(40)}"
    assert len(pages(text)[0]) > LIMIT // 2


def test_a_number_and_a_bullet_stay_with_their_text() -> None:
    for bullet in ("1.", "12)", "-", "*", "##", ">"):
        text = f"{'x' * 60}\n{bullet} {'y' * 80}"
        assert pages(text)[0] == "x" * 60, bullet


def test_the_white_space_of_a_seam_is_in_the_sources_only() -> None:
    text = f"{words(12)}\n\n  \n{words(12)}  "
    chain = Pages(LIMIT)
    assert chain.render(text, final=True) == [words(12), words(12)]
    assert chain.sources(text) == [words(12), f"\n\n  \n{words(12)}  "]


def test_white_space_after_the_last_page_belongs_to_it() -> None:
    text = words(13) + " " * 200
    chain = Pages(LIMIT)
    assert chain.render(text, final=True) == [words(13)]
    assert chain.sources(text) == [text]


@pytest.mark.parametrize(
    "whole",
    [
        "<@123456789012345678>",
        "<@&123456789012345678>",
        "<#123456789012345678>",
        "<:some_long_name:123456789012345678>",
        "<a:wave:123456789012345678>",
        "<t:1700000000:R>",
        "</chat:123456789012345678>",
        "https://example.com/a/path?and=a-query",
        "[a link](https://example.com/a_(b))",
        "[a titled link](https://example.com/ 'x')".replace("'", '"'),
        "**a few bold words**",
        "`code.with(a, b)`",
        "👩‍👩‍👧‍👦",
        "🇩🇪",
        "👍🏻",
        "👍🏿",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "e\u0301\u0323",
        "\\*",
        "***",
    ],
)
def test_what_belongs_together_is_not_cut(whole: str) -> None:
    for before in range(20, 70):
        text = "x" * before + whole + "y" * 90
        assert any(whole in page for page in pages(text)), before


def test_a_page_is_cut_right_before_and_right_after_what_belongs_together() -> None:
    mention = "<@123456789012345678>"
    assert pages("x" * 60 + mention + "y" * 60)[0] == "x" * 60
    assert pages("x" * 47 + mention + "y" * 60)[0] == "x" * 47 + mention


def test_two_halves_of_an_emoji_from_a_broken_stream_stay_together() -> None:
    assert pages("x" * 67 + "\ud83d\ude00" + "y" * 60)[0] == "x" * 67


def test_flags_are_cut_between_countries() -> None:
    assert pages("🇩🇪🇫🇷" * 20)[0] == ("🇩🇪🇫🇷" * 20)[: len(pages("🇩🇪🇫🇷" * 20)[0])]
    assert all(len(page) % 2 == 0 for page in pages("🇩🇪🇫🇷" * 20))


def test_an_address_that_begins_in_the_first_half_moves_to_the_next_page() -> None:
    address = "https://example.com/" + "a" * 69
    assert pages(f"See this ({address}) now.") == ["See this", f"({address}) now."]


def test_an_address_longer_than_a_page_is_cut_all_the_same() -> None:
    address = "https://example.com/" + "a" * 400
    assert "".join(pages(address)) == address


# --- code blocks -------------------------------------------------------------------------------


def test_a_code_block_is_closed_and_opened_again_with_its_language() -> None:
    code = "\n".join(f"line_{number} = {number}" for number in range(20))
    first, *_, last = pages(f"```python\n{code}\n```\nThat is all.")
    assert first.startswith("```python\nline_0 = 0\n")
    assert first.endswith("\n```")
    assert last.startswith("```python\nline_")
    assert last.endswith("\n```\nThat is all.")


def test_code_is_cut_between_lines_and_keeps_their_indentation() -> None:
    code = "\n".join("    call(argument)" for _ in range(20))
    for page in pages(f"```py\n{code}\n```"):
        assert all(line == "    call(argument)" for line in page.splitlines()[1:-1])


def test_code_is_cut_at_an_empty_line_which_then_begins_no_block() -> None:
    text = f"```\n{words(10)}\n\n{words(10)}\n```"
    assert pages(text) == [f"```\n{words(10)}\n```", f"```\n{words(10)}\n```"]


def test_code_is_cut_at_an_empty_line_rather_than_at_a_later_line() -> None:
    first, second = f"{words(5)}\n{words(3)}", f"{words(2)}\n{words(20)}"
    assert pages(f"```\n{first}\n\n{second}\n```")[0] == f"```\n{first}\n```"


def test_code_is_cut_between_lines_rather_than_at_a_later_word() -> None:
    first, second = f"{words(5)}\n{words(5)}", words(20)
    assert pages(f"```\n{first}\n{second}\n```")[0] == f"```\n{first}\n```"


def test_a_long_line_of_code_is_cut_between_words() -> None:
    assert pages(f"```\n{words(25)}\n```")[0] == f"```\n{words(13)}\n```"


def test_a_code_block_that_does_not_fit_any_more_begins_the_next_page() -> None:
    assert pages(f"{words(10)}:\n```py\n{words(10)}\n```") == [
        f"{words(10)}:",
        f"```py\n{words(10)}\n```",
    ]


def test_an_open_block_near_the_limit_fits_with_its_closing() -> None:
    for length in range(LIMIT - 10, LIMIT + 10):
        for text in (f"```\n{'x' * length}", f"{'x' * (length - 20)} ```\n{'y' * 12}"):
            assert all(len(page) <= LIMIT for page in pages(text))
            assert all(page.count("```") in {0, 2} for page in pages(text))


def test_a_line_of_code_longer_than_a_page_is_cut_by_force() -> None:
    shown = pages("```\n" + "x" * 300 + "\n```")
    assert all(page.startswith("```\n") and page.endswith("\n```") for page in shown)
    assert sum(page.count("x") for page in shown) == 300


def test_a_block_that_ends_at_the_seam_is_not_opened_again() -> None:
    shown = pages(f"```py\n{words(12)}\n```\nAnd on with {words(20)}.")
    assert shown[0] == f"```py\n{words(12)}\n```"
    assert shown[1].startswith("And on with")


def test_a_block_with_an_overlong_language_is_opened_again_without_it() -> None:
    shown = pages(f"```{'x' * 30}\n{words(30)}\n```", 120)
    assert shown[1].startswith("```\n word")


def test_a_block_in_a_quote_is_continued_in_the_quote() -> None:
    text = "\n".join(
        ["They said:", "> ```py", *[f"> line_{number}" for number in range(20)], "> ```"]
    )
    first, *_, last = pages(text)
    assert first.endswith("\n> ```")
    assert last.startswith("> ```py\n> line_")


def test_four_backticks_are_read_as_discord_reads_them() -> None:
    # Three open the block and the fourth is its first character; the next three close it.
    assert Pages().render("````md\n```py\nx", final=False) == ["````md\n```py\nx"]


def test_backticks_in_inline_code_open_no_block() -> None:
    text = "A fence is ` ``` ` in Markdown"
    assert Pages().render(text, final=False) == [text]


# --- styles across pages -----------------------------------------------------------------------


@pytest.mark.parametrize("marker", ["**", "*", "_", "__", "***", "~~", "||", "`", "``"])
def test_an_open_style_is_closed_at_the_seam_and_opened_again(marker: str) -> None:
    first, second = pages(f"Some {marker}{words(25)}{marker} end")
    assert first.endswith(f"word{marker}")
    assert second.startswith(f"{marker}word")
    assert second.endswith(f"word{marker} end")


def test_nested_styles_are_closed_inside_out() -> None:
    first, second = pages(f"**bold and *italic {words(25)}* end**")
    assert first.endswith("word***")
    assert second.startswith("***word")
    assert second.endswith("word* end**")


def test_a_style_inside_another_may_begin_at_the_seam() -> None:
    first, second = pages(f"*{words(13)} **bold** {words(10)}*")
    assert first == f"*{words(13)}*"
    assert second == f"***bold** {words(10)}*"


def test_a_style_that_ends_at_the_seam_is_not_opened_again() -> None:
    text = "**" + "x" * 66 + "**" + "y" * 60
    assert pages(text) == ["**" + "x" * 66 + "**", "y" * 60]


def test_a_marker_without_a_partner_does_not_style_a_whole_page() -> None:
    first, second = pages(f"*Note that {words(20)}  \n\n{words(9)}")
    assert first.endswith("word*")
    assert second == f"*{words(20 - first.count('word'))}*  \n\n{words(9)}"


def test_a_style_that_goes_on_around_a_secret_does_not_open_it() -> None:
    secret = f"||{words(2)}\n\n{words(2)}||"
    assert secret in pages(f"**{words(18)} {secret} end** and {words(5)}")[1]


def test_a_spoiler_stays_closed_across_paragraphs_and_pages() -> None:
    first, second = pages(f"||{words(8)}\n\n{words(10)}\n\n{words(5)}|| end")
    assert first.endswith("word||")
    assert second.startswith("||word")


def test_a_quote_that_is_cut_goes_on_as_a_quote() -> None:
    assert pages(f"> {words(30)}")[1].startswith("> word")
    assert pages(f"On:\n> {words(30)}")[1].startswith("> word")
    assert pages(f">>> {words(9)}\n{words(20)}")[1].startswith(">>> word")
    assert pages(f"> {words(12)}\n{words(12)}")[1].startswith("word")


def test_a_quote_that_begins_a_page_is_not_quoted_twice() -> None:
    link = "[alpha](https://example.com/a_b_c)"
    text = f"> {link} **alpha alpha Gamma. Gamma. 42**\n\n> {link} {words(9)}"
    assert pages(text) == [
        f"> {link}",
        "> **alpha alpha Gamma. Gamma. 42**",
        f"> {link} {words(9)}",
    ]


def test_the_prompt_of_a_python_session_is_no_quote() -> None:
    text = f"```\n>>> 1 + 1\n2\n```\n{words(8)}\n{words(20)}"
    assert pages(text)[1].startswith("word")
