"""`/config show`: what applies, where each value comes from, and everything to change it with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.core.choices import NO_SUCH_SCOPE, Choices
from bot.core.conversation import Place
from bot.core.errors import InvalidInput
from bot.core.option_kinds import Option
from bot.core.options import Resolved, Scope, scopes_of
from bot.core.ports.weryai import ModelCatalogue
from bot.discord_app.config.authority import Authority
from bot.discord_app.config.changing import Changing, require_in
from bot.discord_app.config.editing import Items, Seen, items_for, resets
from bot.discord_app.config.forms import Form, written
from bot.discord_app.config.groups import GROUPS, Group
from bot.discord_app.config.model_page import ModelPage, model_items
from bot.discord_app.config.wording import applying
from bot.discord_app.private_view import Press, PrivateView
from bot.discord_app.turns import AnyInteraction

ACCENT = discord.Colour(0x5865F2)  # Discord's own blue, seen well on both of its themes
SCOPES = {Scope.SERVER: "This server", Scope.CHANNEL: "This channel", Scope.THREAD: "This thread"}
TITLES = {
    Scope.SERVER: "### How I answer in this server",
    Scope.CHANNEL: "### How I answer in <#{id}>",
    Scope.THREAD: "### How I answer in <#{id}>",
}
FOOTER = "-# What is set for a thread goes before its channel, and a channel before the server."


class Panel(PrivateView):
    """A page for each group of options, for one scope at a time."""

    def __init__(
        self,
        authority: Authority,
        place: Place,
        choices: Choices,
        changing: Changing,
        catalogue: ModelCatalogue,
        *,
        scope: Scope,
        run: str,
    ) -> None:
        super().__init__(authority.check, run=run, again="`/config show`")
        self.catalogue = catalogue
        self._authority = authority
        self._place = place
        self._choices = choices
        self._changing = changing
        self._scope = scope
        self._group: Group = GROUPS[0]
        self._models: ModelPage | None = None
        self._seen = Seen(scope, {}, Resolved(), Resolved())
        self._said = ""

    # --- what is shown ------------------------------------------------------------------------

    async def draw(self) -> discord.ui.Item[Any]:
        """The page of a group, or that on which models are chosen.

        Raises:
            InvalidInput: the place has no such scope.
            StorageError: the database does not answer.
        """
        if self._scope not in scopes_of(self._place):
            raise InvalidInput(text=NO_SUCH_SCOPE.format(scope=self._scope.value))
        self._seen = Seen.of(await self._choices.layers(self._place), self._scope)
        container: discord.ui.Container[Any] = discord.ui.Container(accent_colour=ACCENT)
        for item in [*self._top(), *self._page(), *self._bottom()]:
            container.add_item(item)
        return container

    def remains(self) -> discord.ui.Item[Any]:
        """What was set, with nothing to press."""
        displays = [one for one in self.walk_children() if isinstance(one, discord.ui.TextDisplay)]
        text = "\n".join(display.content for display in displays)
        return discord.ui.Container(discord.ui.TextDisplay(text), accent_colour=ACCENT)

    def _top(self) -> Items:
        scopes = scopes_of(self._place)
        title = TITLES[self._scope].format(id=scopes[self._scope])
        pages = [self._tab(group) for group in GROUPS if group.options(self._scope)]
        return [
            discord.ui.TextDisplay(title),
            discord.ui.ActionRow(*(self._switch(scope) for scope in reversed(scopes))),
            discord.ui.ActionRow(*pages),
            discord.ui.Separator(),
        ]

    def _page(self) -> Items:
        if self._models is not None:
            return model_items(self._models, self._seen, self)
        options = self._group.options(self._scope)
        items = [item for one in options for item in items_for(one, self._seen, self)]
        return [*items, *resets(options, self._seen, self)]

    def _bottom(self) -> Items:
        said = f"{self._said}\n" if self._said else ""
        return [discord.ui.Separator(), discord.ui.TextDisplay(f"{said}{FOOTER}")]

    def _switch(self, scope: Scope) -> Press:
        async def switch() -> None:
            self._scope, self._said = scope, ""
            if not self._group.options(scope):
                self._group = GROUPS[0]

        return self._press(SCOPES[scope], f"scope:{scope}", switch, now=scope is self._scope)

    def _tab(self, group: Group) -> Press:
        async def turn() -> None:
            self._group, self._models, self._said = group, None, ""

        return self._press(group.title, f"group:{group.title}", turn, now=group is self._group)

    def _press(
        self, label: str, what: str, do: Callable[[], Awaitable[None]], *, now: bool
    ) -> Press:
        async def act(interaction: AnyInteraction) -> None:
            await self.act(interaction, do)

        style = discord.ButtonStyle.primary if now else discord.ButtonStyle.secondary
        return Press(label, self.custom_id(what), act, style=style)

    # --- what its parts do --------------------------------------------------------------------

    async def choose(self, interaction: AnyInteraction, option: Option, value: Any) -> None:
        """Set an option of the scope that is shown; None goes back to what is inherited."""
        if value is not None:
            require_in(interaction.guild, option, value)
        scope = self._scope

        async def choose() -> None:
            self._said = await self._changing.choose(
                self._place, scope, option, value, by=self._authority.user
            )

        await self.act(interaction, choose)

    async def write(self, interaction: AnyInteraction, option: Option) -> None:
        """Open the form for an option's value."""
        seen, scope = self._seen, self._scope

        async def take(sent: AnyInteraction, text: str) -> None:
            value = option.parsed(text) if text.strip() else None
            self._scope = scope  # what was shown when the form was opened
            await self.choose(sent, option, value)

        inherited = applying(option, seen.there, self.catalogue).strip("`")
        form = Form(
            option,
            current=written(option, seen.own.get(option.name)),
            inherited=inherited if option.name not in seen.own else "go back to what is inherited",
            check=self._authority.check,
            custom_id=self.custom_id(f"form:{option.name}"),
            written=take,
        )
        await self.ask(interaction, form)

    async def choose_models(self, interaction: AnyInteraction, option: Option) -> None:
        """Show the page on which models are chosen."""
        await self.turn_to(interaction, ModelPage(option))

    async def turn_to(self, interaction: AnyInteraction, page: ModelPage | None) -> None:
        """Show a page on which models are chosen, or none: the group's again."""

        async def turn() -> None:
            self._models, self._said = page, ""

        await self.act(interaction, turn)
