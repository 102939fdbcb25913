"""Tells of submissions that replace the one before them but lack most of its records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from flows.intake.model import SubmissionPart
from flows.read.our_sheets import CHOICE, WHOLE
from flows.read.table import Problem
from flows.settle.compare import RecordChanges, compare_keys
from flows.settle.model import Owes
from schemas.contract import Dataset

# Of fewer records than that one alone may well be gone; all of them may not.
_LIST = 3


@dataclass(frozen=True, slots=True)
class Replaced:
    """The keys of the records that counted until a later part came, and the file that brought them."""

    file: str
    keys: pl.DataFrame


_Missed: TypeAlias = tuple[Replaced, RecordChanges]


class Losses:
    """What counted once and is in nothing that came later, by unit, dataset and period.

    It stays lost, and is told again of each submission that lacks it, until somebody says that one of those
    is the whole table.
    """

    def __init__(self) -> None:
        self._lost: dict[Owes, Replaced] = {}

    def tell(self, owes: Owes, now: SubmissionPart, former: Replaced, dataset: Dataset) -> Problem | None:
        """`tep.thieu_nhieu_dong` if `now` lacks at least half of what counted before it came.

        None if somebody said what it is. To be asked in order of arrival.
        """
        lost = self._lost.pop(owes, None)
        if now.meant == "ca_bang":
            return None
        changes = [(each, compare_keys(each.keys, now.frame, dataset)) for each in (former, lost) if each]
        missed = [(each, change) for each, change in changes if lacks_most(change)]
        if not missed:
            return None
        self._lost[owes] = _leave_out(missed, now, dataset)
        return None if now.meant else _describe(now, *missed[0])


def lacks_most(change: RecordChanges) -> bool:
    """Whether at least half of the records of a list are gone."""
    everything = change.changed + change.same + change.removed
    is_list = everything >= _LIST or change.removed == everything
    return is_list and 0 < everything <= 2 * change.removed


def _leave_out(missed: list[_Missed], now: SubmissionPart, dataset: Dataset) -> Replaced:
    """The records of `missed` that are not in `now`."""
    oldest, _ = missed[-1]
    every = pl.concat([each.keys for each, _ in missed])
    return Replaced(oldest.file, every.join(now.frame, on=[*dataset.key], how="anti", nulls_equal=True))


def _describe(part: SubmissionPart, former: Replaced, change: RecordChanges) -> Problem:
    there, every = change.changed + change.same, change.changed + change.same + change.removed
    choice = f"ô “{CHOICE}” ở trang đầu của tệp trả bài"
    whole = f"ghi “{WHOLE}” vào {choice}. Không có tệp trả bài thì báo xã xác nhận."
    if part.nil:
        message = (
            f"Tệp báo “Không phát sinh”, nhưng trước đó kỳ này đã có {every} bản ghi ({former.file}); chúng"
            f" không còn được tính. Nếu chúng vẫn đúng: nộp lại bảng có chúng. Nếu đúng là không phát sinh:"
            f" {whole}"
        )
    else:
        has = f"chỉ có {there}" if there else "không có bản ghi nào"
        adds, join = "không thêm bản ghi nào", ""
        if change.added:
            adds = f"có thêm {change.added} bản ghi khác"
            join = " Nếu đây là phần tiếp theo hoặc bổ sung: gộp mọi phần vào một tệp rồi nộp lại."
        message = (
            f"Tệp {has} trong {every} bản ghi của lần nộp trước ({former.file}), {adds};"
            f" {change.removed} bản ghi kia không còn được tính.{join} Nếu đây chỉ là các dòng sửa: ghi x"
            f" vào {choice} rồi nộp tệp đó. Nếu đây là cả bảng: {whole}"
        )
    return Problem(
        "tep.thieu_nhieu_dong",
        "du",
        "canh_bao",
        message,
        dataset=part.dataset,
        periods=(part.period.label,),
        period_named=True,
    )
