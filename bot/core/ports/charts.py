"""What the core needs of the pictures."""

from __future__ import annotations

from typing import Protocol

from bot.core.charts import Chart


class Painter(Protocol):
    """Draws pictures."""

    async def draw(self, chart: Chart) -> bytes:
        """A chart as a PNG.

        Raises:
            PictureFailed: it could not be drawn in time.
        """
        ...
