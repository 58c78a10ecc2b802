"""An answer of two variants, as the model streams them and as people see them."""

from __future__ import annotations

from bot.core.conversation import Presser, UserId
from bot.core.ports.weryai import Delta, Finish
from bot.core.replies import ReplyState, Usage, Variant
from tests.core.fake_model import Step
from tests.core.samples import FLASH
from tests.core.world import Asked, World

STRANGER = Presser(UserId(98), moderator=False)
COMPLETE, LENGTH = ReplyState.COMPLETE, ReplyState.LENGTH
TWO: list[Step] = [
    "One",
    Delta("Zwei", 1),
    0.5,
    " and only.",
    Finish("stop"),
    2.0,
    Delta(" und Schluss.", 1),
    Finish("length", 1),
    Usage(10, 40),
]
ONE_OF_TWO = f"One and only.\n-# 1/2 · {FLASH.name}"
TWO_OF_TWO = (
    "Zwei und Schluss.\n"
    f"-# ✂ Cut off at the length limit: press Continue to go on · 2/2 · {FLASH.name}"
)


async def answered(world: World, n: int = 2) -> Asked:
    asked = world.ask(n=n)
    await asked.task
    return asked


def variants(world: World, asked: Asked) -> tuple[Variant, ...]:
    return world.memory.rows[asked.reply].variants
