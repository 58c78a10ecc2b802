"""From a message's form, as bots send it, to a draft or a revision."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping

from bot.sandbox.discord import rules
from bot.sandbox.discord.errors import invalid_field
from bot.sandbox.discord.posting import Draft, Revision
from bot.sandbox.discord.rest.routing import Upload
from bot.sandbox.discord.state import Attachment, Json, Message, MessageFlag
from bot.sandbox.discord.world import World

UNKNOWN = "application/octet-stream"
"""The type that says nothing of a file."""

SETTABLE = (
    MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.IS_COMPONENTS_V2
)
"""The flags a bot may set on a message it sends (ephemeral apart)."""

EDITABLE = MessageFlag.SUPPRESS_EMBEDS | MessageFlag.IS_COMPONENTS_V2
"""The flags an edit may change."""


def draft(world: World, payload: Json, files: Mapping[int, Upload]) -> Draft:
    """A new message; the caller has checked the payload and sets the rest."""
    return Draft(
        content=payload.get("content") or "",
        embeds=_embeds(payload.get("embeds")),
        components=payload.get("components") or [],
        attachments=_attachments(world, payload, files, kept=()),
        flags=MessageFlag(payload.get("flags") or 0) & SETTABLE,
        allowed_mentions=payload.get("allowed_mentions"),
        nonce=payload.get("nonce"),
        enforce_nonce=bool(payload.get("enforce_nonce")),
        tts=bool(payload.get("tts")),
    )


def revision(
    world: World, message: Message, payload: Json, files: Mapping[int, Upload]
) -> Revision:
    """An edit, checked; raises 50006 if nothing would be left of the message.

    What the form does not name stays; null empties it.
    """
    rules.check_message(payload, files=len(files), editing=True, flags=int(message.flags))
    last = message.versions[-1]
    content = (payload["content"] or "") if "content" in payload else last.content
    embeds = _embeds(payload["embeds"]) if "embeds" in payload else last.embeds
    components = (payload["components"] or []) if "components" in payload else last.components
    flags = last.flags
    if payload.get("flags") is not None:
        flags = (flags & ~MessageFlag.SUPPRESS_EMBEDS) | (MessageFlag(payload["flags"]) & EDITABLE)
    attachments = _attachments(world, payload, files, kept=last.attachments)
    left = {"content": content, "embeds": embeds, "components": components}
    rules.check_not_empty(left, files=len(attachments))
    return Revision(
        content=content if "content" in payload else None,
        embeds=embeds,
        components=components if "components" in payload else None,
        attachments=attachments,
        flags=flags,
        allowed_mentions=payload.get("allowed_mentions"),
    )


def _embeds(embeds: list[Json] | None) -> list[Json]:
    """Discord adds the type, which is always "rich" for a bot's embed."""
    return [{"type": "rich", **embed} for embed in embeds or []]


def _attachments(
    world: World, payload: Json, files: Mapping[int, Upload], kept: tuple[Attachment, ...]
) -> tuple[Attachment, ...]:
    """The files named in `attachments` (old ones by their id), then those only sent.

    Without the field an edit keeps what was there.
    """
    if payload.get("attachments") is None:
        return kept + tuple(_attach(world, upload, {}) for upload in files.values())
    before = {one.id: one for one in kept}
    waiting = dict(files)
    result = []
    for position, entry in enumerate(payload["attachments"]):
        number = int(entry["id"])
        if number in waiting:
            result.append(_attach(world, waiting.pop(number), entry))
        elif number in before:
            result.append(before[number])
        else:
            problem = f"Attachment {number} was not uploaded and is not on the message."
            raise invalid_field(("attachments", position, "id"), "ATTACHMENT_NOT_FOUND", problem)
    return tuple(result) + tuple(_attach(world, upload, {}) for upload in waiting.values())


def _attach(world: World, upload: Upload, entry: Json) -> Attachment:
    """A file, of the type that it is sent as, or where that says nothing as its name does."""
    name = entry.get("filename") or upload.filename
    kind = upload.content_type
    if kind == UNKNOWN:
        kind = mimetypes.guess_type(name)[0] or kind
    return Attachment(
        world.ids.make(),
        name,
        kind,
        upload.data,
        entry.get("description"),
    )
