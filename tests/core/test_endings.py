"""What a person reads at the end of a reply."""

from __future__ import annotations

import pytest

from bot.core.endings import (
    EMPTY,
    EMPTY_ADVICE,
    EMPTY_INVITATION,
    Signature,
    controls,
    footer,
    tokens,
)
from bot.core.errors import BotError, ModelUnavailable, OutOfCredits
from bot.core.heard import Heard
from bot.core.layout import FOOTER_ROOM
from bot.core.replies import Controls, ReplyState, Usage
from bot.core.text import utf16_len

FLASH = Signature("FLASH")


@pytest.mark.parametrize(
    ("heard", "shown"),
    [
        (Heard("Hi", finish_reason="stop"), "-# FLASH"),
        (Heard("Hi", ruling=ReplyState.STOPPED), "-# ⏹ Stopped · FLASH"),
        (
            Heard("Hi", finish_reason="length"),
            "-# ✂ Cut off at the length limit: press Continue to go on · FLASH",
        ),
        (
            Heard("Hi", finish_reason="content_filter"),
            "-# ⚠ Ended by WeryAI's content check · FLASH",
        ),
        (
            Heard("Hi", ruling=ReplyState.INTERRUPTED),
            "-# ⚠ Interrupted: press Continue to go on · FLASH",
        ),
        (Heard("", finish_reason="stop"), f"{EMPTY} {EMPTY_INVITATION}\n-# FLASH"),
        (Heard(" \n", finish_reason="stop"), f"{EMPTY} {EMPTY_INVITATION}\n-# FLASH"),
        (Heard("", ruling=ReplyState.STOPPED), "-# ⏹ Stopped · FLASH"),
        (Heard("", ruling=ReplyState.FAILED), "-# ⚠ Failed · FLASH"),
        (
            Heard("", ruling=ReplyState.INTERRUPTED),
            "-# ⚠ Interrupted: press Continue to go on · FLASH",
        ),
    ],
)
def test_each_ending_says_what_it_is(heard: Heard, shown: str) -> None:
    assert footer(heard, FLASH) == shown


def test_a_failure_says_in_normal_size_what_happened_and_what_to_do() -> None:
    said = footer(Heard(error=OutOfCredits()), FLASH)
    assert said == f"⚠ {OutOfCredits.text}\n-# FLASH"


def test_a_broken_stream_says_beneath_its_text_what_happened_and_what_to_do() -> None:
    said = footer(Heard("Hi", error=ModelUnavailable()), FLASH)
    assert said == f"-# ⚠ {ModelUnavailable.text}\n-# Press Continue to go on · FLASH"


def test_a_stop_hides_the_error_that_came_with_it() -> None:
    said = footer(Heard("Hi", error=ModelUnavailable(), ruling=ReplyState.STOPPED), FLASH)
    assert said == "-# ⏹ Stopped · FLASH"


def test_where_no_model_is_known_no_empty_line_is_shown() -> None:
    assert footer(Heard(error=BotError()), Signature("")) == f"⚠ {BotError.text}"
    assert footer(Heard("Hi"), Signature("")) == ""


def test_a_server_that_wants_it_sees_tokens_and_seconds() -> None:
    heard = Heard("Hi", usage=Usage(1000, 234))
    said = footer(heard, Signature("FLASH", 3.14159, style="details"))
    assert said == "-# FLASH · 1,234 tokens · 3.1 s"


def test_a_server_that_wants_nothing_told_reads_only_how_it_ended() -> None:
    off = Signature("FLASH", style="off")
    assert footer(Heard("Hi", finish_reason="stop"), off) == ""
    assert footer(Heard("Hi", ruling=ReplyState.STOPPED), off) == "-# ⏹ Stopped"
    assert footer(Heard(error=OutOfCredits()), off) == f"⚠ {OutOfCredits.text}"


@pytest.mark.parametrize("style", ["off", "on"])
def test_who_stood_in_for_the_chosen_model_is_told_in_any_case(style: str) -> None:
    stood_in = Signature("FLASH", style=style, instead="GPT_1 is gone", notes=("A note",))
    assert footer(Heard("Hi"), stood_in) == "-# GPT_1 is gone: FLASH answered · A note"
    failed = footer(Heard(error=OutOfCredits()), stood_in)
    assert failed.endswith("-# GPT_1 is gone: FLASH was asked · A note")


def test_what_is_least_needed_goes_where_there_is_not_room_for_all() -> None:
    signed = Signature("F" * 40, style="details", notes=("n" * 100, "m" * 45))
    said = footer(Heard("Hi", finish_reason="length", usage=Usage(1, 2)), signed)
    told = ["✂ Cut off at the length limit: press Continue to go on", "F" * 40]
    assert said == "-# " + " · ".join(told)
    said = footer(Heard("Hi", finish_reason="stop", usage=Usage(1, 2)), signed)
    assert said == "-# " + " · ".join(["F" * 40, "n" * 100, "m" * 45])


def test_without_buttons_nobody_is_told_to_press_one() -> None:
    bare = Signature("FLASH", buttons=False)
    endings = [
        Heard("Hi", finish_reason="length"),
        Heard("Hi", ruling=ReplyState.INTERRUPTED),
        Heard("Hi", error=ModelUnavailable()),
        Heard("", finish_reason="stop"),
    ]
    for heard in endings:
        assert controls(heard, bare) is Controls.NONE
        assert "ress" not in footer(heard, bare)
    assert footer(endings[-1], bare) == f"{EMPTY} {EMPTY_ADVICE}\n-# FLASH"


def test_what_may_go_on_has_a_button_for_it() -> None:
    assert controls(Heard("Hi", finish_reason="length"), FLASH) is Controls.RESUMABLE
    assert controls(Heard("Hi", finish_reason="stop"), FLASH) is Controls.ENDED


def test_where_tokens_are_not_told_only_the_seconds_are_shown() -> None:
    assert footer(Heard("Hi"), Signature("FLASH", 2.0, style="details")) == "-# FLASH · 2.0 s"


def test_estimated_tokens_are_marked() -> None:
    assert tokens(Usage(1, 2, estimated=True)) == "≈ 3 tokens"


@pytest.mark.parametrize("letter", ["x", "😀"])
def test_however_long_the_words_are_they_keep_to_their_room(letter: str) -> None:
    said = footer(Heard(error=BotError(text=letter * 3000)), FLASH)
    assert FOOTER_ROOM - 1 <= utf16_len(said) <= FOOTER_ROOM
