"""What each answer cost: one row per request that WeryAI counted."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.conversation import ReplyId
from bot.core.ports import Ending
from bot.core.replies import Usage
from bot.storage.tables import usage


async def record_usage(
    connection: AsyncConnection, reply: sa.Row[Any], ending: Ending, counted: Usage, *, at: float
) -> None:
    """Add what a reply's request used to the account of whoever asked, where they asked.

    `reply` is its row with id, guild_id, channel_id and asker_id; a second answer to the same
    question adds a second row.
    """
    await connection.execute(
        sa.insert(usage).values(
            reply_id=ReplyId(reply.id),
            guild_id=reply.guild_id,
            channel_id=reply.channel_id,
            user_id=reply.asker_id,
            model=ending.model,
            prompt_tokens=counted.prompt_tokens,
            completion_tokens=counted.completion_tokens,
            estimated=counted.estimated,
            seconds=ending.seconds,
            state=ending.state,
            at=at,
        )
    )
