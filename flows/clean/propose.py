"""Proposes what to type in a cell that could not be read; every proposal can itself be read without fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

import polars as pl

from flows.clean import propose_dates, propose_values
from flows.clean.nearest import OR, find_nearest_choice, find_nearest_thon
from flows.clean.readers import READERS
from flows.clean.reading import Setting, read_spellings
from flows.read.table import CellType
from schemas.contract import Column, unread_column
from schemas.kinds import NGAY, NGAY_SINH, THON
from schemas.look_alikes import to_latin
from schemas.units import Commune

_Candidates = Callable[[str, Column], Iterator[str]]
_CANDIDATES: Mapping[str, _Candidates] = {
    "so_dinh_danh": propose_values.personal_number,
    "mst": propose_values.tax_code,
    "dien_thoai": propose_values.phone,
    "ngay": propose_dates.day,
    "ngay_sinh": propose_dates.day,
    "nam": propose_values.year,
    "so_luong": propose_values.number,
    "so_thuc": propose_values.number,
    "so_tien": propose_values.number,
    "ty_le": propose_values.number,
    "co_khong": propose_values.tick,
    "ma": propose_values.code,
    "ho_ten": propose_values.words,
    "van_ban": propose_values.words,
}


#: Of dates: the flaws of those that may be another day.
_OF_DATES: Mapping[str, _Candidates] = {
    "mo_ho": propose_dates.either_day,
    "hai_thu_tu": propose_dates.either_day,
    "thang_truoc": propose_dates.month_first,
    "tuong_lai": propose_dates.month_first,
}


def propose(
    column: Column, texts: pl.Series, flaw: str, commune: Commune, day: date | None = None
) -> pl.Series:
    """One proposal per text, or null: what to type in `column` instead of a text that has `flaw`.

    If a cell may mean several thôn, numbers or days, the proposal lists them, separated by `hoặc`. No day
    after the `day` of submission is proposed; if that is not known, none is proposed for one in the future.
    """
    typed = texts.unique().drop_nulls()
    candidates = _CANDIDATES.get(column.kind.name)
    if flaw in ("khong_ro", "ngoai_danh_muc"):
        proposals = _propose_from_list(typed, column, commune)
    elif flaw in _OF_DATES and column.kind in (NGAY, NGAY_SINH) and (day or flaw != "tuong_lai"):
        proposals = _propose_retyped(typed, column, commune, _OF_DATES[flaw], day)
    elif flaw == "mo_ho":
        proposals = {text: OR.join(propose_values.readings(text, column)) for text in typed}
    elif candidates and flaw in ("khong_doc_duoc", "mat_so_0", "sai_mau", "hai_so", "chu_la"):
        proposals = _propose_retyped(typed, column, commune, candidates, day)
    else:
        return pl.Series([None], dtype=pl.String).new_from_index(0, texts.len())
    return texts.replace_strict(proposals, default=None, return_dtype=pl.String)


def _propose_from_list(typed: pl.Series, column: Column, commune: Commune) -> dict[str, str]:
    if column.kind is THON:
        proposals = {text: find_nearest_thon(to_latin(text), commune) for text in typed}
    else:
        proposals = {text: find_nearest_choice(to_latin(text), column) for text in typed}
    return {text: proposal for text, proposal in proposals.items() if proposal is not None}


def _propose_retyped(
    typed: pl.Series, column: Column, commune: Commune, candidates_of: _Candidates, day: date | None
) -> dict[str, str]:
    """For each text, the first candidate that can be read without fault; of several days, those that can."""
    candidates = [
        (text, candidate.split(OR)) for text in typed for candidate in candidates_of(to_latin(text), column)
    ]
    faultless = _keep_faultless([each for _, parts in candidates for each in parts], column, commune, day)
    good: dict[str, str] = {}
    for text, parts in candidates:
        kept = [part for part in parts if part in faultless and part != text]
        if kept:
            good.setdefault(text, OR.join(kept))
    return good


def _keep_faultless(candidates: list[str], column: Column, commune: Commune, day: date | None) -> set[str]:
    """The candidates that, typed in a cell of `column`, would be read and judged without any fault."""
    cells = pl.DataFrame({"typed": candidates}, schema={"typed": pl.String}).unique()
    # Each in a table of its own: a candidate says nothing of how another is read.
    cells = cells.with_columns(pl.lit(CellType.TEXT, pl.UInt8).alias("stored"), table=pl.int_range(pl.len()))
    read = read_spellings(cells, READERS[column.kind.name], Setting(column, commune)).select(
        "typed",
        pl.col("value").cast(column.kind.dtype).alias(column.name),
        pl.col("unread").alias(unread_column(column.name)),
        pl.lit(day, pl.Date).alias("_judged_on"),
    )
    faulty = [flaw.fails_when(column).fill_null(value=False) for flaw in column.kind.flaws(column)]
    return set(read.filter(pl.col(column.name).is_not_null(), ~pl.any_horizontal(faulty))["typed"])
