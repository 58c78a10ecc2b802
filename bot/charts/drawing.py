"""Draws a chart as a PNG: a dark card with round corners, readable on any theme of Discord's.

Everything is placed in inches on one sheet, so that each label's width is known before it is
written, and none lies on another.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from math import ceil

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.ticker import MaxNLocator

from bot.charts.letters import FAMILY, writable
from bot.core.charts import Bar, Chart

# Discord shows a picture about 550 points wide: at twice that it is sharp, and its text readable.
WIDTH = 5.5  # inches
DOTS = 200  # per inch
MARGIN = 0.25
CORNER = 0.14
HEADER = 0.75  # from the card's upper edge to the chart
PLOT_HEIGHT = 2.0  # of bars side by side
ROW = 0.29  # from one lying bar to the next
GAP = 0.08
LABELS_AT_MOST = 1.9  # wide
THICKEST = 0.45
BELOW = 0.18  # for the labels under standing bars

TITLE, SMALL = 12.0, 9.5  # points
CARD, EDGE, LINE = "#20222b", "#3b3e4c", "#373a47"
BRIGHT, DIM = "#f2f3f5", "#b5bac6"
READ, WRITTEN = "#4ea1ff", "#ffb454"  # told apart by the colour-blind, too
KINDS = (("read", READ), ("written", WRITTEN))
MILLION = 1_000_000


def draw(chart: Chart) -> bytes:
    """The picture; a chart has at least one bar."""
    # Names may hold dollar signs, between which matplotlib would read mathematics.
    with mpl.rc_context({"font.family": FAMILY, "text.parse_math": False}):
        height = HEADER + MARGIN
        height += PLOT_HEIGHT + BELOW if chart.over_time else ROW * len(chart.bars)
        sheet = Sheet(height)
        _draw_header(sheet, chart)
        if chart.over_time:
            _draw_columns(sheet, chart.bars)
        else:
            _draw_rows(sheet, chart.bars)
        return sheet.png()


class Sheet:
    """A card to draw on. Lengths are in inches from its lower left corner, sizes in points."""

    def __init__(self, height: float) -> None:
        self.height = height
        self._figure = Figure((WIDTH, height), dpi=DOTS, facecolor="none")
        FigureCanvasAgg(self._figure)  # which it draws itself on
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set(xlim=(0, WIDTH), ylim=(0, height))
        self._axes.set_axis_off()
        inset = 0.01  # half of the edge's line
        self._axes.add_patch(
            FancyBboxPatch(
                (inset, inset),
                WIDTH - 2 * inset,
                height - 2 * inset,
                boxstyle=f"round,pad=0,rounding_size={CORNER}",
                facecolor=CARD,
                edgecolor=EDGE,
                linewidth=1,
            )
        )

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = SMALL,
        colour: str = DIM,
        align: str = "left",
        bold: bool = False,
    ) -> float:
        """Write one line, its middle at `y`; its width."""
        written = self._axes.text(
            x,
            y,
            text,
            fontsize=size,
            color=colour,
            horizontalalignment=align,
            verticalalignment="center_baseline",
            fontweight="bold" if bold else "normal",
        )
        return float(written.get_window_extent().width) / DOTS

    def width(self, text: str) -> float:
        """How wide a small text would be."""
        probe = self._axes.text(0, 0, text, fontsize=SMALL)
        width = float(probe.get_window_extent().width) / DOTS
        probe.remove()
        return width

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Fill a rectangle."""
        self._axes.add_patch(Rectangle((x, y), width, height, facecolor=colour, linewidth=0))

    def png(self) -> bytes:
        """The picture."""
        out = io.BytesIO()
        self._figure.savefig(out, format="png", dpi=DOTS, transparent=False)
        return out.getvalue()


def _draw_header(sheet: Sheet, chart: Chart) -> None:
    top = sheet.height
    sheet.write(MARGIN, top - 0.27, chart.title, size=TITLE, colour=BRIGHT, bold=True)
    sheet.write(MARGIN, top - 0.50, chart.subtitle)
    x = WIDTH - MARGIN
    for kind, colour in reversed(KINDS):
        x -= sheet.width(kind)
        sheet.write(x, top - 0.27, kind)
        sheet.box(x - 0.16, top - 0.32, 0.11, 0.11, colour)
        x -= 0.34


def _draw_columns(sheet: Sheet, bars: Sequence[Bar]) -> None:
    """Standing bars, with lines across at round numbers."""
    most = max(bar.read + bar.written for bar in bars)
    ticks = [
        tick
        for tick in MaxNLocator(4, integer=True, steps=[1, 2, 5, 10]).tick_values(0, most)
        if tick >= 0
    ]
    ticks = ticks[: 1 + next((at for at, tick in enumerate(ticks) if tick >= most), len(ticks))]
    names = [amount(tick) for tick in ticks]
    bottom = MARGIN + BELOW
    left = MARGIN + max(map(sheet.width, names)) + GAP
    right = WIDTH - MARGIN
    scale = PLOT_HEIGHT / max(ticks[-1], 1)
    for tick, name in zip(ticks, names, strict=True):
        sheet.box(left, bottom + tick * scale, right - left, 0.006, LINE)
        sheet.write(left - GAP, bottom + tick * scale, name, align="right")
    step = (right - left) / len(bars)
    thick = min(step * 0.72, THICKEST)
    for at, bar in enumerate(bars):
        x = left + (at + 0.5) * step - thick / 2
        sheet.box(x, bottom, thick, bar.read * scale, READ)
        sheet.box(x, bottom + bar.read * scale, thick, bar.written * scale, WRITTEN)
    labels = [writable(bar.label, bar.fallback) for bar in bars]
    every = ceil((max(map(sheet.width, labels)) + 2 * GAP) / step)
    for at in range(len(bars) - 1, -1, -every):  # the newest one has a label in any case
        middle = left + (at + 0.5) * step
        half = sheet.width(labels[at]) / 2
        middle = min(middle, WIDTH - MARGIN / 2 - half)
        if middle - half >= MARGIN / 2:
            sheet.write(middle, bottom - 0.17, labels[at], align="center")


def _draw_rows(sheet: Sheet, bars: Sequence[Bar]) -> None:
    """Lying bars, each between its label and its number."""
    labels = [fitting(sheet, writable(bar.label, bar.fallback), LABELS_AT_MOST) for bar in bars]
    numbers = [amount(bar.read + bar.written) for bar in bars]
    left = MARGIN + max(map(sheet.width, labels)) + GAP
    right = WIDTH - MARGIN - max(map(sheet.width, numbers)) - GAP
    most = max(bar.read + bar.written for bar in bars)
    scale = (right - left) / max(most, 1)
    y = sheet.height - HEADER - ROW / 2
    for bar, label, number in zip(bars, labels, numbers, strict=True):
        sheet.write(left - GAP, y, label, colour=BRIGHT, align="right")
        sheet.box(left, y - 0.085, bar.read * scale, 0.17, READ)
        sheet.box(left + bar.read * scale, y - 0.085, bar.written * scale, 0.17, WRITTEN)
        sheet.write(left + (bar.read + bar.written) * scale + GAP, y, number)
        y -= ROW


def fitting(sheet: Sheet, label: str, width: float) -> str:
    """A label, cut off where it is wider than there is room."""
    if sheet.width(label) <= width:
        return label
    while label and sheet.width(f"{label}…") > width:
        label = label[:-1]
    return f"{label.rstrip()}…"


def amount(number: float) -> str:
    """A number of tokens with its thousands apart; millions are rounded."""
    return f"{number:,.0f}" if number < MILLION else f"{number / MILLION:,.1f} M"
