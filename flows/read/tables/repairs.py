"""Replaces ditto marks by the value above, and logs all cells that reading changed."""

from __future__ import annotations

import polars as pl

from flows.read.recode import Originals
from flows.read.sheet import Sheet, index_of
from flows.read.table import CHANGES_SCHEMA, DECODED, DITTO
from flows.read.tables.extract import ExtractedCells
from schemas.contract import Dataset, stored_column, typed_column

_DITTO = frozenset(
    {'"', "”", "“", "″", "''", "nt", "Nt", "NT", "-nt-", "như trên", "Như trên", "như trên.", "〃"}
)
_NEVER_REPEATED = frozenset({"so_dinh_danh", "ho_ten", "ma", "mst", "dien_thoai"})
_LONG = 50_000


def repair(
    sheet: Sheet, taken: ExtractedCells, dataset: Dataset, originals: Originals
) -> tuple[ExtractedCells, pl.DataFrame]:
    """Fill ditto marks from the row above; also return the log of all changed cells (`CHANGES_SCHEMA`).

    Identifiers, names and phones are never filled: two persons do not share them.
    """
    logs = [_log_decoded(sheet, taken, originals)] if originals else []
    frame = taken.cells
    if frame.height <= _LONG:
        for name, letter in taken.letters.items():
            if dataset[name].kind.name in _NEVER_REPEATED:
                continue
            # A value merged from two columns may be in the other one, which `letter` does not name.
            if f"{name}.letter" in frame.columns or sheet.holds(index_of(letter), _DITTO):
                frame, log = _fill_ditto(frame, name, letter)
                logs += log
    changes = pl.concat(logs) if logs else pl.DataFrame(schema=CHANGES_SCHEMA)
    return ExtractedCells(frame, taken.letters), changes


def _log_decoded(sheet: Sheet, taken: ExtractedCells, originals: Originals) -> pl.DataFrame:
    """One change per record cell that was in a legacy encoding."""
    found: list[tuple[int, str, str, str, str, str]] = []
    for name, letter in taken.letters.items():
        before = originals.get(index_of(letter))
        if before is None:
            continue
        # If a thôn came from a section row, the decoded cell is in that row.
        rows = taken.cells[f"{name}.row"] if f"{name}.row" in taken.cells.columns else taken.cells["_row"]
        rows = rows.fill_null(taken.cells["_row"])
        places = sheet.numbers().search_sorted(rows)
        for row, place, after in zip(rows, places, taken.cells[typed_column(name)], strict=True):
            original = before[place]
            if original and after and after not in original:
                found.append((row, letter, name, DECODED, original, after))
    return pl.DataFrame(found, schema=CHANGES_SCHEMA, orient="row").unique(maintain_order=True)


def _fill_ditto(frame: pl.DataFrame, name: str, letter: str) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Replace the ditto marks of one column; also return the log."""
    texts = frame[typed_column(name)].to_list()
    kinds, rows = frame[stored_column(name)].to_list(), frame["_row"].to_list()
    log: list[tuple[int, str, str, str, str, str]] = []
    for place in range(1, len(texts)):
        mark, above = texts[place], texts[place - 1]
        if mark in _DITTO and above is not None and above not in _DITTO:
            texts[place], kinds[place] = above, kinds[place - 1]
            log.append((rows[place], letter, name, DITTO, mark, above))
    columns = [
        pl.Series(typed_column(name), texts, pl.String),
        pl.Series(stored_column(name), kinds, pl.UInt8),
    ]
    return frame.with_columns(columns), [pl.DataFrame(log, schema=CHANGES_SCHEMA, orient="row")]
