"""The roll call: who owed what for which period, who came and when, and what looks copied or thin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import polars as pl

from schemas.contract import Dataset, Dimension
from schemas.periods import before, due, ended, in_words
from schemas.tables import ROLL_CALL
from schemas.units import Commune

COLUMNS = ROLL_CALL.schema
FAULTS = {
    "unit": pl.String,
    "dataset": pl.String,
    "period": pl.String,
    "code": pl.String,
    "dimension": pl.String,
    "severity": pl.String,
    "message": pl.String,
}
_HAND_IN = ["unit", "dataset", "period"]
_LARGEST_FALL = 30  # per cent


def roll_call(
    commune: Commune, datasets: Mapping[str, Dataset], handed_in: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """One row a unit, dataset and period owed by `as_of` (`COLUMNS`), whether it came or not.

    Owed are the periods that ended in [commune.since, as_of]. `handed_in` has one row a hand-in
    accepted in whole or part: unit, dataset, period, received (Date), nil (Boolean). The first
    one decides punctuality; the last one whether there was nothing to report. `days_late` are
    calendar days after `due`, up to `as_of` where nothing came. A late "Không phát sinh" is late.
    """
    came = (
        handed_in.filter(pl.col("received") <= as_of)
        .sort(*_HAND_IN, "received", maintain_order=True)
        .group_by(_HAND_IN, maintain_order=True)
        .agg(pl.col("received").first(), pl.col("nil").last().fill_null(value=False))
    )
    nil_allowed = [dataset.name for dataset in datasets.values() if dataset.nil_allowed]
    late = pl.coalesce("received", pl.lit(as_of)) > pl.col("due")
    days = (pl.coalesce("received", pl.lit(as_of)) - pl.col("due")).dt.total_days()
    return (
        _owed(commune, datasets, as_of)
        .join(came, on=_HAND_IN, how="left", maintain_order="left")
        .with_columns(
            days_late=pl.max_horizontal(pl.lit(0), days).cast(pl.Int32),
            state=pl.when(pl.col("received").is_null())
            .then(pl.when(late).then(pl.lit("chua_co")).otherwise(pl.lit("chua_den_han")))
            .when(late)
            .then(pl.lit("tre_han"))
            .when(pl.col("nil") & pl.col("dataset").is_in(nil_allowed))
            .then(pl.lit("khong_phat_sinh"))
            .otherwise(pl.lit("dung_han")),
        )
        .select(*COLUMNS)
        .sort(_HAND_IN)
    )


def _owed(commune: Commune, datasets: Mapping[str, Dataset], as_of: date) -> pl.DataFrame:
    rows = [
        (unit.name, dataset.name, period.label, due(period, dataset.due, commune.moved))
        for dataset in datasets.values()
        for period in ended(dataset.cadence, dataset.basis, commune.since, as_of)
        for unit in commune.owing(dataset)
    ]
    return pl.DataFrame(rows, schema={name: COLUMNS[name] for name in (*_HAND_IN, "due")}, orient="row")


def roll_call_faults(called: pl.DataFrame, commune: Commune, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """Hand-ins that are missing (`giao_nop.chua_co`) or came late (`giao_nop.tre_han`), as `FAULTS`."""
    who = pl.col("unit").replace_strict({unit.name: unit.title for unit in commune.units})
    missing = pl.format(
        "{} chưa nộp {}; hạn nộp {}, đã quá {} ngày.", who, _what(datasets), _day("due"), "days_late"
    )
    late = pl.format(
        "{} nộp {} ngày {}, trễ {} ngày so với hạn {}.",
        who,
        _what(datasets),
        _day("received"),
        "days_late",
        _day("due"),
    )
    return pl.concat(
        [
            _faults(called.filter(pl.col("state") == "chua_co"), "giao_nop.chua_co", "du", missing),
            _faults(called.filter(pl.col("state") == "tre_han"), "giao_nop.tre_han", "song", late),
        ]
    ).sort(*_HAND_IN, "code")


def unusual(judged: Mapping[str, pl.DataFrame], datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """Hand-ins that look thin (`giao_nop.it_bat_thuong`) or copied (`giao_nop.sao_chep`), as `FAULTS`.

    `judged` has a dataset's rows in effect, quarantined ones included: its contract's columns
    typed, `_unit`, `_ky`. Thin means over 30 % fewer rows than the period before, or a number of
    rows outside the contract's. Events, of which there may be none at all, come as they come: they
    may fall. Copied means the same records as the period before, the columns of kind `ngay` aside.
    """
    empty = pl.DataFrame(schema=FAULTS)
    found = (_unusual(judged[name], dataset) for name, dataset in datasets.items() if name in judged)
    return pl.concat([empty, *found]).sort(*_HAND_IN, "code")


def _unusual(rows: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    content = [column.name for column in dataset.columns if column.kind.name != "ngay"]
    hand_ins = (
        rows.select("_unit", "_ky", _hash=rows.select(content).hash_rows())
        .group_by("_unit", "_ky")
        .agg(rows=pl.len(), records=pl.col("_hash").sort())
        .select(pl.col("_unit").alias("unit"), pl.col("_ky").alias("period"), "rows", "records")
        .with_columns(earlier=_each("period", lambda label: before(dataset, label).label))
    )
    earlier = hand_ins.select("unit", pl.col("period").alias("earlier"), was="rows", records_then="records")
    both = hand_ins.join(earlier, on=["unit", "earlier"], how="left").with_columns(
        dataset=pl.lit(dataset.name)
    )
    what = _what({dataset.name: dataset})
    shrunk = pl.col("rows").cast(pl.Int64) * 100 < pl.col("was").cast(pl.Int64) * (100 - _LARGEST_FALL)
    fell = shrunk & pl.lit(not dataset.nil_allowed)
    low, high = dataset.rows
    kept = both.filter(fell.fill_null(value=False) | ~pl.col("rows").is_between(low, high))
    copied = both.filter((pl.col("rows") == pl.col("was")) & (pl.col("records") == pl.col("records_then")))
    then = _each("earlier", in_words)
    thin = (
        pl.when(fell)
        .then(
            pl.format(
                "{} có {} dòng, {} có {} dòng: giảm hơn {} %.",
                what,
                "rows",
                then,
                "was",
                pl.lit(_LARGEST_FALL),
            )
        )
        .otherwise(pl.format(f"{{}} có {{}} dòng, thường phải từ {low} đến {high} dòng.", what, "rows"))
    )
    same = pl.format("{} giống hệt {}, trừ các cột ngày. Đề nghị rà soát lại số liệu.", what, then)
    return pl.concat(
        [
            _faults(kept, "giao_nop.it_bat_thuong", "du", thin),
            _faults(copied, "giao_nop.sao_chep", "song", same),
        ]
    )


def _faults(rows: pl.DataFrame, code: str, dimension: Dimension, message: pl.Expr) -> pl.DataFrame:
    return rows.with_columns(
        code=pl.lit(code), dimension=pl.lit(dimension), severity=pl.lit("canh_bao"), message=message
    ).select(pl.col(name).cast(dtype) for name, dtype in FAULTS.items())


def _what(datasets: Mapping[str, Dataset]) -> pl.Expr:
    titles = pl.col("dataset").replace_strict(
        {dataset.name: dataset.title for dataset in datasets.values()}, return_dtype=pl.String
    )
    return pl.format("“{}” {}", titles, _each("period", in_words))


def _each(column: str, said: Callable[[str], str]) -> pl.Expr:
    """`said` of every label in `column`, worked out once a different label."""

    def by_label(labels: pl.Series) -> pl.Series:
        words = {label: said(label) for label in labels.unique()}
        return labels.replace_strict(words, return_dtype=pl.String) if words else labels

    return pl.col(column).map_batches(by_label, return_dtype=pl.String)


def _day(column: str) -> pl.Expr:
    return pl.col(column).dt.strftime("%d/%m/%Y")
