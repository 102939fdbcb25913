"""Finds the heading rows of the tables on a sheet (one to four each) by the headings of the contracts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flows.read.sheet import Merge, Sheet
from flows.read.tables.heading import Heading, Path, Vocabulary, number_keys, tidy
from flows.read.tables.levels import Levels, read_paths
from flows.read.tables.matching import find_matches
from flows.read.units_of_measure import is_unit_row

_SEARCHED_ROWS = 60
_MAX_DEPTH = 4
_HAS_DIGIT = re.compile(r"\d")
# So many columns of one dataset are no accident.
_ENOUGH = 3
_CODED = re.compile(r"[A-Za-z][A-Za-z0-9_.]*")
_NUMBERED = re.compile(r"\(?-?\d{1,3}\)?(?:\s*=\s*[\d()+\-*x×:/ .…]+)?|\(?[A-ZĐ]\)?|\d{1,3}[.,]0")


@dataclass(frozen=True, slots=True)
class Block:
    """The headings of one table.

    Attributes:
        top: The first heading row (from 0).
        bottom: The last heading row.
        numbering: The row below that numbers the columns; None if there is none.
        paths: The headings of the columns.
        units: The row below that only states their units of measure; None if there is none.
        gloss: The last row below that explains the columns; None if there is none.
    """

    top: int
    bottom: int
    numbering: int | None
    paths: tuple[Path, ...]
    units: int | None = None
    gloss: int | None = None

    @property
    def body(self) -> int:
        """The first row below the headings and the rows that explain them."""
        rows = (self.bottom, self.numbering, self.units, self.gloss)
        return 1 + max(row for row in rows if row is not None)


def find_blocks(sheet: Sheet, vocabulary: Vocabulary) -> list[Block]:
    """The heading blocks of a sheet, from top to bottom."""
    blocks: list[Block] = []
    for row in _find_candidates(sheet, vocabulary):
        if not blocks or row > blocks[-1].bottom:
            _add_block(blocks, sheet, row, vocabulary)
    again = {level for block in blocks for path in block.paths for level in path.levels}
    for row in sheet.holding(vocabulary.spellings | again, _SEARCHED_ROWS):
        if not blocks or row > blocks[-1].bottom:
            _add_block(blocks, sheet, row, vocabulary)
    return blocks


def _add_block(blocks: list[Block], sheet: Sheet, row: int, vocabulary: Vocabulary) -> None:
    """Add the block that starts near `row`, if there is one."""
    block = _best_block(sheet, row, blocks[-1].body if blocks else 0, vocabulary)
    if block and (not blocks or _is_another(block, blocks, vocabulary)):
        blocks.append(block)


def _find_candidates(sheet: Sheet, vocabulary: Vocabulary) -> Iterator[int]:
    """The rows near the top with at least two known headings."""
    for row, cells in enumerate(sheet.rows(0, min(_SEARCHED_ROWS, sheet.height))):
        known = sum(1 for cell in cells if cell and not cell[0].isdigit() and vocabulary.knows(cell))
        if known >= 2:
            yield row


def _best_block(sheet: Sheet, row: int, floor: int, vocabulary: Vocabulary) -> Block | None:
    """The block near `row` that names most columns of one dataset; if equal, the one with fewest rows."""
    first, last = max(floor, row - 1), min(row + 1, sheet.height - 1)
    levels = Levels(sheet, first, min(last + _MAX_DEPTH, sheet.height))
    best = _find_best(levels, (first, last), sheet.height, vocabulary)
    if best is None:
        return None
    best = _trim(levels, best, vocabulary)
    if best.top > last:
        # The heading of another table, with no more than a few records below it, may stand above.
        above = _find_best(levels, (first, last), best.top, vocabulary)
        best = above if above and _holds_record(sheet, above, best.top) else best
    top, bottom = _extend_to_merges(sheet.merges, best.top, best.bottom, floor)
    bottom = _extend_to_repetitions(sheet, bottom)
    bottom = min(bottom, sheet.height - 1)  # a damaged file may merge cells below its last row
    numbering, units = _find_rows_below(sheet, bottom)
    return Block(top, bottom, numbering, read_paths(sheet, top, bottom), units)


def _find_rows_below(sheet: Sheet, bottom: int) -> tuple[int | None, int | None]:
    """The row below a heading that numbers its columns, and the one that states their units, if any."""
    numbering = units = None
    for row in range(bottom + 1, min(bottom + 3, sheet.height)):
        if numbering is None and is_numbering(sheet, row):
            numbering = row
        elif units is None and is_unit_row(sheet.row(row)):
            units = row
        else:
            break
    return numbering, units


@dataclass(frozen=True, slots=True)
class _Span:
    """Heading rows from `top` to `bottom`; how many columns of one dataset they name, how many exactly."""

    top: int
    bottom: int
    named: int
    exact: int


def _find_best(levels: Levels, tops: tuple[int, int], stop: int, vocabulary: Vocabulary) -> _Span | None:
    """The rows above `stop` that name most columns; they begin between the two `tops`."""
    best: _Span | None = None
    for top in range(tops[0], min(tops[1] + 1, stop)):
        for bottom in range(top, min(top + _MAX_DEPTH, stop)):
            named, exact = _count_named(levels.named(top, bottom).values(), vocabulary)
            rank = named, exact, top - bottom
            if named >= 2 and (best is None or rank > (best.named, best.exact, best.top - best.bottom)):
                best = _Span(top, bottom, named, exact)
    return best


def _trim(levels: Levels, span: _Span, vocabulary: Vocabulary) -> _Span:
    """The span without upper rows that name no column: records of a table above it, or its title."""
    tops = range(span.top, span.bottom + 1)
    counts = [_count_named(levels.named(top, span.bottom).values(), vocabulary) for top in tops]
    best = max(zip(counts, tops, strict=True))
    return _Span(best[1], span.bottom, *best[0])


def _holds_record(sheet: Sheet, above: _Span, stop: int) -> bool:
    """Whether a row between a heading of at least three columns and row `stop` looks like a record."""
    rows = [[cell for cell in row if cell] for row in sheet.rows(above.bottom + 1, stop)]
    return above.named >= _ENOUGH and any(
        2 * len(cells) >= above.named and any(map(_HAS_DIGIT.search, cells)) for cells in rows
    )


def _is_another(block: Block, before: Sequence[Block], vocabulary: Vocabulary) -> bool:
    """Whether a block further down is a heading, not a record that happens to contain two such words."""
    named, _ = _count_named((path.levels for path in block.paths), vocabulary)
    if block.top <= before[-1].body:
        # Right below a heading that names as many columns, the same names are those of fields.
        above, _ = _count_named((path.levels for path in before[-1].paths), vocabulary)
        if named <= above and is_coded([level for path in block.paths for level in path.levels]):
            return False
    return named >= _ENOUGH or 2 * named >= len(block.paths) or block.paths == before[0].paths


def _count_named(headings: Iterable[Heading], vocabulary: Vocabulary) -> tuple[int, int]:
    """How many columns of one dataset the headings name, and how many of these with their whole heading."""
    headings = list(headings)
    suited = vocabulary.suited_to(headings)
    found: dict[str, dict[str, bool]] = {}
    for heading in headings:
        for match in find_matches(heading, suited):
            named = found.setdefault(match.dataset, {})
            column = match.column + match.sex + match.side
            named[column] = match.exact or named.get(column, False)
    return max(((len(named), sum(named.values())) for named in found.values()), default=(0, 0))


def _extend_to_merges(merges: Sequence[Merge], top: int, bottom: int, floor: int) -> tuple[int, int]:
    """Extend the block to whole merged cells; title rows merged across columns stay outside."""
    for first, _, last, _ in merges:
        if first < last and first <= bottom and last >= top and first >= floor and last - first < _MAX_DEPTH:
            top, bottom = min(top, first), max(bottom, last)
    return top, bottom


def _extend_to_repetitions(sheet: Sheet, bottom: int) -> int:
    """Extend the block to a row that repeats headings of the row above: cells merged before the export."""
    for row in range(bottom + 1, min(bottom + _MAX_DEPTH, sheet.height)):
        pairs = zip(sheet.row(row - 1), sheet.row(row), strict=True)
        if sum(above is not None and above == below and not above[0].isdigit() for above, below in pairs) < 2:
            break
        bottom = row
    return bottom


def is_coded(cells: Sequence[str | None]) -> bool:
    """Whether a row only has codes without a space, as of fields: `stt | thon | rac_phat_sinh`."""
    return all(_CODED.fullmatch(cell.strip()) for cell in cells if cell)


def is_numbering(sheet: Sheet, row: int) -> bool:
    """Whether a row only numbers the columns: `1 2 3`, `(1) (2)`, `A B 1 2`, `11=10+9`."""
    if row >= sheet.height:
        return False
    cells = [tidy(cell) for cell in sheet.row(row) if cell]
    if len(cells) < 3 or not all(map(_NUMBERED.fullmatch, cells)):
        return False
    numbers = [abs(int(re.sub(r"\D*(\d+).*", r"\1", cell))) for cell in cells if re.search(r"\d", cell)]
    if not numbers:
        return True
    steps = sum(after == before + 1 for before, after in pairwise(numbers))
    return numbers[0] in (0, 1, 2) and 2 * steps >= len(numbers) - 1


def find_numbering_letter(block: Block) -> str | None:
    """The letter of the column that numbers the records; None if there is none."""
    return next((path.letter for path in block.paths if number_keys() & {*path.keys}), None)
