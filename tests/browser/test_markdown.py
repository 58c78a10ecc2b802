"""What no message may do to the renderer, tried in the browser itself."""

from __future__ import annotations

import pytest

from tests.browser.stage import Quiet

LENGTH = 4000  # characters: twice what a message holds
RENDER = """async (text) => {
    const {markdown} = await import(new URL("markdown/blocks.js", document.baseURI));
    const names = {user: () => null, role: () => null, channel: () => null, viewer: null};
    const place = document.createElement("div");
    place.append(...markdown(text, names));
    return place.textContent;
}"""
RENDER_ANYTHING = """async ([count, marks]) => {
    const {markdown} = await import(new URL("markdown/blocks.js", document.baseURI));
    const names = {user: () => null, role: () => null, channel: () => null, viewer: null};
    let seed = 1;
    const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
    const lost = [];
    for (let one = 0; one < count; one++) {
        const pieces = Array.from({length: 40}, () => marks[random(marks.length)]);
        const place = document.createElement("div");
        place.append(...markdown(pieces.join(""), names));
        const letters = (text) => text.replace(/[^abc]/g, "");
        if (letters(place.textContent) !== letters(pieces.join(""))) lost.push(pieces.join(""));
    }
    return lost;
}"""
MARKS = ["*", "**", "_", "__", "~~", "||", "`", "\\", "> ", "- ", "1. ", "# ", "-# "]
MARKS += ["\n", " ", "a", "b", "c", "(", ")", "[", "]", "<", ">", "@", "   "]


@pytest.mark.parametrize(
    "piece",
    ["*", "_", "**a", "||", "`", "``a", "[", "[a](", "> ", "- ", "<", "<@", "```", "\\", "#", "1."],
)
async def test_any_heap_of_marks_is_rendered_in_time(quiet: Quiet, piece: str) -> None:
    text = piece * (LENGTH // len(piece))
    await quiet.page.evaluate(RENDER, text)  # the page's own time limit fails it


async def test_no_letter_is_ever_lost(quiet: Quiet) -> None:
    assert await quiet.page.evaluate(RENDER_ANYTHING, [3000, MARKS]) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("snake_case_name", "snake_case_name"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        (r"\*plain\*", "*plain*"),
        ("***both***", "both"),
        ("*a **b** c*", "a b c"),
        ("`a ** b`", "a ** b"),
        ("#no heading", "#no heading"),
        ("| a | b |", "| a | b |"),
        ("https://example.com/a_b_c.", "https://example.com/a_b_c."),
    ],
)
async def test_marks_that_mean_nothing_stay(quiet: Quiet, text: str, shown: str) -> None:
    assert await quiet.page.evaluate(RENDER, text) == shown
