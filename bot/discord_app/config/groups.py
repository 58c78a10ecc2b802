"""Options as the panel groups them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.option_kinds import OPTIONS, Option, options_at
from bot.core.options import Scope


@dataclass(frozen=True, slots=True)
class Group:
    """Options that belong together, on one page of the panel: at most five of them."""

    title: str
    names: tuple[str, ...]

    def options(self, scope: Scope) -> list[Option]:
        """Those that can be chosen for a scope."""
        possible = {option.name for option in options_at(scope)}
        return [OPTIONS[name] for name in self.names if name in possible]


GROUPS: Sequence[Group] = (
    Group("Model", ("model", "fallback_models", "member_models")),
    Group("Prompt", ("system_prompt", "history", "web_search")),
    Group("Answers", ("max_tokens", "footer", "buttons")),
    Group("Wording", ("temperature", "top_p", "presence_penalty", "frequency_penalty", "seed")),
    Group("Rules", ("limits", "access", "log_channel")),
)
