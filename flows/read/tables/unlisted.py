"""Takes columns that the form lacks: what names the unit or period of a record, and odd row numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from flows.read.sheet import Sheet, index_of
from flows.read.table import BESIDE, ROW_NUMBER, ReadTable
from flows.read.tables.body import Body
from flows.read.tables.heading import bare_key, key_of, remark_keys
from flows.read.tables.layout import Block, find_numbering_letter
from flows.read.tables.routing import Fit, list_unknown

_OF_PERIODS = (
    *("kỳ", "kỳ báo cáo", "kỳ số liệu", "kỳ dữ liệu", "tháng", "tháng báo cáo", "tháng số liệu"),
    *("tháng năm", "quý", "quý báo cáo", "năm", "năm báo cáo", "thời gian báo cáo"),
)
_OF_UNITS = (
    *("nhà mạng", "tên nhà mạng", "doanh nghiệp", "doanh nghiệp viễn thông", "thôn", "tên thôn", "thôn phố"),
    *("thôn bản", "phố", "khu phố", "đơn vị", "tên đơn vị", "đơn vị báo cáo", "đơn vị nộp", "đơn vị gửi"),
    *("đơn vị lập", "nơi báo cáo"),
)
# Columns that say what became of a record are remarks on it.
_OF_STATE = tuple(
    map(
        key_of,
        ("tình trạng", "trạng thái", "hiện trạng", "biến động", "lý do", "nhận xét", "ý kiến", "kiểm tra"),
    )
)
_KEYS = frozenset(
    key for words in (*_OF_PERIODS, *_OF_UNITS) for key in (key_of(words), bare_key(key_of(words)))
)
# A number of a list, as most forms have it, in all records or none.
_PLAIN = r"^\s*[0-9]+\s*[.)]?(?:[.]0)?\s*$"


def add_unlisted(table: ReadTable, sheet: Sheet, body: Body, block: Block, fit: Fit) -> ReadTable:
    """`table` with the text of such columns, and of remarks, beside its cells: what it says of records.

    So are row numbers that are not just numbers: `1.1` and blank ones may be parts of the record above.
    """
    if table.side is not None:
        return table
    beside: Mapping[str, str] = {
        path.letter: path.label for path in list_unknown(fit, block) if _KEYS & {*path.keys}
    }
    remarks = tuple(
        path.letter
        for path in block.paths
        if path.letter not in fit.letters
        and (remark_keys() & {*path.keys} or path.keys[0].startswith(_OF_STATE))
    )
    texts = [
        _take(sheet, body, letter).alias(f"{BESIDE}{letter}") for letter in dict.fromkeys((*beside, *remarks))
    ]
    number = find_numbering_letter(block)
    numbers = None if number is None else _take(sheet, body, number)
    if numbers is not None and not (
        numbers.str.contains(_PLAIN).fill_null(value=False).all() or numbers.null_count() == len(numbers)
    ):
        texts.append(numbers.alias(ROW_NUMBER))
    if not texts:
        return table
    return replace(table, cells=table.cells.with_columns(texts), beside=beside, remarks=remarks)


def _take(sheet: Sheet, body: Body, letter: str) -> pl.Series:
    return sheet.take(index_of(letter), body.start, body.records)[0]
