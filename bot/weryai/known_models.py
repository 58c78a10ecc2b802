"""The models WeryAI's documentation names: what the catalogue holds until it has heard from it."""

from __future__ import annotations

from bot.core.ports.weryai import ModelInfo

KNOWN_MODELS: tuple[ModelInfo, ...] = tuple(
    ModelInfo(key, name)
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
