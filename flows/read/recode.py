"""Converts the cells of a sheet from legacy encodings to Unicode, and keeps the original cells.

The words of a cell decide (`legacy_fonts.read_word`). A cell whose words are Vietnamese in several encodings
is settled by the words that are usual in names and forms, then by the other cells of its column and sheet.
What nothing settles stays as it is and is told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import polars as pl

from flows.read.legacy_fonts import DECODERS, UNICODE, WORD, decode_misread, is_misread, read_word
from flows.read.sheet import CellSheet, FrameSheet, Sheet, letter_of
from flows.read.usual_words import is_usual

#: The original cells of each decoded column, by column index.
Originals = Mapping[int, Sequence[str | None]]
#: Cells by encoding, of those that are Vietnamese in one only.
_Evidence = Counter[str]

# Letters of TCVN3 and VNI that Unicode Vietnamese does not use. In a long file, only columns with one of them
# are looked at.
_LEGACY_LETTERS = "[¡-§¨-¬\u00ad®µ-¾Ä-ÇËÎ-ÑÖØÛÜÞßä-çëî-ñöøûüþ]"
_LEGACY_IN_WORD = re.compile(f"[A-Za-z]{_LEGACY_LETTERS}|{_LEGACY_LETTERS}[A-Za-z]")
_LONG = 50_000
# A table typed in one encoding has at least as many cells that prove it; fewer may be chance.
_PROVEN = 5
_PROVEN_IN_COLUMN = 20
_NEARLY_ALL, _OFTEN = 0.9, 0.05
# Nobody corrects one word of a cell in which so many others stay in a legacy encoding.
_CLEAR = 4


class Recoded(NamedTuple):
    """A sheet in Unicode.

    Attributes:
        sheet: The sheet, decoded in place.
        originals: The cells of changed columns before decoding.
        doubtful: Row and column index of the cells that may be in a legacy encoding; they stay as typed.
    """

    sheet: Sheet
    originals: Originals
    doubtful: Sequence[tuple[int, int]]


def to_unicode(sheet: Sheet) -> Recoded:
    """Decode the legacy text of a sheet in place."""
    texts_of = _join_accented(sheet)
    if not _may_be_legacy(texts_of.values()):
        return Recoded(sheet, {}, ())
    cells = {index: _unique_accented(sheet, index) for index in texts_of}
    evidence = {index: _weigh(texts) for index, texts in cells.items()}
    every = sum(evidence.values(), Counter())
    originals: dict[int, Sequence[str | None]] = {}
    doubtful: list[tuple[int, int]] = []
    for index, texts in cells.items():
        judged = {text: _decode_cell(text, evidence[index], every) for text in texts}
        unsure = {text for text, found in judged.items() if found.unsure}
        doubtful += ((row, index) for row in _rows_with(sheet, index, unsure))
        changed = {text: found.text for text, found in judged.items() if found.text != text}
        if changed:
            originals[index] = _replace(sheet, index, changed)
    return Recoded(sheet, originals, doubtful)


def _join_accented(sheet: Sheet) -> Mapping[int, str]:
    """The text of each column that is not all ASCII; of a long text file, of columns with legacy letters."""
    joined: Iterable[str | None] = ()
    if isinstance(sheet, CellSheet):
        joined = ("\n".join(filter(None, column)) for column in sheet.columns)
    elif isinstance(sheet, FrameSheet) and sheet.width:
        joined = [_join_unique(sheet.text[name]) for name in sheet.text.columns]
    return {index: text for index, text in enumerate(joined) if text and not text.isascii()}


def _join_unique(column: pl.Series) -> str | None:
    if len(column) > _LONG and not column.str.contains(_LEGACY_LETTERS).any():
        return None
    return str(column.unique().str.join("\n").item())


def _may_be_legacy(texts: Collection[str]) -> bool:
    """Whether some text may be in a legacy encoding, or UTF-8 read as Windows-1252."""
    pieces = {piece for text in texts for piece in text.split()}
    return any(map(_is_piece_suspicious, pieces)) or any(map(is_misread, texts))


@lru_cache(maxsize=65536)
def _is_piece_suspicious(piece: str) -> bool:
    return not piece.isascii() and any(map(_is_word_suspicious, WORD.findall(piece)))


@lru_cache(maxsize=65536)
def _is_word_suspicious(word: str) -> bool:
    """Whether a word is Vietnamese only when decoded, or a usual one only when decoded."""
    readings = read_word(word)
    if UNICODE in readings:
        return not is_usual(word) and any(is_usual(text) for text in readings.values())
    return bool(readings)


def _unique_accented(sheet: Sheet, index: int) -> Collection[str]:
    """The distinct cells of a column that are not plain ASCII."""
    if isinstance(sheet, CellSheet):
        return {cell for cell in sheet.columns[index] if cell and not cell.isascii()}
    cells = sheet.column(index)[0].unique().drop_nulls()
    return [cell for cell in cells if not cell.isascii()]


def _rows_with(sheet: Sheet, index: int, texts: Collection[str]) -> Iterator[int]:
    if texts:
        cells = sheet.column(index)[0]
        yield from cells.is_in(list(texts)).fill_null(value=False).arg_true().to_list()


def _replace(sheet: Sheet, index: int, changed: Mapping[str, str]) -> Sequence[str | None]:
    """Replace cells of a column; returns the column as it was."""
    if isinstance(sheet, CellSheet):
        before: Sequence[str | None] = sheet.columns[index]
        sheet.columns[index] = [cell and changed.get(cell, cell) for cell in before]
        return before
    column = sheet.column(index)[0]
    if isinstance(sheet, FrameSheet):
        after = column.replace(list(changed), list(changed.values())).alias(letter_of(index))
        sheet.text = sheet.text.with_columns(after)
    return column.to_list()


def _weigh(cells: Iterable[str]) -> _Evidence:
    """How many cells are Vietnamese in one encoding only; a cell that mixes encodings counts for each."""
    found: _Evidence = Counter()
    for cell in cells:
        common = _common_encodings(cell)
        if common is None:
            continue
        if len(common) == 1:
            found.update(common)
        elif not common:
            found.update({enc for word in _list_readings(cell) if len(word) == 1 for enc in word})
    return found


def _list_readings(cell: str) -> list[Mapping[str, str]]:
    return [readings for word in WORD.findall(cell) if (readings := read_word(word))]


def _common_encodings(cell: str) -> frozenset[str] | None:
    """The encodings in which all words of a cell are Vietnamese; None if it has no telling word."""
    words = _list_readings(cell)
    return frozenset.intersection(*map(frozenset, words)) if words else None


class _Judged(NamedTuple):
    """What a cell says, and whether that is unsure."""

    text: str
    unsure: bool = False


def _decode_cell(cell: str, column: _Evidence, sheet: _Evidence) -> _Judged:
    """Decode one cell, given the evidence of its column and of its sheet."""
    if is_misread(cell) and (repaired := decode_misread(cell)) != cell:
        return _Judged(repaired)
    common = _common_encodings(cell)
    if common is None:
        return _decode_untold(cell, column or sheet)
    if not common:
        return _decode_mixed(cell)
    readings = {each: cell if each == UNICODE else DECODERS[each](cell) for each in common}
    settled = _settle(readings, column, sheet)
    if settled is None or _is_contradicted(cell, settled, sheet):
        return _Judged(cell, unsure=True)
    return _Judged(readings[settled])


def _is_contradicted(cell: str, encoding: str, sheet: _Evidence) -> bool:
    """Whether a word may be in another encoding that the sheet has: somebody corrected a part of the cell."""
    words = _list_readings(cell)
    legacy = encoding != UNICODE
    for other, count in sheet.items():
        if other == encoding or (legacy and count < _OFTEN * sheet.total()):
            continue
        # So many words that can't be in the other encoding leave no room for it in a short cell.
        if sum(other not in readings for readings in words) >= (_CLEAR if legacy else _CLEAR // 2):
            continue
        for readings in words:
            own, theirs = readings[encoding], readings.get(other)
            possible = theirs is not None and theirs != own
            if possible and (is_usual(str(theirs)) or (legacy and not is_usual(own))):
                return True
    return False


def _settle(readings: Mapping[str, str], column: _Evidence, sheet: _Evidence) -> str | None:
    """In which of several encodings a cell is; None if nothing tells."""
    if len({*readings.values()}) == 1:
        return UNICODE if UNICODE in readings else next(iter(readings))
    around = column or sheet
    usual = {encoding for encoding, text in readings.items() if is_usual(text)}
    if len({readings[each] for each in usual}) == 1:
        encoding = usual.pop()
        return encoding if encoding == UNICODE or around[encoding] else None
    if {*around} == {UNICODE}:
        return UNICODE if UNICODE in readings else None
    if len(around) == 1 and (encoding := next(iter(around))) in readings:
        enough = {*sheet} == {encoding} and sheet[encoding] >= _PROVEN
        enough |= not usual and around[encoding] >= _PROVEN_IN_COLUMN
        return encoding if enough else None
    return None


def _decode_untold(cell: str, around: _Evidence) -> _Judged:
    """Decode a cell without a telling word, such as `H§ND`, like the cells around it."""
    if not {*around} - {UNICODE} or max(cell) > "\u00ff":
        return _Judged(cell)
    ((most, count),) = around.most_common(1)
    if most != UNICODE and count >= _NEARLY_ALL * around.total():
        return _Judged(DECODERS[most](cell))
    return _Judged(cell, unsure=_LEGACY_IN_WORD.search(cell) is not None)


def _decode_mixed(cell: str) -> _Judged:
    """Decode the words of a cell that mixes encodings, one by one."""
    unsure = False
    mixed = {*chain.from_iterable(readings for readings in _list_readings(cell) if len(readings) == 1)}

    def decode(found: re.Match[str]) -> str:
        nonlocal unsure
        readings = read_word(found[0])
        meant = {text for encoding, text in readings.items() if encoding in mixed}
        if len(meant) > 1 and not is_usual(readings.get(UNICODE, "")):
            meant = {text for text in meant if is_usual(text)}
        unsure |= bool(readings) and len(meant) != 1
        return next(iter(meant)) if len(meant) == 1 else found[0]

    return _Judged(WORD.sub(decode, cell), unsure)
