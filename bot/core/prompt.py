"""From what was said to what is sent: the newest of a conversation that fits one request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.core.conversation import (
    HISTORY_LIMIT,
    ChatMessage,
    Person,
    Role,
    Said,
    Turn,
    UserId,
)
from bot.core.errors import EmptyPrompt, PromptTooLong

MAX_NAME = 32  # Discord's limit for a display name
MAX_QUOTED = 1000  # characters of a replied-to message; more context than question helps nobody

_SEVERAL_PEOPLE = (
    "Several people talk with you here: each of their messages begins with its author's name and "
    "a colon, and your own answers do not."
)
_NAMELESS = "Someone"


def build_prompt(
    history: Sequence[Said],
    turn: Turn,
    *,
    system: str | None,
    limit: int = HISTORY_LIMIT,
    max_characters: int | None = None,
) -> tuple[ChatMessage, ...]:
    """The messages that ask for an answer to `turn`.

    They are the system prompt, if there is one, the newest of the history that fits, beginning
    with a user's, and what the turn says. Where there may be but one message, the question
    carries the system prompt before it. Where more than one person speaks in them, each is
    named before what they say and the system prompt says so.

    Args:
        history: what was said before the turn, oldest first.
        turn: what is to be answered; of more messages than fit, the newest.
        system: the system prompt; blank is none.
        limit: how many messages there may be in all; WeryAI takes no more than 50.
        max_characters: how many characters they may have in all.

    Raises:
        EmptyPrompt: nobody says anything in the turn.
        PromptTooLong: the system prompt and the turn alone have more characters.
        ValueError: `limit` leaves no room for a question.
    """
    if limit < 1:
        raise ValueError(f"a prompt has up to 1 message or more, not {limit}")
    limit = min(limit, HISTORY_LIMIT)
    history, asked = _spoken(history), _spoken(turn.said)
    if not asked:
        raise EmptyPrompt
    said = [*history, *asked]
    for first in range(max(0, len(said) - limit), len(said)):
        if said[first].role is not Role.USER:
            continue
        whole = _messages(said[first:], (system or "").strip())
        messages = _folded(whole) if limit == 1 else whole
        if len(messages) > limit:
            continue
        size = sum(len(message.content) for message in messages)
        if max_characters is None or size <= max_characters:
            return messages
        if first >= len(history):
            fixed = size - sum(len(m.content) for m in whole if m.role is not Role.SYSTEM)
            raise PromptTooLong(size - fixed, max(0, max_characters - fixed))
    raise EmptyPrompt


def _spoken(said: Iterable[Said]) -> list[Said]:
    """What says anything: empty content never goes out."""
    return [entry for entry in said if entry.text.strip() or (entry.quoted or "").strip()]


def _messages(sent: Sequence[Said], instructions: str) -> tuple[ChatMessage, ...]:
    people = _people(sent)
    names = _names(people) if len(people) > 1 else {}
    if names:
        instructions = f"{instructions}\n\n{_SEVERAL_PEOPLE}".strip()
    said = [ChatMessage(entry.role, _content(entry, names)) for entry in sent]
    return (ChatMessage(Role.SYSTEM, instructions), *said) if instructions else tuple(said)


def _folded(messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
    """Several messages as one of the user's."""
    text = "\n\n".join(message.content for message in messages)
    return (ChatMessage(Role.USER, text),)


def _content(said: Said, names: Mapping[UserId, str]) -> str:
    """One thing said, as the model reads it: who says it, in reply to what, and the text."""
    text = said.text
    quoted = (said.quoted or "").strip()
    if quoted:
        if len(quoted) > MAX_QUOTED:
            quoted = quoted[: MAX_QUOTED - 1].rstrip() + "…"
        quote = "\n".join(f"> {line}" for line in quoted.splitlines())
        text = f"In reply to this message:\n{quote}\n\n{text}".rstrip()
    if said.role is Role.USER and said.author is not None and said.author.id in names:
        return f"{names[said.author.id]}: {text}"
    return text


def _people(said: Iterable[Said]) -> dict[UserId, Person]:
    """Who speaks, each as they were called last."""
    users = (entry.author for entry in said if entry.role is Role.USER)
    return {author.id: author for author in users if author is not None}


def _names(people: Mapping[UserId, Person]) -> dict[UserId, str]:
    """A name for each person on one line, distinct: namesakes get the end of their id."""
    plain = {user: _plain(person.name) for user, person in people.items()}
    names = list(plain.values())
    return {
        user: name if names.count(name) == 1 else _tagged(name, user)
        for user, name in plain.items()
    }


def _tagged(name: str, user: UserId) -> str:
    tag = f" ({user % 10000:04d})"
    return name[: MAX_NAME - len(tag)] + tag


def _plain(name: str) -> str:
    """A display name without line breaks, controls and colons, which could put words in a mouth."""
    line = " ".join(name.replace(":", " ").split())
    printable = "".join(character for character in line if character.isprintable())
    return printable[:MAX_NAME].strip() or _NAMELESS
