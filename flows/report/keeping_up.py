"""Summarizes each unit's work: missing submissions, faults to fix, their age, and how fast it fixes them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flows import words
from flows.faults.ledger import measure_pace
from flows.report import faults
from flows.report.names import Names
from flows.report.tables import Row, Tables


def summarize_units(tables: Tables, names: Names, found: pl.DataFrame) -> dict[str, Row]:
    """One row per unit, by name: the commune's units in its order, then units that only the tables know.

    `found` are the faults still to fix. `on_time`, `late` and `absent` count submissions owed; `missing`
    lists the titles of datasets with absent ones. `chan` and `canh_bao` count faults. The rest (`open`,
    `waived`, `fixed`, `oldest_days`, `median_days`, `days_to_fix`) comes from `measure_pace`.
    """
    roll, state = tables.roll_call, pl.col("state")
    owed = roll.group_by("unit").agg(
        on_time=state.is_in(["dung_han", "khong_phat_sinh"]).sum(),
        late=(state == "tre_han").sum(),
        absent=(state == "chua_co").sum(),
        missing=pl.col("dataset").filter(state == "chua_co").unique(maintain_order=True),
    )
    wrong = faults.count_by(found, "unit").select("unit", "chan", "canh_bao")
    known = pl.DataFrame({"unit": [unit.name for unit in names.commune.units]}, {"unit": pl.String})
    table = known
    for each in (owed, wrong, measure_pace(tables.issues)):
        table = table.join(
            each.sort("unit"), on="unit", how="full", coalesce=True, maintain_order="left_right"
        )
    counts = ("on_time", "late", "absent", "chan", "canh_bao", "open", "waived", "fixed")
    table = table.drop_nulls("unit").with_columns(pl.col(counts).fill_null(0))
    return {
        row["unit"]: row | {"missing": [names.dataset(name) for name in row["missing"] or ()]}
        for row in table.iter_rows(named=True)
    }


def list_to_urge(units: Mapping[str, Row]) -> list[Row]:
    """Units with a missing submission or a fault to fix, the one with the most missing submissions first."""
    found = [row for row in units.values() if row["absent"] or row["chan"] or row["canh_bao"]]
    return sorted(found, key=lambda row: (-row["absent"], -row["chan"], -row["canh_bao"]))


def describe_pace(row: Row, commune: float | None) -> str:
    """How old a unit's faults are and how fast it fixes them, next to the `commune`; may be empty."""
    sentences = []
    if row["oldest_days"] == 0:
        sentences.append("Lỗi đều mới thấy hôm nay.")
    elif row["oldest_days"] is not None:
        sentences.append(f"Lỗi để lâu nhất đã {words.number(row['oldest_days'])} ngày.")
    if row["days_to_fix"] is not None:
        sentences.append(
            f"Đã sửa {words.number(row['fixed'])} lỗi, thường sau {words.number(row['days_to_fix'], 1)} ngày"
            f" (cả xã: {words.number(commune, 1)} ngày)."
        )
    return " ".join(sentences)


def median_days_to_fix(issues: pl.DataFrame) -> float | None:
    """The commune's median number of days from a fault's first day until it was fixed; None if none was."""
    whole = measure_pace(issues.with_columns(unit=pl.lit("xa")))
    return None if whole.is_empty() else whole["days_to_fix"].item()
