"""Decides which tables of a submission its unit must submit, and for which period each one is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath

import polars as pl

from flows.collect.submission import Submission
from flows.intake.model import ReadSubmission
from flows.read.reader import read_file, refuse_file
from flows.read.table import Problem, ReadFile, ReadTable
from schemas.contract import Dataset
from schemas.periods import Period, in_words, open_window, period, read_period
from schemas.registry import Contracts


def read_submission(submission: Submission, data: bytes, contracts: Contracts) -> ReadSubmission:
    """Read `data`, the content of the file, and decide the period of each table.

    A table is refused if its unit does not submit that dataset, if it is empty, or if its period is not
    clear. A problem says why, and its records get the role `ngoai_bang` in `rows`.
    """
    doc = read_file(data, PurePath(submission.file).name, contracts.datasets)
    problems = [*doc.problems]
    taken: list[tuple[ReadTable, Period]] = []
    for table in doc.tables:
        dataset = contracts.datasets[table.dataset]
        refusal = _check_unit(submission, table, contracts) or _check_not_empty(table, dataset)
        decision = refusal or _decide_period(table, submission, dataset)
        if isinstance(decision, Problem):
            problems.append(decision)
        else:
            taken.append((table, decision))
    return ReadSubmission(submission, tuple(taken), _reclassify_rows(doc, taken), tuple(problems))


def give_up(submission: Submission, why: Problem) -> ReadSubmission:
    """The result for a submission whose reading was aborted; `why` is its only problem."""
    return ReadSubmission(submission, (), refuse_file(why).rows, (why,), lost=True)


def _check_unit(submission: Submission, table: ReadTable, contracts: Contracts) -> Problem | None:
    unit = contracts.commune.unit(submission.unit)
    dataset = contracts.datasets[table.dataset]
    if unit is not None and unit.kind == dataset.unit:
        return None
    who = unit.title if unit else f"Thư mục “{submission.unit}”"
    return Problem(
        "tep.sai_don_vi",
        "dung",
        "chan",
        f"{who} không phải đơn vị nộp bảng “{dataset.title}”. Chuyển tệp cho đúng đơn vị nộp.",
        dataset=dataset.name,
        sheet=table.sheet,
    )


def _check_not_empty(table: ReadTable, dataset: Dataset) -> Problem | None:
    if table.cells.height or (table.nil and dataset.nil_allowed):
        return None
    hint = " Nếu kỳ này không có gì, ghi “Không phát sinh”." if dataset.nil_allowed else ""
    return Problem(
        "tep.khong_co_dong",
        "du",
        "chan",
        f"Bảng “{dataset.title}” không có dòng nào.{hint}",
        dataset=dataset.name,
        sheet=table.sheet,
    )


def _decide_period(table: ReadTable, submission: Submission, dataset: Dataset) -> Period | Problem:
    """The period that the title rows state, else the file name, else the one whose submission window is open.

    A title that disagrees with the file name is `tep.khac_ky` (DESIGN.md §6).
    """
    in_title = read_period(table.title, dataset.cadence)
    in_name = read_period([PurePath(submission.file).stem], dataset.cadence)
    if len(in_title) > 1:
        return _describe_unclear_period(
            table, dataset, f"Tiêu đề ghi hơn một kỳ: {_describe_periods(in_title)}"
        )
    if in_title and in_name and not in_title & in_name:
        return Problem(
            "tep.khac_ky",
            "dung",
            "chan",
            f"Tiêu đề ghi kỳ {_describe_periods(in_title)} nhưng tên tệp ghi kỳ {_describe_periods(in_name)}."
            " Sửa cho khớp rồi nộp lại.",
            dataset=dataset.name,
            sheet=table.sheet,
        )
    labels = in_title or (in_name if len(in_name) == 1 else set())
    if not labels:
        return open_window(dataset.cadence, dataset.basis, submission.day)
    stated = period(dataset, min(labels))
    if stated.start > submission.day:
        return _describe_unclear_period(table, dataset, f"Kỳ {in_words(stated.label)} chưa bắt đầu")
    return stated


def _describe_periods(labels: Iterable[str]) -> str:
    return ", ".join(map(in_words, sorted(labels)))


def _describe_unclear_period(table: ReadTable, dataset: Dataset, why: str) -> Problem:
    return Problem(
        "tep.khong_ro_ky",
        "dung",
        "chan",
        f"{why}. Ghi rõ kỳ báo cáo ở tiêu đề, ví dụ “Tháng 11 năm 2026”.",
        dataset=dataset.name,
        sheet=table.sheet,
    )


def _reclassify_rows(doc: ReadFile, taken: Sequence[tuple[ReadTable, Period]]) -> pl.DataFrame:
    """The role of each sheet row; records of refused tables get the role `ngoai_bang`."""
    if len(taken) == len(doc.tables):
        return doc.rows
    kept = [
        table.cells.select(pl.lit(table.sheet).alias("sheet"), pl.col("_row").alias("row"))
        for table, _ in taken
    ]
    records = pl.concat([*kept, doc.rows.clear().select("sheet", "row")]).with_columns(taken=True)
    refused = (pl.col("role") == "ban_ghi") & pl.col("taken").is_null()
    return (
        doc.rows.join(records, on=["sheet", "row"], how="left", maintain_order="left")
        .with_columns(role=pl.when(refused).then(pl.lit("ngoai_bang")).otherwise("role"))
        .drop("taken")
    )
