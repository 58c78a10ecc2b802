"""The answers of a question that asked for several, and the choice of another one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bot.core.conversation import ReplyId, Role
from bot.core.replies import ReplyState, Variant
from bot.storage.tables import conversations, messages, replies
from bot.storage.text_type import clean


def encode_variants(variants: Sequence[Variant]) -> list[dict[str, str]] | None:
    """The variants as a row keeps them; None where there are none."""
    return [{"text": clean(one.text), "state": one.state} for one in variants] or None


def decode_variants(stored: Sequence[dict[str, str]] | None) -> tuple[Variant, ...]:
    """The variants that `encode_variants` wrote."""
    return tuple(Variant(one["text"], ReplyState(one["state"])) for one in stored or ())


def let_show(
    connection: sa.Connection,
    reply: ReplyId,
    variant: int,
    allowed: sa.ColumnElement[bool],
    values: dict[str, Any],
) -> bool:
    """Make another variant a reply's answer, in its row and in the history.

    The conversation is locked as it is while a question is accepted: either this comes first, or
    the question has come and the answer stays as it was.

    Args:
        connection: of a transaction.
        reply: whose.
        variant: its index.
        allowed: which rows may be changed at all.
        values: what else is set in the row.

    Returns:
        Whether that was possible.
    """
    this = sa.select(replies.c.conversation_id).where(replies.c.id == reply)
    connection.execute(
        sa.select(conversations.c.id)
        .where(conversations.c.id == this.scalar_subquery())
        .with_for_update(key_share=True)
    )
    found = (
        connection.execute(
            sa.select(replies.c.conversation_id, replies.c.variants).where(
                replies.c.id == reply, allowed
            )
        )
    ).one_or_none()
    variants = decode_variants(found.variants) if found is not None else ()
    if found is None or not 0 <= variant < len(variants):
        return False
    chosen = variants[variant]
    connection.execute(
        sa.update(replies)
        .where(replies.c.id == reply)
        .values(**values, text=chosen.text, state=chosen.state, variant=variant)
    )
    connection.execute(
        sa.update(messages)
        .where(
            messages.c.conversation_id == found.conversation_id,
            messages.c.reply_id == reply,
            messages.c.role == Role.ASSISTANT,
        )
        .values(text=chosen.text)
    )
    return True
