"""Small charts: every known value is a point inside the box, a gap stays a gap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.report import charts

VALUES = st.lists(st.none() | st.floats(-1e6, 1e6), max_size=40)


@given(VALUES, st.none() | st.floats(0, 1))
def test_every_known_value_is_a_point_inside_the_box(
    values: list[float | None], target: float | None
) -> None:
    drawn = charts.draw_line(values, target)
    assert len(drawn.dots) == sum(value is not None for value in values)
    assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in drawn.dots)


def test_a_line_breaks_where_a_value_is_unknown() -> None:
    assert len(charts.draw_line([1.0, 2.0, None, 3.0, 4.0]).runs) == 2


@pytest.mark.parametrize(("values", "target"), [([0.2, 0.9], None), ([0.2, 0.4], 0.9), ([0.4, 0.9], 0.2)])
def test_more_is_higher(values: list[float], target: float | None) -> None:
    drawn = charts.draw_line(values, target)
    heights = [y for _, y in drawn.dots]
    assert heights[0] > heights[1]
    assert target is None or drawn.target is not None
