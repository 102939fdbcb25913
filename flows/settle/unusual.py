"""Finds submissions that look copied from the period before, or have too few or too many rows."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flows.fingerprints import FINGERPRINT, take_fingerprints
from flows.roll_call import OWED_PART, describe_each, make_faults, name_part
from schemas.contract import Dataset
from schemas.periods import before, in_words

#: The fingerprint of a whole submission.
PRINTS = dict.fromkeys(("dataset", "unit", "period"), pl.String) | FINGERPRINT


_LARGEST_FALL = 30  # per cent


def take_prints(judged: Mapping[str, pl.DataFrame], datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """The fingerprint of each submission (`PRINTS`); equal fingerprints mean the same records.

    `judged` has, by dataset, the rows in effect, including quarantined ones: the contract's parsed columns,
    `_unit` and `_period`. Columns of kind `ngay` and the order of rows do not matter.
    """
    empty = pl.DataFrame(schema=PRINTS)
    return pl.concat([empty, *(_prints(judged[name], d) for name, d in datasets.items() if name in judged)])


def _prints(rows: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    content = [column.name for column in dataset.columns if column.kind.name != "ngay"]
    prints = take_fingerprints(rows, ("_unit", "_period"), content).rename(
        {"_unit": "unit", "_period": "period"}
    )
    return prints.select(pl.lit(dataset.name).alias("dataset"), *prints.columns)


def find_unusual(looks: pl.DataFrame, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """Find submissions of unusual size (`giao_nop.it_bat_thuong`) or copied (`giao_nop.sao_chep`).

    `looks` has the columns `PRINTS`, the result those of `FAULTS`. Unusual is a number of rows outside the
    contract's range, or over 30 % fewer rows than in the period before. The latter does not apply to datasets
    of events (`nil_allowed`), whose number varies. Copied means the same records as in the period before,
    except columns of kind `ngay`.
    """
    both = _add_period_before(looks, datasets)
    what, then = name_part(datasets), describe_each("earlier", in_words)
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
            make_faults(few, "giao_nop.it_bat_thuong", "du", thin),
            make_faults(copied, "giao_nop.sao_chep", "song", same),
        ]
    ).sort(*OWED_PART, "code")


def _add_period_before(looks: pl.DataFrame, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """Add the fingerprints of the period before (`was...`) and the limits of the dataset."""
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
