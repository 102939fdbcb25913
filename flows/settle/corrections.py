"""Merges submissions that only correct rows into the ones that they correct, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import polars as pl

from flows.collect.submission import Submission
from flows.intake.model import SubmissionPart
from flows.read.table import Problem
from flows.settle.compare import compare
from flows.settle.lacking import lacks_most
from flows.validate.records import validate
from schemas.contract import QUARANTINED, Dataset, typed_column

#: A part of a submission, and the submission.
Given: TypeAlias = tuple[Submission, SubmissionPart]
#: A submission, the label of the period, and what is to be said of it.
Said: TypeAlias = tuple[Submission, str, Problem]

# Most rows that are named one by one.
_NAMED = 50
_MEND = "Sửa mã cho đúng bản ghi cần sửa; nếu là bản ghi mới thì nộp cả bảng."


@dataclass(frozen=True, slots=True)
class Merged:
    """The parts, of which corrections hold the rest of what they correct; and what can't be applied."""

    parts: Sequence[Given]
    said: Sequence[Said]


def merge_corrections(parts: Sequence[Given], dataset: Dataset) -> Merged:
    """Merge each correction into the usable part before it of its unit and period.

    A row replaces the rows with its key; all others of that part stay, with their own file as their source.
    A row with the key of none is left out, and told (`tep.sua_dong_khong_co`).

    Args:
        parts: Those of one dataset.
        dataset: Its contract.
    """
    owing = {_owes(given) for given in parts if _corrects(given[1])}
    if not owing:
        return Merged(parts, ())
    usable = _list_usable(parts, dataset)
    merged, said = [*parts], []
    base: dict[tuple[str, str], Given] = {}
    for at in sorted(range(len(parts)), key=lambda at: parts[at][0]):
        (one, part), owes = parts[at], _owes(parts[at])
        if owes not in owing:
            continue
        if _corrects(part):
            merged[at] = one, _overlay(part, base.get(owes), dataset)
            said += [(one, owes[1], each) for each in _tell_unknown(part, base.get(owes), dataset)]
        if usable[at]:
            base[owes] = merged[at] if _corrects(part) else _complete(parts[at], base.get(owes), dataset)
    return Merged(merged, said)


def tell_undone(part: SubmissionPart, undone: int, corrections: Submission) -> Problem | None:
    """`tep.hoan_tac_sua` if so many records of `part` are again as they were before they were corrected.

    None if somebody said what it is, or nothing is undone.
    """
    if part.meant is not None or not undone:
        return None
    return _describe(
        "tep.hoan_tac_sua",
        f"Tệp ghi {undone} bản ghi như trước khi được sửa bằng tệp {corrections.file}. Nếu dòng sửa đúng"
        " thì đưa chúng vào tệp này rồi nộp lại.",
        part,
        blocks=False,
    )


def _owes(given: Given) -> tuple[str, str]:
    return given[0].unit, given[1].period.label


def _corrects(part: SubmissionPart) -> bool:
    return part.meant == "sua" and not part.refused


def _list_usable(parts: Sequence[Given], dataset: Dataset) -> list[bool]:
    judged = validate([(part, one.day) for one, part in parts], dataset).judged
    accepted = {*judged.filter(~QUARANTINED)["_part"].unique()}
    return [not part.refused and (at in accepted or part.nil) for at, (_, part) in enumerate(parts)]


def _complete(given: Given, base: Given | None, dataset: Dataset) -> Given:
    """What a later correction corrects: if this part only looks like a correction, also what it replaced."""
    one, part = given
    if base is None or part.meant is not None or part.nil:
        return given
    change = compare(base[1], part, dataset)
    looks_like_one = change.added == 0 and lacks_most(change)
    return (one, _overlay(part, base, dataset)) if looks_like_one else given


def _overlay(part: SubmissionPart, base: Given | None, dataset: Dataset) -> SubmissionPart:
    """The correction `part` with the rows of `base` that it leaves as they are."""
    if base is None:
        return replace(part, frame=part.frame.clear(), nil=False)
    one, whole = base
    key = list(dataset.key)
    known = part.frame.join(whole.frame, on=key, how="semi", maintain_order="left")
    rest = whole.frame.join(known, on=key, how="anti", maintain_order="left")
    shifted = rest.with_columns((pl.col("_table") + len(part.tables)).cast(pl.UInt16))
    return replace(
        part,
        frame=pl.concat([known, shifted], how="diagonal"),
        tables=(*part.tables, *whole.tables),
        borrowed=(one,) * (len(whole.tables) - len(whole.borrowed)) + whole.borrowed,
        nil=False,
    )


def _tell_unknown(part: SubmissionPart, base: Given | None, dataset: Dataset) -> Iterator[Problem]:
    """`tep.sua_dong_khong_co` for each row that corrects no record of `base`."""
    name = dataset.key[0]
    unknown = part.frame
    of = "nào, vì kỳ này chưa có lần nộp nào dùng được"
    if base is not None:
        unknown = unknown.join(base[1].frame, on=list(dataset.key), how="anti")
        of = f"nào của lần nộp trước ({base[0].file})"
    rows = unknown.sort("_table", "_row").select("_table", "_row", typed_column(name))
    for table, row, typed in rows.head(_NAMED).iter_rows():
        sheet, letters = part.tables[table]
        message = f"Dòng này không sửa bản ghi {of}, nên chưa được tính. {_MEND}"
        found = _describe("tep.sua_dong_khong_co", message, part, blocks=True)
        yield replace(found, sheet=sheet, row=row, column=letters.get(name), value=typed)
    if unknown.height > _NAMED:
        message = (
            f"Còn {unknown.height - _NAMED} dòng nữa không sửa bản ghi {of}, nên chưa được tính. {_MEND}"
        )
        yield _describe("tep.sua_dong_khong_co", message, part, blocks=True)


def _describe(code: str, message: str, part: SubmissionPart, *, blocks: bool) -> Problem:
    return Problem(
        code,
        "dung" if blocks else "du",
        "chan" if blocks else "canh_bao",
        message,
        dataset=part.dataset,
        periods=(part.period.label,),
        period_named=True,
    )
