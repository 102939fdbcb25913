"""Summarizes a day in counts, for the terminal and for Prefect's page."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from flows.day import DayOutcome
from flows.faults.ledger import filter_standing
from flows.words import INDICATOR_STATES, period_order, word
from schemas.units import Commune

COLUMNS = ("Đơn vị", "Tệp", "Công bố", "Giữ lại", "Chặn", "Cảnh báo", "Thiếu")


def summarize_units(outcome: DayOutcome, commune: Commune) -> list[tuple[str, ...]]:
    """Rows of `COLUMNS`, one per unit in the order of the commune; all thôn share a row."""
    named = {unit.name: unit.title if unit.kind != "thon" else "Các thôn" for unit in commune.units}
    titles = list(dict.fromkeys(named.values()))
    blocking = pl.col("severity") == "chan"
    counts = [
        _by_title(outcome.submissions, named).agg(
            a=pl.struct("submission", "file").n_unique(),
            b=_live("rows_accepted"),
            c=_live("rows_quarantined"),
        ),
        _by_title(filter_standing(outcome.faults, outcome.issues), named).agg(
            d=blocking.sum(), e=(~blocking).sum()
        ),
        _by_title(outcome.roll_call, named).agg(f=(pl.col("state") == "chua_co").sum()),
    ]
    table = pl.DataFrame({"title": titles}, schema={"title": pl.String})
    for each in counts:
        table = table.join(each, on="title", how="full", coalesce=True, maintain_order="left")
    rows = table.fill_null(0).iter_rows()
    return [(title, *(f"{number:,}".replace(",", ".") for number in numbers)) for title, *numbers in rows]


def _live(column: str) -> pl.Expr:
    return pl.col(column).filter(pl.col("state").is_in(["chap_nhan", "mot_phan", "tu_choi"])).sum()


def _by_title(frame: pl.DataFrame, named: dict[str, str]) -> pl.dataframe.group_by.GroupBy:
    title = pl.col("unit").replace_strict(named, default="Không rõ đơn vị", return_dtype=pl.String)
    return frame.with_columns(title=title).group_by("title", maintain_order=True)


def count_targets(outcome: DayOutcome) -> str:
    """A sentence that counts the commune's indicators by status, each in its latest period."""
    of_commune = outcome.indicators.filter(pl.col("by") == "xa")
    by_time = {label: at for at, label in enumerate(sorted(of_commune["period"].unique(), key=period_order))}
    latest = (
        of_commune.sort(pl.col("period").replace_strict(by_time, return_dtype=pl.UInt32))
        .group_by("indicator", maintain_order=True)
        .last()
    )
    counts = dict(latest["status"].value_counts().iter_rows())
    return ", ".join(
        f"{counts[name]} {text.lower()}" for name, text in INDICATOR_STATES.items() if name in counts
    )


def to_markdown(outcome: DayOutcome) -> str:
    """The day as Markdown for Prefect's page; without any submitted value."""
    faults = filter_standing(outcome.faults, outcome.issues)["code"].value_counts(sort=True).head(20)
    states = outcome.submissions["state"].value_counts(sort=True).iter_rows()
    submissions = [(word(state), count) for state, count in states]
    return "\n\n".join(
        [
            f"**Bản công bố** `{outcome.release.name}`",
            f"Tệp mới: {len(outcome.new)}",
            *(f"Không nhận được {obstacle}." for obstacle in outcome.obstacles),
            *(f"Hỏng: {said}" for said in outcome.damaged),
            *(f"Cần xem: {said}" for said in outcome.warned),
            f"Chỉ tiêu: {count_targets(outcome)}",
            _table(("Trạng thái lượt nộp", "Số lượt"), submissions),
            _table(("Mã lỗi", "Số lỗi"), faults.rows()),
        ]
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
