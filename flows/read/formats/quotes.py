"""Mends the quotes of delimited text, so that no line disappears in a cell of another line.

A line with a stray quote, an escaped quote (`\\"`) or spaces around quotes is rewritten with the same cells.
A cell may go over several lines, unless these look like records: then a quote is missing or one too many.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from flows.read.formats.lines import Damage, LineFault, fault_of

_PIECE = 16 << 20
_HEAD_LINES = 500
# A sentence may be split by commas into fewer pieces than this.
_FEW_CELLS = 4
# No cell of a spreadsheet has more characters, and a character has at most four bytes.
_LONGEST_CELL = 4 * 32_767


@dataclass(frozen=True, slots=True)
class MendedText:
    """Delimited text whose quotes all follow the rules, with as many lines as before.

    Attributes:
        data: The text.
        faults: The damaged lines.
        longer: Rows that go over several lines, by their first line (from 1): number of lines and of cells.
    """

    data: bytes
    faults: Sequence[LineFault] = ()
    longer: Mapping[int, tuple[int, int]] = field(default_factory=dict)


def mend_quotes(data: bytes, separator: str, quote: str) -> MendedText:
    """Mend the quotes of UTF-8 text whose lines end in `\\n`."""
    syntax = _Syntax(separator, quote)
    suspects = _find_suspects(data, syntax)
    return _Mender(data, syntax).mend(suspects) if len(suspects) else MendedText(data)


class _Cells(NamedTuple):
    """The cells of a line.

    Attributes:
        cells: The text of each cell.
        open: Whether one opens a quote that nothing closes.
        ditto: Whether one is a quote alone: a ditto mark, or the start of a cell of several lines.
        torn: Whether two have a stray quote, so that what was within quotes may be torn apart.
        spaced: Whether some begin with a space.
    """

    cells: Sequence[str]
    open: bool
    ditto: bool
    torn: bool
    spaced: bool


class _Syntax:
    """The patterns of lines and cells for one separator and one quote."""

    def __init__(self, separator: str, quote: str) -> None:
        self.separator, self.quote = separator, quote
        s, q = re.escape(separator), re.escape(quote)
        blank = "[ \u00a0]*"
        strict = f"(?:[^{q}{s}]*|{q}(?:[^{q}]|{q}{q})*{q})"
        #: A line that every program reads alike.
        self.strict = f"^{strict}(?:{s}{strict})*$"
        end = rf"{blank}(?={s}|\Z)"
        self._doubled = re.compile(f"{blank}{q}((?:[^{q}]++|{q}{q})*+){q}{end}")
        self._escaped = re.compile(rf"{blank}{q}((?:[^{q}\\]++|\\.|{q}{q})*+){q}{end}")
        self._literal = re.compile(f"[^{s}]*+")
        spaces = "(?:[ ]|\u00a0)*+".encode()
        b, c = s.encode(), q.encode()
        quoted = b"%s%s(?:[^%s]++|%s%s)*+%s%s(?=%s|\n|\\Z)" % (spaces, c, c, c, c, c, spaces, b)
        plain = b"(?!%s%s)[^%s\n]*+" % (spaces, c, b)
        #: A row, which may go over several lines.
        self.row = re.compile(b"(?:%s|%s)(?:%s(?:%s|%s))*+(?=\n|\\Z)" % (quoted, plain, b, quoted, plain))

    def split(self, line: str, *, escaped: bool = False) -> _Cells:
        """Split one line; a quote that is not closed before a separator is read as it stands."""
        pattern = self._escaped if escaped else self._doubled
        cells: list[str] = []
        unclosed = spaced = ditto = False
        strays = 0
        place = -1
        while place < len(line):
            found = pattern.match(line, place + 1)
            if found:
                cells.append(self._unquote(found[1], escaped=escaped))
            else:
                found = self._literal.match(line, place + 1)
                if found is None:
                    break
                text = found[0].lstrip(" \u00a0")
                alone = text.rstrip() == self.quote
                ditto |= alone
                strays += not alone and text.count(self.quote) % 2
                unclosed |= text.startswith(self.quote) and not alone
                spaced |= bool(cells) and found[0].startswith(" ")
                cells.append(found[0])
            place = found.end()
        return _Cells(cells, unclosed, ditto, strays > 1, spaced)

    def _unquote(self, text: str, *, escaped: bool) -> str:
        plain = text.replace(self.quote * 2, self.quote)
        return re.sub(rf"\\([\\{re.escape(self.quote)}])", r"\1", plain) if escaped else plain

    def join(self, cells: Sequence[str]) -> str:
        """The line with these cells, by the rules."""
        return self.separator.join(map(self._write, cells))

    def _write(self, cell: str) -> str:
        if self.quote in cell or self.separator in cell or "\n" in cell:
            return f"{self.quote}{cell.replace(self.quote, self.quote * 2)}{self.quote}"
        return cell


def _find_suspects(data: bytes, syntax: _Syntax) -> npt.NDArray[np.int64]:
    """The lines (from 0) with quotes that do not follow the rules within the line."""
    found: list[npt.NDArray[np.int64]] = []
    line = 0
    for piece in list_pieces(data):
        lines = pl.read_lines(piece).to_series()
        quoted = lines.str.contains(syntax.quote, literal=True)
        odd = quoted & ~lines.str.contains(syntax.strict)
        found.append(odd.arg_true().to_numpy().astype(np.int64) + line)
        line += len(lines)
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def list_pieces(data: bytes) -> Iterator[bytes]:
    """The text in pieces of whole lines, so that it is never twice in memory."""
    place = 0
    while place < len(data):
        end = data.find(b"\n", min(place + _PIECE, len(data))) + 1 or len(data)
        yield data[place:end]
        place = end


class _Mender:
    """Goes through the suspicious lines of one text, from top to bottom."""

    def __init__(self, data: bytes, syntax: _Syntax) -> None:
        self.data, self.syntax = data, syntax
        self.starts = _find_starts(data)
        self.usual = self._count_usual()
        self.written: list[bytes] = []
        self.copied = 0
        self.faults: list[LineFault] = []
        self.longer: dict[int, tuple[int, int]] = {}
        #: The first line behind the last row that goes over several, and the number of its cells.
        self.last = (-1, 0)

    def mend(self, suspects: npt.NDArray[np.int64]) -> MendedText:
        """Mend the lines `suspects` (from 0)."""
        for line in suspects.tolist():
            if line >= self.last[0]:
                self._mend_line(line)
        data = b"".join([*self.written, self.data[self.copied :]]) if self.written else self.data
        return MendedText(data, self.faults, self.longer)

    def _mend_line(self, line: int) -> None:
        text = self._text(line)
        found = self.syntax.split(text)
        if found.open and f"\\{self.syntax.quote}" in text:
            escaped = self.syntax.split(text, escaped=True)
            found = found if escaped.open else escaped
        row = self._find_row(line) if found.open or found.ditto else None
        if found.ditto and row and all(map(self._is_like_others, range(line, line + row.lines))):
            row = None
        if not found.open and not found.torn and row is None:
            self._write(line, found.cells)
            return
        if row and self._may_stand(line, row):
            self._write_row(line, row)
            return
        self._write(line, found.cells)
        held = found.torn or found.ditto or not self._is_usual(line, len(found.cells))
        self.faults.append(fault_of(line + 1, Damage.QUOTE, held=held))

    def _may_stand(self, line: int, row: _Row) -> bool:
        """Whether a row has as many cells as others, or no separator in a cell of several lines."""
        return self._is_usual(line, len(row.cells)) or not any(
            inside for inside, _ in _count_inside(row, self.syntax.separator)
        )

    def _write_row(self, line: int, row: _Row) -> None:
        """Keep a row that goes over several lines; split it if it hides records, which nobody can tell."""
        self.last = (line + row.lines, len(row.cells))
        if not self._hides_records(line, row):
            self.longer[line + 1] = row.lines, len(row.cells)
            self._rewrite(line, line + row.lines, row.text)
            return
        for each in range(line, line + row.lines):
            self._write(each, self.syntax.split(self._text(each)).cells)
            self.faults.append(fault_of(each + 1, Damage.SWALLOWED))

    def _find_row(self, line: int) -> _Row | None:
        """The row that begins on a line and goes over several; None if its quotes break the rules."""
        start = int(self.starts[line])
        limit = min(start + _LONGEST_CELL, len(self.data))
        found = self.syntax.row.match(self.data, start, limit)
        if found is None or (found.end() == limit < len(self.data)):
            return None
        lines = self.data.count(b"\n", start, found.end()) + 1
        if lines == 1:
            return None
        text = found[0].decode("utf-8", "replace")
        cells = self.syntax.split(text).cells
        return _Row(lines, cells, self.syntax.join(cells))

    def _is_like_others(self, line: int) -> bool:
        return self._is_usual(line, len(self.syntax.split(self._text(line)).cells))

    def _is_usual(self, line: int, cells: int) -> bool:
        """Whether a row on a line may have this number of cells: like the row above, or like most rows."""
        return cells in (self._count_above(line), self.usual)

    def _hides_records(self, line: int, row: _Row) -> bool:
        """Whether a line of a row has about as many cells as the whole row: it may be a row of its own."""
        if len(row.cells) == 1 and self.usual < 2:
            return True
        spaced = self.syntax.split(self._text(line - 1)).spaced if line else False
        whole, all_hard = len(row.cells), 0
        for each, (inside, soft) in enumerate(_count_inside(row, self.syntax.separator), line):
            # In a sentence a space follows a comma.
            hard = inside if spaced else inside - soft
            count = len(self.syntax.split(self._text(each)).cells) - (inside - hard)
            all_hard += hard
            if hard and (count == whole or count >= max(whole - 1, _FEW_CELLS)):
                return True
        # The end of one row and the beginning of the next have as many separators as one row.
        return all_hard >= max(whole - 1, _FEW_CELLS - 1)

    def _count_above(self, line: int) -> int:
        """The number of cells of the nearest row above that is not blank."""
        for above in range(line - 1, max(line - 5, -1), -1):
            if above < self.last[0]:
                return self.last[1]
            if text := self._text(above):
                return len(self.syntax.split(text).cells)
        return 0

    def _count_usual(self) -> int:
        """The number of cells that most rows near the top have."""
        widths: Counter[int] = Counter()
        line, stop = 0, min(_HEAD_LINES, len(self.starts))
        while line < stop:
            row = self._find_row(line)
            widths[len(row.cells) if row else len(self.syntax.split(self._text(line)).cells)] += 1
            line += row.lines if row else 1
        widths.pop(1, None)
        return max(widths, key=lambda width: (widths[width], width), default=0)

    def _text(self, line: int) -> str:
        start = int(self.starts[line])
        end = int(self.starts[line + 1]) - 1 if line + 1 < len(self.starts) else len(self.data)
        return self.data[start:end].decode("utf-8", "replace").rstrip("\n")

    def _write(self, line: int, cells: Sequence[str]) -> None:
        self._rewrite(line, line + 1, self.syntax.join(cells))

    def _rewrite(self, start: int, stop: int, text: str) -> None:
        """Replace the lines from `start` to `stop` (exclusive) by `text`, without their last line end."""
        begin = int(self.starts[start])
        end = int(self.starts[stop]) - 1 if stop < len(self.starts) else len(self.data)
        end -= end > begin and self.data[end - 1 : end] == b"\n" and stop >= len(self.starts)
        self.written += [self.data[self.copied : begin], text.encode()]
        self.copied = end


class _Row(NamedTuple):
    """A row that goes over several lines: their number, its cells, and its text by the rules."""

    lines: int
    cells: Sequence[str]
    text: str


def _count_inside(row: _Row, separator: str) -> Sequence[tuple[int, int]]:
    """For each line of a row, the separators in cells of several lines, and those of them before a space."""
    inside, soft = [0] * row.lines, [0] * row.lines
    line = 0
    for cell in row.cells:
        pieces = cell.split("\n")
        for place, piece in enumerate(pieces if len(pieces) > 1 else ()):
            inside[line + place] += piece.count(separator)
            spaced = piece.count(f"{separator} ")
            ends = piece.endswith(separator) and place < len(pieces) - 1
            # A blank last cell of a row also ends in a separator.
            soft[line + place] += spaced + (ends and piece.count(separator) == spaced + 1)
        line += len(pieces) - 1
    return list(zip(inside, soft, strict=True))


def _find_starts(data: bytes) -> npt.NDArray[np.int64]:
    """Where each line starts."""
    ends: list[npt.NDArray[np.int64]] = []
    place = 0
    for piece in list_pieces(data):
        ends.append(np.flatnonzero(np.frombuffer(piece, np.uint8) == ord("\n")) + place + 1)
        place += len(piece)
    starts = np.concatenate([np.zeros(1, np.int64), *ends])
    return starts[:-1] if data.endswith(b"\n") else starts
