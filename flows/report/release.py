"""What every page is made from: one release's tables, the names in people's words, the as-of date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import polars as pl

from flows.report import faults
from flows.report.names import Names
from flows.report.tables import Tables

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Release:
    """One release as pages see it; `faults` are in the order in which every page numbers them."""

    folder: Path
    tables: Tables
    names: Names
    as_of: date
    faults: pl.DataFrame

    @property
    def reports(self) -> Path:
        """Where the pages go."""
        return self.folder / "reports"


def release(folder: Path, tables: Tables, names: Names, as_of: date) -> Release:
    """The release in `folder`, with its faults put in order once."""
    return Release(folder, tables, names, as_of, faults.ordered(tables.faults, tables.issues))


def address(**said: object) -> str:
    """What stands after `#` in a link to a searched table: only fields that are known."""
    return urlencode({name: value for name, value in said.items() if value is not None})


def cause_rows(found: pl.DataFrame, names: Names, limit: int) -> list[Row]:
    """The first `limit` of `faults.causes`, with the column's heading and the link to all its cells."""
    return [
        row
        | {
            "heading": names.column(row["dataset"], row["column"]),
            "link": address(
                submission=row["submission"], sheet=row["sheet"], column=row["column"], code=row["code"]
            ),
        }
        for row in found.head(limit).iter_rows(named=True)
    ]


def fault_counts(release: Release) -> Mapping[str, list[Row]]:
    """Faults by unit, by dataset and by code, each row with its title and its link."""
    found, names = release.faults, release.names
    by_code = faults.counted(found, "code", "dataset").join(
        faults.sentences(found), on=["code", "dataset"], how="left", nulls_equal=True, maintain_order="left"
    )
    return {
        "by_unit": [
            row | {"title": names.unit(row["unit"]), "note": "", "link": address(unit=row["unit"])}
            for row in faults.counted(found, "unit").iter_rows(named=True)
        ],
        "by_dataset": [
            row
            | {"title": names.dataset(row["dataset"]), "note": "", "link": address(dataset=row["dataset"])}
            for row in faults.counted(found, "dataset").iter_rows(named=True)
        ],
        "by_code": [
            row
            | {
                "title": row["message"] or row["code"],
                "note": f"{names.dataset(row['dataset'])}, {row['units']} đơn vị",
                "link": address(code=row["code"], dataset=row["dataset"]),
            }
            for row in by_code.iter_rows(named=True)
        ],
    }
