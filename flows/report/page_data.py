"""What every page is made from: one release's tables, the names in people's words, the as-of date."""

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
from flows.release.places import path_of_receipt
from flows.report import faults
from flows.report.keeping_up import summarize_units
from flows.report.names import Names
from flows.report.tables import Row, Tables

#: What the page of all faults calls those that stand.
STILL = "con"
#: The units that are the only ones of their kind, together.
OFFICES = "Các phòng, đoàn thể"


@dataclass(frozen=True, slots=True)
class PageData:
    """One release as pages see it; `faults` are in the order in which every page numbers them.

    `standing` are those of them that somebody still has to mend; `units` says how each keeps up.
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
        """Where the pages go."""
        return self.folder / "reports"

    def receipt(self, unit: str, file: str, submission: str) -> str | None:
        """Where the receipt of a submission lies within `reports/`, if it has one."""
        path = path_of_receipt(unit, file, submission)
        return path if (self.reports / path).exists() else None


def load_page_data(folder: Path, tables: Tables, names: Names, as_of: date) -> PageData:
    """The release in `folder`, with what many pages show worked out once."""
    found = faults.sort_faults(tables.faults, tables.issues)
    still = filter_standing(found, tables.issues)
    return PageData(folder, tables, names, as_of, found, still, summarize_units(tables, names, still))


def address_of(**said: object) -> str:
    """What stands after `#` in a link to a searched table: only fields that are known."""
    return urlencode({name: value for name, value in said.items() if value is not None})


def list_cause_rows(found: pl.DataFrame, names: Names, limit: int) -> list[Row]:
    """The first `limit` of `faults.causes`: `where` they stand, `why` they are one, the `link` to all."""
    return [
        row
        | {
            "where": _where(row, names),
            "link": address_of(
                **{name: row[name] for name in _LINKED.get(row["kind"], _CELLS)}, standing=STILL
            ),
            "why": KINDS[row["kind"]] if row["count"] > 1 else "",
        }
        for row in found.head(limit).iter_rows(named=True)
    ]


_CELLS = ("unit", "dataset", "period", "submission", "sheet", "column", "code")
#: The fields that tell the faults of one cause from others, where these are not `_CELLS`.
_LINKED = {
    "lech_cot": ("unit", "dataset", "period", "submission", "sheet"),
    "mot_gia_tri": (*_CELLS, "value"),
    "nhieu_don_vi": ("dataset", "period", "code"),
}


def _where(row: Row, names: Names) -> str:
    """`12 ô ở cột “Ngày sinh”, trang tính “Danh sách”, tệp a.xlsx (tháng 10/2026)`, as far as it is known."""
    heading = names.column(row["dataset"], row["column"])
    column = f" ở cột “{heading}”" if heading else ""
    count = words.number(row["count"])
    parts = (
        f"{count} ô{column}" if row["cell"] else f"{count} dòng{column}" if row["row"] else None,
        f"trang tính “{row['sheet']}”" if row["sheet"] else None,
        f"tệp {row['file']}" if row["file"] else names.dataset(row["dataset"]),
    )
    period = f" ({words.period(row['period'])})" if row["period"] else ""
    said = ", ".join(part for part in parts if part) + period
    return said[0].upper() + said[1:]


def count_faults(release: PageData) -> Mapping[str, list[Row]]:
    """Faults that stand by dataset and by code, each row with its title and its link."""
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
                # What is said of one period, or of one figure, is not said of all.
                "title": (row["ways"] > 1 and says(row["dataset"], row["code"]))
                or row["message"]
                or row["code"],
                "note": f"{names.dataset(row['dataset'])}, {row['units']} đơn vị",
                "link": address_of(code=row["code"], dataset=row["dataset"], standing=STILL),
            }
            for row in by_code.iter_rows(named=True)
        ],
    }
