"""Takes columns that the form lacks if their heading says that they name the unit or period of a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flows.read.sheet import Sheet, index_of
from flows.read.table import BESIDE, ReadTable
from flows.read.tables.body import Body
from flows.read.tables.heading import bare_key, key_of, remark_keys
from flows.read.tables.layout import Block
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
_KEYS = frozenset(
    key for words in (*_OF_PERIODS, *_OF_UNITS) for key in (key_of(words), bare_key(key_of(words)))
)


def add_unlisted(table: ReadTable, sheet: Sheet, body: Body, block: Block, fit: Fit) -> ReadTable:
    """`table` with the text of such columns, and of remarks, beside its cells: what it says of records."""
    beside: Mapping[str, str] = {
        path.letter: path.label for path in list_unknown(fit, block) if _KEYS & {*path.keys}
    }
    remarks = tuple(
        path.letter for path in block.paths if path.letter not in fit.letters and remark_keys() & {*path.keys}
    )
    if not (beside or remarks) or table.side is not None:
        return table
    texts = (
        sheet.take(index_of(letter), body.start, body.records)[0].alias(f"{BESIDE}{letter}")
        for letter in dict.fromkeys((*beside, *remarks))
    )
    return replace(table, cells=table.cells.with_columns(texts), beside=beside, remarks=remarks)
