"""How a reply's buttons look."""

from __future__ import annotations

from typing import Any

from bot.core.conversation import ReplyId
from bot.core.replies import Frame, Paging

# Discord's component types and button styles ("Component Reference").
ACTION_ROW = 1
BUTTON = 2
SECONDARY, PRIMARY = 2, 1
BACK, FORTH = "◀", "▶"
STYLES = {"Stop": SECONDARY, "Regenerate": SECONDARY, "Continue": PRIMARY}


def components(frame: Frame, reply: ReplyId | None) -> list[dict[str, Any]]:
    """The message components of a frame; none while the reply has no id."""
    if reply is None:
        return []
    buttons = [] if frame.paging is None else _pager(frame.paging, reply)
    buttons += [
        {
            "type": BUTTON,
            "style": STYLES[label],
            "label": label,
            "custom_id": f"reply:{reply}:{label.lower()}",
        }
        for label in frame.controls.value
    ]
    return [{"type": ACTION_ROW, "components": buttons}] if buttons else []


def _pager(paging: Paging, reply: ReplyId) -> list[dict[str, Any]]:
    """◀ 2/3 ▶: each names the variant it leads to, so that pressed twice it is done once.

    At either end a button leads nowhere, but has an id of its own: Discord takes none twice.
    """
    here, count = paging.index + 1, paging.count
    return [
        {
            "type": BUTTON,
            "style": SECONDARY,
            "label": label,
            "custom_id": f"reply:{reply}:variant:{number}",
            "disabled": number == here or not 1 <= number <= count,
        }
        for label, number in ((BACK, here - 1), (f"{here}/{count}", here), (FORTH, here + 1))
    ]
