"""What a message may hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.sandbox.discord.errors import Refusal
from bot.sandbox.discord.rules.components import check_components
from bot.sandbox.discord.rules.form import REQUIRED, Form, is_snowflake, length

MAX_CONTENT = 2000
MAX_EMBEDS = 10
MAX_EMBED_TEXT = 6000  # of all embeds of a message together
MAX_FIELDS = 25
MAX_FILES = 10
MAX_STICKERS = 3
MAX_NONCE = 25
MAX_MENTIONED = 100
MAX_COLOR = 0xFFFFFF

SUPPRESS_EMBEDS = 1 << 2
EPHEMERAL = 1 << 6
SUPPRESS_NOTIFICATIONS = 1 << 12
COMPONENTS_V2 = 1 << 15
CREATE_FLAGS = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2

MENTION_KINDS = ("roles", "users", "everyone")
FORWARD = 1  # the type of a message reference that forwards
EMBED_URLS = ("http", "https")
EMBED_FILES = ("http", "https", "attachment")
VISIBLE = ("content", "embeds", "components", "attachments", "sticker_ids", "poll")


def check_message(
    payload: Mapping[str, Any],
    *,
    files: int,
    editing: bool = False,
    interaction: bool = False,
    flags: int = 0,
) -> None:
    """A message to be sent, or the changes of an edit.

    Args:
        payload: the JSON body (a multipart body's `payload_json`).
        files: how many files come with it.
        editing: it changes a message. Whether anything is left of it then is for
            `check_not_empty` to say, as it depends on what the message held.
        interaction: it answers an interaction, so that it may be ephemeral.
        flags: those of the message being edited; Components V2 cannot be left again.
    """
    form = Form(payload)
    v2 = _check_flags(form, editing=editing, interaction=interaction, before=flags)
    form.text("content", MAX_CONTENT)
    _check_embeds(form)
    _check_attachments(form, files)
    _check_allowed_mentions(form.part("allowed_mentions"))
    _check_reference(form.part("message_reference"))
    _check_nonce(form)
    form.boolean("tts", "enforce_nonce")
    if len(form.items("sticker_ids")) > MAX_STICKERS:
        too_many = f"Must be {MAX_STICKERS} or fewer in length."
        form.wrong("BASE_TYPE_MAX_LENGTH", too_many, "sticker_ids")
    if v2:
        form.forbid(
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
            "This field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            *(name for name in ("content", "embeds", "sticker_ids", "poll") if payload.get(name)),
        )
    check_components(form, v2=v2)
    form.finish()
    if not editing:
        check_not_empty(payload, files=files)


def check_not_empty(message: Mapping[str, Any], *, files: int = 0) -> None:
    """Refuse a message that shows nothing (50006): no text but white space, and nothing else."""
    forwarded = (message.get("message_reference") or {}).get("type") == FORWARD
    shown = any(message.get(name) for name in VISIBLE if name != "content")
    if not (files or forwarded or shown or str(message.get("content") or "").strip()):
        raise Refusal.EMPTY_MESSAGE.error()


def _check_flags(form: Form, *, editing: bool, interaction: bool, before: int) -> bool:
    """Note flags that may not be set here; whether the message uses Components V2."""
    flags = form.value.get("flags")
    if flags is None:
        return bool(before & COMPONENTS_V2)
    if not isinstance(flags, int):
        form.wrong("NUMBER_TYPE_COERCE", f'Value "{flags}" is not int.', "flags")
        return False
    allowed = CREATE_FLAGS | (EPHEMERAL if interaction else 0)
    # An edit sends the message's other flags along, and Discord ignores them.
    if not editing and flags & ~allowed:
        # Discord drops some of these silently; a bot that sends them is mistaken all the same.
        form.wrong("BASE_TYPE_CHOICES", f"These flags cannot be set: {flags & ~allowed}.", "flags")
    return bool((flags | before) & COMPONENTS_V2)


def _check_attachments(form: Form, files: int) -> None:
    attachments = form.parts("attachments", MAX_FILES)
    for attachment in attachments:
        attachment.require("id")
        attachment.snowflake("id")
        attachment.text("filename", 1024)
        attachment.text("description", 1024)
    if files > MAX_FILES:
        form.wrong("BASE_TYPE_MAX_LENGTH", f"Must be {MAX_FILES} or fewer in length.", "files")


def _check_allowed_mentions(mentions: Form | None) -> None:
    if mentions is None:
        return
    parse = mentions.items("parse")
    for at, kind in enumerate(parse):
        if kind not in MENTION_KINDS:
            allowed = "Value must be one of ('roles', 'users', 'everyone')."
            mentions.wrong("BASE_TYPE_CHOICES", allowed, "parse", at)
    for kind in ("users", "roles"):
        ids = mentions.items(kind)
        if len(ids) > MAX_MENTIONED:
            too_many = f"Must be {MAX_MENTIONED} or fewer in length."
            mentions.wrong("BASE_TYPE_MAX_LENGTH", too_many, kind)
        for at, value in enumerate(ids):
            if not is_snowflake(value):
                message = f'Value "{value}" is not snowflake.'
                mentions.wrong("NUMBER_TYPE_COERCE", message, kind, at)
        if ids and kind in parse:
            exclusive = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            mentions.wrong("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", exclusive)
    mentions.boolean("replied_user")


def _check_reference(reference: Form | None) -> None:
    if reference is None:
        return
    reference.require("message_id")
    for name in ("message_id", "channel_id", "guild_id"):
        reference.snowflake(name)
    reference.boolean("fail_if_not_exists")
    reference.choice("type", (0, FORWARD))


def _check_nonce(form: Form) -> None:
    nonce = form.value.get("nonce")
    if isinstance(nonce, str):
        form.text("nonce", MAX_NONCE)
    elif nonce is not None and (not isinstance(nonce, int) or isinstance(nonce, bool)):
        form.wrong("NONCE_TYPE_CONVERT", "Nonce must be an integer or a string.", "nonce")
    if form.value.get("enforce_nonce") is True and nonce is None:
        form.wrong(*REQUIRED, "nonce")


def _check_embeds(form: Form) -> None:
    embeds = form.parts("embeds", MAX_EMBEDS)
    if sum(_check_embed(embed) for embed in embeds) > MAX_EMBED_TEXT:
        message = f"Embed size exceeds maximum size of {MAX_EMBED_TEXT}"
        form.wrong("MAX_EMBED_SIZE_EXCEEDED", message, "embeds")


def _check_embed(embed: Form) -> int:
    """Note what is wrong with an embed; how much text it has."""
    texts = [embed.text("title", 256), embed.text("description", 4096)]
    embed.number("color", 0, MAX_COLOR)
    embed.url("url", EMBED_URLS)
    for field in embed.parts("fields", MAX_FIELDS):
        texts += [field.text("name", 256, low=1), field.text("value", 1024, low=1)]
        field.boolean("inline")
    for name, text, high in (("footer", "text", 2048), ("author", "name", 256)):
        part = embed.part(name)
        if part is not None:
            texts.append(part.text(text, high, low=1))
            part.url("icon_url", EMBED_FILES)
            part.url("url", EMBED_URLS)
    for name in ("image", "thumbnail"):
        part = embed.part(name)
        if part is not None:
            part.url("url", EMBED_FILES)
    if not any(texts) and not embed.has("image") and not embed.has("thumbnail"):
        embed.wrong(*REQUIRED, "description")
    return sum(map(length, texts))
