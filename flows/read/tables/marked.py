"""Tells of records that are hidden, struck through or merged; the contract says whether hidden ones count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from flows.read.clerk_marks import FileMarks
from flows.read.problems import make_problem
from flows.read.sheet import Mask, Merge, Sheet, index_of, letter_of
from flows.read.table import Problem
from flows.read.tables.body import CODE, Body
from schemas.contract import Dataset, Severity

# Further places are summarised in one problem, so that a bad file does not give thousands.
_MAX_PROBLEMS = 100
_MAX_ROWS = 8
_WHERE = {
    "trang_an": "ở trang tính bị ẩn",
    "dong_an": "ở dòng bị ẩn",
    "dong_loc": "ở dòng bị bộ lọc ẩn đi",
}
_OUTCOME = {
    "read": "vẫn được tính. Nếu không dùng thì xóa dòng; nếu dùng thì bỏ ẩn cho dễ thấy.",
    "refuse": "không được tính, vì biểu mẫu này không nhận bản ghi ẩn. Nếu phải tính thì bỏ ẩn rồi nộp lại.",
    "ask": "chưa nhận bảng này. Nếu phải tính các bản ghi đó thì bỏ ẩn, nếu không thì xóa, rồi nộp lại.",
}


@dataclass(slots=True)
class MarkedTable:
    """What clerks did to the records of a table: how many of each kind (`MARKS`), what to tell of them."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    @property
    def marks(self) -> FileMarks:
        """The numbers only."""
        return FileMarks(self.counts)


def read_marked(sheet: Sheet, body: Body, dataset: Dataset, letters: Collection[str]) -> MarkedTable:
    """What is hidden, filtered, struck or merged among the records of a table with columns `letters`.

    If the contract refuses hidden records, their role in `body` becomes `an`.
    """
    found = MarkedTable()
    for kind, mask in _find_hidden(sheet, body):
        rows = _number_rows(sheet, body, mask)
        found.counts[kind] += len(rows)
        found.problems.append(_describe_hidden(sheet, dataset, kind, rows))
        if dataset.hidden == "refuse":
            body.codes[mask] = CODE["an"]
    columns = sorted(map(index_of, letters))
    hidden = [column for column in columns if column in sheet.marks.hidden_columns]
    if used := [column for column in hidden if sheet.take(column, body.start, body.records)[0].count()]:
        found.counts["cot_an"] += len(used)
        found.problems.append(_describe_hidden_columns(sheet, dataset, used))
    for code, kind, told in (
        ("tep.gach_ngang", "gach_ngang", list(_find_struck(sheet, body, columns))),
        ("tep.o_tron", "tron", list(_find_merged(sheet, body, columns))),
    ):
        if told:
            found.counts[kind] += sum(count for count, _ in told)
            found.problems += _summarise(code, sheet, dataset, [place for _, place in told])
    return found


def _find_hidden(sheet: Sheet, body: Body) -> Iterator[tuple[str, Mask]]:
    """Masks of hidden records, by kind."""
    if not (sheet.hidden or sheet.hidden_rows):
        return
    records = body.records
    if sheet.hidden:
        masks: Mapping[str, Mask] = {"trang_an": records}
    else:
        numbers = sheet.numbers().to_numpy()[body.start : body.start + len(body.codes)]
        hidden, filtered = (
            np.isin(numbers, list(rows)) & records for rows in (sheet.hidden_rows, sheet.marks.filtered)
        )
        masks = {"dong_an": hidden & ~filtered, "dong_loc": hidden & filtered}
    yield from ((kind, mask) for kind, mask in masks.items() if mask.any())


def _number_rows(sheet: Sheet, body: Body, mask: Mask) -> list[int]:
    return [sheet.number(body.start + at) for at in np.flatnonzero(mask).tolist()]


def _describe_hidden(sheet: Sheet, dataset: Dataset, kind: str, rows: Sequence[int]) -> Problem:
    message = f"{len(rows)} bản ghi {_WHERE[kind]} ({list_rows(rows)}): {_OUTCOME[dataset.hidden]}"
    severity: Severity = "chan" if dataset.hidden == "ask" else "canh_bao"
    return make_problem(
        "tep.ban_ghi_an", message, severity=severity, dataset=dataset.name, sheet=sheet.name, row=rows[0]
    )


