"""Interaction callbacks, and the webhook routes that answer and follow up."""

from __future__ import annotations

from bot.sandbox.discord import interactions, message_payloads, posting, rules
from bot.sandbox.discord.errors import Refusal, invalid_field
from bot.sandbox.discord.posting import Revision
from bot.sandbox.discord.rest import access, forms
from bot.sandbox.discord.rest.routing import Answer, Call, Result, Routes, snowflake
from bot.sandbox.discord.rules.interactions import Callback
from bot.sandbox.discord.state import (
    Interaction,
    InteractionType,
    Json,
    Message,
    MessageFlag,
)

_SUITABLE: dict[InteractionType, frozenset[Callback]] = {
    InteractionType.COMMAND: frozenset(
        {Callback.MESSAGE, Callback.DEFERRED_MESSAGE, Callback.MODAL}
    ),
    InteractionType.COMPONENT: frozenset(
        {
            Callback.MESSAGE,
            Callback.DEFERRED_MESSAGE,
            Callback.DEFERRED_UPDATE,
            Callback.UPDATE,
            Callback.MODAL,
        }
    ),
    InteractionType.AUTOCOMPLETE: frozenset({Callback.AUTOCOMPLETE}),
    InteractionType.MODAL_SUBMIT: frozenset({Callback.MESSAGE, Callback.DEFERRED_MESSAGE}),
}
_FROM_A_MESSAGE = frozenset({Callback.DEFERRED_UPDATE, Callback.UPDATE})


def callback(call: Call) -> Result:
    """POST /interactions/{interaction_id}/{interaction_token}/callback."""
    one = interactions.to_acknowledge(
        call.world, call.id("interaction_id"), call.ids["interaction_token"]
    )
    _require_answerable(call, one)
    source_flags = int(one.source.flags) if one.source is not None else 0
    rules.check_callback(call.body, files=len(call.files), flags=source_flags)
    kind = Callback(call.body["type"])
    suitable = _SUITABLE[one.type]
    if one.type is InteractionType.MODAL_SUBMIT and one.source is not None:
        suitable |= _FROM_A_MESSAGE
    if kind not in suitable:
        raise invalid_field(
            ("type",), "BASE_TYPE_CHOICES", f"{kind.name} cannot answer a {one.type.name}."
        )
    _answer(call, one, kind, call.body.get("data") or {})
    if not call.asked("with_response"):
        return None
    return _callback_response(call, one, kind)


def _answer(call: Call, one: Interaction, kind: Callback, data: Json) -> None:
    world = call.world
    ephemeral = bool(MessageFlag.EPHEMERAL & (data.get("flags") or 0))
    if kind is Callback.DEFERRED_MESSAGE:
        interactions.defer(world, one, kind, ephemeral=ephemeral)
        return
    if kind is Callback.MESSAGE:
        draft = forms.draft(world, data, call.files)
        interactions.respond(world, one, draft, ephemeral=ephemeral)
    elif kind is Callback.AUTOCOMPLETE:
        one.choices = data["choices"]
    elif kind is Callback.MODAL:
        one.modal = data
    elif one.source is not None:
        one.original = one.source
        if kind is Callback.UPDATE:
            revision = forms.revision(world, one.source, data, call.files)
            posting.edit(world, one.source, revision)
    interactions.acknowledge(world, one, kind)


def _callback_response(call: Call, one: Interaction, kind: Callback) -> Json:
    resource: Json = {"type": int(kind)}
    about: Json = {"id": str(one.id), "type": int(one.type)}
    if one.original is not None and kind not in (Callback.MODAL, Callback.AUTOCOMPLETE):
        about |= {
            "response_message_id": str(one.original.id),
            "response_message_loading": one.original.thinking,
            "response_message_ephemeral": one.ephemeral,
        }
        resource["message"] = message_payloads.message(call.world, one.original)
    return {"interaction": about, "resource": resource}


def follow_up(call: Call) -> Result:
    """POST /webhooks/{webhook_id}/{webhook_token}.

    The first followup to a deferred response becomes that response, and is as private as it.
    """
    one = _interaction(call)
    _require_answerable(call, one)
    rules.check_message(call.body, files=len(call.files), interaction=True)
    draft = forms.draft(call.world, call.body, call.files)
    if one.original is not None and one.original.thinking and not one.original.deleted:
        revision = Revision(
            content=draft.content,
            embeds=draft.embeds,
            components=draft.components,
            attachments=draft.attachments,
            flags=one.original.flags | draft.flags,
            allowed_mentions=draft.allowed_mentions,
        )
        message = interactions.revise(call.world, one, one.original, revision)
    else:
        ephemeral = bool(MessageFlag.EPHEMERAL & (call.body.get("flags") or 0))
        message = interactions.respond(call.world, one, draft, ephemeral=ephemeral)
    return message_payloads.message(call.world, message)


def show(call: Call) -> Result:
    """GET …/messages/@original or …/messages/{message_id}."""
    return message_payloads.message(call.world, _message(call, _interaction(call)))


def edit(call: Call) -> Result:
    """PATCH …/messages/@original or …/messages/{message_id}."""
    one = _interaction(call)
    message = _message(call, one)
    access.require_open(message.channel)
    revision = forms.revision(call.world, message, call.body, call.files)
    interactions.revise(call.world, one, message, revision)
    return message_payloads.message(call.world, message)


def delete(call: Call) -> Result:
    """DELETE …/messages/@original or …/messages/{message_id}."""
    message = _message(call, _interaction(call))
    posting.delete(call.world, message.channel, [message], bulk=False)
    return Answer(204)


def _interaction(call: Call) -> Interaction:
    """The interaction of the path's token; raises 10003 where its channel is gone."""
    one = interactions.by_token(call.world, call.id("webhook_id"), call.ids["webhook_token"])
    call.world.channel(one.channel.id)
    return one


def _require_answerable(call: Call, one: Interaction) -> None:
    """Raise 10003 where its channel is gone, 50083 in a thread that cannot be opened again."""
    access.require_answerable(call.world.channel(one.channel.id), one.user)


def _message(call: Call, one: Interaction) -> Message:
    """`@original`, or one of this interaction's own messages; raises 10008."""
    wanted = call.ids.get("message_id")
    found: Message | None
    if wanted is None:
        found = one.original
    else:
        number = snowflake(wanted, "message_id")
        mine = [*one.responses, *([one.original] if one.original is not None else [])]
        found = next((each for each in mine if each.id == number), None)
    if found is None or found.deleted:
        raise Refusal.UNKNOWN_MESSAGE.error()
    return found


_TOKEN = "/webhooks/{webhook_id}/{webhook_token}"  # noqa: S105 - a path's template, no secret
_ORIGINAL = _TOKEN + "/messages/@original"
_ONE = _TOKEN + "/messages/{message_id}"

ROUTES: Routes = {
    ("POST", "/interactions/{interaction_id}/{interaction_token}/callback"): callback,
    ("POST", _TOKEN): follow_up,
    ("GET", _ORIGINAL): show,
    ("PATCH", _ORIGINAL): edit,
    ("DELETE", _ORIGINAL): delete,
    ("GET", _ONE): show,
    ("PATCH", _ONE): edit,
    ("DELETE", _ONE): delete,
}
