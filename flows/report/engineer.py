"""Builds the data engineer's page: scores as a heat map, root causes, counts of faults and repairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from flows import words
from flows.faults.causes import KINDS as CAUSE_KINDS
from flows.report import faults
from flows.report.page_data import OFFICES, STILL, PageData, address_of, count_faults, list_cause_rows
from flows.report.tables import Row
from flows.report.unscored import list_unscored, list_without_rules, select_latest_scores
from schemas.contract import DIMENSIONS
from schemas.units import KINDS

_CAUSES, _REPAIRS = 40, 100
_STEPS = ((1.0, "h5"), (0.99, "h4"), (0.95, "h3"), (0.85, "h2"), (0.5, "h1"), (0.0, "h0"))


def page_content(release: PageData) -> Mapping[str, Any]:
    """Everything that the template `ky_su.html.j2` shows."""
    found = faults.group_by_cause(release.standing)
    return {
        "boxes": _boxes(release),
        "dimensions": list(DIMENSIONS),
        "heat": _heat(release),
        "causes": list_cause_rows(found, release.names, _CAUSES),
        "cause_sentence": _cause_sentence(release, found),
        "cause_kinds": _cause_kinds(found),
        "untold": list_unscored(select_latest_scores(release.tables.scores), release.names),
        "without_rules": list_without_rules(release.names),
        "units": _units(release),
        "faults": count_faults(release),
        "changes": _changes(release.tables.changes),
    }


def _boxes(release: PageData) -> Sequence[Row]:
    issues, came = release.tables.issues, release.tables.submissions
    today, repaired = pl.lit(release.as_of), release.tables.changes.height
    found = release.standing
    blocking = found.filter(pl.col("severity") == "chan").height
    chan, canh_bao = (
        "loi.html#" + address_of(severity=severity, standing=STILL) for severity in ("chan", "canh_bao")
    )
    return [
        make_box(blocking, "lỗi chặn", chan, "chua_dat" if blocking else ""),
        make_box(found.height - blocking, "cảnh báo", canh_bao),
        make_box(
            issues.filter(pl.col("opened") >= today).height, "lỗi mới hôm nay", "theo_doi.html#news=moi"
        ),
        make_box(
            issues.filter((pl.col("state") == "da_sua") & (pl.col("closed") >= today)).height,
            "sửa xong hôm nay",
            "theo_doi.html#news=sua",
        ),
        make_box(issues.filter(pl.col("state") == "mo_lai").height, "mở lại", "theo_doi.html#state=mo_lai"),
        make_box(came.height, "tệp đã nhận", "tep.html"),
        make_box(int(came["rows_seen"].sum()), "dòng đọc được"),
        make_box(int(came["rows_left_out"].sum()), "dòng bỏ ra ngoài (tiêu đề, tổng, trống)"),
        make_box(int(came["rows_accepted"].sum()), "dòng dùng được"),
        make_box(int(came["rows_quarantined"].sum()), "dòng phải sửa"),
        make_box(repaired, "ô đã tự sửa", "#tu-sua" if repaired else None),
    ]


def make_box(count: int, what: str, href: str | None = None, kind: str = "") -> Row:
    """A box with a number: `what` it counts, the link `href`, and the CSS class `kind` for its colour."""
    return {"count": count, "words": what, "href": href, "kind": kind}


def _changes(changes: pl.DataFrame) -> list[Row]:
    """The most frequent automatic repairs by unit, dataset and kind, with the number of `cells`."""
    counted = changes.group_by("unit", "dataset", "change").agg(pl.len().alias("cells"))
    most = counted.sort("cells", "unit", "dataset", "change", descending=[True, False, False, False])
    return list(most.head(_REPAIRS).iter_rows(named=True))


def _cause_sentence(release: PageData, found: pl.DataFrame) -> str:
    sentence = f"{words.number(release.standing.height)} lỗi về {words.number(found.height)} nguyên nhân."
    if found.height > _CAUSES:
        sentence += f" Dưới đây là {_CAUSES} nguyên nhân nặng nhất."
    over = release.faults.height - release.standing.height
    return (
        f"{sentence} Thêm {words.number(over)} lỗi của kỳ đã qua, không còn phải sửa." if over else sentence
    )


def _cause_kinds(found: pl.DataFrame) -> list[Row]:
    """Number of causes and of faults of each kind, the kind with the most faults first."""
    counted = found.group_by("kind").agg(pl.len().alias("causes"), pl.col("count").sum().alias("faults"))
    rows = counted.sort("faults", "kind", descending=[True, False]).iter_rows(named=True)
    return [row | {"title": CAUSE_KINDS[row["kind"]]} for row in rows]


def _units(release: PageData) -> list[Row]:
    """Units that have or had faults, the one with the most blocking faults first."""
    found = [row for row in release.units.values() if row["chan"] + row["canh_bao"] + row["fixed"]]
    return sorted(found, key=lambda row: (-row["chan"], -row["canh_bao"]))


def _heat(release: PageData) -> list[Row]:
    """Heat maps: one for all kinds with a single unit (a row per dataset), one for each other kind."""
    commune, datasets = release.names.commune, release.names.datasets
    latest = select_latest_scores(release.tables.scores).iter_rows(named=True)
    scores = {(row["unit"], row["dataset"], row["dimension"]): row for row in latest}
    if not scores:
        return []
    single, maps = [], []
    for kind, title in KINDS.items():
        units = [unit.name for unit in commune.units if unit.kind == kind]
        owed = [name for name, dataset in datasets.items() if dataset.unit == kind]
        if len(units) == 1:
            single += [(units[0], name) for name in owed]
        elif units and owed:
            rows = [
                {"unit": unit, "title": release.names.unit(unit), "cells": _cells(scores, unit, owed)}
                for unit in units
            ]
            columns = [datasets[name].title for name in owed]
            maps.append({"title": title, "corner": "Đơn vị", "columns": columns, "rows": rows})
    rows = [
        {
            "unit": unit,
            "title": f"{release.names.unit(unit)}: {datasets[name].title}",
            "cells": _cells(scores, unit, [name]),
        }
        for unit, name in single
    ]
    offices = {"title": OFFICES, "corner": "Đơn vị, bộ dữ liệu", "columns": ["Điểm"]}
    return [offices | {"rows": rows}, *maps]


def _cells(scores: Mapping[tuple[str, str, str], Row], unit: str, datasets: Sequence[str]) -> list[Row]:
    return [_cell(scores.get((unit, name, each)), each) for name in datasets for each in DIMENSIONS]


def _cell(row: Row | None, dimension: str) -> Row:
    cell = make_heat(row) | {"href": None}
    if row is None or row["score"] is None:
        return cell
    here = address_of(unit=row["unit"], dataset=row["dataset"], period=row["period"], dimension=dimension)
    return cell | {
        "href": f"loi.html#{here}" if row["failed"] else None,
        "title": f"{cell['title']}, {words.period(row['period'])}",
    }


def make_heat(row: Row | None) -> Row:
    """A cell of a heat map: the score as text, the CSS class `kind`, and a tooltip (`title`).

    The tooltip gives the number of cells judged, or the reason why there is no score.
    """
    if row is None or row["score"] is None:
        return {"words": words.NOTHING, "kind": "hx", "title": (row or {}).get("reason") or ""}
    return {
        "words": "100" if row["score"] == 1 else words.share(row["score"], fixed=True).removesuffix("%"),
        "kind": next(kind for least, kind in _STEPS if row["score"] >= least),
        "title": f"{words.number(row['failed'])} trong {words.number(row['judged'])} ô có lỗi",
    }
