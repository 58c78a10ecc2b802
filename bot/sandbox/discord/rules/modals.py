"""What a modal may hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.sandbox.discord.rules.components import MAX_CUSTOM_ID, check_modal_components
from bot.sandbox.discord.rules.form import Form

MAX_TITLE = 45


def check_modal(data: Mapping[str, Any]) -> None:
    """The `data` of an interaction callback of type 9."""
    form = Form(data)
    form.text("title", MAX_TITLE, low=1)
    form.text("custom_id", MAX_CUSTOM_ID, low=1)
    check_modal_components(form)
    form.finish()
