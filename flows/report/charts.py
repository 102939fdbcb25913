"""Works out where lines and points of small charts stand; templates draw them as inline SVG.

Drawn here and not by a chart library, because a page must open offline, follow the reader's light or
dark colours, print sharp and weigh little: a script that draws Vega charts is larger than all pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 240.0, 64.0, 5.0


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A line over periods within a box of `width` by `height`: its unbroken runs, points, target's height.

    `runs` are values of the attribute `points` of SVG polylines; `dots` are (x, y) of every known value.
    """

    runs: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    target: float | None
    width: float = WIDTH
    height: float = HEIGHT


def draw_line(values: Sequence[float | None], target: float | None = None) -> ChartLine:
    """A line through `values`, broken where one is unknown, on a scale that holds the target too."""
    known = [value for value in (*values, target) if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    spread = (high - low) or max(abs(high) * 0.1, 0.01)
    step = (WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)

    def height_of(value: float) -> float:
        return round(HEIGHT - MARGIN - (value - low) / spread * (HEIGHT - 2 * MARGIN), 1)

    runs: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((round(MARGIN + index * step, 1), height_of(value)))
    return ChartLine(
        tuple(" ".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1),
        tuple(dot for run in runs for dot in run),
        None if target is None else height_of(target),
    )
