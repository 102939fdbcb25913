"""Builds the page of changes since the release before: columns, records by dataset, indicators."""

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
    """The id of the release before, and the differences found."""

    before: str
    found: ReleaseDifference


def page_content(release: PageData, since: EarlierRelease | None) -> Mapping[str, Any]:
    """Everything that the template `thay_doi.html.j2` shows; `since` is None on the first day."""
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
        "commune": [_show_change(row, names) for row in moved.filter(commune).iter_rows(named=True)],
        "places": [_show_change(row, names) for row in places.head(_PLACES).iter_rows(named=True)],
        "more_places": max(places.height - _PLACES, 0),
    }


def _table(names: Names, table: str) -> str:
    return names.dataset(table) if table in names.datasets else table


def _show_change(row: Row, names: Names) -> Row:
    indicator = names.indicators.get(row["indicator"])
    counts = indicator is not None and indicator.mau_so is None
    return row | {
        side: _show(row[side], row[f"status_{side}"], counts=counts) for side in ("before", "after")
    }


def _show(value: float | None, status: str | None, *, counts: bool) -> str:
    if status is None:
        return "không có"
    if value is None:
        return "chưa có"
    return words.number(value, 1) if counts else words.share(value)
