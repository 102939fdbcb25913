"""Reads one sheet: finds its tables, and gives every row a role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from flows.read.clerk_marks import FileMarks
from flows.read.problems import make_problem
from flows.read.recode import Originals, to_unicode
from flows.read.sheet import Mask, Sheet, index_of, letter_of
from flows.read.table import ACCEPTED, CHANGES_SCHEMA, ROLES, ROWS_SCHEMA, Line, Problem, ReadTable
from flows.read.tables.astray import RecordShape, describe_above, find_above, hold_astray, leave_out_examples
from flows.read.tables.body import CODE, Body, Codes, Columns, classify
from flows.read.tables.damaged import describe_damaged, hold_damaged
from flows.read.tables.doubtful import describe_doubtful
from flows.read.tables.extract import extract_cells, extract_totals
from flows.read.tables.gloss import pass_over_gloss
from flows.read.tables.groups import take_lone_places, tell_groups
from flows.read.tables.heading import Vocabulary, tidy, words_of
from flows.read.tables.layout import Block, find_blocks, find_numbering_letter
from flows.read.tables.lines import describe_contradictions, find_lines
from flows.read.tables.marked import read_marked
from flows.read.tables.number_gaps import find_number_gaps, find_span, read_row_numbers
from flows.read.tables.proposals import SAMPLE, Values
from flows.read.tables.repairs import repair
from flows.read.tables.routing import (
    Fit,
    choose,
    describe_unclear,
    find_heading_problems,
    find_nearest,
    list_fits,
    list_source_columns,
)
from flows.read.tables.row_words import is_tail, is_total, says_nil
from flows.read.tables.side_by_side import (
    Side,
    describe_blank,
    leave_out_blank,
    repeat_rows,
    split_sides,
    with_content,
    without_other_sides,
)
from flows.read.tables.stated_units import UnitLines, read_unit_lines, read_units
from flows.read.tables.uneven import find_shifted_heading, hold_uneven
from flows.read.tables.unknown import add_unknown_blocks, guess_body
from flows.read.tables.unlisted import add_unlisted
from schemas.contract import Dataset

_ROLES = pl.Series("role", list(ROLES), ROWS_SCHEMA["role"])


@dataclass(slots=True)
class SheetRead:
    """The result of reading one sheet.

    Attributes:
        sheet: The sheet, decoded to Unicode.
        originals: The cells of decoded columns before decoding.
        doubtful: Row and column index of cells that may be in a legacy encoding.
        codes: The role of each row (`CODE`).
        tables: The tables found.
        problems: The problems of the sheet and its headings.
        recognised: Whether some table is of a known dataset.
        marks: What clerks did to the cells of its tables besides typing.
        sides: For each table with periods side by side, the mask of its records and its periods in words.
        refused: The tables that are not taken (see `ReadFile`).
        damage: The problems of single lines of a text file.
        unit_lines: The lines that state units of measure above or below the last table.
        above: The titles of the tables read so far, and lone lines below their records.
        shapes: What the records of each known table look like, with its dataset.
    """

    sheet: Sheet
    originals: Originals
    doubtful: Sequence[tuple[int, int]]
    codes: Codes
    tables: list[ReadTable] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    recognised: bool = False
    marks: list[FileMarks] = field(default_factory=list)
    sides: list[tuple[Mask, Sequence[str]]] = field(default_factory=list)
    refused: list[ReadTable] = field(default_factory=list)
    damage: list[Problem] = field(default_factory=list)
    unit_lines: UnitLines = field(default_factory=UnitLines)
    above: list[tuple[str, ...]] = field(default_factory=list)
    shapes: list[tuple[RecordShape, Dataset]] = field(default_factory=list)

    def rows(self) -> pl.DataFrame:
        """The role of each row (`ROWS_SCHEMA`)."""
        numbers = self.sheet.numbers()
        hidden = np.full(len(self.codes), self.sheet.hidden, np.bool_)
        if self.sheet.hidden_rows:
            hidden |= np.isin(numbers.to_numpy(), list(self.sheet.hidden_rows))
        count = len(self.codes)
        rows = pl.DataFrame(
            [
                pl.Series("sheet", [self.sheet.name], pl.String).new_from_index(0, count),
                numbers.alias("row"),
                _ROLES[self.codes].alias("role"),
                pl.Series("hidden", hidden),
                pl.Series("side", [None], pl.String).new_from_index(0, count),
            ]
        )
        for records, sides in self.sides:
            before, after = rows.head(count), rows.slice(count)
            rows = pl.concat([repeat_rows(before, pl.Series(records), sides), after])
        last = self.sheet.last_line
        return rows if last is None or last == count else self._add_lines(rows, last)

    def _add_lines(self, rows: pl.DataFrame, last: int) -> pl.DataFrame:
        """`rows` with the lines of a text file on which no row starts; one above all rows is `sep=`."""
        every = pl.int_range(1, last + 1, dtype=pl.UInt32, eager=True).alias("row").to_frame()
        first = rows["row"].min()
        role = pl.when(pl.col("row") < pl.lit(first)).then(pl.lit("tieu_de")).otherwise(pl.lit("tiep"))
        lines = every.join(rows, on="row", how="anti").select(
            pl.lit(self.sheet.name).alias("sheet"),
            "row",
            role.cast(ROWS_SCHEMA["role"]).alias("role"),
            pl.lit(self.sheet.hidden).alias("hidden"),
            pl.lit(None, pl.String).alias("side"),
        )
        return pl.concat([rows, lines]).sort("row", maintain_order=True)


def read_sheet(sheet: Sheet, vocabulary: Vocabulary) -> SheetRead:
    """Read the tables of a sheet; rows that belong to none get the role `ngoai_bang`."""
    sheet, originals, doubtful = to_unicode(sheet)
    height = sheet.height
    read = SheetRead(sheet, originals, doubtful, np.full(height, CODE["ngoai_bang"], np.uint8))
    blocks = add_unknown_blocks(sheet, find_blocks(sheet, vocabulary)) if height else []
    tops = [
        _find_title_top(sheet, block, after)
        for block, after in zip(blocks, [-1, *(b.body for b in blocks)], strict=False)
    ]
    for block, top, stop in zip(blocks, tops, [*tops, height][1:], strict=False):
        _read_table(read, block, top, stop, vocabulary)
    if not blocks and height:
        read.codes[_find_blank(sheet, 0, height)] = CODE["trong"]
    read.tables, read.refused = _join_continued(read.tables), _join_continued(read.refused)
    read.damage += describe_damaged(sheet, read.codes)
    return read


def _join_continued(tables: Sequence[ReadTable]) -> list[ReadTable]:
    """Join each table to the one before it if it has the same dataset, columns and units."""
    joined: list[ReadTable] = []
    for table in tables:
        before = joined[-1] if joined else None
        if before and _layout_of(before) == _layout_of(table) and before.cells.columns == table.cells.columns:
            joined[-1] = replace(
                before,
                lines=(*before.lines, *_list_titles(table), *table.lines),
                cells=pl.concat([before.cells, table.cells]),
                nil=before.nil and table.nil,
                totals=pl.concat([before.totals, table.totals], how="diagonal"),
                changes=pl.concat([before.changes, table.changes]),
                numbers=(*before.numbers, *table.numbers),
            )
        else:
            joined.append(table)
    return joined


def _list_titles(table: ReadTable) -> Iterator[Line]:
    """The title of a table that is joined to the one above, as a line between their records."""
    if table.title:
        yield Line(table.top, table.title, heads=True)


def _layout_of(table: ReadTable) -> tuple[object, ...]:
    return table.dataset, table.letters, table.units, table.side


def _find_title_top(sheet: Sheet, block: Block, floor: int) -> int:
    """The first title row of a table: row 0 for the first table, else the first adjacent text row above."""
    if floor < 0:
        return 0
    top = block.top
    for row in range(block.top - 1, max(floor, block.top - 8) - 1, -1):
        texts = [cell for cell in sheet.row(row) if cell]
        if len(texts) > 2 or any(is_total(cell) or is_tail(cell) for cell in texts):
            break
        if not texts and top < block.top:
            break
        top = row if texts else top
    return top


def _find_blank(sheet: Sheet, start: int, stop: int) -> Mask:
    """A mask of empty rows."""
    return np.asarray(sheet.filled(range(sheet.width), start, stop) == 0)


def _read_table(read: SheetRead, block: Block, top: int, stop: int, vocabulary: Vocabulary) -> None:
    sheet = read.sheet
    line = sheet.number(block.bottom)
    chosen = choose(list_fits(block, vocabulary))
    if len(chosen) != 1:
        read.above.append(_read_title(sheet, top, np.zeros(block.top - top, np.bool_)))
        read.problems += describe_unread(sheet, block, stop, vocabulary, chosen)
        _set_roles_unread(read, block, top, stop)
        return
    read.recognised = True
    fit, sides, block = chosen[0], split_sides(chosen[0]), pass_over_gloss(sheet, block, chosen[0], stop)
    columns = _list_columns(with_content(sheet, sides, block.body, stop), block)
    body = classify(sheet, block.body, stop, columns)
    above = _settle_rows(read, block, top, body, columns, fit.dataset)
    title = _read_title(sheet, top, above)
    titles, lines = tuple(read.above), (*_list_groups(fit, sides, line), *find_lines(sheet, body, columns))
    read.above += [title, *_list_trailing(sheet, body, lines)]
    marked = read_marked(sheet, body, fit.dataset, fit.letters)
    read.marks.append(marked.marks)
    filled, blank = leave_out_blank(sheet, body, sides)
    tables: list[ReadTable] = []
    problems: list[Problem] = []
    numbers = read_row_numbers(sheet, body, columns)
    read.unit_lines = read_unit_lines(sheet, title, body, read.unit_lines)
    for side in filled or sides[:1]:
        stated = read_units(sheet, side.fit, block, body, read.unit_lines)
        problems += stated.problems
        table = _make_table(read, block, body, side, title, stated.units)
        table = replace(
            table,
            lines=lines,
            above=titles,
            top=sheet.number(top),
            numbers=() if above.any() else find_span(numbers, body),
            hidden=sheet.hidden,
        )
        accepted = _log_accepted(side.fit, line)
        if accepted.height:
            table = replace(table, changes=pl.concat([accepted, table.changes]))
        tables.append(table)
        own = without_other_sides(block, side, sides)
        problems += _find_column_problems(read, own, body, side, tables[-1])
    problems = [
        *dict.fromkeys(problems),
        *_find_unheaded(sheet, block, body),
        *describe_blank(sheet, line, fit, blank if filled or body.records.any() else []),
        *marked.problems,
        *describe_contradictions(sheet, body, title, lines, fit.dataset.name),
        *find_number_gaps(numbers, sheet, body, fit.dataset.name, int(np.count_nonzero(above))),
    ]
    problems += find_shifted_heading(sheet, block, body, problems, fit.dataset.name)
    read.problems += problems
    _set_roles(read, block, top, body)
    read.codes[top : block.top][above] = CODE["ngoai_bang"]
    refused = any(problem.severity == "chan" for problem in problems)
    if refused or (body.records.any() and not filled):
        read.codes[body.start : stop][body.records] = CODE["ngoai_bang"]
        read.refused += tables if refused else []
    else:
        read.tables += tables
        _repeat_records(read, body, filled)


def _settle_rows(
    read: SheetRead, block: Block, top: int, body: Body, columns: Columns, dataset: Dataset
) -> Mask:
    """Leave out and hold rows of a body, and those outside that look like records.

    Returns a mask of those above the heading.
    """
    sheet = read.sheet
    take_lone_places(sheet, body, columns, dataset)
    read.damage += tell_groups(sheet, body, columns, dataset)
    hold_damaged(sheet, body)
    headed = sorted(index_of(path.letter) for path in block.paths)
    read.damage += hold_uneven(sheet, body, headed[-1] + 1, columns, dataset.name)
    shape = RecordShape(columns, headed)
    read.shapes.append((shape, dataset))
    above = find_above(sheet, top, block.top, shape)
    read.damage += describe_above(sheet, top, above, dataset)
    read.damage += leave_out_examples(sheet, body, columns, dataset)
    read.damage += hold_astray(sheet, body, shape, dataset)
    return above


def _list_groups(fit: Fit, sides: Sequence[Side], row: int) -> Iterator[Line]:
    """The headings above those of the columns that are read, such as "Tháng 10", as one line."""
    paths = (path for pairs in fit.columns.values() for _, path in pairs)
    groups = dict.fromkeys(tidy(level) for path in paths for level in path.levels[:-1])
    # Where periods stand side by side, each has a table of its own.
    if groups and sides[0].words is None:
        yield Line(row, tuple(groups))


def _list_trailing(sheet: Sheet, body: Body, lines: Sequence[Line]) -> list[tuple[str, ...]]:
    """The texts of the lines below the last record: they may be about a table further down."""
    last = np.flatnonzero(body.records)
    row = sheet.number(body.start + int(last[-1])) if len(last) else 0
    return [line.texts for line in lines if line.row > row and line.sure and not line.closes]


def _repeat_records(read: SheetRead, body: Body, sides: Sequence[Side]) -> None:
    """Note that each record stands once for each of the periods side by side."""
    if sides and sides[0].words is not None:
        records = np.zeros(read.sheet.height, np.bool_)
        records[body.start : body.start + len(body.codes)] = body.records
        read.sides.append((records, [str(side.words) for side in sides]))


def _make_table(
    read: SheetRead,
    block: Block,
    body: Body,
    side: Side,
    title: tuple[str, ...],
    units: Mapping[str, str],
) -> ReadTable:
    """The records of one table, or of one of the periods that stand side by side in it."""
    sheet, fit = read.sheet, side.fit
    taken = extract_cells(sheet, body, fit, list_source_columns(fit))
    table, changes = repair(sheet, taken, fit.dataset, read.originals)
    made = ReadTable(
        fit.dataset.name,
        sheet.name,
        title,
        table.cells,
        table.letters,
        units,
        (body.nil or any(map(says_nil, title))) and not body.records.any(),
        extract_totals(sheet, body, table, fit.dataset),
        changes,
        sheet.separator,
        sheet.from_1904,
        side.words if body.records.any() else None,
    )
    return add_unlisted(made, sheet, body, block, fit)


def _log_accepted(fit: Fit, line: int) -> pl.DataFrame:
    """One change (`CHANGES_SCHEMA`) per heading that is read as the root accepted it for this unit."""
    found = [
        (line, path.letter, name, ACCEPTED, path.label, fit.dataset[name].label)
        for name, pairs in fit.columns.items()
        for _, path in pairs
        if path.keys[0] in map(words_of, fit.dataset[name].accepted)
    ]
    return pl.DataFrame(found, schema=CHANGES_SCHEMA, orient="row")


def _find_column_problems(
    read: SheetRead, block: Block, body: Body, side: Side, table: ReadTable
) -> list[Problem]:
    """What is wrong with the columns of one table; `block` has no headings of other sides."""
    sheet, found = read.sheet, frozenset(table.letters)
    place = sheet.name, sheet.number(block.bottom)
    return [
        *find_heading_problems(side.fit, block, place, _sample(sheet, body), found),
        *describe_doubtful(sheet, body, side.fit, read.doubtful),
    ]


def describe_unread(
    sheet: Sheet,
    block: Block,
    stop: int,
    vocabulary: Vocabulary,
    chosen: Sequence[Fit] = (),
    *,
    blocks: bool = True,
) -> list[Problem]:
    """The problems of a table of no known dataset: the nearest one, and what it lacks of it."""
    line, values = sheet.number(block.bottom), _sample(sheet, guess_body(sheet, block, stop))
    nearest = None if chosen else find_nearest(block, values, vocabulary)
    unclear = describe_unclear(sheet.name, line, chosen, block.paths, blocks=blocks, nearest=nearest)
    if nearest is None or not blocks:
        return [unclear]
    place = sheet.name, line
    return [unclear, *find_heading_problems(nearest, block, place, values, frozenset())]


def _sample(sheet: Sheet, body: Body) -> Values:
    """The values of the first records, by the letter of the column."""
    first = body.records
    first[np.flatnonzero(first)[SAMPLE:]] = False

    def list_values(letter: str) -> list[str]:
        return sheet.take(index_of(letter), body.start, first)[0].drop_nulls().to_list()

    return list_values


def _find_unheaded(sheet: Sheet, block: Block, body: Body) -> list[Problem]:
    """One warning per column that has data in the rows of records but no heading."""
    headed = {index_of(path.letter) for path in block.paths}
    problems = []
    for index in range(sheet.width):
        if index in headed:
            continue
        filled = (
            sheet.filled([index], body.start, body.start + len(body.codes)).astype(np.bool_) & body.records
        )
        if filled.any():
            line = sheet.number(body.start + int(np.flatnonzero(filled)[0]))
            name = letter_of(index)
            message = f"Cột {name} không có tiêu đề nhưng có dữ liệu từ dòng {line}: cột này không được đọc."
            problems.append(make_problem("tep.cot_la", message, sheet=sheet.name, row=line, column=name))
    return problems


def _list_columns(fit: Fit, block: Block) -> Columns:
    headed = sorted(index_of(path.letter) for path in block.paths)
    number = find_numbering_letter(block)
    contract = {
        index_of(path.letter): fit.dataset[name] for name, pairs in fit.columns.items() for _, path in pairs
    }
    return Columns(
        tuple(sorted(contract)),
        None if number is None else index_of(number),
        tuple(headed[:3]),
        contract,
    )


def _set_roles(read: SheetRead, block: Block, top: int, body: Body) -> None:
    read.codes[top : block.top] = CODE["tieu_de"]
    read.codes[block.top : block.bottom + 1] = CODE["dau_cot"]
    read.codes[block.bottom + 1 : block.body] = CODE["dau_cot"]
    if block.numbering is not None:
        read.codes[block.numbering] = CODE["so_cot"]
    read.codes[body.start : body.start + len(body.codes)] = body.codes
    read.codes[top : block.body][_find_blank(read.sheet, top, block.body)] = CODE["trong"]


def _set_roles_unread(read: SheetRead, block: Block, top: int, stop: int) -> None:
    """Set the roles of the rows of a table that can't be read; its records stay `ngoai_bang`."""
    read.codes[top : block.top] = CODE["tieu_de"]
    read.codes[block.top : block.bottom + 1] = CODE["dau_cot"]
    if block.units is not None:
        read.codes[block.units] = CODE["dau_cot"]
    read.codes[top:stop][_find_blank(read.sheet, top, stop)] = CODE["trong"]


def _read_title(sheet: Sheet, top: int, records: Mask) -> tuple[str, ...]:
    """The text of the rows from `top` on, without those of the mask `records`."""
    rows = zip(sheet.rows(top, top + len(records)), records.tolist(), strict=True)
    return tuple(tidy(cell) for row, is_record in rows if not is_record for cell in row if cell)
