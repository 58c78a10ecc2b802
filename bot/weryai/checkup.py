"""What `python -m bot check` finds out about WeryAI: the key, the credits, the models."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.checkup import Finding
from bot.core.errors import ModelError, Unauthorized
from bot.weryai.catalogue import Catalogue
from bot.weryai.client import WeryAIClient


async def examine_weryai(
    weryai: WeryAIClient,
    default_model: str,
    fallback_models: Sequence[str],
    *,
    credits_warning: float,
) -> list[Finding]:
    """Look at everything that the bot needs of WeryAI.

    Args:
        weryai: asked with the operator's key.
        default_model: the operator's, by its key.
        fallback_models: likewise.
        credits_warning: fewer credits than these are a warning.
    """
    try:
        credits_left = await weryai.balance()
    except Unauthorized as error:
        said = f"WeryAI does not accept the key ({error})."
        return [Finding("problem", "WeryAI key", said, "Check WERYAI_API_KEY.")]
    except ModelError as error:
        said = f"WeryAI does not answer as it should ({error})."
        remedy = "Check the network and WERYAI_BASE_URL, or try again in a minute."
        return [Finding("problem", "WeryAI", said, remedy)]
    catalogue = Catalogue(weryai.models)
    fresh = await catalogue.refresh()
    return [
        _credits(credits_left, credits_warning),
        _default(catalogue, default_model, fresh=fresh),
        *_fallbacks(catalogue, fallback_models),
    ]


def _credits(left: float, warning: float) -> Finding:
    if left <= 0:
        remedy = "Add credits to your WeryAI account."
        return Finding("problem", "WeryAI key", "No credits are left.", remedy)
    said = f"WeryAI takes the key; {left:,.0f} credits are left."
    if left < warning:
        remedy = "That is fewer than CREDITS_WARNING: add some in time."
        return Finding("warning", "WeryAI key", said, remedy)
    return Finding("ok", "WeryAI key", said)


def _default(catalogue: Catalogue, model: str, *, fresh: bool) -> Finding:
    if catalogue.find(model) is None:
        said = f"WeryAI does not offer {model}."
        return Finding("problem", "Default model", said, "Set DEFAULT_MODEL to one that it offers.")
    if not fresh:
        said = "WeryAI's list of models cannot be read; the built-in one serves instead."
        return Finding("warning", "Models", said)
    said = f"WeryAI offers {len(catalogue.models())} models, {model} among them."
    return Finding("ok", "Default model", said)


def _fallbacks(catalogue: Catalogue, models: Sequence[str]) -> list[Finding]:
    missing = [model for model in models if catalogue.find(model) is None]
    if not missing:
        return []
    said = f"WeryAI does not offer {', '.join(missing)}."
    remedy = "Such a model is passed over: set FALLBACK_MODELS to some that it offers."
    return [Finding("warning", "Fallback models", said, remedy)]