def _describe_hidden_columns(sheet: Sheet, dataset: Dataset, columns: Sequence[int]) -> Problem:
    names = ", ".join(map(letter_of, columns))
    message = (
        f"Cột {names} bị ẩn: vẫn được đọc. Nếu không dùng thì xóa nội dung; nếu dùng thì bỏ ẩn cho dễ thấy."
    )
    return make_problem("tep.ban_ghi_an", message, dataset=dataset.name, sheet=sheet.name)


def list_rows(rows: Sequence[int]) -> str:
    """The numbers of rows in words: "dòng 6, 7, 8"; of many only the first."""
    more = "…" if len(rows) > _MAX_ROWS else ""
    return f"dòng {', '.join(map(str, rows[:_MAX_ROWS]))}{more}"


#: A place to tell of: its row on the sheet, its column, the text of the cell, what to say.
_Place = tuple[int, str | None, str | None, str]
_STRUCK_ROW = "Cả bản ghi bị gạch ngang: vẫn được tính. Nếu đã bỏ thì xóa dòng này."
_STRUCK_CELL = "Nội dung ô bị gạch ngang: vẫn được đọc. Nếu đã bỏ thì xóa, nếu không thì bỏ gạch."
_STRUCK_WORDS = "Một phần chữ trong ô bị gạch ngang: cả phần gạch vẫn được đọc. Xóa phần đã gạch."


def _find_struck(sheet: Sheet, body: Body, columns: Sequence[int]) -> Iterator[tuple[int, _Place]]:
    """The records and cells that are struck through, each with the number of its struck cells."""
    marks, records = sheet.marks, body.records
    by_row: dict[int, dict[int, bool]] = {}
    for whole, cells in ((False, marks.struck_words), (True, marks.struck)):
        for row, column in cells:
            at = row - body.start
            if column in columns and 0 <= at < len(records) and records[at]:
                by_row.setdefault(row, {})[column] = whole
    for row, struck in sorted(by_row.items()):
        texts = sheet.row(row)
        filled = {column for column in columns if texts[column]}
        if filled and filled <= {column for column, whole in struck.items() if whole}:
            yield len(filled), (sheet.number(row), None, None, _STRUCK_ROW)
            continue
        for column in sorted(struck.keys() & filled):
            says = _STRUCK_CELL if struck[column] else _STRUCK_WORDS
            yield 1, (sheet.number(row), letter_of(column), texts[column], says)


def _find_merged(sheet: Sheet, body: Body, columns: Sequence[int]) -> Iterator[tuple[int, _Place]]:
    """The merged cells that cover several cells of records, of which all but the first are read as blank."""
    records = body.records
    for top, left, bottom, right in sorted(sheet.merges):
        start, stop = max(top - body.start, 0), min(bottom - body.start + 1, len(records))
        if start >= stop:
            continue
        rows = int(records[start:stop].sum())
        across = [column for column in columns if left <= column <= right]
        if rows * len(across) > 1:
            yield (
                1,
                (sheet.number(top), letter_of(left), None, _describe_merge((top, left, bottom, right), rows)),
            )


def _describe_merge(merge: Merge, rows: int) -> str:
    top, left, bottom, right = merge
    span = f"{letter_of(left)}{top + 1}:{letter_of(right)}{bottom + 1}"
    what = f"{rows} bản ghi" if rows > 1 else "nhiều cột của một bản ghi"
    return f"Ô {span} trộn qua {what}: chỉ ô đầu được đọc, các ô kia coi như trống. Bỏ trộn và ghi đủ từng ô."


def _summarise(code: str, sheet: Sheet, dataset: Dataset, places: Sequence[_Place]) -> Iterable[Problem]:
    """One problem per place, and one for all beyond `_MAX_PROBLEMS`."""
    for row, column, value, says in places[:_MAX_PROBLEMS]:
        yield make_problem(
            code, says, dataset=dataset.name, sheet=sheet.name, row=row, column=column, value=value
        )
    if len(places) > _MAX_PROBLEMS:
        row = places[_MAX_PROBLEMS][0]
        says = f"Từ dòng {row} còn {len(places) - _MAX_PROBLEMS} chỗ nữa như vậy."
        yield make_problem(code, says, dataset=dataset.name, sheet=sheet.name, row=row)
