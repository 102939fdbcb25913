"""Guesses the headings of a table from its shape, for sheets whose headings no contract knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from flows.read.sheet import Row, Sheet, index_of
from flows.read.tables.body import CODE, Body, Columns, classify
from flows.read.tables.heading import key_of, number_keys
from flows.read.tables.layout import Block, find_numbering_letter, is_coded, is_numbering
from flows.read.tables.levels import read_paths

_SEARCHED_ROWS = 40
_MAX_DEPTH = 8
_FEWEST = 3
# So near below a heading, codes are those of its fields.
_FEW = 2
_NUMBER_HEADING = r"\s*(?i:s\s*t\s*t|t\s*t|số\s+tt|số\s+thứ\s+tự)\s*$"
_NUMBER_KEYS = number_keys() | {key_of("Mã số"), key_of("Số hiệu")}


def guess_block(sheet: Sheet, start: int = 0) -> Block | None:
    """The headings of the first table from row `start` on; None if nothing looks like a table.

    The evidence, from strong to weak: a row that numbers the columns, a heading such as STT, a row of words
    above rows of the same width.
    """
    stop = min(start + _SEARCHED_ROWS, sheet.height)
    if start >= stop:
        return None
    rows = list(sheet.rows(start, stop))
    # A numbering row has headings above it, so it is not the first row.
    numbering = next((r for r in range(start + 1, stop) if is_numbering(sheet, r)), None)
    named = next((start + n for n, row in enumerate(rows) if _has_number_heading(row)), None)
    if named is not None and (numbering is None or named < numbering):
        top = named
    elif numbering is not None:
        top = _find_top(sheet, numbering, start)
    else:
        found = next(_find_wide_rows(sheet, start, rows), None)
        if found is None:
            return None
        top = start + found
    bottom = _find_bottom(sheet, top, numbering)
    return Block(
        top,
        bottom,
        numbering if _is_adjacent(sheet, bottom, numbering) else None,
        read_paths(sheet, top, bottom),
    )


def add_unknown_blocks(sheet: Sheet, blocks: Sequence[Block]) -> list[Block]:
    """`blocks` and the headings of unknown tables above and below them.

    They begin with STT, or are words above figures, below a gap in the figures of the table above.
    """
    found: list[Block] = [*_find_above(sheet, blocks[0])] if blocks else []
    stops = [*(block.top for block in blocks[1:]), sheet.height]
    for block, stop in zip(blocks, stops, strict=False):
        below = [*_find_numbered(sheet, block, stop)]
        covered = {row for each in below for row in range(each.top, each.body)}
        below += [each for each in _find_unnumbered(sheet, block.body, stop) if each.top not in covered]
        found += [block, *sorted(below, key=lambda each: each.top)]
    return found


def _find_numbered(sheet: Sheet, block: Block, stop: int) -> Iterator[Block]:
    """The headings below a block that have STT in the column in which that block has it."""
    number = find_numbering_letter(block)
    if number is None:
        return
    body, last = block.body, block.bottom
    rows = np.ones(max(stop - body, 0), np.bool_)
    for row in np.flatnonzero(sheet.matching(_NUMBER_HEADING, [index_of(number)], body, rows)).tolist():
        if row < _FEW and is_coded(sheet.row(body + row)):
            continue
        unknown = guess_block(sheet, body + row) if body + row > last else None
        if unknown and unknown.top == body + row and _has_number_heading(sheet.row(unknown.top)):
            last = unknown.bottom
            yield unknown


def _find_unnumbered(sheet: Sheet, body: int, stop: int) -> Iterator[Block]:
    """The headings below a gap: different words in columns that have figures above and below them."""
    filled = sheet.filled(range(sheet.width), body, stop)
    if len(filled) < _FEWEST + 1:
        return
    wide = filled >= _FEWEST
    heads = np.flatnonzero(wide[1:-1] & wide[2:] & (filled[:-2] <= 1)) + 1
    above = next((row for row in np.flatnonzero(wide).tolist()), 0)
    for row in heads[:_SEARCHED_ROWS].tolist():
        cells = [sheet.row(body + at) for at in (above, row, row + 1)]
        words = [cell for cell in cells[1] if cell]
        over = sum(
            bool(one and other and one[0].isdigit() and cell and other[0].isdigit())
            for one, cell, other in zip(*cells, strict=True)
        )
        plain = all(len(cell) > 1 and not cell[0].isdigit() for cell in words)
        if row > above and plain and over > 1 and len({*map(key_of, words)}) == len(words):
            yield Block(body + row, body + row, None, read_paths(sheet, body + row, body + row))


def _find_above(sheet: Sheet, first: Block) -> Iterator[Block]:
    """The headings of unknown tables above the first known one, with a numbered row below."""
    row, stop = 0, min(first.top, _SEARCHED_ROWS)
    while row < stop:
        unknown = guess_block(sheet, row) if _has_number_heading(sheet.row(row)) else None
        row += 1
        if unknown and unknown.top == row - 1 and unknown.body < first.top:
            number = find_numbering_letter(unknown)
            cell = None if number is None else sheet.row(unknown.body)[index_of(number)]
            if cell and cell[0].isdigit():
                yield unknown
                row = unknown.body


def _has_number_heading(row: Row) -> bool:
    """Whether one of the first two cells is the heading of a number column, with other headings beside it."""
    cells = [cell for cell in row if cell]
    return len(cells) >= 3 and any(key_of(cell) in _NUMBER_KEYS for cell in cells[:2])


def _find_top(sheet: Sheet, numbering: int, start: int) -> int:
    """The first heading row above a numbering row: as far up as merged cells join rows."""
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


def _find_wide_rows(sheet: Sheet, start: int, rows: list[Row]) -> Iterator[int]:
    """Rows of only words, the widest first, then half as wide; a merged cell counts as all it covers."""
    filled = [sum(cell is not None for cell in row) for row in rows]
    covered = [_count_covered(sheet, start + number, row) for number, row in enumerate(rows)]
    widest = max(covered)
    for widths, share in ((filled, 1.0), (covered, 1.0), (covered, 0.5)):
        for number, row in enumerate(rows[:-1]):
            words = [cell for cell in row if cell and not cell[0].isdigit()]
            wide = len(words) >= 2 and len(words) == filled[number]
            below = max(widths[number + 1 : number + 4])
            if wide and widths[number] >= share * widest and 2 * below >= widths[number]:
                yield number


def _count_covered(sheet: Sheet, row: int, cells: Row) -> int:
    columns = {column for column, cell in enumerate(cells) if cell is not None}
    for top, left, bottom, right in sheet.merges:
        if top <= row <= bottom and left in columns:
            columns |= {*range(left, right + 1)}
    return len(columns)


def _find_bottom(sheet: Sheet, top: int, numbering: int | None) -> int:
    """The last heading row of a block that starts at `top`: merged cells or sub-headings reach it."""
    if numbering is not None and top < numbering <= top + _MAX_DEPTH:
        bottom = numbering - 1
        while bottom > top and not any(sheet.row(bottom)) and not _is_merged_into(sheet, top, bottom):
            bottom -= 1
        return bottom
    bottom = top
    for first, left, last, right in sheet.merges:
        if first <= bottom and last >= top and last - top < _MAX_DEPTH:
            bottom = max(bottom, last)
            if (
                right > left
                and first == last
                and first == bottom
                and _has_words_below(sheet, bottom, left, right)
            ):
                bottom += 1
    return min(bottom, sheet.height - 1)


def _is_merged_into(sheet: Sheet, top: int, bottom: int) -> bool:
    return any(first <= bottom <= last and first >= top for first, _, last, _ in sheet.merges)


def _has_words_below(sheet: Sheet, row: int, left: int, right: int) -> bool:
    if row + 1 >= sheet.height:
        return False
    cells = sheet.row(row + 1)[left : right + 1]
    return sum(1 for cell in cells if cell and not cell[0].isdigit()) >= 2


def _is_adjacent(sheet: Sheet, bottom: int, numbering: int | None) -> bool:
    return numbering is not None and not any(any(sheet.row(r)) for r in range(bottom + 1, numbering))


def guess_body(sheet: Sheet, block: Block, stop: int) -> Body:
    """Classify the rows below unknown headings, up to row `stop`.

    Without a contract, a record with mostly blank cells looks like a note below the table. So everything
    after the last row that is more than half full (or numbered) counts as notes.
    """
    headed = tuple(index_of(path.letter) for path in block.paths)
    number = find_numbering_letter(block)
    at = None if number is None else index_of(number)
    read = tuple(index for index in headed if index != at)
    body = classify(sheet, block.body, stop, Columns(read, at, headed[:3]))
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
        # The form of a report program has one row with the names of its fields (`&=`).
        if any(cells) and all(cell is None or cell.startswith("&=") for cell in cells):
            body.codes[row] = CODE["so_cot"]
    return body
