"""Builds the suites of expectations that a release must meet before it is published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from flows.audit import facts
from flows.audit.facts import AuditCase, AuditFacts
from flows.audit.surprises import ReleaseComparison, compare_releases
from flows.release.manifest import is_record
from schemas.contract import DIMENSIONS, SEVERITIES
from schemas.own_suites import COLUMN_ARGUMENTS, OwnSuite
from schemas.privacy import SMALLEST_GROUP
from schemas.tables import INDICATORS, ROLL_CALL, SUBMISSIONS, TABLES


@dataclass(frozen=True, slots=True)
class Suite:
    """The expectations on one small frame; each has a Vietnamese description.

    A failure blocks the release. If `surprising`, somebody may acknowledge it instead. A root's `own` suite
    is on a whole table and brings its expectations as the root wrote them.
    """

    name: str
    title: str
    frame: pl.DataFrame
    expectations: tuple[Any, ...] = ()
    surprising: bool = False
    own: OwnSuite | None = None


def build_suites(case: AuditCase, gxe: Any) -> Iterator[Suite]:
    """Yield every suite of the audit of `case`; `gxe` is the module `great_expectations.expectations`."""
    if not case.same_records:
        seen = facts.collect_facts(case)
        yield from _check_records(case, seen, gxe)
    yield from _check_small_tables(case, gxe)
    if not case.same_records:
        comparisons = compare_releases(case, seen)
        if any(one.by for one in comparisons):
            yield _compare_with_before(comparisons, gxe)
    yield from _check_own(case)


def _check_records(case: AuditCase, seen: AuditFacts, gxe: Any) -> Iterator[Suite]:
    """Suites about what changes with submissions only, and about the form of all tables."""
    yield Suite(
        "cot",
        "Cột và kiểu",
        facts.list_columns(case, seen),
        (
            expect_equal(
                gxe, "declared", "stored", "mỗi cột đúng kiểu đã khai, không thiếu, không thừa cột nào"
            ),
            expect_within(gxe, "blanks", 0, 0, "không bản ghi nào thiếu ô bắt buộc"),
        ),
    )
    yield Suite(
        "khoa",
        "Khóa",
        facts.list_keys(seen),
        (expect_within(gxe, "doubles", 0, 0, "không có hai dòng trùng khóa trong một bảng hay một tệp"),),
    )
    yield Suite(
        "bao_toan",
        "Bảo toàn số dòng",
        facts.list_row_balances(case),
        (
            expect_equal(
                gxe, "rows_seen", "rows_accounted", "số dòng đã đọc bằng số dòng bỏ ra, nhận và giữ lại"
            ),
            expect_one_of(
                gxe, "state", SUBMISSIONS.fields["state"].of, "mỗi lượt nộp có một trạng thái đã định"
            ),
        ),
    )
    yield Suite(
        "cong_bo",
        "Bản ghi công bố",
        facts.list_record_counts(case, seen),
        (expect_equal(gxe, "accepted", "rows", "số bản ghi trong tệp bằng số bản ghi được nhận"),),
    )
    yield Suite(
        "bang_mo",
        "Bảng mở",
        facts.list_open_tables(case, seen),
        (
            expect_within(
                gxe,
                "smallest",
                SMALLEST_GROUP,
                None,
                f"không nhóm dòng giống nhau nào có dưới {SMALLEST_GROUP} dòng",
            ),
            expect_equal(gxe, "accepted", "accounted", "mỗi bản ghi được nhận có mặt hoặc được đếm để ngoài"),
        ),
    )


def _check_small_tables(case: AuditCase, gxe: Any) -> Iterator[Suite]:
    """Suites about tables that also change with the as-of date."""
    yield Suite(
        "diem_danh",
        "Điểm danh",
        facts.list_roll_calls(case),
        (
            expect_equal(gxe, "owed", "called", "mỗi đơn vị, bộ dữ liệu, kỳ phải nộp có mặt đúng một lần"),
            expect_one_of(gxe, "state", ROLL_CALL.fields["state"].of, "mỗi dòng có một trạng thái đã định"),
        ),
    )
    yield Suite("chi_tieu", "Chỉ tiêu", facts.list_indicators(case), tuple(_bound_indicators(gxe)))
    yield Suite(
        "loi",
        "Lỗi",
        facts.list_faults(case),
        (
            expect_equal(gxe, "code", "declared", "mỗi lỗi có một mã đã khai"),
            expect_one_of(gxe, "dimension", DIMENSIONS, "mỗi lỗi thuộc một chiều chất lượng đã định"),
            expect_one_of(gxe, "severity", SEVERITIES, "mỗi lỗi có một mức đã định"),
            expect_within(gxe, "mute", 0, 0, "không lỗi nào thiếu lời giải thích"),
        ),
    )


def _check_own(case: AuditCase) -> Iterator[Suite]:
    """The root's own suites; with `same_records`, only those of tables that are not records."""
    for own in case.contracts.suites:
        records = own.table in case.contracts.datasets
        if case.same_records and is_record(f"data/{own.table}/" if records else f"{own.table}.parquet"):
            continue
        about = case.contracts.datasets[own.table] if records else TABLES[own.table]
        frame = facts.read_published_table(case, own.table, _list_needed(own))
        yield Suite(f"rieng_{own.table}", f"Riêng của xã: {about.title}", frame, own=own)


