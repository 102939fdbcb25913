"""Compares how many records a form says that it has, also by their numbers, with those that were read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from flows.clean.text import toneless
from flows.read.table import Line, Problem, ReadTable
from schemas.contract import Dataset

_LONGEST = 300
# What forms call the records besides the words of the contract.
_ALSO: Mapping[str, tuple[str, ...]] = {
    "nguoi": ("nguoi", "nhan khau", "khau", "cong dan"),
    "ho": ("ho", "ho gia dinh", "ho dan"),
    "thon": ("thon", "pho", "khu pho", "thon, pho", "to"),
    "thon cua mot nha mang": ("thon", "pho", "khu pho"),
    "don vi chap nhan thanh toan": ("don vi", "co so", "cua hang", "diem"),
    "nguoi dung dau": ("nguoi", "dong chi", "can bo"),
    "hoat dong": ("hoat dong", "cuoc"),
    "ho so cong viec": ("ho so", "ho so cong viec"),
}
_ANYTHING = ("ban ghi", "dong", "muc", "truong hop")
_ONES = ("mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin")
_TEENS = ("muoi", *(f"muoi {one}" for one in ("mot", "hai", "ba", "bon", "lam", "sau", "bay", "tam", "chin")))
_SPELLED: Mapping[str, int] = {word: number for number, word in enumerate((*_ONES, *_TEENS, "hai muoi"), 1)}
_WORDS = "|".join(sorted(_SPELLED, key=len, reverse=True))
# "10 (mười) hộ" states it twice.
_FIGURE = r"(\d{1,3}(?:\.\d{3})+|\d{1,7})(?: ?\([^()]*\))?"
_END = r"(?=\s*(?:$|[.,;:)/(]|va\b|trong\b|cua\b|bao cao\b|nop\b))"


@cache
def _pattern(grain: str) -> re.Pattern[str]:
    """What states the number of records: "Danh sách có 10 hộ", "Tổng cộng: 10 hộ", "Tổng số hộ: 10"."""
    nouns: list[str] = [*_ANYTHING]
    for part in toneless(grain).removeprefix("mot ").split(" hoac "):
        nouns += [part, *_ALSO.get(part, ())]
    noun = f"(?:{'|'.join(sorted(set(nouns), key=len, reverse=True))})"
    return re.compile(
        rf"\b(?:danh sach|ds|bang|bieu)(?: (?:nay|tren|tong|so|cong|la|co|gom|ca|tat|duoc|lap|da))*\s*:?\s*"
        rf"(?:{_FIGURE}|({_WORDS})) {noun}{_END}"
        rf"|^\W*(?:tong|cong|tong so|tong cong|so luong|co)\s*:?\s*{_FIGURE} {noun}{_END}"
        rf"|^\W*(?:tong so|tong cong|tong|so luong|so) {noun}(?: (?:la|bao cao|nop|trong danh sach))*\s*:?\s*"
        rf"{_FIGURE}(?=\s*(?:$|[.,;)/]|{noun}))"
    )


def check_stated_counts(tables: Sequence[ReadTable], dataset: Dataset) -> Iterator[Problem]:
    """One warning `tep.so_dong_khac` per number of records that a form states and that was not read.

    It may be that of the whole file, of a table, or of the records above up to the section, total or title
    before.

    Args:
        tables: All tables of the dataset in one file, with all their records.
        dataset: The contract.
    """
    whole = sum(table.cells.height for table in tables)
    upto = 0
    for table in tables:
        upto += table.cells.height
        rows = table.cells["_row"].to_numpy()
        known = {whole, upto, len(rows)}
        for text in table.title:
            stated = _read(text, (), dataset)
            if stated is not None and stated not in known:
                yield _describe(table, dataset, None, text, stated)
        marks = sorted({line.row for line in table.lines})
        for line in table.lines:
            stated = next(filter(None, (_read(text, line.amounts, dataset) for text in line.texts)), None)
            if stated is not None and stated not in {*known, *_count_above(rows, marks, line)}:
                yield _describe(table, dataset, line.row, " ".join(line.texts), stated)


def check_numbers(tables: Sequence[ReadTable], dataset: Dataset) -> Iterator[Problem]:
    """`tep.stt_thieu` for each table whose numbers neither begin with 1 nor go on from another table.

    Args:
        tables: All tables of the dataset in one file, also those that are refused.
        dataset: The contract.
    """
    spans = {span for table in tables for span in table.numbers}
    for table in tables:
        for first, _ in table.numbers:
            before = max((last for _, last in spans if last < first), default=0)
            if first > 1 and before < first - 1 and not any(one < first <= last for one, last in spans):
                missing = f"{before + 1}–{first - 1}" if before + 2 < first else f"{first - 1}"
                yield Problem(
                    "tep.stt_thieu",
                    "du",
                    "canh_bao",
                    f"Số thứ tự bắt đầu từ {first}: thiếu {missing}. Có thể thiếu dòng hoặc thiếu trang. Nếu"
                    " thiếu thì thêm đủ, nếu không thì đánh lại số thứ tự, rồi nộp lại.",
                    dataset=dataset.name,
                    sheet=table.sheet,
                )


def _read(text: str, amounts: Sequence[str], dataset: Dataset) -> int | None:
    """The number of records that a text states, perhaps with a figure in the cell beside it."""
    beside = f" {amounts[0]}" if len(amounts) == 1 else ""
    found = _pattern(dataset.grain).search(" ".join(f"{toneless(text[:_LONGEST])}{beside}".split()))
    figure = next(filter(None, found.groups()), None) if found else None
    return (_SPELLED.get(figure) or int(figure.replace(".", ""))) if figure else None


def _count_above(rows: npt.NDArray[np.uint32], marks: Sequence[int], line: Line) -> set[int]:
    """How many records stand above a line, and how many of them below each of the other lines above it."""
    end = int(np.searchsorted(rows, line.row))
    starts = np.searchsorted(rows, [mark for mark in marks if mark < line.row])
    return {end, *(end - starts).tolist()}


def _describe(table: ReadTable, dataset: Dataset, row: int | None, text: str, stated: int) -> Problem:
    where = f"Dòng {row}" if row is not None else "Tiêu đề"
    return Problem(
        "tep.so_dong_khac",
        "du",
        "canh_bao",
        f"{where} ghi số lượng là {stated}, nhưng bảng có {table.cells.height} bản ghi. Kiểm tra xem có thiếu"
        " hay thừa dòng không, sửa cho khớp rồi nộp lại.",
        dataset=dataset.name,
        sheet=table.sheet,
        row=row,
        value=text[:_LONGEST],
    )
