"""How a reply's buttons look."""

from __future__ import annotations

from typing import Any

from bot.core.conversation import ReplyId
from bot.core.replies import Controls

# Discord's component types and button styles ("Component Reference").
ACTION_ROW = 1
BUTTON = 2
SECONDARY, PRIMARY = 2, 1
STYLES = {"Stop": SECONDARY, "Regenerate": SECONDARY, "Continue": PRIMARY}


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
