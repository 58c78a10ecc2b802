"""`python -m bot.charts`: a chart as JSON on standard input, its PNG on standard output."""

from __future__ import annotations

import json
import os
import sys

from bot.charts.drawing import draw
from bot.core.charts import Bar, Chart

POLITENESS = 10  # answers that grow meanwhile go before


def main() -> None:
    """Draw one picture."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(POLITENESS)
    told = json.load(sys.stdin.buffer)
    bars = [Bar(**bar) for bar in told.pop("bars")]
    sys.stdout.buffer.write(draw(Chart(bars=bars, **told)))


if __name__ == "__main__":
    main()