def _list_needed(own: OwnSuite) -> list[str] | None:
    """The columns that a suite looks at; None if it may look at any, or asks about the table as a whole."""
    found: dict[str, None] = {}
    for each in own.expectations:
        named = [name for key in COLUMN_ARGUMENTS for name in _listed(each.kwargs.get(key))]
        if not named or "row_condition" in each.kwargs or "table" in each.type:
            return None
        found |= dict.fromkeys(named)
    return list(found)


def _listed(names: Any) -> list[str]:
    return names if isinstance(names, list) else [names] if names is not None else []


def _bound_indicators(gxe: Any) -> Iterator[Any]:
    yield expect_within(gxe, "share", 0, 1, "tỷ lệ nằm từ 0 đến 1")
    yield expect_within(gxe, "number", 0, None, "số đếm không âm")
    yield expect_within(gxe, "completeness", 0, 1, "độ đầy đủ nằm từ 0 đến 1")
    yield expect_at_least(gxe, "value", "low", "giá trị không nhỏ hơn cận dưới")
    yield expect_at_least(gxe, "high", "value", "giá trị không lớn hơn cận trên")
    yield expect_one_of(
        gxe, "status", INDICATORS.fields["status"].of, "mỗi chỉ tiêu có một trạng thái đã định"
    )
    yield gxe.ExpectCompoundColumnsToBeUnique(
        column_list=list(INDICATORS.key), description="không có hai dòng trùng khóa"
    )
    yield gxe.ExpectColumnDistinctValuesToContainSet(
        column="by", value_set=["xa"], description="có số của toàn xã"
    )


def _compare_with_before(comparisons: list[ReleaseComparison], gxe: Any) -> Suite:
    """One expectation for each figure that changed; most figures of past years do not change.

    The frame has one column per figure and a single row: by how much it changed.
    """
    moved = [one for one in comparisons if one.by]
    frame = pl.DataFrame(
        {one.about: [one.by] for one in moved}, dict.fromkeys((o.about for o in moved), pl.Float64)
    )
    limits = (
        gxe.ExpectColumnValuesToBeBetween(
            column=one.about, max_value=one.limit, strict_max=True, description=one.says
        )
        for one in moved
    )
    title = f"So với bản trước: {len(moved)} mục đổi, {len(comparisons) - len(moved)} mục như cũ"
    return Suite("so_voi_ban_truoc", title, frame, tuple(limits), surprising=True)


def expect_within(gxe: Any, column: str, low: float | None, high: float | None, says: str) -> Any:
    """Every value of `column` is within the bounds, both included; null passes."""
    return gxe.ExpectColumnValuesToBeBetween(column=column, min_value=low, max_value=high, description=says)


def expect_one_of(gxe: Any, column: str, values: Iterable[str], says: str) -> Any:
    """Every value of `column` is one of `values`."""
    return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=list(values), description=says)


def expect_equal(gxe: Any, one: str, two: str, says: str) -> Any:
    """Columns `one` and `two` are equal in every row."""
    return gxe.ExpectColumnPairValuesToBeEqual(column_A=one, column_B=two, description=says)


def expect_at_least(gxe: Any, high: str, low: str, says: str) -> Any:
    """`high` is at least `low` in every row where both are known."""
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=high, column_B=low, or_equal=True, ignore_row_if="either_value_is_missing", description=says
    )
