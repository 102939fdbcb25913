"""Builds a province's page: indicators, communes compared, failed communes, people in two communes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from flows import words
from flows.report import indicators
from flows.report.chairman import list_rankable
from flows.report.engineer import make_box, make_heat
from flows.report.names import Names
from flows.report.render import open_site
from flows.report.tables import Row
from flows.report.unscored import select_latest_scores
from schemas.contract import DIMENSIONS
from schemas.province import TABLES
from schemas.units import KINDS, OPERATORS

_DOUBLES = 200


def write_province(release: Path, province: str, names: Names, as_of: date) -> Path:
    """Write `reports/index.html` of the province's release in the folder `release`; returns its path.

    The page depends on the release's tables and the contracts only.
    """
    tables = {table.name: pl.read_parquet(release / f"{table.name}.parquet") for table in TABLES}
    pages = open_site(release / "reports", names, as_of, province)
    return pages.write("index.html", "tinh.html.j2", page_content(tables, names))


def page_content(tables: Mapping[str, pl.DataFrame], names: Names) -> Mapping[str, Any]:
    """Everything that the template `tinh.html.j2` shows."""
    # Only communes have the share of quarantined rows; without the column `describe_doubts` would fail.
    figures = tables["indicators"].with_columns(quarantined_share=pl.lit(None, pl.Float64))
    tables = {**tables, "indicators": figures}
    whole = indicators.group_by_verdict(indicators.select_latest(figures.filter(by="tinh"), names))
    targeted = [row for _, rows in whole["targeted"] for row in rows]
    ranking = tables["ranking"].drop_nulls("rank")
    periods = list_rankable(ranking)
    last = ranking.filter(pl.col("period").is_in(periods[-1:]))
    titles = _titles(tables["communes"])
    return whole | {
        "boxes": _boxes(tables),
        "columns": [row["title"] for row in targeted],
        "states": [state for state, _ in whole["tally"]],
        "dimensions": list(DIMENSIONS.values()),
        "ranked_in": periods[-1] if periods else None,
        "communes": _communes(tables, titles, targeted, last),
        "failed": list(tables["communes"].filter(state="hong").iter_rows(named=True)),
        **_doubles(tables["duplicates"], titles),
    }


def _boxes(tables: Mapping[str, pl.DataFrame]) -> Sequence[Row]:
    communes = tables["communes"]
    ran, cases = communes.filter(state="cong_bo"), tables["duplicates"]["case"].n_unique()
    failed = communes.height - ran.height

    return [
        make_box(ran.height, "xã đã công bố", "#tung-xa"),
        make_box(failed, "xã không chạy được", *(("#khong-chay", "chua_dat") if failed else ())),
        make_box(int(ran["records"].sum()), "bản ghi được nhận", "#chat-luong"),
        make_box(int(ran["faults"].sum()), "lỗi phải sửa", "#chat-luong"),
        make_box(cases, "định danh ở hai xã", "#trung-xa", "chua_dat" if cases else ""),
    ]


def _communes(
    tables: Mapping[str, pl.DataFrame],
    titles: Mapping[str, str],
    columns: Sequence[Row],
    ranking: pl.DataFrame,
) -> list[Row]:
    """Communes that published, the best first, each with its scores and a cell per indicator of `columns`."""
    figures = tables["indicators"].filter(by="xa")
    by_place = figures.rows_by_key(("key", "indicator", "period"), named=True, unique=True)
    ranks = ranking.rows_by_key("commune", named=True, unique=True)
    quality = _quality(tables["scores"])
    rows = []
    for row in tables["communes"].filter(state="cong_bo").iter_rows(named=True):
        code = row["commune"]
        rank = ranks.get(code, {"rank": None, "score": None})
        cells = [_cell(by_place.get((code, each["indicator"], each["period"]))) for each in columns]
        score = None if rank["score"] is None else rank["score"] * 100
        shown = {"name": titles[code], "rank": rank["rank"], "score": words.number(score, 1, fixed=True)}
        scores = [quality.get((code, dimension), make_heat(None)) for dimension in DIMENSIONS]
        rows.append(row | shown | {"cells": cells, "quality": scores})
    return sorted(rows, key=lambda row: (row["rank"] is None, row["rank"], row["name"]))


def _cell(row: Row | None) -> Row:
    if row is None:
        return {"words": words.NOTHING, "status": "chua_du_can_cu", "title": ""}
    tooltip = " ".join([*indicators.describe_figures(row), *indicators.describe_doubts(row)])
    return {"words": indicators.show_value(row), "status": row["status"], "title": tooltip}


def _quality(scores: pl.DataFrame) -> dict[tuple[str, str], Row]:
    """By (commune, dimension): the share of cells without a fault, over all units and datasets."""
    summed = (
        select_latest_scores(scores, "commune")
        .group_by("commune", "dimension")
        .agg(pl.col("judged", "failed").sum())
        .with_columns(score=1 - pl.col("failed") / pl.when(pl.col("judged") > 0).then("judged"))
    )
    return {(row["commune"], row["dimension"]): make_heat(row) for row in summed.iter_rows(named=True)}


def _titles(communes: pl.DataFrame) -> dict[str, str]:
    """The title of each commune that published: its name, with its code if several have the same name."""
    many = Counter(communes["name"])
    named = communes.drop_nulls("name").select("commune", "name").iter_rows()
    return {code: name if many[name] == 1 else f"{name} ({code})" for code, name in named}


def _doubles(rows: pl.DataFrame, titles: Mapping[str, str]) -> Row:
    return {
        "cases": rows["case"].n_unique(),
        "doubles": [
            row | {"name": titles.get(row["commune"], row["commune"]), "unit": _unit(row["unit"])}
            for row in rows.head(_DOUBLES).iter_rows(named=True)
        ],
        "more_doubles": max(rows.height - _DOUBLES, 0),
    }


def _unit(name: str) -> str:
    """The title of an office or operator; for a thôn its code, as only its own commune knows its name."""
    return {**KINDS, **OPERATORS}.get(name, f"thôn {name}")
