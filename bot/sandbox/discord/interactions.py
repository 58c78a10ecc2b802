"""The life of an interaction: three seconds to acknowledge it, fifteen minutes to answer it.

Source: Discord's documentation, "Receiving and Responding to Interactions".
"""

from __future__ import annotations

import secrets

from bot.sandbox.discord import posting
from bot.sandbox.discord.errors import Refusal
from bot.sandbox.discord.events import InteractionChanged, InteractionCreated
from bot.sandbox.discord.posting import Draft, Revision
from bot.sandbox.discord.state import (
    Channel,
    Interaction,
    InteractionState,
    InteractionType,
    Json,
    Message,
    MessageFlag,
    MessageType,
    User,
)
from bot.sandbox.discord.world import World

DEADLINE_SECONDS = 3.0
TOKEN_SECONDS = 15 * 60.0
SLASH_COMMAND = 1


def begin(
    world: World,
    kind: InteractionType,
    user: User,
    channel: Channel,
    data: Json,
    *,
    source: Message | None = None,
    trigger: Interaction | None = None,
) -> Interaction:
    """A person does something; the bot is told and has three seconds to acknowledge it."""
    one = Interaction(
        id=world.ids.make(),
        token=secrets.token_urlsafe(96),
        type=kind,
        user=user,
        channel=channel,
        created_at=world.clock.now(),
        data=data,
        source=source,
        trigger=trigger,
    )
    world.interactions[one.id] = world.by_token[one.token] = one

    def fail(unless_past: InteractionState) -> None:
        if one.state is unless_past:
            _become(world, one, InteractionState.FAILED)

    world.clock.call_later(DEADLINE_SECONDS, lambda: fail(InteractionState.PENDING))
    world.clock.call_later(TOKEN_SECONDS, lambda: fail(InteractionState.DEFERRED))
    world.publish(InteractionCreated(one), InteractionChanged(one))
    return one


def to_acknowledge(world: World, interaction_id: int, token: str) -> Interaction:
    """The interaction a callback is for; raises 10062 when unknown or late, 40060 the second time."""
    one = world.interactions.get(interaction_id)
    if one is None or one.token != token or one.state is InteractionState.FAILED:
        raise Refusal.UNKNOWN_INTERACTION.error()
    if one.callback_type is not None:
        raise Refusal.ALREADY_ACKNOWLEDGED.error()
    return one


def by_token(world: World, webhook_id: int, token: str) -> Interaction:
    """The interaction behind a webhook route.

    Raises 50027 for a token that is wrong or older than fifteen minutes, and 10015 for another
    webhook or before the interaction was acknowledged.
    """
    if webhook_id != world.application.id:
        raise Refusal.UNKNOWN_WEBHOOK.error()
    one = world.by_token.get(token)
    if one is None or world.clock.now() - one.created_at > TOKEN_SECONDS:
        raise Refusal.INVALID_WEBHOOK_TOKEN.error()
    if one.callback_type is None:
        raise Refusal.UNKNOWN_WEBHOOK.error()
    return one


def acknowledge(world: World, one: Interaction, callback_type: int) -> None:
    """Note that it was acknowledged; nothing is shown by this alone."""
    one.callback_type = callback_type
    _become(world, one, InteractionState.ACKNOWLEDGED)


def defer(world: World, one: Interaction, callback_type: int, *, ephemeral: bool) -> Message:
    """Show "… is thinking" until the first text comes."""
    one.callback_type = callback_type
    one.state = InteractionState.DEFERRED
    draft = Draft(flags=MessageFlag.LOADING)
    message = respond(world, one, draft, ephemeral=ephemeral)
    world.publish(InteractionChanged(one))
    return message


def respond(world: World, one: Interaction, draft: Draft, *, ephemeral: bool) -> Message:
    """Send a message in answer: the original response the first time, then followups."""
    draft.interaction = one
    draft.ephemeral_for = one.user.id if ephemeral else None
    if one.original is None:
        draft.type, draft.reference = _kind_of_response(one)
        one.ephemeral = ephemeral
    else:
        draft.type, draft.reference = MessageType.REPLY, one.original
    message = posting.post(world, one.channel, world.application.bot, draft)
    one.responses.append(message)
    if one.original is None:
        one.original = message
    return message


def revise(world: World, one: Interaction, message: Message, revision: Revision) -> Message:
    """Edit an answer; the first edit of a deferred one is its first text, and notifies like it."""
    thinking = message.thinking
    posting.edit(world, message, revision)
    if thinking:
        message.pings = message.mentions
    if thinking and one.state is InteractionState.DEFERRED:
        _become(world, one, InteractionState.ACKNOWLEDGED)
    return message


def _become(world: World, one: Interaction, state: InteractionState) -> None:
    one.state = state
    world.publish(InteractionChanged(one))


def _kind_of_response(one: Interaction) -> tuple[MessageType, Message | None]:
    if one.type is InteractionType.COMMAND:
        slash = one.data["type"] == SLASH_COMMAND
        return (MessageType.CHAT_INPUT_COMMAND if slash else MessageType.CONTEXT_MENU_COMMAND), None
    if one.source is not None:
        return MessageType.REPLY, one.source
    return MessageType.DEFAULT, None
