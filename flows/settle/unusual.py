"""Submissions that look copied or too small."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flows.fingerprints import FINGERPRINT, take_fingerprints
from flows.roll_call import _SUBMISSION, _each, _faults, _what
from schemas.contract import Dataset
from schemas.periods import before, in_words

#: What a submission looks like as a whole.
PRINTS = dict.fromkeys(("dataset", "unit", "period"), pl.String) | FINGERPRINT


_LARGEST_FALL = 30  # per cent


def take_prints(judged: Mapping[str, pl.DataFrame], datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """What each submission looks like as a whole (`PRINTS`): two that look alike have the same records.

    `judged` has a dataset's rows in effect, quarantined ones included: its contract's columns
    typed, `_unit`, `_period`. Columns of kind `ngay` are left out, and so is the order of the rows.
    """
    empty = pl.DataFrame(schema=PRINTS)
    return pl.concat([empty, *(_prints(judged[name], d) for name, d in datasets.items() if name in judged)])


def _prints(rows: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    content = [column.name for column in dataset.columns if column.kind.name != "ngay"]
    found = take_fingerprints(rows, ("_unit", "_period"), content).rename(
        {"_unit": "unit", "_period": "period"}
    )
    return found.select(pl.lit(dataset.name).alias("dataset"), *found.columns)


def find_unusual(looks: pl.DataFrame, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """Submissions that look thin (`giao_nop.it_bat_thuong`) or copied (`giao_nop.sao_chep`), as `FAULTS`.

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
    ).sort(*_SUBMISSION, "code")


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
