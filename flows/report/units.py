"""Builds the units' pages: submissions owed and received, what to fix first, the trend of the scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import polars as pl

from flows import words
from flows.release.places import RECEIPTS, UNITS
from flows.report import charts, faults, indicators
from flows.report.keeping_up import describe_pace, median_days_to_fix
from flows.report.page_data import OFFICES, PageData, list_cause_rows
from flows.report.tables import Row
from flows.report.unscored import list_unscored_by_unit
from schemas import periods
from schemas.contract import DIMENSIONS, Dataset
from schemas.units import KINDS

History = list[tuple[str, float | None]]

_CAUSES, _FILES, _OWED = 30, 20, 2


def list_units(release: PageData) -> Mapping[str, Any]:
    """All units by kind, each with its summary; units that are the only ones of their kind share a group."""
    summaries, units = release.units, release.names.commune.units
    many = Counter(unit.kind for unit in units)
    kinds: dict[str, list[Row]] = {}
    for unit in units:
        kind = KINDS[unit.kind] if many[unit.kind] > 1 else OFFICES
        kinds.setdefault(kind, []).append(summaries[unit.name])
    return {"kinds": list(kinds.items())}


def list_unit_pages(release: PageData) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each unit's name and the content of its page; units that only the tables know come last."""
    tables = release.tables
    roll = tables.roll_call.sort("due", "dataset", descending=[True, False], nulls_last=True)
    files = tables.submissions.sort(
        "received", "file", "dataset", descending=[True, False, False], nulls_last=True
    )
    measured = tables.indicators.filter(pl.col("by") != "xa").rename({"key": "unit"})
    split = {
        "roll": _by_unit(roll),
        "files": _by_unit(files),
        "causes": _by_unit(faults.group_by_cause(release.standing, "unit")),
        "scores": _by_unit(tables.scores),
        "measured": _by_unit(measured),
    }
    unscored = list_unscored_by_unit(tables.scores, release.names)
    coming = {kind: _list_coming(release, kind) for kind in KINDS}
    kept, usual = release.units, median_days_to_fix(tables.issues)
    came = sorted(set(split["files"]).difference(kept))
    for name in (*kept, *came):
        unit = release.names.commune.unit(name)
        parts = {part: tables_of.get(name) for part, tables_of in split.items()}
        yield (
            name,
            _page(release, name, parts, kept.get(name))
            | {
                "unscored": unscored.get(name, []),
                "coming": coming[unit.kind] if unit else [],
                "pace": describe_pace(kept[name], usual) if name in kept else "",
            },
        )


def _by_unit(table: pl.DataFrame) -> dict[str, pl.DataFrame]:
    parts = table.drop_nulls("unit").partition_by("unit", as_dict=True, maintain_order=True)
    return {str(unit): part for (unit,), part in parts.items()}


def _page(
    release: PageData, name: str, parts: Mapping[str, pl.DataFrame | None], keeps: Row | None
) -> dict[str, Any]:
    causes = parts["causes"]
    owed, past = _split_roll(parts["roll"])
    came = [] if parts["files"] is None else _add_receipts(release, parts["files"])
    measured = parts["measured"]
    return {
        "unit": name,
        "summary": _summary(owed, keeps, 0 if causes is None else causes.height),
        "owed": owed,
        "past": past,
        "causes": [] if causes is None else list_cause_rows(causes, release.names, _CAUSES),
        "more_causes": 0 if causes is None else max(causes.height - _CAUSES, 0),
        "came": came[:_FILES],
        "more_came": max(len(came) - _FILES, 0),
        "files": _files_for(release, name),
        "trend": [] if parts["scores"] is None else _trend(parts["scores"]),
        "indicators": [] if measured is None else indicators.select_latest(measured, release.names),
    }


