"""The buttons of a reply: how they look, and what a press does.

A button's custom id names the reply and what to do with it, so that it works after a restart.
Who may press is decided by the service, from what Discord says of the presser.
"""

from __future__ import annotations

from typing import Any

from bot.core.conversation import ReplyId
from bot.core.replies import Controls

# Discord's component types and button styles ("Component Reference").
ACTION_ROW = 1
BUTTON = 2
STYLES = {"Stop": 2, "Regenerate": 2, "Continue": 1}  # secondary, secondary, primary


def components(controls: Controls, reply: ReplyId | None) -> list[dict[str, Any]]:
    """The message components for these buttons; none while the reply has no id."""
    if reply is None or not controls.value:
        return []
    buttons = [
        {
            "type": BUTTON,
            "style": STYLES[label],
            "label": label,
            "custom_id": f"reply:{reply}:{label.lower()}",
        }
        for label in controls.value
    ]
    return [{"type": ACTION_ROW, "components": buttons}]
