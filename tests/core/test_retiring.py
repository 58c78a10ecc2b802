"""An older answer loses its buttons, even if Discord does not take that at once."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bot.core.errors import ReplyDelayed
from bot.core.replies import Controls
from bot.core.retiring import TRIES, retire
from tests.core.stage import COMPLETE, Stage
from tests.virtual_time import in_virtual_time


async def ended() -> Stage:
    stage = Stage()
    stage.discord.length = 0.1  # no bucket makes it wait
    await stage.tell("Hello", *COMPLETE)
    stage.surface.tries.clear()
    return stage


@pytest.mark.parametrize("asked", [None, 9.0])
@in_virtual_time
async def test_buttons_that_discord_does_not_take_off_at_once_go_later(
    asked: float | None,
) -> None:
    stage = await ended()
    stage.surface.troubles = [ReplyDelayed("later", retry_after=asked)] * (TRIES - 1)

    await retire(stage.surface, stage.budget)

    assert stage.surface.buttons is Controls.NONE
    waits = [later - earlier for earlier, later in pairwise(stage.surface.tries)]
    assert len(waits) == TRIES - 1
    assert min(waits) >= (asked or 0.5)
    assert stage.discord.refused == 0


@in_virtual_time
async def test_they_are_no_reason_to_ask_for_ever() -> None:
    stage = await ended()
    stage.surface.troubles = [ReplyDelayed("503")] * 100

    await retire(stage.surface, stage.budget)

    assert len(stage.surface.tries) == TRIES
    assert stage.surface.buttons is Controls.ENDED
