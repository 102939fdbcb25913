"""Times the validation of a million rows, against the same rules in one polars query."""

from __future__ import annotations

from datetime import date

import polars as pl

from flows.intake.model import SubmissionPart
from flows.validate.records import validate
from measuring import seconds, tell
from schemas.contract import Dataset, typed_column, unread_column
from schemas.datasets import load
from schemas.judgement import judgements_of
from schemas.kinds.dates import precision
from schemas.periods import period

ROWS = 1_000_000
FAULTY = 50  # one row in fifty has a fault
REPEATED = 10_000  # one row in ten thousand is repeated
DAY = date(2026, 11, 3)
TIMES = 5
FAMILIES = ["Bùi", "Phạm", "Lê", "Trương", "Quách"]
GIVEN = ["An", "Bình", "Chi", "Dũng", "Đông", "Giang", "Hòa", "Hằng", "Lý", "Quý", "Thúy", "Tuyết", "Yến"]


def register(dataset: Dataset, rows: int = ROWS) -> pl.DataFrame:
    """A cleaned register: households of four in 48 thôn, some rows with faults, some repeated."""
    at = pl.int_range(rows, eager=True).to_frame("at").lazy()
    row = pl.col("at")
    born = pl.date(1940, 1, 1).dt.offset_by((row * 7919 % 28_000).cast(pl.String) + "d")
    sex = row % 2
    century = born.dt.year() // 100 - 19
    number = pl.format(
        "038{}{}{}",
        century * 2 + sex,
        (born.dt.year() % 100).cast(pl.String).str.zfill(2),
        row.cast(pl.String).str.zfill(6).str.tail(6),
    )
    wrong = row % FAULTY == 0
    named_sex = pl.when(wrong & (row % 3 == 0)).then(1 - sex).otherwise(sex)
    phone = pl.format("09{}", (row % 10**8).cast(pl.String).str.zfill(8))
    values = {
        "so_dinh_danh": number,
        "ho_ten": pl.format(
            "{} {} {} {}", _one(FAMILIES, row), *(_one(GIVEN, row // step) for step in (5, 101, 2029))
        ),
        "ngay_sinh": born,
        "gioi_tinh": pl.when(named_sex == 0).then(pl.lit("Nam")).otherwise(pl.lit("Nữ")),
        "dan_toc": _one(["Kinh", "Mường"], row),
        "ma_ho": pl.format("H{}", (row // 4).cast(pl.String).str.zfill(6)),
        "quan_he": pl.when(row % 4 == 0).then(pl.lit("Chủ hộ")).otherwise(pl.lit("Con")),
        "thon": pl.format("T{}", (row // 4 % 48 + 1).cast(pl.String).str.zfill(2)),
        "cu_tru": pl.lit("Thường trú"),
        "tinh_trang": pl.when(wrong & (row % 7 == 0)).then(pl.lit("Đã chết")).otherwise(pl.lit("Đang sống")),
        "ngay_mat": pl.lit(None, pl.Date),
        "dien_thoai": pl.when(row % 2 == 0).then(phone),
        "ngay_cap_nhat": pl.date(2026, 10, 1)
        - pl.duration(days=(wrong & (row % 11 == 0)).cast(pl.Int64) * 900),
    }
    typed = at.select(row.cast(pl.UInt32).alias("_row"), *(each.alias(name) for name, each in values.items()))
    both = pl.concat([typed, typed.filter(pl.col("_row") % REPEATED == 0)])
    return both.with_columns(
        pl.lit(0, pl.UInt16).alias("_table"),
        *(pl.col(column.name).cast(pl.String).alias(typed_column(column.name)) for column in dataset.columns),
        *(
            pl.when(pl.col(column.name).is_null()).then(pl.lit("thieu")).alias(unread_column(column.name))
            for column in dataset.columns
        ),
        pl.lit("ngay").alias(precision("ngay_sinh")),
    ).collect()


def _one(words: list[str], at: pl.Expr) -> pl.Expr:
    return (at % len(words)).replace_strict(dict(enumerate(words)), return_dtype=pl.String)


def fused(frame: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """The rows that fail each rule, in one query."""
    masks = [rule.fails_when.fill_null(value=False).alias(rule.code) for rule in judgements_of(dataset)]
    failing = frame.lazy().select("_row", *masks)
    return failing.filter(pl.any_horizontal(pl.exclude("_row"))).collect()


def main() -> None:
    """Print one line with the fastest of several alternating runs: seconds, seconds of the query, ratio."""
    dataset = load()["dan_cu"]
    frame, when = register(dataset), period(dataset, "2026-10")
    part = SubmissionPart(dataset.name, when, frame, pl.DataFrame(), (("Danh sách", {}),), nil=False)
    context = {"_period_start": when.start, "_period_end": when.end, "_judged_on": DAY}
    whole = frame.with_columns(pl.lit(0, pl.UInt32).alias("_part"), **context)
    goes = [
        (seconds(lambda: fused(whole, dataset)), seconds(lambda: validate([(part, DAY)], dataset)))
        for _ in range(TIMES)
    ]
    floor, taken = (min(each) for each in zip(*goes, strict=True))
    tell("kiem_1_trieu_dong", taken, floor)


if __name__ == "__main__":
    main()
