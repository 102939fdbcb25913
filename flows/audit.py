"""Audits a staged release with Great Expectations: suites from the contracts, counts only, its pages."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import polars as pl

from flows import audited
from flows.audited import Case
from flows.data_docs import write_docs
from flows.manifest import AUDIT
from flows.pool import workers
from flows.surprises import Comparison, comparisons
from schemas.tables import INDICATORS, ROLL_CALL, SUBMISSIONS

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

# Counts only: a page or an error that shows a value might show a person.
_COUNTS = {"result_format": "BASIC", "partial_unexpected_count": 0}


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit came to, each failure a sentence: `faults` never pass, `surprises` when acknowledged."""

    checks: int
    faults: tuple[str, ...]
    surprises: tuple[str, ...]


#: Waits for what an audit came to.
Answer: TypeAlias = Callable[[], Audit]


@dataclass(frozen=True, slots=True)
class Suite:
    """The expectations of one small frame, each with what it says in Vietnamese."""

    name: str
    title: str
    frame: pl.DataFrame
    expectations: tuple[Any, ...]
    surprising: bool = False


class Auditor:
    """Audits in a process of its own: Great Expectations takes 4 to 7 s to import, beside other work.

    Nothing is started where there is nothing to audit.
    """

    def __init__(self, start: Callable[[Callable[[], Any]], Future[Any]]) -> None:
        self._start = start

    def prepare(self) -> None:
        """Get ready, while other work is done."""
        self._start(_library)

    def begin(self, case: Case) -> Answer:
        """Begin to audit `case`, beside other work; the answer is waited for when it is called."""
        return self.begin_by(audit, case)

    def begin_by(self, work: Callable[..., Audit], *args: object) -> Answer:
        """Begin the audit `work` in that process."""
        return self._start(partial(work, *args)).result


@contextmanager
def auditor() -> Iterator[Auditor]:
    """An auditor for one run."""
    # One process for all of it, which ends with this one, even by a kill.
    with workers(_done) as there, ThreadPoolExecutor(1) as thread:
        yield Auditor(lambda work: thread.submit(there, work))


@contextmanager
def auditor_here() -> Iterator[Auditor]:
    """An auditor in this process, which has the library still when it audits the next commune."""
    yield Auditor(_at_once)


def _done(work: Callable[[], Any]) -> Any:
    return work()


def _at_once(work: Callable[[], T]) -> Future[T]:
    done: Future[T] = Future()
    done.set_result(work())
    return done


@cache
def _library() -> None:
    """Import Great Expectations, which is to tell nobody that it runs."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    # A sixth of the seconds that this import takes goes into looking for garbage, of which there is none.
    gc.disable()
    try:
        import great_expectations.expectations  # noqa: F401, PLC0415 - seconds, wanted only to audit

        gc.freeze()
    finally:
        gc.enable()

    # It sets this one to tell of its temporary folders.
    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.ERROR)


def audit(case: Case) -> Audit:
    """Check the staged release of `case` and write the pages of the audit into it."""
    return audit_by(lambda expectations: _suites(case, expectations), case.folder / AUDIT, case.as_of)


def audit_by(suites: Callable[[Any], Iterable[Suite]], pages: Path, as_of: date) -> Audit:
    """Hold frames to the suites that are made of Great Expectations' own words; write its `pages`."""
    _library()
    import great_expectations as gx  # noqa: PLC0415

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    source = context.data_sources.add_pandas("ban_cong_bo")
    faults: list[str] = []
    surprises: list[str] = []
    results: list[tuple[str, str, Any, str]] = []
    for suite in suites(gx.expectations):
        batch = source.add_dataframe_asset(suite.name).add_batch_definition_whole_dataframe("tat_ca")
        made = context.suites.add(gx.ExpectationSuite(suite.name, expectations=list(suite.expectations)))
        definition = gx.ValidationDefinition(name=suite.name, data=batch, suite=made)
        result = definition.run(batch_parameters={"dataframe": _pandas(suite.frame)}, result_format=_COUNTS)
        results.append((suite.name, suite.title, result, _rendered(result, as_of)))
        (surprises if suite.surprising else faults).extend(_failures(suite, result))
    write_docs(pages, results, as_of)
    checks = sum(len(result.results) for _, _, result, _ in results)
    return Audit(checks, tuple(faults), tuple(surprises))


def _rendered(result: Any, as_of: date) -> str:
    """The page of a suite's result, told to have run on the day that it is about."""
    from great_expectations import render  # noqa: PLC0415

    parts: Any = render
    day = f"{as_of:%Y-%m-%d}"
    moment = f"{day}T00:00:00+00:00"
    run = {"run_name": day, "run_time": moment}
    result.meta.update(run_id=run, validation_time=moment, batch_markers={}, validation_id=None)
    document = parts.renderer.ValidationResultsPageRenderer(run_info_at_end=True).render(result)
    return str(_view().render(document))


@cache
def _view() -> Any:
    """What renders pages: each new one would compile all its templates anew."""
    from great_expectations.render.view.view import DefaultJinjaPageView  # noqa: PLC0415

    return DefaultJinjaPageView()


def _pandas(frame: pl.DataFrame) -> pd.DataFrame:
    return frame.to_pandas()


def _failures(suite: Suite, result: Any) -> Iterator[str]:
    for one in result.results:
        if not one.success:
            wrong = one.result.get("unexpected_count")
            where = f" (sai ở {wrong} trên {one.result['element_count']} dòng)" if wrong else ""
            said = one.expectation_config.description
            yield f"{said}." if suite.surprising else f"{suite.title}: {said}{where}."


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
