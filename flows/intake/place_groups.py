"""Tells of records whose thôn is another one than that of the group in which they stand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from flows.clean.thon_names import Codes, gazetteer_of
from flows.read.table import Line, Problem, ReadTable
from flows.read.tables.row_words import read_section_label
from schemas.contract import Dataset, typed_column
from schemas.units import Commune

_MOST = 100


def find_other_groups(
    table: ReadTable, records: pl.DataFrame, dataset: Dataset, commune: Commune
) -> list[Problem]:
    """One warning `tep.khac_nhom` per record whose own thôn is not that of the group line above it.

    A total ends its group. Nothing is told where each record is a thôn: a group is something else there.

    Args:
        table: The table as read, with its lines.
        records: Its records, cleaned (`Cleaned.frame`).
        dataset: Its contract.
        commune: Gives the names of the thôn.
    """
    thon = next((c.name for c in dataset.columns if c.kind.name == "thon"), None)
    if thon is None or thon in dataset.key[:1] or thon not in table.letters or thon not in records.columns:
        return []
    groups = [*_list_groups(table, commune)]
    if not groups:
        return []
    at = np.searchsorted([row for row, _, _ in groups], records["_row"].to_numpy()) - 1
    seen = records.select("_row", thon, typed_column(thon), group=pl.Series(at, dtype=pl.Int64))
    seen = seen.filter(pl.col("group") >= 0, pl.col(thon).is_not_null())
    odd = [
        (group, code)
        for group, code in seen.select("group", thon).unique().iter_rows()
        if groups[group][2] and code not in groups[group][2]
    ]
    which = pl.DataFrame(odd, {"group": pl.Int64, thon: pl.String}, orient="row")
    found = seen.join(which, on=["group", thon], how="semi", maintain_order="left").head(_MOST)
    return [
        _describe(table, dataset, thon, (row, typed), groups[group])
        for row, typed, group in found.select("_row", typed_column(thon), "group").iter_rows()
    ]


def _list_groups(table: ReadTable, commune: Commune) -> Iterator[tuple[int, str, Codes]]:
    """Row, label and thôn of each group line; no thôn where a group ends."""
    places = gazetteer_of(commune)
    for line in table.lines:
        if line.closes or line.heads:
            yield line.row, "", frozenset()
        elif line.sure:
            yield from (
                (line.row, label, codes) for label in _list_labels(line) if (codes := places.meant(label))
            )


def _list_labels(line: Line) -> Iterator[str]:
    for text in line.texts[:1]:
        label = read_section_label(text)
        yield label[0] if label else text


def _describe(
    table: ReadTable, dataset: Dataset, thon: str, record: tuple[int, str], group: tuple[int, str, Codes]
) -> Problem:
    row, typed = record
    return Problem(
        "tep.khac_nhom",
        "dung",
        "canh_bao",
        f"Dòng {row} ghi một thôn, nhưng nằm dưới dòng nhóm “{group[1][:80]}” (dòng {group[0]}): được tính"
        " cho thôn ghi ở chính dòng đó. Sửa thôn, hoặc chuyển dòng sang đúng nhóm, rồi nộp lại.",
        dataset=dataset.name,
        sheet=table.sheet,
        row=row,
        column=table.letters[thon],
        value=typed,
    )
