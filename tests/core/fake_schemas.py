"""JSON Schema without a library: a schema lists the keys that an answer must have."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.core.errors import Unchecked

TAKES = 0.5  # seconds


class FakeSchemas:
    """A `SchemaChecker` that knows `required`.

    Attributes:
        stuck: whether every check takes too long.
        checked: the answers it has looked at.
    """

    def __init__(self) -> None:
        self.stuck = False
        self.checked: list[Any] = []

    async def flaw(self, schema: Mapping[str, Any]) -> str | None:
        await self._look()
        return None if isinstance(schema.get("required"), list) else "required: must be a list"

    async def problem(self, schema: Mapping[str, Any], answer: Any) -> str | None:
        await self._look()
        self.checked.append(answer)
        missing = [key for key in schema["required"] if key not in answer]
        return f"$: {missing[0]!r} is a required property" if missing else None

    async def _look(self) -> None:
        await asyncio.sleep(TAKES)
        if self.stuck:
            raise Unchecked
