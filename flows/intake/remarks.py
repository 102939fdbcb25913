"""Tells of remarks and notes that change what records mean: they count as typed, and the clerk is asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import polars as pl

from flows.clean.text import toneless
from flows.intake.not_meant import WORDS, read_not_meant, says_estimated
from flows.intake.other_time import WORDS as OTHER_TIMES
from flows.intake.other_time import read_meaning
from flows.intake.period import name_periods
from flows.read.clerk_marks import Comment
from flows.read.table import BESIDE, Line, Problem, ReadTable
from flows.read.tables.row_words import is_closing, is_note, is_signature, is_total, read_section_label
from flows.read.units_of_measure import find_unit_lines, parse_unit, unit_of
from schemas.contract import Cadence, Dataset
from schemas.periods import Period, of_year, period, read_numbers, read_period

_MOST = 100
_LONGEST = 300
# With more different remarks than that, those without any such word are passed over in one search.
_MANY = 1000
# Without accents these are also names and other words.
_REPEATED = re.compile(r"\btrùng\b(?! tên)|\b(?:ghi|nhập|kê) lặp\b|\blặp lại\b|\bnhầm\b")
_REPEATED_TONELESS = re.compile(
    r"\btrung (?:voi|lap|ho|stt|so|ma|dong|ban ghi)\b|\b(?:ghi|nhap) (?:lap|nham)\b"
)
_ELSEWHERE = re.compile(
    r"(?i)\b(l[aà]m|h[oọ]c|c[oô]ng t[aá]c|b[oộ] [dđ][oộ]i|nh[aậ]p ng[uũ]|ngh[iĩ]a v[uụ]|lao [dđ][oộ]ng)\b.*"
)
_WRONG = re.compile(
    r"\bdinh chinh\b|\bsua (?:lai|thanh|la)\b|\bdieu chinh (?:lai|thanh|tang|giam)\b|\bthay bang\b"
    r"|\bdung (?:phai )?la\b|\bphai la\b|\bkhong phai (?:la )?\d|\b(?:ghi|so|bi) sai\b"
    r"|\bsai (?:ma|ten|so|ngay|dong)\b"
)
_UNSURE = re.compile(
    r"\bchua (?:ro|chac|chinh xac|xac minh|xac nhan|kiem tra|doi chieu|co so lieu|dieu tra|thu thap|du)\b"
    r"|\b(?:can|de nghi) (?:kiem tra|xem|ra soat)\b|\b(?:kiem tra|xem|ra soat) lai\b|^\?+$"
    r"|\bso (?:lieu )?cu$"
    r"|\b(?:bao|con|bi) (?:thieu|thua)\b|\bthieu so lieu\b|\bnop sau\b"
)
_SHARED = re.compile(
    r"\b(?:da |bao )?gom ca\b|\bda (?:gom|tinh (?:o|vao|trong))\b|\b(?:gop|ghep) (?:chung|voi|vao|ca)\b"
    r"|\b(?:tinh|cong|ghi|ke) chung\b|\bchung voi\b|\bda cong\b"
    r"|\bchua (?:bao gom|gom|tinh|tru|cong|ke)\b|\btach thanh\b|\bxem (?:stt|dong|ghi chu)\b"
    r"|\b(?:cua|thuoc|sang|ve) (?:thon|pho|khu|xom|ban|lang) \w"
)
_COMPARED = re.compile(r"\bso (?:voi|sanh|cung)\b.*|\b(?:nop|gui|truoc ngay|han)\b.*")
_OF_PERIOD = re.compile(
    r"\b(?:so lieu|lay so|lay cua|lay tu|lay theo)\b.{0,40}?\b(?P<of>(?:thang|quy|nam|ky|t\d).*)"
    r"|\b(?:so|lay)(?: cua)? (?P<other>(?:thang|quy|nam|ky|t\d).*)|^(?P<all>(?:thang|quy|ky) .{0,12})$"
)
_EARLIER = re.compile(r"^(?:ky|thang|quy|nam) (?:lien )?(?:truoc|ngoai)\b")
_NO_SENTENCE = re.compile(
    r"\b(?:kem theo|can cu|theo|nguon|cap nhat|tinh den|thoi diem|tinh tu|den ngay|chot|in ngay|lap ngay"
    r"|trich|ban hanh|nghi dinh|quyet dinh|thong tu|nop|gui|bieu mau|trong do|tong|bao gom)\b"
)
_DAY = re.compile(r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])[/.-](?:0?[1-9]|1[0-2])(?:[/.-]\d{2,4})?(?![\d/])")
_FEWEST_WORDS = 4
# What regular expressions of polars lack: looking ahead and back.
_AROUND = re.compile(r"\(\?<?[!=](?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)")
_CELL = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True, slots=True)
class _Case:
    table: ReadTable
    decided: Period
    dataset: Dataset
    day: date


def weigh_remarks(
    table: ReadTable, decided: Period, dataset: Dataset, day: date, comments: Sequence[Comment] = ()
) -> list[Problem]:
    """One warning `tep.ghi_chu` per remark beside a record, or note between or below them, that matters.

    It says that the record is gone or repeated, unsure, of another period, in another unit, or shared with
    another one; or that some figure is wrong. Below the records, a sentence with a day, or with figures of a
    thôn, may be a record.

    Args:
        table: The table as read.
        decided: Its period.
        dataset: Its contract.
        day: The day on which the file came.
        comments: Those on the cells of its sheet.
    """
    case = _Case(table, decided, dataset, day)
    found = [*_weigh_cells(case), *_weigh_comments(case, comments), *_weigh_lines(case)]
    if len(found) > _MOST:
        more = f"Từ dòng {found[_MOST].row} còn {len(found) - _MOST} ghi chú nữa như vậy."
        found[_MOST:] = [replace(found[_MOST], message=more)]
    return found


@cache
def _widen_all() -> str:
    """What each remark that matters matches: all words, without what must or must not stand around them."""
    own = (_REPEATED, _REPEATED_TONELESS, _WRONG, _UNSURE, _SHARED, _OF_PERIOD)
    every = [pattern.pattern for pattern in (*own, *WORDS, *OTHER_TIMES)]
    wide = [_AROUND.sub("", toneless(each)) for each in every]
    named = [re.sub(r"\?p<\w+>", "?:", each) for each in wide]
    return "|".join(
        [
            "[?]",
            "dvt",
            "d[.]?v[.]? ?[t:]",
            "don *vi",
            "tinh (?:bang|theo)",
            *(re.sub(r"[$^]", r"\\b", each) for each in named),
        ]
    )


def _weigh_cells(case: _Case) -> Iterator[Problem]:
    for letter in case.table.remarks:
        cells = case.table.cells.select("_row", text=f"{BESIDE}{letter}").drop_nulls()
        different = cells["text"].unique(maintain_order=True)
        if len(different) > _MANY:
            words = different.str.slice(0, _LONGEST).str.normalize("NFD").str.to_lowercase()
            plain = words.str.replace_all(r"\p{M}", "").str.replace_all("đ", "d", literal=True)
            different = different.filter(plain.str.contains(_widen_all()))
        said = {text: what for text in different if (what := _read(case, text[:_LONGEST]))}
        for row, text in cells.filter(pl.col("text").is_in([*said])).iter_rows() if said else ():
            message = (
                f"Ghi chú ở ô {letter}{row} nói rằng {said[text]}; bản ghi vẫn được tính như đang ghi. Sửa"
                " bản ghi theo ghi chú, hoặc xóa dòng nếu không phải số liệu của báo cáo, rồi nộp lại."
            )
            yield _describe(case, message, row, text, letter)


def _weigh_comments(case: _Case, comments: Sequence[Comment]) -> Iterator[Problem]:
    rows = {*case.table.cells["_row"]} if comments else set()
    for each in comments:
        place = _CELL.fullmatch(each.cell)
        # Before the words there may be the name of who wrote them.
        texts = (each.text, each.text.partition(":")[2])
        what = next(filter(None, (_read(case, text[:_LONGEST]) for text in texts if text.strip())), None)
        if place and int(place[2]) in rows and what:
            message = (
                f"Ghi chú gắn ở ô {each.cell} nói rằng {what}; bản ghi vẫn được tính như đang ghi. Sửa bản"
                " ghi theo ghi chú, hoặc xóa dòng nếu không phải số liệu của báo cáo, rồi nộp lại."
            )
            yield _describe(case, message, int(place[2]), each.text, place[1])


def _weigh_lines(case: _Case) -> Iterator[Problem]:
    rows = case.table.cells["_row"]
    last = int(rows[-1]) if len(rows) else 0
    for line in case.table.lines:
        below = line.row > last
        if line.closes or line.heads or not (below or any(map(is_note, line.texts))):
            continue
        yield from _weigh_line(case, line, below=below)


def _weigh_line(case: _Case, line: Line, *, below: bool) -> Iterator[Problem]:
    text = " ".join(line.texts)[:_LONGEST]
    if any(is_signature(each) or is_total(each) for each in line.texts):
        return
    what = _read(case, text)
    if what is not None:
        message = (
            f"Dòng {line.row} ghi chú rằng {what}; các bản ghi vẫn được tính như trong bảng. Sửa ngay trong"
            " bảng rồi nộp lại; nếu bảng đã đúng thì bỏ ghi chú."
        )
        yield _describe(case, message, line.row, text)
    elif below and _is_sentence(text):
        message = (
            f"Dòng {line.row} ở dưới bảng giống một bản ghi viết thành câu, nên chưa được tính. Nếu là bản"
            " ghi thì đưa vào bảng, mỗi giá trị một ô, rồi nộp lại."
        )
        yield _describe(case, message, line.row, text)


def _is_sentence(text: str) -> bool:
    """Whether a text below a table has a day, or figures of a thôn, and words enough for a record."""
    plain = toneless(text)
    if is_closing(text) or _NO_SENTENCE.search(plain) or len(text.split()) < _FEWEST_WORDS:
        return False
    section = read_section_label(text)
    figures = re.findall(r"\d+", text)
    return bool(_DAY.search(text)) or bool(section and section[1] and len(figures) > 1)


def _read(case: _Case, text: str) -> str | None:
    """What a remark says of its record, or a note of some, in Vietnamese; None if nothing that matters."""
    plain = toneless(" ".join(unicodedata.normalize("NFC", text).split()))
    said = read_not_meant(_ELSEWHERE.sub(r"\1", unicodedata.normalize("NFC", text)), case.dataset)
    if said is not None:
        return said if said.startswith(("không", "ví", "chỉ", "bản")) else f"đây là bản ghi {said}"
    repeated = _REPEATED_TONELESS if text.isascii() else _REPEATED
    if repeated.search(unicodedata.normalize("NFC", text.lower())):
        return "bản ghi bị trùng hoặc bị nhầm"
    for pattern, what in (
        (_WRONG, "có số liệu phải sửa"),
        (_UNSURE, "số liệu chưa chắc chắn"),
        (_SHARED, "số liệu tính chung với nơi khác"),
    ):
        if pattern.search(plain):
            return what
    if says_estimated(text):
        return "số liệu là ước tính hoặc chưa chính thức"
    meant = read_meaning(text, case.dataset)
    if meant is not None:
        return f"đây là {meant.what}"
    return _read_period(case, plain) or _read_unit(case, text)


def _read_period(case: _Case, plain: str) -> str | None:
    found = _OF_PERIOD.search(_COMPARED.sub("", plain))
    if found is None:
        return None
    named = next(filter(None, found.groups()))
    labels = name_periods([named], case.dataset, int(case.decided.label[:4]), case.day)
    if labels:
        others = case.decided.label not in labels
    else:
        spans = [*_read_spans(named, case)]
        others = bool(spans) and not any(
            each.start <= case.decided.end and case.decided.start <= each.end for each in spans
        )
    if others or _EARLIER.search(named):
        return "số liệu là của kỳ khác"
    return None


def _read_spans(named: str, case: _Case) -> Iterator[Period]:
    """The months, quarters and years, other than the periods of the dataset, that words name."""
    year = int(case.decided.label[:4])
    cadences: tuple[Cadence, ...] = ("thang", "quy", "nam")
    for cadence in cadences:
        if cadence != case.dataset.cadence:
            labels = read_period([named], cadence)
            labels |= {of_year(cadence, number, year) for number in read_numbers([named], cadence)}
            yield from (period((cadence, "calendar"), label) for label in labels)


def _read_unit(case: _Case, text: str) -> str | None:
    """Whether a remark states a unit of measure that no column has, of a table that has some."""
    known = {unit_of(column) for column in case.dataset.columns}
    own = {unit for part in known if part for unit in [parse_unit(part)] if unit}
    for line in find_unit_lines([text]):
        if own and line.marked and any(unit and unit not in own for unit in line.units.values()):
            return "số liệu tính bằng đơn vị khác"
    return None


def _describe(case: _Case, message: str, row: int, text: str, letter: str | None = None) -> Problem:
    return Problem(
        "tep.ghi_chu",
        "dung",
        "canh_bao",
        message,
        dataset=case.dataset.name,
        sheet=case.table.sheet,
        row=row,
        column=letter,
        value=text,
    )
