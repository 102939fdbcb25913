"""Reads delimited text (CSV, TSV, Excel's "Unicode Text") as one sheet."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

import polars as pl

from flows.read.problems import RefusedError
from flows.read.sheet import FrameSheet, Sheet, least_of, letter_of
from flows.read.tables.heading import Vocabulary, key_of

_SEPARATORS = ",;\t|"
_HEAD = 1 << 16
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NBSP = "\u00a0".encode()
_NO_TABLE = "Tệp là văn bản, không phải bảng. Gửi lại bảng ở dạng Excel (.xlsx) hoặc CSV."


def read_text(data: bytes, name: str, vocabulary: Vocabulary) -> Sheet:
    """Read a text file as a sheet called `name`.

    `vocabulary` helps to find the separator: the right one gives known headings.

    Raises:
        RefusedError: it has binary data, or only sentences and no table.
    """
    data = as_utf8(data)
    if b"\r" in data[:_HEAD] and b"\n" not in data[:_HEAD]:
        data = data.replace(b"\r", b"\n")
    head = data[:_HEAD].decode("utf-8", "ignore")
    declared = re.match(r"sep=([\t !#-~])\r?\n", head)
    if declared:
        data, head = data[declared.end() :], head[declared.end() :]
    separator = declared[1] if declared else _choose_separator(head, vocabulary)
    text, lines = _parse(data, separator, head)
    widths = _count_cells(data, separator, text)
    if declared:
        lines = (_number_rows(text.height) if lines is None else lines) + 1
    least = least_of(text)
    text = _blank_to_null(text, least, nbsp=_NBSP in data[: 1 << 20])
    return FrameSheet(name, text=text, lines=lines, least=least, widths=widths, separator=separator)


def as_utf8(data: bytes) -> bytes:
    """Convert `data` from UTF-8, UTF-16 or Windows-1258 to UTF-8 without a byte order mark."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            body = data[len(mark) :]
            return body if encoding == "utf-8" else body.decode(encoding, "replace").encode()
    if b"\0" in data:
        return _decode_utf16(data)
    # Vietnamese Windows-1258 is practically never valid UTF-8. Only the head is checked, to save time; the
    # parser notices invalid bytes further down, and then the whole file is decoded as Windows-1258.
    if _is_utf8(data[:_HEAD], whole=len(data) <= _HEAD):
        return data
    return _decode_1258(data)


def _is_utf8(data: bytes, *, whole: bool = True) -> bool:
    try:
        codecs.utf_8_decode(data, "strict", whole)
    except UnicodeDecodeError:
        return False
    return True


def _decode_1258(data: bytes) -> bytes:
    return unicodedata.normalize("NFC", data.decode("cp1258", "replace")).encode()


def _decode_utf16(data: bytes) -> bytes:
    """Decode bytes with zeros: UTF-16 if nearly all are at even or at odd places, else refuse as binary."""
    sample = data[:4096]
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    if max(odd, even) < len(sample) // 8 or min(odd, even) > len(sample) // 50:
        raise RefusedError("tep.khong_phai_bang_tinh", _NO_TABLE)
    return data.decode("utf-16-le" if odd > even else "utf-16-be", "replace").encode()


def _choose_separator(head: str, vocabulary: Vocabulary) -> str:
    """The separator that gives most known headings, then most lines with the same number of cells."""
    lines = _first_lines(head, 60)

    def score(separator: str) -> tuple[int, int, int]:
        widths: Counter[int] = Counter()
        known = 0
        for cells in csv.reader(lines, delimiter=separator):
            widths[len(cells)] += 1
            known = max(known, sum(key_of(cell) in vocabulary.parts for cell in cells))
        wide = [(count, width) for width, count in widths.items() if width > 1]
        return (known if wide else 0, *max(wide, default=(0, 0)))

    scores = {separator: score(separator) for separator in _SEPARATORS}
    best = max(scores, key=lambda s: scores[s])
    known, count, _ = scores[best]
    full = [line for line in lines if line.strip()]
    if known < 2 and 2 * count <= len(full) and not _is_one_column(full):
        raise RefusedError("tep.khong_phai_bang_tinh", _NO_TABLE)
    return best


def _first_lines(head: str, count: int) -> list[str]:
    return head.replace("\r", "").split("\n", count)[:count]


def _is_one_column(lines: Sequence[str]) -> bool:
    """Whether lines without a common separator are a table of one column: all are short."""
    return all(len(line) <= 40 and len(line.split()) <= 3 for line in lines)


def _parse(data: bytes, separator: str, head: str) -> tuple[pl.DataFrame, pl.Series | None]:
    """The text by column, and the line of each row; None instead of lines if no cell has a line break."""
    width = max((len(cells) for cells in csv.reader(_first_lines(head, 200), delimiter=separator)), default=1)
    short = len(next(csv.reader(_first_lines(head, 1), delimiter=separator), ())) < width
    try:
        text = pl.read_csv(
            # polars takes the number of columns from the first line, which in a form is a short title:
            # prepend a line of separators (removed below).
            separator.encode() * (width - 1) + b"\n" + data if short else data,
            has_header=False,
            infer_schema=False,
            separator=separator,
            schema={letter_of(i): pl.String() for i in range(width)},
        )
    except pl.exceptions.PolarsError:
        return _parse_slowly(data if _is_utf8(data) else _decode_1258(data), separator)
    text = text.slice(1) if short else text
    multiline = b'"' in data and _count_lines(data) > text.height
    return text, _number_lines(text) if multiline else None


def _count_cells(data: bytes, separator: str, text: pl.DataFrame) -> pl.Series | None:
    """The number of cells of each row; None if all rows have the same."""
    if data.count(separator.encode()) == (text.width - 1) * text.height:
        return None
    if b'"' in data:
        quoted = csv.reader(io.StringIO(data.decode("utf-8", "replace"), newline=""), delimiter=separator)
        widths = pl.Series([max(len(cells), 1) for cells in quoted], dtype=pl.UInt32)
    else:
        widths = (
            pl.read_lines(data if _is_utf8(data) else _decode_1258(data))
            .to_series()
            .str.count_matches(separator, literal=True)
            + 1
        )
    return widths if len(widths) == text.height and widths.n_unique() > 1 else None


def _count_lines(data: bytes) -> int:
    return data.count(b"\n") + (not data.endswith(b"\n"))


def _number_lines(text: pl.DataFrame) -> pl.Series:
    """The line on which each row starts, if cells contain line breaks."""
    breaks = text.select(pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True)).alias("n"))["n"]
    extra = breaks.fill_null(0).cum_sum().shift(1, fill_value=0)
    return (_number_rows(text.height) + extra).cast(pl.UInt32)


def _number_rows(height: int) -> pl.Series:
    return pl.int_range(1, height + 1, dtype=pl.UInt32, eager=True).alias("_row")


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


def _parse_slowly(data: bytes, separator: str) -> tuple[pl.DataFrame, pl.Series | None]:
    """Parse with the csv module text whose quotes or row widths polars refuses."""
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
    columns = {
        letter_of(i): [r[i] if i < len(r) and r[i].strip() else None for r in rows] for i in range(width)
    }
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)), pl.Series(
        "_row", lines, pl.UInt32
    )
