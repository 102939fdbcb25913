"""Computes the coordinates of small line charts, which the templates draw as inline SVG.

There is no chart library because a page must open offline, follow the reader's light or dark theme,
print sharply and stay small: the script of Vega alone is larger than all pages together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 240.0, 64.0, 5.0


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A line over periods in a box of `width` by `height` SVG units.

    `runs` are values for the attribute `points` of SVG polylines, one per unbroken part of the line.
    `dots` are the (x, y) of every known value; `target` is the y of the target.
    """

    runs: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    target: float | None
    width: float = WIDTH
    height: float = HEIGHT


def draw_line(values: Sequence[float | None], target: float | None = None) -> ChartLine:
    """Compute the line through `values`, with a gap at each None; the scale includes the target."""
    known = [value for value in (*values, target) if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    spread = (high - low) or max(abs(high) * 0.1, 0.01)
    step = (WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)

    def y_of(value: float) -> float:
        return round(HEIGHT - MARGIN - (value - low) / spread * (HEIGHT - 2 * MARGIN), 1)

    runs: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((round(MARGIN + index * step, 1), y_of(value)))
    return ChartLine(
        tuple(" ".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1),
        tuple(dot for run in runs for dot in run),
        None if target is None else y_of(target),
    )
