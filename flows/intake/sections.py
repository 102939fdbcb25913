"""Finds the sections, titles and sheets that say that their records are none of the report."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import PurePath

import polars as pl

from flows.clean.text import toneless
from flows.collect.submission import Submission
from flows.intake.not_meant import (
    EXAMPLE,
    is_form,
    read_not_meant,
    read_sheet_not_meant,
    says_estimated,
)
from flows.intake.period import FILE, SHEET, TITLE, list_texts
from flows.read.table import Line, Problem, ReadTable
from flows.read.tables.row_words import is_tail, read_section_label
from schemas.contract import Dataset, Severity

_CODE = "tep.ngoai_bao_cao"
_LONGEST = 80
_MOST_WORDS = 10
_ROMAN = re.compile(r"^\W*[IVX]{1,6}\b(?=\W|$)")
_LETTER = re.compile(r"^\W*[A-HĐa-hđ]\s*[.)/:–-]|^\W*[A-HĐ]$")
_DIGIT = re.compile(r"^\W*\d{1,2}\s*[.)/:–-]")
_NUMERAL = re.compile(r"^\W*(?:(?:[IVX]{1,6}|[A-HĐ]|\d{1,2})(?:\s*[.)/:–-]+\s*|\s+))?")
_FIRST = re.compile(r"^\W*(?:I|A|1)\s*[.)/:–-]")
_SECOND = re.compile(r"^\W*(?:II|III|IV|B|2|3)(?:\s*[.)/:–-]|\s)")
_TITLED = re.compile(r"(?:so lieu|bang|bieu|danh sach|tinh hinh|ket qua|thong ke|bao cao|tong hop|phu luc)\b")
_CONTINUES = re.compile(
    r"\b(?:bo sung|tiep|con lai|khac|moi|phat sinh|dieu chinh|thuc hien|trong (?:ky|thang|quy|nam))\b"
)
# In nearly any title of a form.
_USUAL = frozenset(
    [
        *("so", "lieu", "bang", "bieu", "danh", "sach", "tong", "hop", "bao", "cao", "ket", "qua", "theo"),
        *("cac", "cua", "va", "thang", "quy", "nam"),
    ]
)
_TOTAL = re.compile(r"(?i)^\W*(?:t[ổôo]ng|c[ộọo]ng)\b")


def is_vouched(table: ReadTable, submission: Submission) -> bool:
    """Whether somebody said that all records of the file count."""
    return "ca_bang" in (submission.meant, table.meant)


def weigh_sections(lines: Sequence[Line], dataset: Dataset) -> Mapping[int, str | None]:
    """By row of a line what it says that its records are; None where a section ends such a part.

    It ends at the next line of the same sort, or of one that stood above it: a line with a Roman numeral ends
    another one, while the names of thôn below it may be parts of it.
    """
    found: dict[int, str | None] = {}
    known: set[str] = set()
    enders: set[str] = set()
    for line in lines:
        said = next(filter(None, (read_not_meant(text, dataset) for text in _list_own(line))), None)
        if said is not None:
            found[line.row] = said
        if line.closes or not line.sure:
            continue
        sort = _sort_of(line)
        if said is not None:
            enders = known | {sort}
        elif sort in enders or line.heads:
            found[line.row] = None
            enders = set()
        known.add(sort)
    return found


def _list_own(line: Line) -> Iterator[str]:
    """The texts of a line that may say what the records are: no notes, and of a total what it is of."""
    for text in line.texts:
        short = len(text.split()) <= _MOST_WORDS
        if (line.sure or short) and not is_tail(text) and (not line.closes or _TOTAL.match(text)):
            yield text


def _sort_of(line: Line) -> str:
    text = line.numeral or line.texts[0]
    for sort, pattern in (("roman", _ROMAN), ("letter", _LETTER), ("digit", _DIGIT)):
        if pattern.match(text):
            return sort
    label = read_section_label(text)
    return "place" if label and label[1] else "words"


def weigh_names(
    table: ReadTable, others: Sequence[ReadTable], submission: Submission, dataset: Dataset, *, lettered: bool
) -> list[Problem]:
    """What title, sheet and file say against counting a table.

    A sheet (or folder of a zip) or title that says so is held (`tep.ngoai_bao_cao`) if another one of the
    same dataset has records and does not; else, or if the file's name says so, it is a warning.
    `tep.chua_chinh_thuc` warns of figures that are estimated or a draft.

    Args:
        table: The table.
        others: All tables of the dataset in the file.
        submission: The file.
        dataset: The contract.
        lettered: Whether `T9` is the name of a sheet for a month.
    """
    if is_vouched(table, submission) or not table.cells.height:
        return []
    texts = list_texts(table, submission, dataset, lettered=lettered)
    named = _read_sheet(table, dataset)
    if named is not None:
        # What a hidden sheet has counts, and is told, as the contract says.
        rest = not table.hidden and any(
            _read_sheet(each, dataset) is None and each.cells.height for each in others
        )
        if rest or not is_form(table.sheet.rpartition("/")[2]):
            return [_describe_sheet(table, named, dataset, holds=rest)]
    titled = _read_title(table.title, dataset)
    if titled is not None:
        rest = any(each.cells.height and not _read_title(each.title, dataset) for each in others)
        return [_describe_around(table, TITLE, *titled, dataset, holds=rest)]
    *folders, name = PurePath(submission.file).parts
    for part in (*folders, PurePath(name).stem):
        said = read_sheet_not_meant(part, dataset)
        if said is not None and said != EXAMPLE:
            return [_describe_around(table, FILE, part, said, dataset, holds=False)]
    for where in (TITLE, SHEET, FILE):
        for text in texts.get(where, ()):
            if says_estimated(text):
                return [_describe_estimated(table, where, text, dataset)]
    return []


def _read_title(title: Sequence[str], dataset: Dataset) -> tuple[str, str] | None:
    """The line of a title that says that the records are none of the report, and what it says."""
    for text in title:
        said = read_not_meant(text, dataset)
        # Above its heading a form may show an example.
        if said is not None and said != EXAMPLE:
            return text, said
    return None


def _read_sheet(table: ReadTable, dataset: Dataset) -> str | None:
    """What the name of a table's sheet, or a folder or file of a zip, says that its records are."""
    if table.separator is not None and "/" not in table.sheet:
        return None  # of a text file it is the name of the file
    parts = (
        part.rpartition(".")[0] or part if "/" in table.sheet else part for part in table.sheet.split("/")
    )
    return next(filter(None, (read_sheet_not_meant(part, dataset) for part in parts)), None)


