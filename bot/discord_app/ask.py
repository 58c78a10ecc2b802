"""`/ask`, and "Ask about this" on a message."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.core.choices import Choices
from bot.core.conversation import Turn
from bot.core.errors import InvalidInput
from bot.core.ports.weryai import ModelCatalogue, SchemaChecker
from bot.core.service import ChatService
from bot.discord_app.answer_form import AnswerForm, Format
from bot.discord_app.errors import report, think
from bot.discord_app.models import pickable_completions
from bot.discord_app.readable import words_of
from bot.discord_app.surfaces import ReplySurfaces
from bot.discord_app.turns import AnyInteraction, presser_of, turn_of_prompt

MODAL_TIMEOUT = 15 * 60.0  # seconds; nobody writes a question for longer
QUESTION_LENGTH = 4000  # Discord's limit for a text input
NOTHING_TO_READ = "There is no text in that message that I could read."
ANY_FORM = AnswerForm()


class Asking(commands.Cog):
    """Questions asked by a command, answered in its response."""

    def __init__(
        self,
        service: ChatService,
        choices: Choices,
        catalogue: ModelCatalogue,
        surfaces: ReplySurfaces,
        schemas: SchemaChecker,
        me: int,
    ) -> None:
        self._service = service
        self._choices = choices
        self._catalogue = catalogue
        self._surfaces = surfaces
        self._schemas = schemas
        self._me = me
        self.about_this = app_commands.ContextMenu(
            name="Ask about this", callback=self._ask_about_this
        )
        app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)(
            self.about_this
        )
        app_commands.allowed_installs(guilds=True, users=False)(self.about_this)

    @app_commands.command(name="ask", description="Ask a question, and watch the answer grow")
    @app_commands.describe(
        prompt="What you would like to know",
        model="Who answers this question (otherwise the model of this place)",
        web="Search the web for the answer",
        private="Only you see the answer, and it stays out of the conversation",
        variants="How many answers you want, to page through",
        form="What the answer is written in",
        schema="A JSON Schema (up to 64 KB) that the answer is to follow",
    )
    @app_commands.rename(form="format")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def ask(  # noqa: PLR0913, PLR0917 - Discord's options
        self,
        interaction: AnyInteraction,
        prompt: str,
        model: str | None = None,
        web: bool = False,  # noqa: FBT001, FBT002 - Discord's option
        private: bool = False,  # noqa: FBT001, FBT002 - Discord's option
        variants: app_commands.Range[int, 2, 4] | None = None,
        form: Format | None = None,
        schema: discord.Attachment | None = None,
    ) -> None:
        """`/ask`: answer in the command's own response."""
        options: dict[str, object] = {"web": True} if web else {}
        if model is not None:
            options["model"] = self._choices.model(model).key
        if variants is not None:
            options["n"] = variants
        turn = turn_of_prompt(interaction, prompt, options=options, private=private)
        await self._answer(interaction, turn, AnswerForm(form, schema))

    @ask.autocomplete("model")
    async def _models(
        self, interaction: AnyInteraction, partial: str
    ) -> list[app_commands.Choice[str]]:
        return await pickable_completions(interaction, partial, self._choices, self._catalogue)

    async def _ask_about_this(self, interaction: AnyInteraction, message: discord.Message) -> None:
        text = words_of(message, self._me)
        if not text:
            raise InvalidInput(text=NOTHING_TO_READ)
        await interaction.response.send_modal(Question(self, text))

    async def ask_about(self, interaction: AnyInteraction, question: str, text: str) -> None:
        """Answer a question about a message's text."""
        await self._answer(interaction, turn_of_prompt(interaction, question, quoted=text))

    async def _answer(
        self, interaction: AnyInteraction, turn: Turn, form: AnswerForm = ANY_FORM
    ) -> None:
        form.check()
        self._service.check(turn)  # a refusal needs no "thinking" before it
        private = not turn.shared
        surface = self._surfaces.to_interaction(interaction, turn.place, private=private)
        await think(interaction, private=private)
        by = presser_of(interaction)
        if form.schema is not None:  # nothing is fetched or checked for who may not ask
            await self._service.admit(turn.place, by, turn)
        turn = replace(turn, options=turn.options | await form.options(self._schemas))
        await self._service.answer(turn, surface, by)


class Question(discord.ui.Modal, title="Ask about this"):
    """Asks what somebody would like to know about a message."""

    question: discord.ui.Label[Any] = discord.ui.Label(
        text="Your question",
        component=discord.ui.TextInput(
            style=discord.TextStyle.paragraph,
            max_length=QUESTION_LENGTH,
            placeholder="Summarise this. What does it mean? Is it true?",
        ),
    )

    def __init__(self, asking: Asking, text: str) -> None:
        super().__init__(timeout=MODAL_TIMEOUT)
        self._asking = asking
        self._text = text

    async def on_submit(self, interaction: AnyInteraction, /) -> None:
        """Answer in the channel."""
        written = self.question.component
        assert isinstance(written, discord.ui.TextInput)
        await self._asking.ask_about(interaction, written.value, self._text)

    async def on_error(self, interaction: AnyInteraction, error: Exception, /, *_: object) -> None:
        """Tell the person who asked."""
        await report(interaction, error)
