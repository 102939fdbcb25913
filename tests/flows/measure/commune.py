"""A commune of three thôn, submissions of a few rows each, and the tables measured from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from flows.measure import count_records, measure
from flows.roll_call import call_roll
from schemas import datasets as declared
from schemas.indicators import load
from schemas.units import KINDS, OPERATORS, Commune, Thon, Unit

DATASETS = declared.load()
INDICATORS = load()
AS_OF = date(2026, 11, 24)
PLACES = (Thon("T01", "Thôn Hạ", "Xã Cũ"), Thon("T02", "Bản Chu", "Xã Cũ"), Thon("T03", "Làng Mới", "Xã Kia"))
COMMUNE = Commune(
    code="00001",
    name="Xã Mẫu",
    province="Tỉnh Mẫu",
    since=date(2026, 9, 30),
    units=(
        *(Unit(kind, kind, title) for kind, title in KINDS.items() if kind not in ("thon", "vien_thong")),
        *(Unit(name, "vien_thong", title) for name, title in OPERATORS.items()),
        *(Unit(place.code, "thon", place.name) for place in PLACES),
    ),
    thon=PLACES,
    moved={},
)
PERIOD = {"nd09": "2026-11", "point_in_time": "2026-10", "calendar": "2026-10"}
QUARTER, YEAR = "2026-Q3", "2025"
HANDED_IN = {
    "unit": pl.String,
    "dataset": pl.String,
    "period": pl.String,
    "received": pl.Date,
    "rows": pl.Int64,
    "nil": pl.Boolean,
}


def the_period(dataset: str) -> str:
    contract = DATASETS[dataset]
    return {"thang": PERIOD[contract.basis], "quy": QUARTER, "nam": YEAR}[contract.cadence]


def rows(
    dataset: str, *records: Mapping[str, object], unit: str | None = None, ky: str | None = None
) -> pl.DataFrame:
    """Judged rows of one submission; columns not named are blank, `_class` is dat unless told."""
    contract = DATASETS[dataset]
    schema = {column.name: column.kind.dtype for column in contract.columns} | {"_class": pl.String}
    filled = [{"_class": "dat", **record} for record in records]
    return pl.DataFrame(filled, schema=schema).with_columns(
        _unit=pl.lit(unit or COMMUNE.owing(contract)[0].name), _period=pl.lit(ky or the_period(dataset))
    )


def handed_in(*came: tuple[str, str, str], day: date = date(2026, 11, 2), nil: bool = False) -> pl.DataFrame:
    filled = [(unit, dataset, period, day, 1, nil) for unit, dataset, period in came]
    return pl.DataFrame(filled, schema=HANDED_IN, orient="row")


def called(*parts: pl.DataFrame) -> pl.DataFrame:
    return call_roll(COMMUNE, DATASETS, pl.concat([pl.DataFrame(schema=HANDED_IN), *parts]), AS_OF)


def measured(
    judged: Mapping[str, pl.DataFrame], *nil: tuple[str, str, str], roll: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The table of indicators from judged rows, each of whose submissions came on time."""
    if roll is None:
        came = [
            (unit, name, ky)
            for name, frame in judged.items()
            for unit, ky in frame.select("_unit", "_period").unique().iter_rows()
        ]
        roll = called(handed_in(*came), handed_in(*nil, nil=True))
    here = [
        frame.select(dataset=pl.lit(name), unit="_unit", period="_period") for name, frame in judged.items()
    ]
    came = pl.concat([roll.select("dataset", "unit", "period").clear(), *here]).unique()
    return measure(count_records(judged, COMMUNE, INDICATORS), came, roll, COMMUNE, INDICATORS, AS_OF)


def figure(table: pl.DataFrame, indicator: str, key: str = COMMUNE.code, period: str | None = None) -> dict:
    """One row of a table of indicators, by default the commune's in its latest period."""
    over = INDICATORS[indicator].over
    label = period or (the_period(over.name) if over else PERIOD["nd09"])
    row = (pl.col("indicator") == indicator) & (pl.col("key") == key) & (pl.col("period") == label)
    return table.row(by_predicate=row, named=True)