def _describe_sheet(table: ReadTable, said: str, dataset: Dataset, *, holds: bool) -> Problem:
    count = table.cells.height
    outcome = (
        f"{count} bản ghi của trang chưa được tính. Nếu phải tính thì đổi tên trang rồi nộp lại, nếu không"
        " thì xóa trang đó."
        if holds
        else f"{count} bản ghi của trang vẫn được tính. Nếu đúng là số liệu của báo cáo thì đổi tên trang,"
        " nếu không thì xóa trang đó."
    )
    message = f"Tên trang tính “{table.sheet[:_LONGEST]}” nói rằng đây là {said}: {outcome}"
    return _make(message, table, dataset, holds=holds)


def _describe_around(
    table: ReadTable, where: str, text: str, said: str, dataset: Dataset, *, holds: bool
) -> Problem:
    outcome = (
        "chưa được tính. Nếu phải tính thì sửa tiêu đề rồi nộp lại, nếu không thì bỏ bảng đó."
        if holds
        else "vẫn được tính. Nếu bảng có những bản ghi không phải số liệu của báo cáo thì bỏ chúng ra rồi nộp"
        " lại."
    )
    message = (
        f"{where.capitalize()} ghi “{text[:_LONGEST]}”, tức là {said}: {table.cells.height} bản ghi {outcome}"
    )
    return _make(message, table, dataset, holds=holds)


