"""Brings text in an older encoding into Unicode, column by column, and keeps what stood there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import polars as pl

from flows.read.legacy_fonts import DECODERS, decode, decode_misread, guess_encoding, is_misread
from flows.read.sheet import CellSheet, FrameSheet, Sheet, letter_of

#: For each column of which cells were decoded, its cells as they stood in the file.
Originals = Mapping[int, Sequence[str | None]]

# Letters of TCVN3 and VNI that Vietnamese in Unicode hasn't got: without them a sheet needs no second look.
_STRANGE = re.compile("[¡-§¨-¬\u00ad®µ-¾Ä-ÇËÎ-ÑÖØÛÜÞßä-çëî-ñöøûüþ]")
_FIRST_LOOK = 2000
_LONG = 50_000


def to_unicode(sheet: Sheet) -> tuple[Sheet, Originals]:
    """The sheet with legacy text decoded, and the columns that this changed as they were."""
    columns = _accented(sheet)
    if not any(_STRANGE.search(joined) or is_misread(joined) for joined in columns.values()):
        return sheet, {}
    decoders = _decoders({index: joined.split("\n") for index, joined in columns.items()})
    if not decoders:
        return sheet, {}
    return _decoded(sheet, decoders)


def _accented(sheet: Sheet) -> Mapping[int, str]:
    """The cells of each column that are not all ASCII, one a line; of a long file the first ones."""
    joined: Iterable[str] = ()
    if isinstance(sheet, CellSheet):
        joined = ("\n".join(filter(None, column)) for column in sheet.columns)
    elif isinstance(sheet, FrameSheet) and sheet.width:
        head = sheet.text.head(_FIRST_LOOK if sheet.height > _LONG else sheet.height)
        joined = head.select(pl.all().str.join("\n")).row(0)
    return {index: text for index, text in enumerate(joined) if not text.isascii()}


def _decoders(columns: Mapping[int, Sequence[str]]) -> Mapping[int, Callable[[str], str]]:
    """How to decode each column that is in a legacy encoding, as its own cells tell or else the sheet's."""
    of_sheet = guess_encoding(text for texts in columns.values() for text in texts)
    found: dict[int, Callable[[str], str]] = {}
    for index, texts in columns.items():
        encoding = guess_encoding(texts) or of_sheet
        if encoding in DECODERS:
            found[index] = _cell_decoder(encoding)
        elif any(is_misread(text) and decode_misread(text) != text for text in texts):
            found[index] = decode_misread
    return found


def _cell_decoder(usual: str | None) -> Callable[[str], str]:
    return lambda text: decode(text, str(usual))


def _decoded(sheet: Sheet, decoders: Mapping[int, Callable[[str], str]]) -> tuple[Sheet, Originals]:
    originals: dict[int, Sequence[str | None]] = {}
    for index, convert in decoders.items():
        if isinstance(sheet, CellSheet):
            originals[index] = sheet.columns[index]
            sheet.columns[index] = [_anew(cell, convert) for cell in sheet.columns[index]]
        elif isinstance(sheet, FrameSheet):
            column = sheet.text[letter_of(index)]
            originals[index] = column.to_list()
            unique = column.unique().drop_nulls()
            after = pl.Series([_anew(cell, convert) for cell in unique], dtype=pl.String)
            sheet.text = sheet.text.with_columns(pl.col(column.name).replace(unique, after))
    return sheet, originals


def _anew(cell: str | None, decode: Callable[[str], str]) -> str | None:
    return cell if cell is None or cell.isascii() else decode(cell)
