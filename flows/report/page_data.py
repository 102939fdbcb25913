"""Loads the data shared by all pages: the release's tables, the Vietnamese names, the as-of date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import polars as pl

from flows import words
from flows.faults.causes import KINDS
from flows.faults.ledger import filter_standing
from flows.faults.table import is_about_people
from flows.release.places import path_of_receipt
from flows.report import faults
from flows.report.keeping_up import summarize_units
from flows.report.names import Names
from flows.report.tables import Row, Tables

#: Value of the filter `standing` on the page of faults: still to fix.
STILL = "con"
#: Title of the group of units that are the only ones of their kind.
OFFICES = "Các phòng, đoàn thể"


@dataclass(frozen=True, slots=True)
class PageData:
    """One release, prepared for its pages.

    `faults` are all faults in the order of `sort_faults`; `standing` those still to fix. `units` has a
    row per unit (see `summarize_units`).
    """

    folder: Path
    tables: Tables
    names: Names
    as_of: date
    faults: pl.DataFrame
    standing: pl.DataFrame
    units: Mapping[str, Row]

    @property
    def reports(self) -> Path:
        """Folder of the pages."""
        return self.folder / "reports"

    def receipt(self, unit: str, file: str, submission: str) -> str | None:
        """Path of a submission's receipt within `reports/`; None if it has none."""
        path = path_of_receipt(unit, file, submission)
        return path if (self.reports / path).exists() else None


def load_page_data(folder: Path, tables: Tables, names: Names, as_of: date) -> PageData:
    """Prepare the release in `folder`: sort its faults and summarize its units, once for all pages."""
    found = faults.sort_faults(tables.faults, tables.issues)
    still = filter_standing(found, tables.issues)
    return PageData(folder, tables, names, as_of, found, still, summarize_units(tables, names, still))


def address_of(**fields: object) -> str:
    """The part after `#` of a link to a searchable page: the `fields` to filter by, without None."""
    return urlencode({name: value for name, value in fields.items() if value is not None})


def list_cause_rows(found: pl.DataFrame, names: Names, limit: int) -> list[Row]:
    """The first `limit` causes of `found`; adds `where`, `link`, and `why` their faults have one cause.

    Everybody may read these pages: what was typed into cells about people is left out. Two cells of a row
    may tell who it is about.
    """
    of_people = is_about_people(names.datasets) & ~pl.col("code").str.starts_with("tep.")
    hidden = (pl.when(~of_people).then(name).alias(name) for name in ("value", "proposal"))
    return [
        row
        | {
            "where": _where(row, names),
            "link": address_of(
                **{name: row[name] for name in _LINKED.get(row["kind"], _CELLS)}, standing=STILL
            ),
            "why": KINDS[row["kind"]] if row["count"] > 1 else "",
        }
        for row in found.head(limit).with_columns(*hidden).iter_rows(named=True)
    ]


_CELLS = ("unit", "dataset", "period", "submission", "sheet", "column", "code")
#: The fields to filter by for the faults of one cause, by kind of cause, if not `_CELLS`.
_LINKED = {
    "lech_cot": ("unit", "dataset", "period", "submission", "sheet"),
    "mot_gia_tri": (*_CELLS, "value"),
    "nhieu_don_vi": ("dataset", "period", "code"),
}


def _where(row: Row, names: Names) -> str:
    """`12 ô ở cột “Ngày sinh”, trang tính “Danh sách”, tệp a.xlsx (tháng 10/2026)`, without unknown parts."""
    heading = names.column(row["dataset"], row["column"])
    column = f" ở cột “{heading}”" if heading else ""
    count = words.number(row["count"])
    parts = (
        f"{count} ô{column}" if row["cell"] else f"{count} dòng{column}" if row["row"] else None,
        f"trang tính “{row['sheet']}”" if row["sheet"] else None,
        f"tệp {row['file']}" if row["file"] else names.dataset(row["dataset"]),
    )
    period = f" ({words.period(row['period'])})" if row["period"] else ""
    text = ", ".join(part for part in parts if part) + period
    return text[0].upper() + text[1:]


def count_faults(release: PageData) -> Mapping[str, list[Row]]:
    """Count the faults still to fix by dataset and by code; each row has a title and a link."""
    found, names = release.standing, release.names
    says = names.faults()
    by_code = faults.count_by(found, "code", "dataset").join(
        faults.list_sentences(found),
        on=["code", "dataset"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return {
        "by_dataset": [
            row
            | {
                "title": names.dataset(row["dataset"]),
                "note": "",
                "link": address_of(dataset=row["dataset"], standing=STILL),
            }
            for row in faults.count_by(found, "dataset").iter_rows(named=True)
        ],
        "by_code": [
            row
            | {
                # With several messages, one of them names a period or value that does not fit the others.
                "title": (row["ways"] > 1 and says(row["dataset"], row["code"]))
                or row["message"]
                or row["code"],
                "note": f"{names.dataset(row['dataset'])}, {row['units']} đơn vị",
                "link": address_of(code=row["code"], dataset=row["dataset"], standing=STILL),
            }
            for row in by_code.iter_rows(named=True)
        ],
    }
