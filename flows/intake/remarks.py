"""Tells of remarks and notes that change what records mean: they count as typed, and the clerk is asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from flows.clean.text import toneless
from flows.intake.not_meant import read_not_meant, says_estimated
from flows.intake.period import name_periods
from flows.read.table import BESIDE, Line, Problem, ReadTable
from flows.read.tables.row_words import is_closing, is_note, is_signature, is_total, read_section_label
from flows.read.units_of_measure import find_unit_lines, parse_unit, unit_of
from schemas.contract import Dataset
from schemas.periods import Period

_MOST = 100
_LONGEST = 300
# With more different remarks than that, those without any such word are passed over in one search.
_MANY = 1000
_ANY_WORD = (
    "(?i)chuy|tr[ùu]ng|l[ặa]p|b[ỏo]|h[ủu]y|x[óo]a|kh[ôo]ng|ch[ưu]a|ngo[àa]i|ng[ừu]ng|d[ừu]ng|gi[ảa]i|[đd][óo]ng"
    "|m[ấa]t|ch[ếe]t|vong|c[ắa]t|li[ệe]u|l[ấa]y|k[ỳy]|th[áa]ng|qu[ýy]|n[ăa]m|[ưu][ớo]c|t[ạa]m|s[ơo]|d[ựu]|nh[áa]p"
    "|g[ồo]m|g[ộo]p|gh[ée]p|c[ộo]ng|chung|[đd][íi]nh|s[ửu]a|nh[ầa]m|[đd][úu]ng|thay|ph[ảa]i|[đd][ơo]n|t[íi]nh"
    "|[đd]vt|m[ẫa]u|v[íi]|lo[ạa]i|tr[ảa]|t[ừu]|c[ũu]|tham|[đd][ốo]i|thu|[đd]i[ềe]u"
)
# Without accents these are also names and other words.
_REPEATED = re.compile(r"\btrùng\b(?! tên)|\b(?:ghi|nhập|kê) lặp\b|\blặp lại\b|\bnhầm\b")
_REPEATED_TONELESS = re.compile(
    r"\btrung (?:voi|lap|ho|stt|so|ma|dong|ban ghi)\b|\b(?:ghi|nhap) (?:lap|nham)\b"
)
_ELSEWHERE = re.compile(r"\b(lam|hoc|cong tac|bo doi|nhap ngu|nghia vu|lao dong|xuat khau)\b.*")
_WRONG = re.compile(
    r"\bdinh chinh\b|\bsua (?:lai|thanh|la)\b|\bdieu chinh (?:lai|thanh|tang|giam)\b|\bthay bang\b"
    r"|\bdung (?:phai )?la\b|\bphai la\b|\bkhong phai (?:la )?\d|\bghi sai\b|\bso sai\b"
)
_UNSURE = re.compile(r"\bchua (?:ro|chac|chinh xac|xac minh|xac nhan|kiem tra|doi chieu|co so lieu)\b")
_SHARED = re.compile(
    r"\b(?:da |bao )?gom ca\b|\bda (?:gom|tinh (?:o|vao|trong))\b|\b(?:gop|ghep) (?:chung|voi|vao|ca)\b"
    r"|\b(?:tinh|cong|ghi|ke) chung\b|\bchung voi\b|\bda cong\b"
)
_COMPARED = re.compile(r"\bso (?:voi|sanh|cung)\b.*|\b(?:nop|gui|truoc ngay|han)\b.*")
_OF_PERIOD = re.compile(
    r"\b(?:so lieu|lay so|lay cua|lay tu)\b.{0,40}?\b(?P<of>(?:thang|quy|nam|ky|t\d).*)"
    r"|\b(?:so|lay)(?: cua)? (?P<other>(?:thang|quy|nam|ky|t\d).*)|^(?P<all>(?:thang|quy|ky) .{0,12})$"
)
_EARLIER = re.compile(r"^(?:ky|thang|quy|nam) (?:lien )?truoc\b")
_NO_SENTENCE = re.compile(
    r"\b(?:kem theo|can cu|theo|nguon|cap nhat|tinh den|thoi diem|tinh tu|den ngay|chot|in ngay|lap ngay"
    r"|trich|ban hanh|nghi dinh|quyet dinh|thong tu|nop|gui|bieu mau|trong do|tong|bao gom)\b"
)
_DAY = re.compile(r"(?<!\d)\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?(?!\d)")
_FEWEST_WORDS = 4


@dataclass(frozen=True, slots=True)
class _Case:
    table: ReadTable
    decided: Period
    dataset: Dataset
    day: date


def weigh_remarks(table: ReadTable, decided: Period, dataset: Dataset, day: date) -> list[Problem]:
    """One warning `tep.ghi_chu` per remark beside a record, or note between or below them, that matters.

    It says that the record is gone or repeated, unsure, of another period, in another unit, or shared with
    another one; or that some figure is wrong. Below the records, a sentence with a day, or with figures of a
    thôn, may be a record.

    Args:
        table: The table as read.
        decided: Its period.
        dataset: Its contract.
        day: The day on which the file came.
    """
    case = _Case(table, decided, dataset, day)
    found = [*_weigh_cells(case), *_weigh_lines(case)]
    if len(found) > _MOST:
        more = f"Từ dòng {found[_MOST].row} còn {len(found) - _MOST} ghi chú nữa như vậy."
        found[_MOST:] = [replace(found[_MOST], message=more)]
    return found


def _weigh_cells(case: _Case) -> Iterator[Problem]:
    for letter in case.table.remarks:
        cells = case.table.cells.select("_row", text=f"{BESIDE}{letter}").drop_nulls()
        different = cells["text"].unique(maintain_order=True)
        if len(different) > _MANY:
            words = different.str.slice(0, _LONGEST).str.normalize("NFC")
            different = different.filter(words.str.contains(_ANY_WORD))
        said = {text: what for text in different if (what := _read(case, text[:_LONGEST]))}
        for row, text in cells.filter(pl.col("text").is_in([*said])).iter_rows() if said else ():
            message = (
                f"Ghi chú ở ô {letter}{row} nói rằng {said[text]}; bản ghi vẫn được tính như đang ghi. Sửa"
                " bản ghi theo ghi chú, hoặc xóa dòng nếu không phải số liệu của báo cáo, rồi nộp lại."
            )
            yield _describe(case, message, row, text, letter)


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
    said = read_not_meant(_ELSEWHERE.sub(r"\1", plain), case.dataset)
    if said is not None:
        return (
            f"đây là bản ghi {said.what}" if not said.what.startswith(("không", "ví", "chỉ")) else said.what
        )
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
    return _read_period(case, plain) or _read_unit(case, text)


def _read_period(case: _Case, plain: str) -> str | None:
    found = _OF_PERIOD.search(_COMPARED.sub("", plain))
    if found is None:
        return None
    named = next(filter(None, found.groups()))
    labels = name_periods([named], case.dataset, int(case.decided.label[:4]), case.day)
    if _EARLIER.search(named) or (labels and case.decided.label not in labels):
        return "số liệu là của kỳ khác"
    return None


def _read_unit(case: _Case, text: str) -> str | None:
    """Whether a remark states a unit of measure that no column has."""
    known = {unit_of(column) for column in case.dataset.columns}
    own = {unit for part in known if part for unit in [parse_unit(part)] if unit}
    for line in find_unit_lines([text]):
        odd = [unit for unit in line.units.values() if unit and unit not in own]
        if odd and any(unit.family == each.family for unit in odd for each in own):
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
