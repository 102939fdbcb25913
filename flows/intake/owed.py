"""Which tables the unit owes, and for which period."""

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
    """Read `data`, decide for each table whether this unit owes it and for which period.

    A table that is refused keeps its rows in `rows`, as `ngoai_bang`; its problem says why.
    """
    doc = read_file(data, PurePath(submission.file).name, contracts.datasets)
    problems = [*doc.problems]
    taken: list[tuple[ReadTable, Period]] = []
    for table in doc.tables:
        dataset = contracts.datasets[table.dataset]
        refusal = _not_owed(submission, table, contracts) or _hollow(table, dataset)
        found = _period_of(table, submission, dataset) if refusal is None else refusal
        if isinstance(found, Problem):
            problems.append(found)
        else:
            taken.append((table, found))
    return ReadSubmission(submission, tuple(taken), _rows(doc, taken), tuple(problems))


def give_up(submission: Submission, why: Problem) -> ReadSubmission:
    """A submission of which nothing was read this time."""
    return ReadSubmission(submission, (), refuse_file(why).rows, (why,), lost=True)


def _not_owed(submission: Submission, table: ReadTable, contracts: Contracts) -> Problem | None:
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


def _hollow(table: ReadTable, dataset: Dataset) -> Problem | None:
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


def _period_of(table: ReadTable, submission: Submission, dataset: Dataset) -> Period | Problem:
    """The period from the title rows, else from the sheet's or file's name, else the one being handed in."""
    titled = read_period(table.title, dataset.cadence)
    named = read_period([PurePath(submission.file).stem], dataset.cadence)
    if len(titled) > 1:
        return _unclear(table, dataset, f"Tiêu đề ghi hơn một kỳ: {_said(titled)}")
    if titled and named and not titled & named:
        return Problem(
            "tep.khac_ky",
            "dung",
            "chan",
            f"Tiêu đề ghi kỳ {_said(titled)} nhưng tên tệp ghi kỳ {_said(named)}. Sửa cho khớp rồi nộp lại.",
            dataset=dataset.name,
            sheet=table.sheet,
        )
    labels = titled or (named if len(named) == 1 else set())
    if not labels:
        return open_window(dataset.cadence, dataset.basis, submission.day)
    found = period(dataset, min(labels))
    if found.start > submission.day:
        return _unclear(table, dataset, f"Kỳ {in_words(found.label)} chưa bắt đầu")
    return found


def _said(labels: Iterable[str]) -> str:
    return ", ".join(map(in_words, sorted(labels)))


def _unclear(table: ReadTable, dataset: Dataset, why: str) -> Problem:
    return Problem(
        "tep.khong_ro_ky",
        "dung",
        "chan",
        f"{why}. Ghi rõ kỳ báo cáo ở tiêu đề, ví dụ “Tháng 11 năm 2026”.",
        dataset=dataset.name,
        sheet=table.sheet,
    )


def _rows(doc: ReadFile, taken: Sequence[tuple[ReadTable, Period]]) -> pl.DataFrame:
    """The row account, with the records of tables that were not taken moved out of the tables."""
    if len(taken) == len(doc.tables):
        return doc.rows
    kept = [
        table.cells.select(pl.lit(table.sheet).alias("sheet"), pl.col("_row").alias("row"))
        for table, _ in taken
    ]
    records = pl.concat([*kept, doc.rows.clear().select("sheet", "row")]).with_columns(taken=True)
    lost = (pl.col("role") == "ban_ghi") & pl.col("taken").is_null()
    return (
        doc.rows.join(records, on=["sheet", "row"], how="left", maintain_order="left")
        .with_columns(role=pl.when(lost).then(pl.lit("ngoai_bang")).otherwise("role"))
        .drop("taken")
    )
