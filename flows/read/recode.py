"""Converts the columns of a sheet from legacy encodings to Unicode, and keeps the original cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import polars as pl

from flows.read.legacy_fonts import DECODERS, decode, decode_misread, guess_encoding, is_misread
from flows.read.sheet import CellSheet, FrameSheet, Sheet, letter_of

#: The original cells of each decoded column, by column index.
Originals = Mapping[int, Sequence[str | None]]

# Letters of TCVN3 and VNI that Unicode Vietnamese does not use. A sheet without any of them is not decoded.
_LEGACY_LETTERS = re.compile("[¡-§¨-¬\u00ad®µ-¾Ä-ÇËÎ-ÑÖØÛÜÞßä-çëî-ñöøûüþ]")
_SAMPLE_ROWS = 2000
_LONG = 50_000


def to_unicode(sheet: Sheet) -> tuple[Sheet, Originals]:
    """Decode the legacy text of a sheet in place; also return the originals of changed columns."""
    columns = _join_accented(sheet)
    if not any(_LEGACY_LETTERS.search(joined) or is_misread(joined) for joined in columns.values()):
        return sheet, {}
    decoders = _choose_decoders({index: joined.split("\n") for index, joined in columns.items()})
    if not decoders:
        return sheet, {}
    return _decode_columns(sheet, decoders)


def _join_accented(sheet: Sheet) -> Mapping[int, str]:
    """The text of each column that is not all ASCII, one cell per line; of a long file the first rows."""
    joined: Iterable[str] = ()
    if isinstance(sheet, CellSheet):
        joined = ("\n".join(filter(None, column)) for column in sheet.columns)
    elif isinstance(sheet, FrameSheet) and sheet.width:
        head = sheet.text.head(_SAMPLE_ROWS if sheet.height > _LONG else sheet.height)
        joined = head.select(pl.all().str.join("\n")).row(0)
    return {index: text for index, text in enumerate(joined) if not text.isascii()}


def _choose_decoders(columns: Mapping[int, Sequence[str]]) -> Mapping[int, Callable[[str], str]]:
    """The decoder of each column in a legacy encoding, guessed from its cells, else from the whole sheet."""
    of_sheet = guess_encoding(text for texts in columns.values() for text in texts)
    decoders: dict[int, Callable[[str], str]] = {}
    for index, texts in columns.items():
        encoding = guess_encoding(texts) or of_sheet
        if encoding in DECODERS:
            decoders[index] = _make_decoder(encoding)
        elif any(is_misread(text) and decode_misread(text) != text for text in texts):
            decoders[index] = decode_misread
    return decoders


def _make_decoder(usual: str | None) -> Callable[[str], str]:
    return lambda text: decode(text, str(usual))


def _decode_columns(sheet: Sheet, decoders: Mapping[int, Callable[[str], str]]) -> tuple[Sheet, Originals]:
    originals: dict[int, Sequence[str | None]] = {}
    for index, convert in decoders.items():
        if isinstance(sheet, CellSheet):
            originals[index] = sheet.columns[index]
            sheet.columns[index] = [_decode_cell(cell, convert) for cell in sheet.columns[index]]
        elif isinstance(sheet, FrameSheet):
            column = sheet.text[letter_of(index)]
            originals[index] = column.to_list()
            unique = column.unique().drop_nulls()
            after = pl.Series([_decode_cell(cell, convert) for cell in unique], dtype=pl.String)
            sheet.text = sheet.text.with_columns(pl.col(column.name).replace(unique, after))
    return sheet, originals


def _decode_cell(cell: str | None, decode: Callable[[str], str]) -> str | None:
    return cell if cell is None or cell.isascii() else decode(cell)
