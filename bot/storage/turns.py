"""A `Turn` as one JSON text: what a reply answers, kept for a restart or a second answer."""

from __future__ import annotations

import json
from typing import Any

from bot.core.conversation import (
    ChannelId,
    EventId,
    GuildId,
    MessageId,
    Names,
    Person,
    Place,
    Role,
    Said,
    Turn,
    UserId,
)


def encode_turn(turn: Turn) -> str:
    """The turn as JSON; ASCII, so that every database takes whatever was said."""
    place = turn.place
    return json.dumps(
        {
            "event": turn.event_id,
            "place": [place.guild_id, place.channel_id, place.thread_id],
            "asker": [turn.asker.id, turn.asker.name],
            "said": [
                {
                    "message": said.message_id,
                    "role": said.role,
                    "text": said.text,
                    "author": said.author and [said.author.id, said.author.name],
                    "quoted": said.quoted,
                }
                for said in turn.said
            ],
            "shared": turn.shared,
            "gathers": turn.gathers,
            "options": turn.options,
            "names": [turn.names.server, turn.names.channel],
        }
    )


def decode_turn(text: str) -> Turn:
    """The turn that `encode_turn` wrote; earlier versions of it knew no names."""
    stored: dict[str, Any] = json.loads(text)
    guild, channel, thread = stored["place"]
    return Turn(
        event_id=EventId(stored["event"]),
        place=Place(
            None if guild is None else GuildId(guild),
            ChannelId(channel),
            None if thread is None else ChannelId(thread),
        ),
        asker=_person(stored["asker"]),
        said=tuple(
            Said(
                MessageId(said["message"]),
                Role(said["role"]),
                said["text"],
                said["author"] and _person(said["author"]),
                said["quoted"],
            )
            for said in stored["said"]
        ),
        shared=stored["shared"],
        gathers=stored["gathers"],
        options=stored["options"],
        names=Names(*stored.get("names", ())),
    )


def _person(stored: list[Any]) -> Person:
    return Person(UserId(stored[0]), stored[1])
