"""Finds records that are parts of another record, or that say something about all of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from flows.read.table import ROW_NUMBER, ReadTable
from schemas.contract import Dataset
from schemas.kinds import CO_KHONG, HO_TEN, VAN_BAN

_NAMES = (VAN_BAN, HO_TEN)
_PART = r"(?i)^[\s\-–+•*(]*(?:trong đó|trong do|chia ra|trong số đó)\b"
_DASHED = r"^\s*[-–+•]\s*\pL"
# "Cao nhất", "Bình quân các thôn"; a name that goes on otherwise ("Cao nhất Mart") is a name.
_STATISTIC = (
    r"(?i)^\s*(?:(?:số |mức |giá trị )?(?:trung bình|bình quân|cao nhất|thấp nhất|lớn nhất|nhỏ nhất"
    r"|nhiều nhất|ít nhất|trung vị)|tb|max|min|average|mean|median)"
    r"(?:\s*[:.)]|\s+(?:chung|toàn xã|cả xã|các|của|mỗi|một|một thôn|thôn|phố|hộ|tháng|kỳ)\b.*)?\s*$"
)
_DOTTED = re.compile(r"\s*(\d{1,3}(?:\.\d{1,3})*)[.)]?\s*")
# Row numbers by rank, the highest first: of sections, of records, of their parts.
_RANKS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\s*(?:[IVX]{1,6}|[A-HĐ])\s*[.)/]?\s*",
        r"\s*\d{1,3}\s*[.)]?\s*",
        r"\s*(?:[a-hđ]\s*[.)]?|[-–+•*])?\s*",
    )
)
_TOLERANCE = 1e-6
_LONG = 50_000
Floats = npt.NDArray[np.float64]


def find_counted_twice(table: ReadTable, records: pl.DataFrame, dataset: Dataset) -> dict[int, str]:
    """What such records are, by sheet row.

    A record says so by its name ("Trong đó: …", "Trung bình"). Row numbers say it of a record that has the
    amounts of those numbered below it (1 of 1.1 and 1.2), or whose amounts are the sums of those of the next
    rank below it: of 1 and 2 below I, of a letter, a dash or nothing below 1.

    Args:
        table: The table as read.
        records: Its records, cleaned (`Cleaned.frame`).
        dataset: The contract of the table.
    """
    amounts = [c.name for c in dataset.columns if c.is_summed and c.kind is not CO_KHONG]
    if not amounts or not 1 < records.height <= _LONG:
        return {}
    rows = records["_row"].to_list()
    numbers = table.cells[ROW_NUMBER].to_list() if ROW_NUMBER in table.cells.columns else None
    named = dict(_find_named(records, dataset, numbers))
    found = {rows[at]: what for at, what in named.items()}
    if numbers is not None:
        cells = records.select(pl.col(amounts).cast(pl.Float64).fill_null(0.0).fill_nan(0.0)).to_numpy()
        for at, parts in _find_parents(numbers, cells, named.keys()):
            last = f" đến {rows[parts[-1]]}" if len(parts) > 1 else ""
            found[rows[at]] = f"là dòng chung của dòng {rows[parts[0]]}{last} (theo số thứ tự)"
    return found


def _find_named(
    records: pl.DataFrame, dataset: Dataset, numbers: Sequence[str | None] | None
) -> Iterator[tuple[int, str]]:
    """The records whose name, in one of the first two columns, says what they are; by place."""
    names = [c.name for c in dataset.columns[:2] if c.kind in _NAMES and c.name in records.columns]
    for name in names:
        marks = records.select(
            part=pl.col(name).str.contains(_PART),
            dashed=pl.col(name).str.contains(_DASHED),
            statistic=pl.col(name).str.contains(_STATISTIC),
        ).fill_null(value=False)
        if not (marks["part"] | marks["statistic"]).any():
            continue
        within = False
        for at, (part, dashed, statistic) in enumerate(marks.iter_rows()):
            numbered = numbers is not None and _RANKS[1].fullmatch(numbers[at] or "")
            within = part or (within and dashed and not numbered)
            if within:
                yield at, "là một phần của dòng ở trên"
            elif statistic:
                yield at, "là số trung bình, lớn nhất hoặc nhỏ nhất của các dòng khác"


def _find_parents(
    numbers: Sequence[str | None], cells: Floats, known: Collection[int]
) -> Iterator[tuple[int, Sequence[int]]]:
    """The places of records that row numbers put above others, each with the places of those; not `known`."""
    dotted = {at: path for at, text in enumerate(numbers) if (path := _read_path(text)) is not None}
    by_path = {path: at for at, path in dotted.items()}
    children: dict[int, list[int]] = {}
    for at, path in dotted.items():
        parent = by_path.get(path[:-1]) if len(path) > 1 else None
        if parent is not None and parent < at:
            children.setdefault(parent, []).append(at)
    several = any(len(parts) > 1 for parts in children.values())
    for at, parts in children.items():
        if several and cells[at].any() and (cells[parts].sum(axis=0) <= cells[at] + _TOLERANCE).all():
            yield at, parts
    for at, parts in _find_ranked(numbers):
        told = at in children or any(part in known for part in parts)
        if len(parts) > 1 and not told and _is_sum(cells[at], cells[parts]):
            yield at, parts


def _read_path(text: str | None) -> tuple[int, ...] | None:
    found = _DOTTED.fullmatch(text or "")
    return tuple(map(int, found[1].split("."))) if found else None


def _find_ranked(numbers: Sequence[str | None]) -> Iterator[tuple[int, list[int]]]:
    """Each record with those below it, up to one of its rank, that have the next rank."""
    ranks = [
        next((rank for rank, like in enumerate(_RANKS) if like.fullmatch(text or "")), -1) for text in numbers
    ]
    open_parents: list[tuple[int, int, list[tuple[int, int]]]] = []
    for at, rank in enumerate([*ranks, -1]):
        while open_parents and open_parents[-1][1] >= rank:
            parent, _, below = open_parents.pop()
            nearest = min((of for _, of in below), default=0)
            yield parent, [part for part, of in below if of == nearest]
        for _, _, below in open_parents:
            below.append((at, rank))
        if 0 <= rank < len(_RANKS) - 1:
            open_parents.append((at, rank, []))


def _is_sum(own: Floats, parts: Floats) -> bool:
    """Whether amounts in two columns at least are the sums of the parts."""
    return int(np.count_nonzero(own)) > 1 and bool((np.abs(own - parts.sum(axis=0)) <= _TOLERANCE).all())
