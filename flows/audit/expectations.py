"""What a release must meet before it is published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from flows.audit import facts as audited
from flows.audit.facts import Case
from flows.audit.surprises import Comparison, comparisons
from schemas.tables import INDICATORS, ROLL_CALL, SUBMISSIONS


@dataclass(frozen=True, slots=True)
class Suite:
    """The expectations of one small frame, each with what it says in Vietnamese."""

    name: str
    title: str
    frame: pl.DataFrame
    expectations: tuple[Any, ...]
    surprising: bool = False


def _suites(case: Case, gxe: Any) -> Iterator[Suite]:
    seen = audited.look(case)
    yield Suite(
        "cot",
        "Cột và kiểu",
        audited.columns(case, seen),
        (
            equal(gxe, "declared", "stored", "mỗi cột đúng kiểu đã khai, không thiếu, không thừa cột nào"),
            within(gxe, "blanks", 0, 0, "không bản ghi nào thiếu ô bắt buộc"),
        ),
    )
    yield Suite(
        "khoa",
        "Khóa",
        audited.keys(seen),
        (within(gxe, "doubles", 0, 0, "không có hai dòng trùng khóa trong một bảng hay một tệp"),),
    )
    yield Suite(
        "bao_toan",
        "Bảo toàn số dòng",
        audited.accounts(case),
        (
            equal(gxe, "rows_seen", "rows_told", "số dòng đã đọc bằng số dòng bỏ ra, nhận và giữ lại"),
            one_of(gxe, "state", SUBMISSIONS.fields["state"].of, "mỗi lượt nộp có một trạng thái đã định"),
        ),
    )
    yield Suite(
        "cong_bo",
        "Bản ghi công bố",
        audited.published(case, seen),
        (equal(gxe, "accepted", "rows", "số bản ghi trong tệp bằng số bản ghi được nhận"),),
    )
    yield Suite(
        "diem_danh",
        "Điểm danh",
        audited.called(case),
        (
            equal(gxe, "owed", "called", "mỗi đơn vị, bộ dữ liệu, kỳ phải nộp có mặt đúng một lần"),
            one_of(gxe, "state", ROLL_CALL.fields["state"].of, "mỗi dòng có một trạng thái đã định"),
        ),
    )
    yield Suite("chi_tieu", "Chỉ tiêu", audited.indicators(case), tuple(_bounds(gxe)))
    found = comparisons(case, seen)
    if any(one.by for one in found):
        yield _compared(found, gxe)


def _bounds(gxe: Any) -> Iterator[Any]:
    yield within(gxe, "share", 0, 1, "tỷ lệ nằm từ 0 đến 1")
    yield within(gxe, "number", 0, None, "số đếm không âm")
    yield within(gxe, "completeness", 0, 1, "độ đầy đủ nằm từ 0 đến 1")
    yield at_least(gxe, "value", "low", "giá trị không nhỏ hơn cận dưới")
    yield at_least(gxe, "high", "value", "giá trị không lớn hơn cận trên")
    yield one_of(gxe, "status", INDICATORS.fields["status"].of, "mỗi chỉ tiêu có một trạng thái đã định")
    yield gxe.ExpectColumnDistinctValuesToContainSet(
        column="by", value_set=["xa"], description="có số của toàn xã"
    )


def _compared(found: list[Comparison], gxe: Any) -> Suite:
    """What moved, each by itself: of the years before, nearly nothing does."""
    moved = [one for one in found if one.by]
    frame = pl.DataFrame(
        {one.about: [one.by] for one in moved}, dict.fromkeys((o.about for o in moved), pl.Float64)
    )
    limits = (
        gxe.ExpectColumnValuesToBeBetween(
            column=one.about, max_value=one.limit, strict_max=True, description=one.says
        )
        for one in moved
    )
    title = f"So với bản trước: {len(moved)} mục đổi, {len(found) - len(moved)} mục như cũ"
    return Suite("so_voi_ban_truoc", title, frame, tuple(limits), surprising=True)


def within(gxe: Any, column: str, low: float | None, high: float | None, says: str) -> Any:
    """Every value of `column` is within the bounds, ends included; one that is not there passes."""
    return gxe.ExpectColumnValuesToBeBetween(column=column, min_value=low, max_value=high, description=says)


def one_of(gxe: Any, column: str, values: Iterable[str], says: str) -> Any:
    """Every value of `column` is one of `values`."""
    return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=list(values), description=says)


def equal(gxe: Any, one: str, two: str, says: str) -> Any:
    """Two columns agree in every row."""
    return gxe.ExpectColumnPairValuesToBeEqual(column_A=one, column_B=two, description=says)


def at_least(gxe: Any, high: str, low: str, says: str) -> Any:
    """`high` is never below `low` where both are there."""
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=high, column_B=low, or_equal=True, ignore_row_if="either_value_is_missing", description=says
    )
