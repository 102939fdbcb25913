"""The roll call: who owed what for which period, who came and when, and what looks copied or thin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import polars as pl

from flows.fingerprints import FINGERPRINT, fingerprints
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
#: What a hand-in looks like as a whole.
PRINTS = dict.fromkeys(("dataset", "unit", "period"), pl.String) | FINGERPRINT
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


def prints(judged: Mapping[str, pl.DataFrame], datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """What each hand-in looks like as a whole (`PRINTS`): two that look alike have the same records.

    `judged` has a dataset's rows in effect, quarantined ones included: its contract's columns
    typed, `_unit`, `_ky`. Columns of kind `ngay` are left out, and so is the order of the rows.
    """
    empty = pl.DataFrame(schema=PRINTS)
    return pl.concat([empty, *(_prints(judged[name], d) for name, d in datasets.items() if name in judged)])


def _prints(rows: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    content = [column.name for column in dataset.columns if column.kind.name != "ngay"]
    found = fingerprints(rows, ("_unit", "_ky"), content).rename({"_unit": "unit", "_ky": "period"})
    return found.select(pl.lit(dataset.name).alias("dataset"), *found.columns)


def unusual(looks: pl.DataFrame, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """Hand-ins that look thin (`giao_nop.it_bat_thuong`) or copied (`giao_nop.sao_chep`), as `FAULTS`.

    `looks` are `PRINTS`. Thin means over 30 % fewer rows than the period before, or a number of
    rows outside the contract's. Events, of which there may be none at all, come as they come: they
    may fall. Copied means the same records as the period before, the columns of kind `ngay` aside.
    """
    both = _beside_the_former(looks, datasets)
    what, then = _what(datasets), _each("earlier", in_words)
    shrunk = pl.col("rows").cast(pl.Int64) * 100 < pl.col("was").cast(pl.Int64) * (100 - _LARGEST_FALL)
    fell = (shrunk & ~pl.col("may_be_none")).fill_null(value=False)
    fallen = "{} có {} dòng, {} có {} dòng: giảm hơn {} %."
    outside = "{} có {} dòng, thường phải từ {} đến {} dòng."
    thin = (
        pl.when(fell)
        .then(pl.format(fallen, what, "rows", then, "was", pl.lit(_LARGEST_FALL)))
        .otherwise(pl.format(outside, what, "rows", "low", "high"))
    )
    same = pl.format("{} giống hệt {}, trừ các cột ngày. Đề nghị rà soát lại số liệu.", what, then)
    few = both.filter(fell | ~pl.col("rows").is_between("low", "high"))
    copied = both.filter(*(pl.col(name) == pl.col(f"was_{name}") for name in FINGERPRINT))
    return pl.concat(
        [
            _faults(few, "giao_nop.it_bat_thuong", "du", thin),
            _faults(copied, "giao_nop.sao_chep", "song", same),
        ]
    ).sort(*_HAND_IN, "code")


def _beside_the_former(looks: pl.DataFrame, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """`looks` with what those of the period before were like, and what their datasets may be."""
    rules = pl.DataFrame(
        [(dataset.name, *dataset.rows, dataset.nil_allowed) for dataset in datasets.values()],
        {"dataset": pl.String, "low": pl.Int64, "high": pl.Int64, "may_be_none": pl.Boolean},
        orient="row",
    )
    periods = looks.select("dataset", "period").unique()
    earlier = [before(datasets[name], label).label for name, label in periods.iter_rows()]
    periods = periods.with_columns(earlier=pl.Series(earlier, dtype=pl.String))
    was = looks.select(
        "unit",
        "dataset",
        pl.col("period").alias("earlier"),
        pl.col(list(FINGERPRINT)).name.prefix("was_"),
        was="rows",
    )
    return (
        looks.join(periods, on=["dataset", "period"], how="left")
        .join(was, on=["unit", "dataset", "earlier"], how="left")
        .join(rules, on="dataset", how="left")
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
