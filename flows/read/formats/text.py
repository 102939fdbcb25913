"""Reads delimited text (CSV, TSV, Excel's "Unicode Text") as one sheet."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from flows.read.formats.container import BROKEN
from flows.read.formats.encodings import NO_TABLE, decode_text
from flows.read.formats.lines import Damage, LineFault, fault_of, shift
from flows.read.formats.quotes import MendedText, list_pieces, mend_quotes
from flows.read.problems import RefusedError
from flows.read.sheet import MOST_COLUMNS, FrameSheet, Sheet, least_of, letter_of
from flows.read.tables.heading import Vocabulary, key_of

_SEPARATORS = ",;\t|"
_HEAD = 1 << 16
_NBSP = "\u00a0".encode()
# A frame of rows of different lengths may have this many cells, or this many times those of the file.
_SMALL_AREA = 2_000_000
_MOST_PER_CELL = 4


def read_text(data: bytes, name: str, vocabulary: Vocabulary) -> Sheet:
    """Read a text file as a sheet called `name`.

    `vocabulary` helps to find the separator: the right one gives known headings.

    Raises:
        RefusedError: it has binary data, or only sentences and no table.
    """
    text = decode_text(data)
    data, faults = text.data, list(text.faults)
    head = data[:_HEAD].decode("utf-8", "ignore")
    declared = re.match(r"sep=([\t !#-~])\n", head)
    above = 0
    if declared:
        data, head, above = data[declared.end() :], head[declared.end() :], 1
    separator = declared[1] if declared else _choose_separator(head, vocabulary)
    quote = _choose_quote(head, separator)
    mended = mend_quotes(data, separator, quote) if quote.encode() in data else MendedText(data)
    height = data.count(b"\n") + (not data.endswith(b"\n"))
    starts = _find_starts(height, mended.longer)
    frame, widths = _parse(mended, separator, quote, starts)
    # A carriage return within quotes is a line break of the cell.
    within = {line + more for line, (lines, _) in mended.longer.items() for more in range(lines - 1)}
    faults = [one for one in faults if one.damage is not Damage.LINE_END or one.line - above not in within]
    faults += shift(mended.faults, above)
    if widths is not None:
        wide = starts.filter(widths > frame.width)
        faults += (fault_of(line + above, Damage.WIDE) for line in wide)
    least = least_of(frame)
    frame = _blank_to_null(frame, least, nbsp=_NBSP in mended.data[: 1 << 20])
    lines = None if len(starts) == height and not above else (starts + above).alias("_row")
    return FrameSheet(
        name,
        text=frame,
        lines=lines,
        least=least,
        widths=widths,
        separator=separator,
        last_line=height + above,
        open_end=not data.endswith(b"\n"),
        faults=_sort(faults),
    )


def _sort(faults: Sequence[LineFault]) -> tuple[LineFault, ...]:
    return tuple(sorted(faults, key=lambda fault: fault.line))


def _choose_separator(head: str, vocabulary: Vocabulary) -> str:
    """The separator that gives most known headings, then most lines with the same number of cells."""
    lines = _first_lines(head, 60)

    def score(separator: str) -> tuple[int, int, int]:
        known, most = 0, (0, 0)
        # A quote that nobody closed swallows all lines below it, so they are also split without quotes.
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            rows = list(csv.reader(lines, delimiter=separator, quoting=quoting))
            widths = Counter(len(cells) for cells in rows if len(cells) > 1)
            most = max(most, max(((count, width) for width, count in widths.items()), default=most))
            found = (sum(key_of(cell) in vocabulary.parts for cell in cells) for cells in rows)
            known = max(known, *found) if widths else known
        return known, *most

    scores = {separator: score(separator) for separator in _SEPARATORS}
    best = max(scores, key=lambda s: scores[s])
    known, count, _ = scores[best]
    full = [line for line in lines if line.strip()]
    if known < 2 and 2 * count <= len(full) and not _is_one_column(full):
        raise RefusedError("tep.khong_phai_bang_tinh", NO_TABLE)
    return best


def _first_lines(head: str, count: int) -> list[str]:
    return head.split("\n", count)[:count]


def _is_one_column(lines: Sequence[str]) -> bool:
    """Whether lines without a common separator are a table of one column: all are short."""
    return all(len(line) <= 40 and len(line.split()) <= 3 for line in lines)


def _choose_quote(head: str, separator: str) -> str:
    """The quote around cells: an apostrophe if most lines begin with one and have others between cells."""
    lines = [line for line in _first_lines(head, 60) if separator in line]
    single = sum(line.startswith("'") and f"'{separator}'" in line for line in lines)
    return "'" if separator != "'" and 2 * single > len(lines) else '"'


def _find_starts(height: int, longer: Mapping[int, tuple[int, int]]) -> pl.Series:
    """The line (from 1) on which each row starts."""
    first = np.ones(height, np.bool_)
    for line, (lines, _) in longer.items():
        first[line : line + lines - 1] = False
    return pl.Series("_row", (np.flatnonzero(first) + 1).astype(np.uint32))


def _parse(
    mended: MendedText, separator: str, quote: str, starts: pl.Series
) -> tuple[pl.DataFrame, pl.Series | None]:
    """The text by column, and the number of cells of each row; None instead if all have the same.

    A row with more cells than the frame has columns is cut.
    """
    if starts.is_empty():
        return pl.DataFrame(), None
    data = mended.data
    head = _first_lines(data[:_HEAD].decode("utf-8", "ignore"), 200)
    rows = [len(cells) for cells in csv.reader(head, delimiter=separator, quotechar=quote)]
    width = max(rows, default=1)
    plain = quote.encode() not in data
    small = width <= MOST_COLUMNS and width * len(starts) <= max(_SMALL_AREA, 2 * len(data))
    frame = _read_frame(data, separator, quote, width, first=rows[0]) if small else None
    even = frame is not None and data.count(separator.encode()) == (width - 1) * len(starts)
    if frame is None or not (plain and even):
        widths = _count_cells(mended, separator, quote, starts)
        if frame is None or widths.max() != width:
            width = _limit_width(widths)
            frame = _read_frame(data, separator, quote, width, first=rows[0], cut=True)
    else:
        widths = None
    if frame is None or frame.height != len(starts):
        raise RefusedError("tep.khong_mo_duoc", BROKEN)
    return frame, widths if widths is not None and widths.n_unique() > 1 else None


def _read_frame(
    data: bytes, separator: str, quote: str, width: int, *, first: int, cut: bool = False
) -> pl.DataFrame | None:
    """The first `width` columns, with `cut` also of longer rows; None if there are longer rows.

    Args:
        data: Text whose quotes follow the rules.
        separator: What stands between cells.
        quote: What stands around cells.
        width: Number of columns.
        first: Number of cells of the first row.
        cut: Whether rows may be longer.
    """
    # polars takes the number of columns from the first line, which in a form is a short title: prepend a line
    # of separators (removed below).
    short = first != width
    try:
        text = pl.read_csv(
            separator.encode() * (width - 1) + b"\n" + data if short else data,
            has_header=False,
            infer_schema=False,
            separator=separator,
            quote_char=quote,
            schema={letter_of(i): pl.String() for i in range(width)},
            truncate_ragged_lines=cut,
        )
    except pl.exceptions.PolarsError:
        return None
    return text.slice(1) if short else text


def _count_cells(mended: MendedText, separator: str, quote: str, starts: pl.Series) -> pl.Series:
    """The number of cells of each row."""
    q = re.escape(quote)
    counted = []
    for piece in list_pieces(mended.data):
        lines = pl.read_lines(piece).to_series()
        if quote.encode() in piece:
            lines = lines.str.replace_all(f"{q}(?:[^{q}]|{q}{q})*{q}", "")
        counted.append(lines.str.count_matches(separator, literal=True) + 1)
    widths = pl.concat(counted).to_numpy().copy()
    for line, (_, cells) in mended.longer.items():
        widths[line - 1] = cells
    return pl.Series(widths, dtype=pl.UInt32).gather(starts - 1)


def _limit_width(widths: pl.Series) -> int:
    """The number of columns to read: all, unless a few long rows would make the frame huge."""
    area = max(_SMALL_AREA, _MOST_PER_CELL * int(widths.sum()))
    return max(min(int(str(widths.max())), area // len(widths), MOST_COLUMNS), 1)


def _blank_to_null(text: pl.DataFrame, least: Mapping[str, str | None], *, nbsp: bool) -> pl.DataFrame:
    """Replace cells of only spaces by null.

    Only columns whose smallest text sorts before "!" can have such cells, so the others are skipped; a
    no-break space sorts later, so if the file has any (`nbsp`), no column is skipped.
    """
    suspects = [name for name, small in least.items() if small is not None and small < "!"]
    if nbsp:
        suspects = text.columns
    blank = pl.col(suspects).str.strip_chars().str.len_bytes() == 0
    return text.with_columns(pl.when(~blank).then(pl.col(suspects)).name.keep()) if suspects else text
