"""How a reply's buttons look to Discord."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation import ReplyId
from bot.core.replies import Controls, Frame, Paging
from bot.discord_app.buttons import components

REPLY = ReplyId(7)


def row(frame: Frame) -> list[dict[str, Any]]:
    [action_row] = components(frame, REPLY)
    found: list[dict[str, Any]] = action_row["components"]
    return found


def test_without_buttons_or_an_id_there_is_no_row() -> None:
    assert components(Frame("x"), REPLY) == []
    assert components(Frame("x", Controls.ENDED, paging=Paging(0, 2)), None) == []


@pytest.mark.parametrize(
    ("index", "enabled"), [(0, ["▶"]), (1, ["◀", "▶"]), (2, ["◀"])], ids=["first", "mid", "last"]
)
def test_the_pager_is_open_where_there_is_something(index: int, enabled: list[str]) -> None:
    buttons = row(Frame("x", paging=Paging(index, 3)))
    assert [one["label"] for one in buttons] == ["◀", f"{index + 1}/3", "▶"]
    assert [one["label"] for one in buttons if not one["disabled"]] == enabled


@pytest.mark.parametrize("count", [2, 3, 4])
def test_each_button_has_an_id_of_its_own_and_all_fit_one_row(count: int) -> None:
    for index in range(count):
        buttons = row(Frame("x", Controls.RESUMABLE, paging=Paging(index, count)))
        assert len({one["custom_id"] for one in buttons}) == len(buttons) == 5


def test_an_arrow_names_the_variant_it_leads_to() -> None:
    back, here, forth = row(Frame("x", paging=Paging(1, 3)))
    ids = [one["custom_id"] for one in (back, here, forth)]
    assert ids == ["reply:7:variant:1", "reply:7:variant:2", "reply:7:variant:3"]
