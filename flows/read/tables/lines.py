"""Lists the lines between the records of a table, and tells of those that say that there are no records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from flows.read.problems import make_problem
from flows.read.sheet import Mask, Sheet
from flows.read.table import Line, Problem
from flows.read.tables.body import CODE, Body, Columns
from flows.read.tables.heading import tidy
from flows.read.tables.row_words import is_bare_numeral, is_tail, says_nil

_MOST_TEXTS = 3
# A record has more cells than that.
_FEW = 2
_LONGEST = 300
_AMOUNT = re.compile(r"[\s\d.,%xX–-]+")
# "Không phát sinh thêm", "nếu không phát sinh thì …".
_OF_OTHERS = re.compile(r"(?i)\b(?:thêm|khác|nữa|nếu|them|khac|nua|neu)\b")
_SUM = re.compile(r"(?i)\W*(?:t[ổôo]ng|c[ộọo]ng)\b")
_COUNTED = r"\s*\d"


def find_lines(sheet: Sheet, body: Body, columns: Columns) -> tuple[Line, ...]:
    """The lines between the records below a heading, and below the last of them.

    A row that has a number in the number column is a record. "Lũy kế" without a sum begins a section.
    """
    return tuple(_read_lines(sheet, body, _find_candidates(sheet, body, columns)))


def _find_candidates(sheet: Sheet, body: Body, columns: Columns) -> Mask:
    """The rows that are no records, and unnumbered ones with at most `_FEW` cells."""
    codes = body.codes
    filled = sheet.filled(columns.read, body.start, body.start + len(codes))
    sparse: Mask = body.records & (filled > 0) & (filled <= _FEW)
    if columns.number is not None and sparse.any():
        sparse &= ~sheet.matching(_COUNTED, [columns.number], body.start, sparse)
    others: Mask = np.isin(codes, [CODE["nhom"], CODE["cuoi"], CODE["tong"]])
    return others | sparse


def _read_lines(sheet: Sheet, body: Body, candidates: Mask) -> Iterator[Line]:
    for at in np.flatnonzero(candidates).tolist():
        cells = [tidy(cell) for cell in sheet.row(body.start + at) if cell]
        amounts = [cell for cell in cells if _AMOUNT.fullmatch(cell)]
        texts = [cell[:_LONGEST] for cell in cells if cell not in amounts and not is_bare_numeral(cell)]
        if not 0 < len(texts) <= _MOST_TEXTS:
            continue
        sure = body.codes[at] != CODE["ban_ghi"] and not any(map(is_tail, texts))
        closes = body.codes[at] == CODE["tong"] and bool(amounts or _SUM.match(texts[0]))
        numeral = next((cell for cell in cells if is_bare_numeral(cell)), "")
        yield Line(sheet.number(body.start + at), tuple(texts), sure, False, closes, numeral, tuple(amounts))


def describe_contradictions(
    sheet: Sheet, body: Body, title: Sequence[str], lines: Sequence[Line], dataset: str
) -> Iterator[Problem]:
    """`tep.khong_phat_sinh` for title and lines that say that there is nothing, beside records.

    Below a section line they are about the records up to the next one.
    """
    numbers = sheet.numbers().slice(body.start, len(body.codes)).to_numpy()
    records, sections = numbers[body.records], numbers[body.having("nhom")]
    said = [(None, text) for text in title] + [(line.row, text) for line in lines for text in line.texts]
    for row, text in said:
        if says_nil(text) and not _OF_OTHERS.search(text):
            beside = np.ones(len(records), np.bool_)
            if row is not None:
                beside = np.searchsorted(sections, records) == np.searchsorted(sections, row)
            if count := int(np.count_nonzero(beside)):
                yield _describe_contradiction(sheet, row, count, dataset)


def _describe_contradiction(sheet: Sheet, row: int | None, count: int, dataset: str) -> Problem:
    return make_problem(
        "tep.khong_phat_sinh",
        f"Bảng ghi “Không phát sinh” nhưng có {count} bản ghi, vẫn được tính. Nếu chúng là của kỳ này thì bỏ"
        " dòng “Không phát sinh”, nếu không thì xóa các bản ghi, rồi nộp lại.",
        dataset=dataset,
        sheet=sheet.name,
        row=row,
    )
