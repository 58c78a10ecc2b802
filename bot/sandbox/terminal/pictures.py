"""What a person sees of one message, as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.sandbox.discord.components import labels, walk
from bot.sandbox.discord.rules.components import Kind
from bot.sandbox.discord.state import Json, Message

STOP = "Stop"  # the button of a reply that is still growing
WARNING = "⚠"  # how the bot marks what went wrong


@dataclass(frozen=True, slots=True)
class Picture:
    """A message as it looks now: who says it, its text, and its buttons."""

    id: int
    head: str
    body: str
    buttons: str
    growing: bool

    @property
    def failed(self) -> bool:
        """Whether it ends with a warning, such as that the model did not answer."""
        lines = [line.removeprefix("-# ") for line in self.body.splitlines()]
        return not self.growing and any(line.startswith(WARNING) for line in lines)


def draw(message: Message) -> Picture:
    """A message as it looks now."""
    pressable = labels(message)
    lines = ["… is thinking"] if message.thinking else list(_lines(message))
    return Picture(
        id=message.id,
        head=_head(message),
        body=_harmless("\n".join(lines)),
        buttons=_harmless(" ".join(f"[{label}]" for label in pressable)),
        growing=message.thinking or STOP in pressable,
    )


def _head(message: Message) -> str:
    private = " (only you see this)" if message.ephemeral_for else ""
    return f"{message.author.display_name}{private}"


def _lines(message: Message) -> Iterator[str]:
    if message.content:
        yield message.content
    for embed in message.embeds:
        yield from _embed(embed)
    for component in walk(message.components):
        if component["type"] == Kind.TEXT:
            yield component["content"]
        elif component["type"] in (Kind.STRING_SELECT, Kind.USER_SELECT, Kind.CHANNEL_SELECT):
            yield f"[{component.get('placeholder') or component['custom_id']} ▾]"
    for file in message.attachments:
        yield f"📎 {file.filename} ({len(file.data):,} bytes)"


def _embed(embed: Json) -> Iterator[str]:
    for name in ("title", "description"):
        if embed.get(name):
            yield str(embed[name])
    for field in embed.get("fields") or []:
        yield f"{field['name']}: {field['value']}"
    if embed.get("footer"):
        yield str(embed["footer"]["text"])


def _harmless(text: str) -> str:
    """Without control characters: nobody's message may command the terminal."""
    return "".join(
        character for character in text if character in "\n\t" or character.isprintable()
    )
