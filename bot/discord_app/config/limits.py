"""`/config limits …`: what members, roles and the server may use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import discord
from discord import app_commands

from bot.core.choices import Choices
from bot.core.conversation import RoleId
from bot.core.errors import InvalidInput
from bot.core.limit_rules import BOUNDS, LimitRules, Who, Whose
from bot.core.limits import Limits
from bot.core.quotas import What
from bot.discord_app.config.rules import RuleChanges, bulleted, gone
from bot.discord_app.errors import think
from bot.discord_app.turns import AnyInteraction, place_of

NOTHING = "This server has no limits. `/config limits set` sets one."
LISTED = "**Limits of this server**"
UNCHANGED = "That is so already."
USED = "-# Used by the whole server: {counts}."
NO_SUCH = "There is no such limit. `/config limits show` lists them."
ROLE_OR_SERVER = "A limit is either for a role's members or for the whole server, not for both."
NOT_YET = (
    "There are no limits yet that moderators could be exempt from. `/config limits set` sets one."
)

WHATS = [app_commands.Choice(name=what.value.replace("_", " "), value=what.value) for what in What]
LARGEST = int(max(bounds.high or 0 for bounds in BOUNDS.values()))
WHOSE = "Each member (if you leave it out), or the whole server together"
ROLE = "Only for members with this role, each of them"
For = Literal["members", "server"]
Change = Callable[[Any], Any]  # the stored rules as they are to be, from what they are


class LimitCommands(
    app_commands.Group, name="limits", description="What members, roles and the server may use"
):
    """Sets, removes and shows limits.

    Args:
        choices: has the rules.
        limits: knows what was used.
    """

    def __init__(self, choices: Choices, limits: Limits) -> None:
        super().__init__()
        self._limits = limits
        self._changes = RuleChanges(choices, "limits")

    @app_commands.command(name="set", description="Limit what may be used")
    @app_commands.describe(what="What to limit", most="How much at most", who=WHOSE, role=ROLE)
    @app_commands.choices(what=WHATS)
    async def set_limit(
        self,
        interaction: AnyInteraction,
        what: str,
        most: app_commands.Range[int, 1, LARGEST],
        who: For = "members",
        role: discord.Role | None = None,
    ) -> None:
        """`/config limits set`."""
        change = _limiting(_whose(who, role), What(what), most)
        await self._change(interaction, change)

    @app_commands.command(name="remove", description="Take a limit away")
    @app_commands.describe(what="What not to limit any more", who=WHOSE, role=ROLE)
    @app_commands.choices(what=WHATS)
    async def remove(
        self,
        interaction: AnyInteraction,
        what: str,
        who: For = "members",
        role: discord.Role | None = None,
    ) -> None:
        """`/config limits remove`."""
        change = _limiting(_whose(who, role), What(what), None)
        await self._change(interaction, change, NO_SUCH)

    @app_commands.command(name="moderators", description="Whether limits hold moderators, too")
    @app_commands.describe(exempt="Whether members with Manage Server are exempt from all limits")
    async def moderators(
        self,
        interaction: AnyInteraction,
        exempt: bool,  # noqa: FBT001 - Discord's option
    ) -> None:
        """`/config limits moderators`."""

        def change(before: Any) -> Any:
            if before is None:
                raise InvalidInput(text=NOT_YET)
            return LimitRules.of({**before, "moderators_exempt": exempt}).stored()

        await self._change(interaction, change)

    @app_commands.command(name="show", description="The limits, and what the server has used")
    async def show(self, interaction: AnyInteraction) -> None:
        """`/config limits show`."""
        await think(interaction, private=True)
        await self._tell(interaction)

    async def _change(
        self, interaction: AnyInteraction, change: Change, unchanged: str = UNCHANGED
    ) -> None:
        changed = await self._changes.change(interaction, change)
        await self._tell(interaction, "" if changed else unchanged)

    async def _tell(self, interaction: AnyInteraction, first: str = "") -> None:
        rules, counts = await self._limits.of_server(place_of(interaction))
        sentences = rules.sentences()
        told = [first, f"{LISTED}\n{bulleted(sentences)}" if sentences else NOTHING]
        roles = [whose for whose in rules.tables if not isinstance(whose, Who)]
        told.append(gone(interaction.guild, roles=roles))
        if counts:
            told.append(USED.format(counts=", ".join(counts)))
        await interaction.followup.send("\n".join(filter(None, told)), ephemeral=True)


def _limiting(whose: Whose, what: What, most: int | None) -> Change:
    return lambda before: LimitRules.of(before).with_limit(whose, what, most).stored()


def _whose(who: For, role: discord.Role | None) -> Whose:
    if role is None:
        return Who(who)
    if who == Who.SERVER.value:
        raise InvalidInput(text=ROLE_OR_SERVER)
    return RoleId(role.id)