def _split_roll(roll: pl.DataFrame | None) -> tuple[list[Row], list[Row]]:
    """Split the roll call into current rows (latest periods, and all that is still missing) and past ones."""
    owed: list[Row] = []
    past: list[Row] = []
    seen: dict[str, int] = {}
    for row in [] if roll is None else roll.iter_rows(named=True):
        seen[row["dataset"]] = seen.get(row["dataset"], 0) + 1
        is_current = seen[row["dataset"]] <= _OWED or row["state"] == "chua_co"
        (owed if is_current else past).append(row)
    return owed, past


def _add_receipts(release: PageData, files: pl.DataFrame) -> list[Row]:
    return [row | {"receipt": _receipt(release, row)} for row in files.iter_rows(named=True)]


def _receipt(release: PageData, row: Row) -> str | None:
    """Link to the submission's receipt, relative to the unit's page."""
    path = release.receipt(row["unit"], row["file"], row["submission"])
    return path and path.partition("/")[2]


def _summary(owed: list[Row], keeps: Row | None, causes: int) -> str:
    absent = sum(row["state"] == "chua_co" for row in owed)
    sentence = (
        f"Còn {words.number(absent)} báo cáo chưa nộp. " if absent else "Không còn báo cáo nào chưa nộp. "
    )
    if not causes or keeps is None:
        return sentence + "Không có lỗi nào phải sửa."
    return (
        f"{sentence}Có {words.number(keeps['chan'])} lỗi chặn và {words.number(keeps['canh_bao'])} cảnh báo, "
        f"gom lại thành {words.number(causes)} việc phải sửa."
    )


def _list_coming(release: PageData, kind: str) -> list[Row]:
    """For every dataset owed by the kind of unit, the first period that ends after the as-of date."""
    return [
        _next_due(release, dataset) for dataset in release.names.datasets.values() if dataset.unit == kind
    ]


def _next_due(release: PageData, dataset: Dataset) -> Row:
    tomorrow = release.as_of + timedelta(days=1)
    period = periods.ended(dataset.cadence, dataset.basis, tomorrow, tomorrow + timedelta(days=400))[0]
    return {
        "title": dataset.title,
        "period": period.label,
        "due": periods.due(period, dataset.due, release.names.commune.moved),
        "how": f"nộp {words.CADENCES[dataset.cadence]}, sau khi hết kỳ {dataset.due} ngày làm việc",
    }


def _trend(scores: pl.DataFrame) -> list[Row]:
    """For each dimension, the unit's score over all its datasets by the month in which periods end."""
    cells: dict[tuple[str, str], tuple[int, int]] = {}
    for row in scores.iter_rows(named=True):
        at = row["dimension"], words.last_month(row["period"])
        judged, failed = cells.get(at, (0, 0))
        cells[at] = judged + row["judged"], failed + row["failed"]
    months = sorted({month for _, month in cells})
    trends = []
    for dimension in DIMENSIONS:
        history = [(month, _score(cells.get((dimension, month)))) for month in months]
        known = [each for each in history if each[1] is not None]
        if len(known) > 1:
            trends.append(_dimension_trend(dimension, history, known))
    return trends


def _score(cells: tuple[int, int] | None) -> float | None:
    return None if cells is None or not cells[0] else 1 - cells[1] / cells[0]


def _dimension_trend(dimension: str, history: History, known: History) -> Row:
    (first, at_first), (last, at_last) = known[0], known[-1]
    return {
        "title": words.word(dimension),
        "last": at_last,
        "history": history,
        "line": charts.draw_line([score for _, score in history]),
        "words": f"Từ {words.share(at_first)} ({words.period(first)}) "
        f"đến {words.share(at_last)} ({words.period(last)}).",
    }


def _files_for(release: PageData, unit: str) -> list[str]:
    """Paths of the marked workbooks in the unit's folder, relative to it."""
    folder = release.reports / UNITS / unit
    if not folder.is_dir():
        return []
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in paths if path.parts[0] != RECEIPTS)
