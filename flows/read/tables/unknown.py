"""Finds the headings of a table by its shape alone, for sheets whose headings no contract knows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from flows.read.sheet import Row, Sheet, index_of
from flows.read.tables.body import CODE, Body, Columns, classify
from flows.read.tables.heading import key_of, number_keys
from flows.read.tables.layout import Block, find_numbering_letter, is_numbering
from flows.read.tables.levels import read_paths

_FIRST_LOOK = 40
_DEEPEST = 8
_FIRST_KEYS = number_keys() | {key_of("Mã số"), key_of("Số hiệu")}


def guess_block(sheet: Sheet, start: int = 0) -> Block | None:
    """The headings of the first table from row `start` on; None where nothing looks like one.

    What tells, from sure to weak: a row that numbers the columns, a heading such as STT, a row of
    words over rows that are as wide.
    """
    stop = min(start + _FIRST_LOOK, sheet.height)
    if start >= stop:
        return None
    rows = list(sheet.rows(start, stop))
    # A row numbers columns that are headed above it.
    numbering = next((r for r in range(start + 1, stop) if is_numbering(sheet, r)), None)
    named = next((start + n for n, row in enumerate(rows) if _is_named(row)), None)
    if named is not None and (numbering is None or named < numbering):
        top = named
    elif numbering is not None:
        top = _top_above(sheet, numbering, start)
    else:
        found = next(_wide_rows(sheet, start, rows), None)
        if found is None:
            return None
        top = start + found
    bottom = _bottom(sheet, top, numbering)
    return Block(
        top, bottom, numbering if _follows(sheet, bottom, numbering) else None, read_paths(sheet, top, bottom)
    )


def _is_named(row: Row) -> bool:
    """Whether one of the first cells is the heading of a numbering column, with other headings beside it."""
    cells = [cell for cell in row if cell]
    return len(cells) >= 3 and any(key_of(cell) in _FIRST_KEYS for cell in cells[:2])


def _top_above(sheet: Sheet, numbering: int, start: int) -> int:
    """First row of headings above a numbering row: as far up as merged cells join rows."""
    width = sum(cell is not None for cell in sheet.row(numbering))
    top = numbering - 1
    while top > start:
        cells = sum(cell is not None for cell in sheet.row(top))
        covered = {c for t, left, b, right in sheet.merges if t <= top <= b for c in range(left, right + 1)}
        above = any(t < top <= b for t, _, b, _ in sheet.merges)
        if above:
            top -= 1
        elif 2 * max(cells, len(covered)) >= width and cells >= 2:
            break
        else:
            top -= 1 if cells == 0 else 0
            if cells:
                break
    return top


def _wide_rows(sheet: Sheet, start: int, rows: list[Row]) -> Iterator[int]:
    """Rows of words only, as wide as any, then those half as wide; merged cells count over all they cover."""
    filled = [sum(cell is not None for cell in row) for row in rows]
    covered = [_covered(sheet, start + number, row) for number, row in enumerate(rows)]
    widest = max(covered)
    for widths, share in ((filled, 1.0), (covered, 1.0), (covered, 0.5)):
        for number, row in enumerate(rows[:-1]):
            words = [cell for cell in row if cell and not cell[0].isdigit()]
            wide = len(words) >= 2 and len(words) == filled[number]
            below = max(widths[number + 1 : number + 4])
            if wide and widths[number] >= share * widest and 2 * below >= widths[number]:
                yield number


def _covered(sheet: Sheet, row: int, cells: Row) -> int:
    columns = {column for column, cell in enumerate(cells) if cell is not None}
    for top, left, bottom, right in sheet.merges:
        if top <= row <= bottom and left in columns:
            columns |= {*range(left, right + 1)}
    return len(columns)


def _bottom(sheet: Sheet, top: int, numbering: int | None) -> int:
    """Last row of headings that start at `top`: merged cells reach it, or headings stand below others."""
    if numbering is not None and top < numbering <= top + _DEEPEST:
        bottom = numbering - 1
        while bottom > top and not any(sheet.row(bottom)) and not _reaches(sheet, top, bottom):
            bottom -= 1
        return bottom
    bottom = top
    for first, left, last, right in sheet.merges:
        if first <= bottom and last >= top and last - top < _DEEPEST:
            bottom = max(bottom, last)
            if (
                right > left
                and first == last
                and first == bottom
                and _words_below(sheet, bottom, left, right)
            ):
                bottom += 1
    return min(bottom, sheet.height - 1)


def _reaches(sheet: Sheet, top: int, bottom: int) -> bool:
    return any(first <= bottom <= last and first >= top for first, _, last, _ in sheet.merges)


def _words_below(sheet: Sheet, row: int, left: int, right: int) -> bool:
    if row + 1 >= sheet.height:
        return False
    cells = sheet.row(row + 1)[left : right + 1]
    return sum(1 for cell in cells if cell and not cell[0].isdigit()) >= 2


def _follows(sheet: Sheet, bottom: int, numbering: int | None) -> bool:
    return numbering is not None and not any(any(sheet.row(r)) for r in range(bottom + 1, numbering))


def guess_body(sheet: Sheet, block: Block, stop: int) -> Body:
    """Roles of the rows below headings that no contract knows, up to row `stop`.

    Without a contract nothing tells a record with most cells blank from a note below the table: what
    follows the last row that is at least half full counts as notes.
    """
    headed = tuple(index_of(path.letter) for path in block.paths)
    number = find_numbering_letter(block)
    at = None if number is None else index_of(number)
    read = tuple(index for index in headed if index != at)
    body = classify(sheet, block.body, stop, Columns(read, at, headed[:3], ()))
    dense = np.flatnonzero(2 * sheet.filled(read, block.body, stop) > len(read))
    numbered = (
        np.flatnonzero(sheet.matching(r"\s*\d", [at or 0], block.body, body.records))
        if at is not None
        else dense
    )
    last = max((*dense[-1:], *numbered[-1:]), default=len(body.codes))
    after = body.codes[last + 1 :]
    after[after == CODE["ban_ghi"]] = CODE["cuoi"]
    for row, cells in enumerate(sheet.rows(block.body, min(block.body + 3, stop))):
        # A form that a report program fills has one row of its fields' names.
        if any(cells) and all(cell is None or cell.startswith("&=") for cell in cells):
            body.codes[row] = CODE["so_cot"]
    return body
