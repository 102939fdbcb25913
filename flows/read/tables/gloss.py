"""Finds the rows below a heading that explain its columns: in English, by codes of fields, as guidance."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from flows.read.sheet import Row, Sheet, index_of
from flows.read.tables.heading import key_of, tidy
from flows.read.tables.layout import Block, find_numbering_letter, is_numbering
from flows.read.tables.plausible import measure_likeness
from flows.read.tables.routing import Fit
from flows.read.tables.row_words import is_tail, is_total, says_nil
from flows.read.units_of_measure import is_unit_row
from schemas.contract import Column

_MOST = 3
# In columns of these kinds words are no values.
_STRICT = frozenset(
    {
        *("so_luong", "so_thuc", "so_tien", "ty_le", "ngay", "ngay_sinh", "nam", "so_dinh_danh", "ma", "mst"),
        *("dien_thoai", "lua_chon", "co_khong"),
    }
)
_FEWEST = 3
_NUMBERED = re.compile(r"\s*\d")
_CODE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_ENGLISH = re.compile(r"(?=.*[A-Za-z]{2})[A-Za-z0-9 .,#&/()%'’:?-]+")
# A thôn typed without accents: a record that says in words that it has no figures.
_PLACE = re.compile(r"(?i)(?:thon|khu pho|pho|khu|lang|ban|xom|to dan pho|tdp)\b")
_GUIDANCE = re.compile(
    r"(?i)[(\[]?\s*(?:ghi|nhập|chọn|điền|gõ|đánh|bắt buộc|không bắt buộc|tùy chọn|tuỳ chọn|định dạng"
    r"|theo mẫu|tối đa|x nếu|kiểu|số|chữ|ngày|văn bản|danh mục|có/không|dd/?mm/?yy"
    r"|text|number|date|required|optional)\b.*"
)
_BRACKETED = re.compile(r"[(\[].*[a-zà-ỹ].*[)\]]", re.IGNORECASE)


def pass_over_gloss(sheet: Sheet, block: Block, fit: Fit, stop: int) -> Block:
    """`block` with the rows that explain its columns, so that its body begins below them.

    They are words where the contract wants numbers, dates or codes, below no row number: all of them codes
    of fields (`rac_phat_sinh`), all English, or all guidance (`(Ghi dd/mm/yyyy)`).
    """
    columns = {
        index_of(path.letter): fit.dataset[name] for name, pairs in fit.columns.items() for _, path in pairs
    }
    letter = find_numbering_letter(block)
    number = None if letter is None else index_of(letter)
    last = None
    for row in range(block.body, min(block.body + _MOST, stop)):
        if _explains(sheet.row(row), columns, number):
            last = row
        elif last is None or not (is_numbering(sheet, row) or is_unit_row(sheet.row(row))):
            break
        else:
            last = row
    return block if last is None else replace(block, gloss=last)


def _explains(cells: Row, columns: Mapping[int, Column], number: int | None) -> bool:
    """Whether a row explains the columns of a table."""
    if number is not None and _NUMBERED.match(cells[number] or ""):
        return False
    filled = {at: tidy(cells[at] or "") for at in columns if cells[at]}
    strict = [at for at in filled if columns[at].kind.name in _STRICT]
    if any(measure_likeness(columns[at])(filled[at]) for at in strict):
        return False
    texts = [*filled.values()]
    if all(_is_guidance(text) for text in texts) and (strict or any(map(_GUIDANCE.match, texts))):
        return bool(texts)
    return len(strict) >= _FEWEST and _differ(texts) and (_are_codes(texts) or _are_english(texts))


def _is_guidance(text: str) -> bool:
    says_more = says_nil(text) or is_total(text) or is_tail(text)
    return not says_more and bool(_GUIDANCE.fullmatch(text) or _BRACKETED.fullmatch(text))


def _differ(texts: Sequence[str]) -> bool:
    """Whether all texts differ; words such as "chua co" stand in several cells."""
    return len({key_of(text) for text in texts}) == len(texts)


def _are_codes(texts: Sequence[str]) -> bool:
    return all(map(_CODE.fullmatch, texts)) and any("_" in text for text in texts)


def _are_english(texts: Sequence[str]) -> bool:
    return all(map(_ENGLISH.fullmatch, texts)) and not any(map(_PLACE.match, texts))
