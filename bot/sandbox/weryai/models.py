"""The models the local WeryAI offers, and the shapes in which it can list them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import orjson

from bot.sandbox.weryai.faults import envelope


@dataclass(frozen=True, slots=True)
class Model:
    """A model with its limits, in tokens."""

    key: str
    name: str
    max_tokens: int = 8192
    context: int = 128_000


MODELS = tuple(
    Model(key, name)
    for key, name in (
        ("GPT_5_5", "GPT-5.5"),
        ("GPT_5_4", "GPT-5.4"),
        ("CLAUDE_FABLE_5", "Claude-Fable-5"),
        ("CLAUDE_4_8_OPUS", "Claude-4.8-Opus"),
        ("CLAUDE_4_6_OPUS", "Claude-4.6-Opus"),
        ("GEMINI_3_5_FLASH", "Gemini-3.5-Flash"),
        ("GEMINI_3_1_PRO", "Gemini-3.1-Pro"),
        ("GPT_5_1", "GPT-5.1"),
        ("CLAUDE_4_5_OPUS", "Claude-4.5-Opus"),
        ("GPT_5", "GPT-5"),
        ("DEEPSEEK_R1", "DeepSeek-R1"),
        ("KIMI_K2_THINKING", "Kimi K2 Thinking"),
        ("QWEN_QWQ_32B", "QwQ 32B"),
        ("GROK_4", "Grok-4"),
        ("CLAUDE_SONNET_4_6", "Claude-Sonnet-4.6"),
        ("GEMINI_3_1_FLASH_LITE", "Gemini-3.1-Flash-Lite"),
        ("QWEN_3_5_PLUS", "Qwen3.5 Plus"),
        ("GLM_5", "GLM 5"),
        ("KIMI_K2_5", "Kimi K2.5"),
        ("CLAUDE_SONNET_4_5", "Claude-Sonnet-4.5"),
        ("GPT_4O", "GPT-4o"),
        ("GPT_4_1", "GPT-4.1"),
        ("GEMINI_25_PRO", "Gemini-2.5-Pro"),
        ("GLM_4_7_FLASH", "GLM 4.7 Flash"),
        ("GEMINI_25_FLASH", "Gemini-2.5-Flash"),
        ("SEED_2_0_MINI", "Seed-2.0-Mini"),
        ("CLAUDE_4_OPUS", "Claude-4-Opus"),
        ("CLAUDE_4_SONNET", "Claude-4-Sonnet"),
    )
)


class Listing(StrEnum):
    """How `GET /v1/chat/models` answers: its shape is not documented, so each is possible."""

    OPENAI = "openai"
    ENVELOPE = "envelope"
    BARE = "bare"
    KEYS_ONLY = "keys_only"
    EMPTY = "empty"
    NONSENSE = "nonsense"
    HTML = "html"
    REFUSED = "refused"


def listed(models: Sequence[Model], listing: Listing) -> tuple[bytes, str]:
    """The body of the models' list, and its content type."""
    if listing is Listing.HTML:
        return b"<html><body>Welcome</body></html>", "text/html"
    content: object
    match listing:
        case Listing.OPENAI:
            content = {
                "object": "list",
                "data": [
                    {
                        "id": model.key,
                        "object": "model",
                        "display_name": model.name,
                        "max_output_tokens": model.max_tokens,
                        "context_length": model.context,
                    }
                    for model in models
                ],
            }
        case Listing.ENVELOPE:
            content = envelope(0, "success") | {
                "data": [
                    {
                        "model_key": model.key,
                        "name": model.name,
                        "max_tokens": model.max_tokens,
                        "context_window": model.context,
                    }
                    for model in models
                ]
            }
        case Listing.BARE:
            content = [
                {
                    "model": model.key,
                    "title": model.name,
                    "max_completion_tokens": model.max_tokens,
                    "max_input_tokens": model.context,
                }
                for model in models
            ]
        case Listing.KEYS_ONLY:
            content = [{"key": model.key} for model in models]
        case Listing.EMPTY:
            content = {"object": "list", "data": []}
        case Listing.NONSENSE:
            content = {"weather": ["sunny", 21, None]}
        case Listing.REFUSED:
            content = envelope(1009, "permission denied")
    return orjson.dumps(content), "application/json"