def _describe_estimated(table: ReadTable, where: str, text: str, dataset: Dataset) -> Problem:
    return Problem(
        "tep.chua_chinh_thuc",
        "dung",
        "canh_bao",
        f"{where.capitalize()} ghi “{text[:_LONGEST]}”: số liệu ước tính hoặc chưa chính thức, vẫn được tính."
        " Khi có số chính thức thì nộp lại; nếu đã chính thức thì bỏ các chữ đó.",
        dataset=dataset.name,
        sheet=table.sheet,
    )


def describe_section(
    table: ReadTable, dataset: Dataset, line: Line, said: str, rows: tuple[int, int, int]
) -> Problem:
    """`tep.ngoai_bao_cao` for the held records of a section: `rows` are the first, the last, their number."""
    first, last, count = rows
    which = f"dòng {first}" if first == last else f"từ dòng {first} đến dòng {last}"
    where = "ở trên" if line.closes else "ở dưới"
    # The line itself may name somebody: it is a value, which is masked where others read.
    message = (
        f"Dòng {line.row} nói rằng các bản ghi {where} ({which}) là loại: {said}. {count} bản ghi chưa được"
        f" tính. Nếu phải tính thì sửa dòng {line.row} rồi nộp lại, nếu không thì xóa phần đó."
    )
    return replace(_make(message, table, dataset, holds=True), row=line.row, value=_join(line))


def _join(line: Line) -> str:
    return " ".join(line.texts)


def _make(message: str, table: ReadTable, dataset: Dataset, *, holds: bool) -> Problem:
    severity: Severity = "chan" if holds else "canh_bao"
    return Problem(_CODE, "dung", severity, message, dataset=dataset.name, sheet=table.sheet)


def find_other_part(table: ReadTable, told: Collection[int | None], dataset: Dataset) -> Iterator[Problem]:
    """A warning if a title amid the records begins a part that seems to be about something else.

    That is a title or a second numeral without a first one, whose words are none of the form. `told` are the
    rows of lines of which something was told already.
    """
    if not table.cells.height:
        return
    first = int(table.cells["_row"][0])
    own = [line for line in table.lines if line.sure and not line.closes and not _is_heading(line, dataset)]
    # The first part may be named in the title.
    if not own or any(line.row < first for line in own) or any(map(_FIRST.match, table.title)):
        return
    line, text = own[0], own[0].texts[0]
    if line.heads or line.row in told or _sort_of(line) == "place" or not _begins_part(line):
        return
    if _CONTINUES.search(toneless(text)) or _shares_words(_join(line), dataset):
        return
    count = table.cells.filter(pl.col("_row") > line.row).height
    if not count:
        return
    message = (
        f"Dòng {line.row} bắt đầu một phần khác ở giữa bảng: {count} bản ghi ở dưới vẫn được tính. Nếu chúng"
        " không thuộc bảng này thì chuyển sang bảng riêng, có dòng đầu cột của nó, rồi nộp lại."
    )
    yield replace(_make(message, table, dataset, holds=False), row=line.row, value=_join(line))


def _is_heading(line: Line, dataset: Dataset) -> bool:
    """Whether a line is the upper row of the heading."""
    labels = " ".join(toneless(column.label) for column in dataset.columns)
    return all(toneless(text) in labels for text in line.texts)


def _begins_part(line: Line) -> bool:
    text = f"{line.numeral} {line.texts[0]}".strip()
    return bool(_SECOND.match(text) or _TITLED.match(toneless(_NUMERAL.sub("", text))))


def _shares_words(text: str, dataset: Dataset) -> bool:
    """Whether a text has a value of the form, or two words in a row that its title or labels have."""
    plain = toneless(text)
    values = (toneless(value) for column in dataset.columns for value in column.of)
    if any(value in plain for value in values if len(value) > 1):
        return True
    known = {pair for label in (dataset.title, *(c.label for c in dataset.columns)) for pair in _pair(label)}
    return not known.isdisjoint(_pair(text))


def _pair(text: str) -> Iterator[tuple[str, str]]:
    words = re.findall(r"\w+", toneless(text))
    return ((one, other) for one, other in pairwise(words) if {one, other}.isdisjoint(_USUAL))
