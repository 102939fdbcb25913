"""The page of what changed since the release before: columns, records by dataset, figures that moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from flows import words
from flows.release.diff import ReleaseDifference
from flows.report.names import Names
from flows.report.page_data import PageData
from flows.report.tables import Row

_PLACES = 200


@dataclass(frozen=True, slots=True)
class EarlierRelease:
    """The id of the release before, and what is different now."""

    before: str
    found: ReleaseDifference


def page_content(release: PageData, since: EarlierRelease | None) -> Mapping[str, Any]:
    """Everything that the page's template shows."""
    if since is None:
        return {"before": None}
    commune = pl.col("by") == "xa"
    moved, names = since.found.indicators, release.names
    places = moved.filter(~commune)
    return {
        "before": since.before,
        "nothing": since.found.nothing,
        "columns": [
            (_table(names, table), column, was, now) for table, column, was, now in since.found.columns
        ],
        "rows": list(since.found.rows.iter_rows(named=True)),
        "commune": [_moved(row, names) for row in moved.filter(commune).iter_rows(named=True)],
        "places": [_moved(row, names) for row in places.head(_PLACES).iter_rows(named=True)],
        "more_places": max(places.height - _PLACES, 0),
    }


def _table(names: Names, table: str) -> str:
    return names.dataset(table) if table in names.datasets else table


def _moved(row: Row, names: Names) -> Row:
    of = names.indicators.get(row["indicator"])
    counts = of is not None and of.mau_so is None
    return row | {
        side: _said(row[side], row[f"status_{side}"], counts=counts) for side in ("before", "after")
    }


def _said(value: float | None, status: str | None, *, counts: bool) -> str:
    if status is None:
        return "không có"
    if value is None:
        return "chưa có"
    return words.number(value, 1) if counts else words.share(value)
