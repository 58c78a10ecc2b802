"""Models as people choose them: suggestions while they type, and how a choice is told."""

from __future__ import annotations

from collections.abc import Collection

from discord import app_commands

from bot.core.choices import Choices
from bot.core.corrections import eligible
from bot.core.errors import ModelNotSupported
from bot.core.options import Resolved, Scope
from bot.core.ports.weryai import ModelCatalogue, ModelInfo
from bot.discord_app.turns import AnyInteraction, place_of, presser_of

SUGGESTIONS = 25  # Discord's limit for autocomplete
NAME_LENGTH = 100  # Discord's limit for a choice's name, and for its value

ORIGIN = {
    Scope.ASK: "chosen for this question",
    Scope.MEMBER: "chosen by you for your private questions",
    Scope.THREAD: "chosen for this thread",
    Scope.CHANNEL: "chosen for this channel",
    Scope.SERVER: "chosen for this server",
    Scope.DEFAULT: "the bot's default",
}


def completions(
    catalogue: ModelCatalogue, partial: str, among: Collection[str] | None = None
) -> list[app_commands.Choice[str]]:
    """The suggestions in Discord's form: people see the name, the command gets the key.

    Args:
        catalogue: the models there are.
        partial: what is typed so far.
        among: the keys of those that may be picked; None: all.
    """
    found = catalogue.suggest(partial, len(catalogue.models()))
    fitting = [model for model in found if among is None or model.key in among]
    return [
        app_commands.Choice(name=model.name[:NAME_LENGTH], value=model.key[:NAME_LENGTH])
        for model in fitting[:SUGGESTIONS]
    ]


async def pickable_completions(
    interaction: AnyInteraction, partial: str, choices: Choices, catalogue: ModelCatalogue
) -> list[app_commands.Choice[str]]:
    """The suggestions for whoever types: of those models that they may pick there."""
    if presser_of(interaction).manager:
        return completions(catalogue, partial)
    options = await choices.of(place_of(interaction))
    return completions(catalogue, partial, {model.key for model in choices.pickable(options)})


def named(catalogue: ModelCatalogue, key: str) -> str:
    """A model as it is told: its name and key."""
    model = catalogue.find(key)
    return f"`{key}`" if model is None else f"**{model.name}** (`{model.key}`)"


def tokens_of(model: ModelInfo) -> str:
    """A model's limits, as far as WeryAI tells them."""
    told = []
    if model.context_tokens is not None:
        told.append(f"reads {model.context_tokens:,} tokens")
    if model.max_output_tokens is not None:
        told.append(f"writes up to {model.max_output_tokens:,}")
    return " and ".join(told)


def in_force(choices: Choices, catalogue: ModelCatalogue, options: Resolved) -> str:
    """Which model answers, and why."""
    key = options.model
    origin = ORIGIN[options.sources["model"]]
    if catalogue.find(key) is not None:
        return f"{named(catalogue, key)} answers here: {origin}."
    gone = f"`{key}`, {origin}, is gone: WeryAI does not offer it any more."
    try:
        stand_in = eligible(options, choices)[0].model
    except ModelNotSupported:
        return f"{gone} A moderator should choose another one."
    instead = named(catalogue, stand_in.key)
    return f"{gone} {instead} answers instead, until a moderator chooses another one."
