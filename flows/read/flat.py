"""Turns delimited text (CSV, TSV, Excel's "Unicode Text") into one sheet."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import polars as pl

from flows.read.faults import RefusedError
from flows.read.grid import Sheet, letter
from flows.read.heading import Vocabulary, key

_SEPARATORS = ",;\t|"
_HEAD = 1 << 16
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NO_TABLE = "Tệp là văn bản, không phải bảng. Gửi lại bảng ở dạng Excel (.xlsx) hoặc CSV."
# A whitespace-only field ends with one of these and then a separator, a quote or the line's end.
_SPACES = (b" ", b"\t", b"\xc2\xa0", b"\xe3\x80\x80", b"\xe2\x80\x8b")


def sheet_of(data: bytes, name: str, vocabulary: Vocabulary) -> Sheet:
    """The table of a text file; `name` becomes the sheet's name.

    Raises:
        RefusedError: it holds binary data, or lines of words and no table.
    """
    data = as_utf8(data)
    head = data[:_HEAD].decode("utf-8", "ignore")
    skipped = 0
    if declared := re.match(r"sep=(.)\r?\n", head):
        skipped, head = 1, head[declared.end() :]
        data = data[declared.end() :]
        separator = declared[1]
    else:
        separator = _separator(head, vocabulary)
    text, lines = _parse(data, separator, head)
    if skipped:
        lines = (lines if lines is not None else _count(text.height)) + skipped
    return Sheet(name, text, lines=lines)


def as_utf8(data: bytes) -> bytes:
    """`data` in UTF-8 without a byte order mark, from UTF-8, UTF-16 or Windows-1258."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            body = data[len(mark) :]
            return body if encoding == "utf-8" else body.decode(encoding, "replace").encode()
    if b"\0" in data:
        return _utf16(data)
    try:
        # Valid UTF-8 is never Windows-1258 in practice: its letters would need matching lead bytes.
        codecs.utf_8_decode(data, "strict", True)
    except UnicodeDecodeError:
        return unicodedata.normalize("NFC", data.decode("cp1258", "replace")).encode()
    return data


def _utf16(data: bytes) -> bytes:
    """Bytes with zeros among them: UTF-16 without a mark where these stand on one side, else no text."""
    sample = data[:4096]
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    if max(odd, even) < len(sample) // 8 or min(odd, even) > len(sample) // 50:
        raise RefusedError("tep.khong_phai_bang_tinh", _NO_TABLE)
    return data.decode("utf-16-le" if odd > even else "utf-16-be", "replace").encode()


def _separator(head: str, vocabulary: Vocabulary) -> str:
    """The separator under which most cells are known headings, then most lines have equally many cells."""
    lines = head.splitlines()[:60]

    def score(separator: str) -> tuple[int, int, int]:
        widths: Counter[int] = Counter()
        known = 0
        for cells in csv.reader(lines, delimiter=separator):
            widths[len(cells)] += 1
            known = max(known, sum(key(cell) in vocabulary.parts for cell in cells))
        wide = [(count, width) for width, count in widths.items() if width > 1]
        return (known if wide else 0, *max(wide, default=(0, 0)))

    scores = {separator: score(separator) for separator in _SEPARATORS}
    best = max(scores, key=lambda s: scores[s])
    known, count, _ = scores[best]
    if count == 0 or (known < 2 and 2 * count <= len([line for line in lines if line.strip()])):
        raise RefusedError("tep.khong_phai_bang_tinh", _NO_TABLE)
    return best


def _parse(data: bytes, separator: str, head: str) -> tuple[pl.DataFrame, pl.Series | None]:
    """Text by column, and the line of each row where cells hold line breaks."""
    width = max((len(cells) for cells in csv.reader(head.splitlines()[:200], delimiter=separator)), default=1)
    schema = {letter(i): pl.String() for i in range(width)}
    try:
        text = pl.read_csv(
            data if width == 1 else _first_line_full(data, separator, width),
            has_header=False,
            infer_schema=False,
            schema=schema,
            separator=separator,
            raise_if_empty=False,
        )
    except pl.exceptions.PolarsError:
        return _parse_slowly(data, separator)
    if width > 1:
        text = text.slice(1)
    lines = _lines(text) if _newlines(data) > text.height else None
    return _blanked(text, data, separator), lines


def _first_line_full(data: bytes, separator: str, width: int) -> bytes:
    # polars takes the number of columns from the first line, which in a form is a short title.
    return separator.encode() * (width - 1) + b"\n" + data


def _newlines(data: bytes) -> int:
    return data.count(b"\n") + (not data.endswith(b"\n"))


def _lines(text: pl.DataFrame) -> pl.Series:
    """The line on which each row starts, given that cells may hold line breaks."""
    breaks = text.select(pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True)).alias("n"))["n"]
    extra = breaks.fill_null(0).cum_sum().shift(1, fill_value=0)
    return (_count(text.height) + extra).cast(pl.UInt32)


def _count(height: int) -> pl.Series:
    return pl.int_range(1, height + 1, dtype=pl.UInt32, eager=True).alias("_row")


def _blanked(text: pl.DataFrame, data: bytes, separator: str) -> pl.DataFrame:
    """`text` with null for whitespace-only cells; the search of the bytes spares most files the work."""
    ends = (separator.encode(), b"\r", b"\n", b'"')
    spaced = any(space + end in data for space in _SPACES for end in ends if space != end)
    if not spaced and b'""' not in data and not data.endswith(_SPACES):
        return text
    blank = pl.all().str.strip_chars().str.len_bytes() == 0
    return text.with_columns(pl.when(~blank).then(pl.all()))


def _parse_slowly(data: bytes, separator: str) -> tuple[pl.DataFrame, pl.Series | None]:
    """For text whose quotes or widths the fast parser doesn't take."""
    reader = csv.reader(io.StringIO(data.decode("utf-8", "replace"), newline=""), delimiter=separator)
    rows: list[Sequence[str]] = []
    lines: list[int] = []
    before = 0
    try:
        for cells in reader:
            rows.append(cells)
            lines.append(before + 1)
            before = reader.line_num
    except csv.Error as error:
        raise RefusedError("tep.khong_mo_duoc", f"Dòng {before + 1} của tệp CSV không đọc được.") from error
    width = max(map(len, rows), default=0)
    columns = {letter(i): [r[i] if i < len(r) and r[i].strip() else None for r in rows] for i in range(width)}
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)), pl.Series(
        "_row", lines, pl.UInt32
    )
