"""A growing text as Discord messages: cut at good places, each valid Markdown on its own."""

from bot.core.text.pages import MIN_LIMIT, Pages
from bot.core.text.units import MAX_CONTENT, utf16_cut, utf16_len

__all__ = ["MAX_CONTENT", "MIN_LIMIT", "Pages", "utf16_cut", "utf16_len"]
